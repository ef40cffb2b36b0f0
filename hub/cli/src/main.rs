//! `hearth`, the owner's command line.
//!
//! It turns words into one question to the daemon and the answer into words. It knows the admin socket and nothing
//! else of the hub: neither its files nor the radio.

mod args;
mod assistants;
mod codes;
mod commands;
mod failure;
mod join;
mod people;
mod show;
mod socket;
mod terminal;
mod text;
mod watch;

#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::process::ExitCode;

use clap::Parser;

use crate::args::Cli;
use crate::terminal::Terminal;

fn main() -> ExitCode {
    let mut terminal = Terminal {
        out: &mut io::stdout().lock(),
        err: &mut io::stderr(),
        input: &mut io::stdin().lock(),
        is_read: io::stdout().is_terminal(),
        can_answer: io::stdin().is_terminal() && io::stderr().is_terminal(),
    };
    run(std::env::args_os(), &mut terminal).into()
}

/// Does what `words` say and returns the exit code. Whatever can't be written to standard error stays unsaid.
fn run(words: impl IntoIterator<Item = OsString>, terminal: &mut Terminal<'_>) -> u8 {
    let cli = match Cli::try_parse_from(words) {
        Ok(cli) => cli,
        Err(usage) if usage.use_stderr() => {
            let _ = write!(terminal.err, "{usage}");
            return 64;
        }
        // `--help` and `--version`.
        Err(help) => return terminal.print(&help.to_string()).map_or_else(|failure| failure.code(), |()| 0),
    };
    let Err(failure) = commands::run(&cli, terminal) else {
        return 0;
    };
    if failure.code() != 0 {
        let _ = if cli.json {
            writeln!(terminal.err, "{}", text::json(&failure.to_json()))
        } else {
            writeln!(terminal.err, "hearth: {}", text::clean(&failure.to_string()))
        };
    }
    failure.code()
}
