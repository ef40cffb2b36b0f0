//! Why a command came to nothing, in words and as an exit code (sysexits.h).

use std::io;
use std::path::PathBuf;

use home::admin::ErrorKind;
use serde_json::json;

/// Why a command came to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The socket is not there or nobody listens.
    #[error("can't reach hearthd at {path}: is it running? `systemctl status hearthd` ({error})")]
    Unreachable {
        /// The socket.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The socket is not for us.
    #[error(
        "not allowed to talk to hearthd at {}: you are not in the group hearth; \
         `sudo usermod -aG hearth $USER` and log in again, or use sudo",
        .0.display()
    )]
    Forbidden(PathBuf),
    /// The daemon went away in the middle.
    #[error("hearthd hung up; `journalctl -u hearthd` may tell why")]
    HungUp,
    /// The daemon's answer is none that we know.
    #[error("hearthd's answer makes no sense; are `hearth --version` and `hearthd --version` the same?")]
    Nonsense,
    /// The daemon refused.
    #[error("{error}")]
    Refused {
        /// Why, for programs.
        kind: ErrorKind,
        /// Why, for people.
        error: String,
    },
    /// A lock has the command, or is to get it, and has not moved its bolt yet.
    #[error("not done yet: look at the lock's state before you try again")]
    NotYet,
    /// The command can't be carried out like this.
    #[error("{0}")]
    Usage(&'static str),
    /// Not all of an export came.
    #[error("the export is cut: hearthd could not read its ledger to the end; `journalctl -u hearthd` tells why")]
    Cut,
    /// A file can't be read as a policy.
    #[error("can't read {path}: {reason}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The ledger is not what it was.
    #[error("the ledger is NOT sound: {0}")]
    Unsound(String),
    /// More would leave the house, and nobody said so.
    #[error("nothing was changed: this lets more leave the house; if that is meant, give --confirm {0}")]
    Unconfirmed(String),
    /// Standard input or output failed.
    #[error("can't read or write: {0}")]
    Stream(io::Error),
    /// Whoever read our output has seen enough.
    #[error("nobody reads on")]
    NoReader,
}

impl From<io::Error> for Failure {
    /// For errors of standard input and output.
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::NoReader } else { Self::Stream(error) }
    }
}

impl Failure {
    /// The exit code; [`args`](crate::args) lists them for the reader of `--help`.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::NoReader => 0,
            Self::Usage(_) | Self::Unconfirmed(_) => 64,
            Self::Unsound(_) => 65,
            Self::File { .. } => 66,
            Self::Unreachable { .. } | Self::HungUp => 69,
            Self::Nonsense => 70,
            Self::NotYet => 75,
            Self::Stream(_) | Self::Cut => 74,
            Self::Forbidden(_) => 77,
            Self::Refused { kind, .. } => match kind {
                ErrorKind::Invalid | ErrorKind::Conflict | ErrorKind::Changed => 65,
                ErrorKind::NotFound => 66,
                ErrorKind::Unavailable => 69,
                ErrorKind::Failed => 75,
                ErrorKind::Forbidden | ErrorKind::Proof | ErrorKind::SecondFactor => 77,
            },
        }
    }

    /// The error as the daemon would tell it to a program.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        let kind = match self {
            Self::Refused { kind, .. } => json!(kind),
            Self::Unreachable { .. } | Self::HungUp => json!("unreachable"),
            Self::Forbidden(_) => json!("forbidden"),
            Self::Nonsense => json!("nonsense"),
            Self::NotYet => json!("pending"),
            Self::Usage(_) => json!("usage"),
            Self::Unconfirmed(_) => json!("unconfirmed"),
            Self::Unsound(_) => json!("unsound"),
            Self::File { .. } => json!("file"),
            Self::Stream(_) | Self::NoReader | Self::Cut => json!("stream"),
        };
        json!({ "status": "error", "kind": kind, "error": self.to_string() })
    }
}
