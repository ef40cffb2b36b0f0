//! The bench's own command line.

use std::path::PathBuf;

use crate::rows::{ROWS, Row, Scale};

pub(crate) struct Options {
    pub(crate) list: bool,
    pub(crate) scale: Scale,
    /// `[mqtt] switch` of Hearth.
    pub(crate) switch: Option<String>,
    /// Where the peer was installed.
    pub(crate) peer: Option<PathBuf>,
    /// What to measure, in the order of the table.
    pub(crate) rows: Vec<&'static Row>,
}

impl Options {
    /// All rows if none is named; what is wrong if something is.
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options =
            Self { list: false, scale: Scale { quick: false }, switch: None, peer: None, rows: Vec::new() };
        let mut names = Vec::new();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
            match argument.as_str() {
                "--list" => options.list = true,
                "--quick" => options.scale.quick = true,
                "--switch" => options.switch = Some(value()?),
                "--peer" => options.peer = Some(value()?.into()),
                option if option.starts_with("--") => return Err(format!("there is no option {option}")),
                name if ROWS.iter().any(|row| row.name == name) => names.push(argument),
                name => return Err(format!("there is no row {name}; --list names them")),
            }
        }
        let is_chosen = |row: &&Row| names.is_empty() || names.iter().any(|name| name == row.name);
        options.rows = ROWS.iter().filter(is_chosen).collect();
        Ok(options)
    }
}
