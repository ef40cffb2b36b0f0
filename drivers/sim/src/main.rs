//! `hearth-sim`: a simulated stick on a pseudo-terminal or TCP port, for any Zigbee host.

#![expect(clippy::print_stdout, reason = "a command line talks to people and scripts on its standard streams")]

mod options;
mod orders;

use std::io;
use std::process::ExitCode;

use clap::Parser as _;
use sim::runner::pty::Pty;
use sim::runner::{Options, Remote, trace_to};
use sim::{Adapter, Simulation};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use self::options::Arguments;

/// The port could not be opened, or a file not be read (sysexits).
const EX_UNAVAILABLE: u8 = 69;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt().with_writer(io::stderr).with_env_filter(filter()).init();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let ended = runtime.and_then(|runtime| {
        let ended = runtime.block_on(run(arguments));
        // Standard input may be waited for without end.
        runtime.shutdown_background();
        ended
    });
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "ended");
            ExitCode::from(EX_UNAVAILABLE)
        }
    }
}

fn filter() -> tracing_subscriber::EnvFilter {
    tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into())
}

async fn run(arguments: Arguments) -> io::Result<()> {
    let (mut simulation, remote) = prepare(&arguments)?;
    let _control = match &arguments.control {
        Some(path) => Some(orders::listen(path, remote.clone())?),
        None => None,
    };
    if arguments.stdin {
        tokio::spawn(orders::read_stdin(remote.clone()));
    }
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let ended = tokio::select! {
        ended = serve(&mut simulation, &arguments) => ended,
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
    };
    simulation.save().await;
    ended
}

fn prepare(arguments: &Arguments) -> io::Result<(Simulation, Remote)> {
    let scenario = arguments.scenario();
    let mut adapter = Adapter::new(&scenario);
    if let Some(path) = &arguments.nv {
        match std::fs::read_to_string(path) {
            Ok(text) => adapter.load(serde_json::from_str(&text)?).map_err(io::Error::other)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    arguments.fault.iter().for_each(|fault| adapter.set_fault(*fault));
    let trace = arguments.trace.as_deref().map(trace_to).transpose()?;
    let options = Options { trace, memory: arguments.nv.clone() };
    Ok(Simulation::with(adapter, scenario.speed, options))
}

async fn serve(simulation: &mut Simulation, arguments: &Arguments) -> io::Result<()> {
    if let Some(path) = &arguments.pty {
        let pty = Pty::create(path)?;
        println!("ready {}", path.display());
        return simulation.serve_pty(pty).await;
    }
    let listener = TcpListener::bind(&arguments.tcp).await?;
    println!("ready {}", listener.local_addr()?);
    simulation.serve(listener).await
}
