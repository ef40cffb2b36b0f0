//! The admin socket: one line of JSON a question, one an answer; `watch` answers until the connection closes.
//!
//! Who may open the socket may do everything: its file mode is the lock, group `hearth` the key.

use std::io;
use std::sync::Arc;

use home::admin::{ErrorKind, Request};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::sync::broadcast::error::RecvError;

use crate::desk::Desk;
use crate::wake::Asker;

/// A question is shorter than this, or it is none: two policies of 256 KiB and what JSON adds.
const LINE: u64 = 1 << 20;
/// Connections at a time; further ones are told so and closed. File descriptors are for everybody.
const CONNECTIONS: usize = 64;

/// Serves until the runtime ends.
pub(crate) async fn serve(listener: UnixListener, desk: Desk) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
                    turn_away(&stream);
                    continue;
                };
                let conversation = converse(stream, desk.clone());
                tokio::spawn(async move {
                    conversation.await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "can't accept on the admin socket");
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            }
        }
    }
}

fn turn_away(stream: &UnixStream) {
    let error = format!("all {CONNECTIONS} connections of the admin socket are taken");
    let line = format!("{}\n", json!({"status": "error", "kind": ErrorKind::Unavailable, "error": error}));
    // A new connection has room for a line; whoever does not read it sees the end.
    let _ = stream.try_write(line.as_bytes());
}

async fn converse(stream: UnixStream, desk: Desk) {
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    // An error means that the other side hung up: there is nobody to tell.
    while let Ok(Some(line)) = next_line(&mut read).await {
        let answer = match serde_json::from_slice::<Request>(&line) {
            Ok(Request::Watch) => return watch(write, read, &desk).await,
            // An error means that the other side hung up, or sees that the export is cut.
            Ok(Request::LedgerExport) => return drop(export(write, &desk).await),
            Ok(request) => match desk.ask(Asker::owner(), request).await {
                Ok(data) => json!({"status": "ok", "data": data}),
                Err(refused) => json!({"status": "error", "kind": refused.kind, "error": refused.error}),
            },
            Err(error) => json!({"status": "error", "kind": "invalid", "error": complaint(&error)}),
        };
        if say(&mut write, &answer).await.is_err() {
            return;
        }
    }
}

/// What is wrong with a question, without repeating it: it may hold a password.
fn complaint(error: &serde_json::Error) -> String {
    format!("not a question of this version (column {})", error.column())
}

async fn next_line(read: &mut BufReader<OwnedReadHalf>) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let taken = read.take(LINE).read_until(b'\n', &mut line).await?;
    Ok((taken > 0 && line.ends_with(b"\n")).then_some(line))
}

async fn say(write: &mut OwnedWriteHalf, value: &Value) -> io::Result<()> {
    let mut line = value.to_string();
    line.push('\n');
    write.write_all(line.as_bytes()).await
}

/// Says all lines, and an empty one at the end.
async fn export(mut write: OwnedWriteHalf, desk: &Desk) -> io::Result<()> {
    let mut lines = web_ui::House::export(desk);
    say(&mut write, &json!({"status": "ok", "data": {}})).await?;
    while let Some(line) = lines.recv().await {
        match line {
            Ok(line) => write.write_all(line.as_bytes()).await?,
            Err(error) => {
                tracing::error!(error, "the ledger can't be exported to its end");
                return Ok(());
            }
        }
    }
    write.write_all(b"\n").await
}

async fn watch(mut write: OwnedWriteHalf, mut read: BufReader<OwnedReadHalf>, desk: &Desk) {
    let mut lines = desk.watchers.subscribe();
    if say(&mut write, &json!({"status": "ok", "data": {}})).await.is_err() {
        return;
    }
    let mut rest = [0; 64];
    loop {
        let line = tokio::select! {
            line = lines.recv() => line,
            // Whatever comes now is no question; an end is the end.
            came = read.read(&mut rest) => match came {
                Ok(0) | Err(_) => return,
                Ok(_) => continue,
            },
        };
        let written = match line {
            Ok(line) => write.write_all(format!("{line}\n").as_bytes()).await,
            // The watcher was too slow: it has to look at everything anew.
            Err(RecvError::Lagged(missed)) => say(&mut write, &json!({"change": "missed", "lines": missed})).await,
            Err(RecvError::Closed) => return,
        };
        if written.is_err() {
            return;
        }
    }
}
