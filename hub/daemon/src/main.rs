//! `hearthd`: the hub daemon. From here: [`run`] wires, [`house`] is the loop, [`radio`] carries bytes to a driver,
//! [`mqtt`] and [`views`] say how the house looks from outside.

mod admin;
mod announce;
mod certificates;
mod clock;
mod config;
mod demo;
mod desk;
mod door;
mod entropy;
mod found;
mod house;
mod journal;
mod listen;
mod metrics;
mod mqtt;
mod notify;
mod people;
mod radio;
mod retained;
mod run;
mod system;
mod users;
mod views;
mod wake;

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::journal::Journal;

/// Hearth, the home hub that keeps what it knows at home.
#[derive(Debug, Parser)]
#[command(name = "hearthd", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the hub.
    Run {
        /// The configuration file.
        #[arg(long, value_name = "FILE", default_value = "/etc/hearth/hearth.toml")]
        config: PathBuf,
    },
    /// Check a configuration and say what is wrong with it.
    Check {
        /// The configuration file.
        #[arg(long, value_name = "FILE", default_value = "/etc/hearth/hearth.toml")]
        config: PathBuf,
    },
    /// Run a hub with a simulated home, reachable from this machine only.
    Demo {
        /// Where to keep the home; without it, it is gone when the demo ends.
        #[arg(long, value_name = "DIR")]
        state_dir: Option<PathBuf>,
    },
}

/// Exit codes of sysexits.h.
mod exit {
    pub(super) const USAGE: u8 = 64;
    pub(super) const UNAVAILABLE: u8 = 69;
    pub(super) const CANT_CREATE: u8 = 73;
    pub(super) const IO: u8 = 74;
    pub(super) const CONFIG: u8 = 78;
}

/// Why the program ends without success.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("the configuration can't be used")]
    Config(#[from] config::ConfigError),
    #[error("the hub could not start")]
    Start(#[from] run::StartError),
    #[error("the hub did not end well")]
    Run(#[from] run::RunError),
    #[error("the demo has failed")]
    Demo(#[from] demo::DemoError),
    #[error("there is no async runtime")]
    Runtime(#[source] std::io::Error),
}

impl Failure {
    fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) => exit::CONFIG,
            Self::Start(error) | Self::Demo(demo::DemoError::Start(error)) => start_code(error),
            Self::Run(error) | Self::Demo(demo::DemoError::Run(error)) => run_code(error),
            Self::Demo(_) | Self::Runtime(_) => exit::UNAVAILABLE,
        }
    }
}

fn start_code(error: &run::StartError) -> u8 {
    match error {
        run::StartError::StateDir { .. } => exit::CANT_CREATE,
        run::StartError::Store(_) | run::StartError::Network { .. } => exit::IO,
        _ => exit::UNAVAILABLE,
    }
}

fn run_code(error: &run::RunError) -> u8 {
    match error {
        run::RunError::House(_) | run::RunError::Unwritten(_) => exit::IO,
        run::RunError::Signals(_) => exit::UNAVAILABLE,
    }
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are no errors; where their text can't be written nobody reads it.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(exit::USAGE) } else { ExitCode::SUCCESS };
        }
    };
    let journal = start_log(&arguments.command);
    match carry_out(arguments.command, journal) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say(&mut std::io::stderr(), &format!("hearthd: {}", chain(&failure)));
            ExitCode::from(failure.exit_code())
        }
    }
}

fn carry_out(command: Command, journal: Journal) -> Result<(), Failure> {
    match command {
        Command::Check { config } => {
            config::load(&config)?;
            say(&mut std::io::stdout(), &format!("{} is fine", config.display()));
            Ok(())
        }
        Command::Run { config } => {
            let config = config::load(&config)?;
            runtime()?.block_on(async {
                let running = run::start(&config, journal).await?;
                running.tell_setup_code();
                notify::ready();
                running.until_told().await.map_err(Failure::from)
            })
        }
        Command::Demo { state_dir } => runtime()?.block_on(demo::run(state_dir, journal)).map_err(Failure::from),
    }
}

/// One thread for everything that waits: a house has little to compute and much to pass on, and a hop between threads
/// costs more than the work. What blocks (hashes, disk reads) has a few threads of its own.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(4).build().map_err(Failure::Runtime)
}

/// The log goes to standard error; the journal adds the time itself.
fn start_log(command: &Command) -> Journal {
    // The lane's router would make a span for every message; what matters of it, the broker says.
    let quiet = if matches!(command, Command::Demo { .. }) { "warn,rumqttd=off" } else { "info,rumqttd=off" };
    let filter = EnvFilter::try_from_env("HEARTH_LOG").unwrap_or_else(|_| EnvFilter::new(quiet));
    let journal = Journal::default();
    let log = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false).with_ansi(false);
    let kept = tracing_subscriber::registry().with(filter).with(journal.clone());
    if std::env::var_os("JOURNAL_STREAM").is_some() {
        kept.with(log.without_time()).init();
    } else {
        kept.with(log).init();
    }
    journal
}

/// An error with all its reasons, on one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut reason = error.source();
    while let Some(error) = reason {
        text = format!("{text}: {error}");
        reason = error.source();
    }
    text
}

/// Writes a line; a closed pipe is nobody's loss.
fn say(to: &mut dyn Write, line: &str) {
    let _ = writeln!(to, "{line}");
}
