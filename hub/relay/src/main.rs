//! `hearth-relay`: the command line. From here: the library serves HTTP, or Lambda's invocations.

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use relay::{Config, ConfigError, LambdaError, PasswordError, ServeError};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Carries a voice assistant's requests to the hub, and its answers back.
#[derive(Debug, Parser)]
#[command(name = "hearth-relay", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve HTTP or HTTPS.
    Serve {
        /// The configuration file.
        #[arg(long, value_name = "FILE", default_value = "/etc/hearth/relay.toml")]
        config: PathBuf,
    },
    /// Be a function of AWS Lambda; also without any command where Lambda starts us.
    Lambda {
        /// The configuration file.
        #[arg(long, value_name = "FILE", default_value = LAMBDA_CONFIG)]
        config: PathBuf,
    },
    /// Check a configuration and all that it names, and say what is wrong.
    Check {
        /// The configuration file.
        #[arg(long, value_name = "FILE", default_value = "/etc/hearth/relay.toml")]
        config: PathBuf,
    },
    /// Read a password from standard input and print its hash, for `password-hash`.
    Hash,
}

/// Beside the program, as the deployed archive has it.
const LAMBDA_CONFIG: &str = "/var/task/relay.toml";

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
    #[error("the server could not start")]
    Serve(#[from] ServeError),
    #[error("the function has ended")]
    Lambda(#[from] LambdaError),
    #[error("{} is not set: Lambda sets it", relay::RUNTIME_API)]
    NoLambda,
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error("no password can be read")]
    Input(#[source] std::io::Error),
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
    match carry_out(arguments.command.unwrap_or_else(|| Command::Lambda { config: LAMBDA_CONFIG.into() })) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say(&mut std::io::stderr(), &format!("hearth-relay: {}", chain(&failure)));
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
        Command::Hash => {
            let mut password = String::new();
            std::io::stdin().read_line(&mut password).map_err(Failure::Input)?;
            say(&mut std::io::stdout(), &relay::hash(password.trim_end_matches(['\r', '\n']))?);
            Ok(())
        }
        Command::Serve { config } => {
            let config = Config::load(&config)?;
            let ready = |address: std::net::SocketAddr| tracing::info!(%address, "ready");
            until_told(async { relay::serve(config, ready).await.map_err(Failure::from) })
        }
        Command::Lambda { config } => {
            let config = Config::load(&config)?;
            let api = std::env::var(relay::RUNTIME_API).map_err(|_| Failure::NoLambda)?;
            until_told(async { relay::lambda(config, &api).await.map_err(Failure::from) })
        }
    }
}

/// Runs `work` until it ends or the process is told to.
fn until_told(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(2)
        .build()
        .map_err(Failure::Runtime)?;
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate()).map_err(Failure::Signals)?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::Signals)?;
        tokio::select! {
            ended = work => ended,
            _ = terminate.recv() => Ok(()),
            _ = interrupt.recv() => Ok(()),
        }
    })
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
