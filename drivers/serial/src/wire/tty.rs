//! Ttys: USB sticks, UARTs on a header, and the pseudo-terminals that tests and simulators offer instead.
//!
//! All calls into a tty driver may block (a stick that is being pulled, closing with bytes unsent), so they run on threads kept for that.

use std::io::ErrorKind as Io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::sleep;
use tokio_serial::{ClearBuffer, ErrorKind, SerialPort, SerialStream};

use super::OpenError;
use crate::port::{FlowControl, Settings};

/// How long each position of DTR and RTS is held while leaving the bootloader.
const PULSE: Duration = Duration::from_millis(150);

/// Open `path` raw, 8N1, locked against other programs (TIOCEXCL and flock), with what is left in its buffers thrown away.
pub(super) async fn open(path: PathBuf, settings: Settings) -> Result<SerialStream, OpenError> {
    let at = path.clone();
    spawn_blocking(move || open_blocking(&path, settings))
        .await
        .unwrap_or_else(|stopped| Err(OpenError::Tty { path: at, reason: stopped.to_string() }))
}

fn open_blocking(path: &Path, settings: Settings) -> Result<SerialStream, OpenError> {
    let flow_control = match settings.flow_control {
        FlowControl::None => tokio_serial::FlowControl::None,
        FlowControl::Software => tokio_serial::FlowControl::Software,
        FlowControl::Hardware => tokio_serial::FlowControl::Hardware,
    };
    let builder = tokio_serial::new(path.to_string_lossy(), settings.baud).flow_control(flow_control);
    let stream = SerialStream::open(&builder).map_err(|error| explain(path, &error))?;
    // Bytes from before belong to nobody; a driver that cannot clear has none.
    let _ = stream.clear(ClearBuffer::All);
    Ok(stream)
}

fn explain(path: &Path, error: &tokio_serial::Error) -> OpenError {
    let at = path.to_path_buf();
    match error.kind() {
        ErrorKind::Io(Io::PermissionDenied) => OpenError::Denied(at),
        // The library's word for EBUSY and for a lock held by someone else.
        ErrorKind::NoDevice if path.exists() => OpenError::Busy(at),
        ErrorKind::Io(Io::NotFound) | ErrorKind::NoDevice => OpenError::Missing(at),
        _ => OpenError::Tty { path: at, reason: error.to_string().to_lowercase() },
    }
}

/// Give the lock back and close. What was not sent is dropped first: closing a stalled tty waits up to 30 s for it otherwise.
pub(super) async fn close(mut stream: SerialStream) {
    let closing = spawn_blocking(move || {
        let _ = stream.clear(ClearBuffer::Output);
        // TIOCEXCL outlives the closing while someone else holds the node open, as the other side of a pty may.
        let _ = stream.set_exclusive(false);
    });
    // An error here means that the runtime is ending, which closes it as well.
    let _ = closing.await;
}

/// DTR low, RTS low, high, low: wired to reset and bootloader pin of many CC2652 sticks. A pty has no such lines and says so; fine.
pub(super) async fn leave_bootloader(stream: &mut SerialStream) {
    for rts in [false, true, false] {
        let set = stream.write_data_terminal_ready(false).and_then(|()| stream.write_request_to_send(rts));
        if let Err(error) = set {
            tracing::debug!(%error, "the port has no control lines");
            return;
        }
        sleep(PULSE).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn error(path: &Path) -> OpenError {
        open(path.to_path_buf(), Settings::default()).await.unwrap_err()
    }

    #[tokio::test]
    async fn failures_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("adapter");
        assert!(matches!(error(&path).await, OpenError::Missing(at) if at == path));
        std::fs::write(&path, "no tty").unwrap();
        assert!(matches!(error(&path).await, OpenError::Tty { .. }));
    }

    #[tokio::test]
    async fn a_port_is_ours_alone_until_it_is_closed() {
        let (_master, slave) = SerialStream::pair().unwrap();
        let path = PathBuf::from(slave.name().unwrap());

        let first = open(path.clone(), Settings::default()).await.unwrap();
        assert!(matches!(error(&path).await, OpenError::Busy(at) if at == path));
        close(first).await;
        let again = open(path, Settings::default()).await.unwrap();
        assert_eq!(again.baud_rate().unwrap(), 115_200);
    }

    #[tokio::test]
    async fn a_pty_has_no_lines_and_does_not_mind() {
        let (_master, mut slave) = SerialStream::pair().unwrap();
        leave_bootloader(&mut slave).await;
    }
}
