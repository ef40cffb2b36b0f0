//! Why a database file failed, reduced to what decides what to do next.

use std::io;

use redb::{Error, StorageError};

/// Why a file could not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// The disk or the file system: full, gone, not permitted. It may pass.
    #[error("{0}")]
    Io(String),
    /// The file's contents are wrong, or the database code panicked over them. It will not pass.
    #[error("damaged: {0}")]
    Damaged(String),
    /// Another process has it open.
    #[error("another process has it open")]
    Held,
    /// A later hub made it.
    #[error("it has schema version {0}")]
    Newer(u32),
    /// It failed earlier and could not be opened again.
    #[error("it could not be opened again after an error")]
    Closed,
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::DatabaseAlreadyOpen | Error::LockProtocolMismatch => Self::Held,
            Error::Io(error) => error.into(),
            Error::PreviousIo | Error::DatabaseClosed | Error::Backend(_) => Self::Io(error.to_string()),
            // What is left is a file that is not what it ought to be; there is no call here that could be wrong.
            other => Self::Damaged(other.to_string()),
        }
    }
}

impl From<StorageError> for Fault {
    fn from(error: StorageError) -> Self {
        Error::from(error).into()
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // redb's words for a wrong magic number and for a truncated file.
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => Self::Damaged(error.to_string()),
            _ => Self::Io(error.to_string()),
        }
    }
}
