//! `hearth-gateway`: the command line. From here: the library's `run` waits for the hub's socket and carries.

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use gateway::{Config, ConfigError};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Carries sealed frames between the hub's socket and the owner's MQTT broker.
#[derive(Debug, Parser)]
#[command(name = "hearth-gateway", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Carry, whenever the hub wants it.
    Run {
        /// The configuration file.
        #[arg(long, value_name = "FILE", default_value = "/etc/hearth/gateway.toml")]
        config: PathBuf,
    },
    /// Check a configuration, its certificates and its key, and say what is wrong.
    Check {
        /// The configuration file.
        #[arg(long, value_name = "FILE", default_value = "/etc/hearth/gateway.toml")]
        config: PathBuf,
    },
}

/// Exit codes of sysexits.h.
mod exit {
    pub(super) const USAGE: u8 = 64;
    pub(super) const UNAVAILABLE: u8 = 69;
    pub(super) const CONFIG: u8 = 78;
}

/// Why the program ends without success.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("the configuration can't be used")]
    Config(#[from] ConfigError),
    #[error("there is no async runtime")]
    Runtime(#[source] std::io::Error),
    #[error("signals can't be heard")]
    Signals(#[source] std::io::Error),
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
    start_log();
    match carry_out(arguments.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say(&mut std::io::stderr(), &format!("hearth-gateway: {}", chain(&failure)));
            ExitCode::from(if matches!(failure, Failure::Config(_)) { exit::CONFIG } else { exit::UNAVAILABLE })
        }
    }
}

fn carry_out(command: Command) -> Result<(), Failure> {
    match command {
        Command::Check { config } => {
            Config::load(&config)?;
            say(&mut std::io::stdout(), &format!("{} is fine", config.display()));
            Ok(())
        }
        Command::Run { config } => {
            let config = Config::load(&config)?;
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::Runtime)?;
            runtime.block_on(async {
                let mut terminate = signal(SignalKind::terminate()).map_err(Failure::Signals)?;
                let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::Signals)?;
                tokio::select! {
                    () = gateway::run(&config) => {}
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                Ok(())
            })
        }
    }
}

/// The log goes to standard error; the journal adds the time itself.
fn start_log() {
    let filter = EnvFilter::try_from_env("HEARTH_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    if std::env::var_os("JOURNAL_STREAM").is_some() {
        log.without_time().with_ansi(false).init();
    } else {
        log.with_ansi(false).init();
    }
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
