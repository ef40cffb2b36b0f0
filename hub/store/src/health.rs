//! How the store is, for the daemon to show and to act on.

use std::path::PathBuf;

use crate::file::{Fault, File};
use crate::shared::Shared;

/// How the store is at this moment; counters count from the start of the daemon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// The core file.
    pub core: FileHealth,
    /// The history file.
    pub history: FileHealth,
    /// The ledger file. While it is in trouble nothing is disclosed.
    pub ledger: FileHealth,
    /// Where a damaged history file was put, if one was found.
    pub history_put_aside: Option<PathBuf>,
    /// Samples that wait in memory.
    pub samples_waiting: usize,
    /// Samples given up because the disk failed for too long.
    pub samples_lost: u64,
    /// Log entries given up for the same reason; never one that was given with a batch.
    pub entries_lost: u64,
    /// How often a row was met that could not be read. It stays where it is.
    pub rows_damaged: u64,
}

/// How one file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileHealth {
    /// Why it could not be written or opened last, if so.
    pub trouble: Option<String>,
    /// Whether that was because of what is in it.
    pub damaged: bool,
    /// Its size in bytes.
    pub bytes: u64,
    /// Bytes written to it.
    pub bytes_written: u64,
    /// Transactions committed.
    pub commits: u64,
    /// How often the disk was made to flush for it.
    pub syncs: u64,
}

impl FileHealth {
    fn of(file: &File) -> Self {
        Self {
            damaged: matches!(file.trouble(), Some(Fault::Damaged(_))),
            trouble: file.trouble().map(|fault| fault.to_string()),
            bytes: file.len(),
            bytes_written: file.meter().written(),
            commits: file.commits(),
            syncs: file.meter().syncs(),
        }
    }
}

impl Health {
    pub(crate) fn of(shared: &Shared, ledger: &File) -> Self {
        let (core, history) = (FileHealth::of(&shared.core), FileHealth::of(&shared.history));
        let stage = shared.stage();
        Self {
            core,
            history,
            ledger: FileHealth::of(ledger),
            history_put_aside: shared.aside(),
            samples_waiting: stage.waiting(),
            samples_lost: stage.samples_lost,
            entries_lost: stage.entries_lost,
            rows_damaged: shared.damaged(),
        }
    }

    /// True if the core file is damaged: what must be durable can't be any more, and only a restore helps.
    pub fn is_ruined(&self) -> bool {
        self.core.damaged
    }

    /// True if nothing is wrong now and nothing was lost.
    pub fn is_good(&self) -> bool {
        self.core.trouble.is_none()
            && self.history.trouble.is_none()
            && self.ledger.trouble.is_none()
            && self.history_put_aside.is_none()
            && (self.samples_lost, self.entries_lost, self.rows_damaged) == (0, 0, 0)
    }
}
