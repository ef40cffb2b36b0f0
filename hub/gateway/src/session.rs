//! From the hub's socket to the line and back, for as long as the socket is open. Without it, nothing.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, watch};
use tokio::time::sleep;

use crate::carrier::Carrier;
use crate::config::Config;
use crate::counts::Counts;
use crate::record::{self, Outgoing, RECORD};

/// Requests that wait for the hub to read them; further ones are dropped.
const WAITING: usize = 32;
/// How often the hub's socket is looked for.
const LOOK: Duration = Duration::from_secs(1);

/// Waits for the hub's socket, carries until it closes, and again, for ever.
pub async fn run(config: &Config) {
    let counts = Counts::default();
    let mut told = false;
    loop {
        match UnixStream::connect(&config.daemon_socket).await {
            Ok(hub) => {
                tracing::info!("the hub has opened its socket");
                let ended = carry(config, &counts, hub).await;
                tracing::info!(reason = %ended, "the hub has closed its socket: no connection to the broker");
                told = true;
            }
            Err(error) if !told => {
                tracing::info!(path = %config.daemon_socket.display(), %error, "the hub does not open its socket yet");
                told = true;
            }
            Err(_) => {}
        }
        sleep(LOOK).await;
    }
}

/// Ends when the hub does; the connection to the broker ends with it.
async fn carry(config: &Config, counts: &Counts, hub: UnixStream) -> io::Error {
    let (inbound, waiting) = mpsc::channel(WAITING);
    let carrier = Carrier::new(&config.topics, counts, inbound);
    let (from_hub, to_hub) = hub.into_split();
    let ended = tokio::select! {
        never = line::keep_up(&config.broker, &carrier) => match never {},
        ended = requests(waiting, carrier.connected(), counts, to_hub) => ended,
        ended = outgoing(from_hub, &carrier, counts) => ended,
    };
    match ended {
        Ok(never) => match never {},
        Err(error) => error,
    }
}

/// Writes requests to the hub, and how the line fares whenever that changes.
async fn requests(
    mut waiting: mpsc::Receiver<Vec<u8>>,
    mut connected: watch::Receiver<bool>,
    counts: &Counts,
    mut hub: OwnedWriteHalf,
) -> io::Result<std::convert::Infallible> {
    connected.mark_changed();
    loop {
        let record = tokio::select! {
            Ok(()) = connected.changed() => record::status(*connected.borrow_and_update(), counts),
            Some(request) = waiting.recv() => request,
            else => return Err(io::ErrorKind::BrokenPipe.into()),
        };
        hub.write_all(&record).await?;
    }
}

/// Reads what the hub says and sends it off.
async fn outgoing(
    mut hub: OwnedReadHalf,
    carrier: &Carrier<'_>,
    counts: &Counts,
) -> io::Result<std::convert::Infallible> {
    let mut record = vec![0; RECORD];
    loop {
        hub.read_exact(&mut record).await?;
        match record::read(&record) {
            Some(Outgoing::Reply(route, frame)) => carrier.reply(&route, frame),
            Some(Outgoing::Push(frame)) => carrier.push(frame).await,
            None => counts.undelivered.add(),
        }
    }
}
