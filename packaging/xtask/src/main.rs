//! `cargo xtask`: the two commands of the README, and what they need on a new machine.
//!
//! It knows how the project is built and tested. It depends on nothing but the standard library, so that it is there in a second.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line talks to people on its standard streams"
)]

mod browser;
mod demo;
mod machine;
mod page;
mod runner;
mod steps;
mod tally;

use std::env;
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask COMMAND

  demo [ARGUMENT…]  build the hub and run it with a simulated home; arguments go to `hearthd demo`
  page              build the page that the hub embeds; demo and test do it by themselves
  browser [ARG…]    test the page in Chromium; arguments go to Playwright, such as --project phone
  test [STEP…]      run every check and test, or only the steps named";

/// Exit code for a command line that is not understood (sysexits).
const EX_USAGE: u8 = 64;

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let command = arguments.next().unwrap_or_default();
    let Some(root) = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2) else {
        eprintln!("xtask is not two folders below the workspace");
        return ExitCode::FAILURE;
    };
    match command.to_str() {
        Some("demo") => demo::run(root, arguments),
        Some("browser") => browser::run(root, arguments),
        Some("page") => page::run(root),
        Some("test") => {
            runner::run(root, &arguments.map(|name| name.to_string_lossy().into_owned()).collect::<Vec<_>>())
        }
        Some("help" | "-h" | "--help") => {
            println!("{USAGE}");
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(EX_USAGE)
        }
    }
}
