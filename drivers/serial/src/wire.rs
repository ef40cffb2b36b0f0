//! An open port: opening, reading, writing and closing, whatever kind it is.
//!
//! Knows ttys and sockets. Does not know when to try again: that is the link's.

mod tcp;
mod tty;

use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_serial::SerialStream;

use crate::port::{Port, Settings};

/// An open port.
///
/// There is no use for `flush` here, and harm: on a tty it is `tcdrain`, which blocks the thread until the last bit has left.
#[derive(Debug)]
pub(crate) enum Wire {
    Tty(SerialStream),
    Tcp(TcpStream),
}

/// Why a port could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The device node is not there: unplugged, or the path is wrong.
    #[error("{} is not there", .0.display())]
    Missing(PathBuf),
    /// The node is there and may not be opened by this user.
    #[error("no permission to open {} (is the user in the group dialout?)", .0.display())]
    Denied(PathBuf),
    /// Another program has it.
    #[error("{} is in use by another program", .0.display())]
    Busy(PathBuf),
    /// The operating system refuses for another reason, in its words.
    #[error("cannot open {}: {reason}", path.display())]
    Tty {
        /// What was to be opened.
        path: PathBuf,
        /// The operating system's or the serial library's words.
        reason: String,
    },
    /// The host's name has no address now.
    #[error("cannot find the host {host}")]
    Host {
        /// The name.
        host: String,
        /// What the resolver said; nothing where it found no address at all.
        source: Option<io::Error>,
    },
    /// No address of the host accepts.
    #[error("cannot connect to {address}")]
    Connect {
        /// Host and port, or the last address tried.
        address: String,
        /// Why the last attempt failed.
        source: io::Error,
    },
}

impl Wire {
    /// Open `port`. Ends within about 5 s for TCP; a tty takes as long as its driver does, away from the async threads.
    pub(crate) async fn open(port: &Port, settings: Settings) -> Result<Self, OpenError> {
        match port {
            Port::Tty(path) => tty::open(path.clone(), settings).await.map(Self::Tty),
            Port::Tcp { host, port } => tcp::open(host, *port).await.map(Self::Tcp),
        }
    }

    /// Close the port and forget what it has not sent yet. Once this returns another program may open it.
    pub(crate) async fn close(self) {
        if let Self::Tty(stream) = self {
            tty::close(stream).await;
        }
    }

    /// Pulse DTR and RTS so that a TI adapter leaves its bootloader (450 ms); nothing on a port without these lines.
    pub(crate) async fn leave_bootloader(&mut self) {
        if let Self::Tty(stream) = self {
            tty::leave_bootloader(stream).await;
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tty(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Tcp(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tty(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Tcp(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
