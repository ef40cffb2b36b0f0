//! Orders of people and scripts: a unix socket, and standard input.

use std::io;
use std::path::{Path, PathBuf};

use sim::Remote;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::UnixListener;

/// A socket file, removed at the end.
#[derive(Debug)]
pub(crate) struct Socket(PathBuf);

impl Drop for Socket {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.0) {
            tracing::debug!(path = %self.0.display(), %error, "the socket is gone already");
        }
    }
}

/// Takes orders at this path. A socket of an earlier run is replaced.
pub(crate) fn listen(path: &Path, remote: Remote) -> io::Result<Socket> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(path)?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (reader, writer) = stream.into_split();
            tokio::spawn(converse(reader, writer, remote.clone()));
        }
    });
    Ok(Socket(path.into()))
}

/// Takes orders from standard input until it ends.
pub(crate) async fn read_stdin(remote: Remote) {
    converse(tokio::io::stdin(), tokio::io::stdout(), remote).await;
}

async fn converse(reader: impl AsyncRead + Unpin, mut writer: impl AsyncWrite + Unpin, remote: Remote) {
    let mut lines = BufReader::new(reader).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match remote.order(&line).await {
            Ok(Some(status)) => status.to_string(),
            Ok(None) => "ok".into(),
            Err(error) => format!("error {error}"),
        };
        if writer.write_all(format!("{answer}\n").as_bytes()).await.is_err() || writer.flush().await.is_err() {
            break;
        }
    }
}
