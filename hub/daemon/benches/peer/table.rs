//! What came out, as a table in Markdown that is aligned for people as well.

use crate::rows::{Measured, Row};

/// One row as it was measured.
pub(crate) struct Line {
    pub(crate) row: &'static Row,
    pub(crate) hearth: Measured,
    /// `None` if it was not measured for the peer.
    pub(crate) peer: Option<Measured>,
}

/// The whole table; `both` adds what the peer did in the same run, and how many times Hearth's figures that is.
pub(crate) fn show(lines: &[Line], both: bool) -> String {
    let mut head = vec!["figure", "Zigbee2MQTT + mosquitto, 2026-11-23", "Hearth must", "Hearth measured"];
    if both {
        head.extend(["Zigbee2MQTT measured", "peer / Hearth"]);
    }
    let head: Vec<_> = head.into_iter().map(str::to_owned).collect();
    let rule = vec![String::new(); head.len()];
    let mut rows = vec![head, rule];
    rows.extend(lines.iter().map(|line| cells(line, both)));
    align(&rows)
}

fn cells(line: &Line, both: bool) -> Vec<String> {
    let Line { row, hearth, peer } = line;
    let verdict = if hearth.good { "" } else { "**missed** " };
    let measured = format!("{verdict}{}", hearth.text);
    let mut cells = vec![row.figure.to_owned(), row.peer.to_owned(), row.must.to_owned(), measured];
    if both {
        let none = || "-".to_owned();
        cells.push(peer.as_ref().map_or_else(none, |peer| peer.text.clone()));
        cells.push(peer.as_ref().map_or_else(none, |peer| ratios(&peer.figures, &hearth.figures)));
    }
    cells
}

/// How many times more each figure is, as far as both sides have one.
fn ratios(peer: &[f64], hearth: &[f64]) -> String {
    let pairs = peer.iter().zip(hearth).filter(|(_, hearth)| **hearth > 0.0);
    let ratios: Vec<_> = pairs.map(|(peer, hearth)| format!("{:.1}", peer / hearth)).collect();
    if ratios.is_empty() { "-".to_owned() } else { ratios.join(" / ") }
}

/// The second row is the rule below the head.
fn align(rows: &[Vec<String>]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap();
    let widths: Vec<_> = (0..rows[0].len()).map(width).collect();
    let line = |(number, row): (usize, &Vec<String>)| {
        let fill = if number == 1 { "-" } else { " " };
        let cells = row.iter().zip(&widths).map(|(cell, width)| {
            let missing = width - cell.chars().count();
            format!(" {cell}{} ", fill.repeat(missing))
        });
        format!("|{}|", cells.collect::<Vec<_>>().join("|"))
    };
    rows.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
}
