//! The handle: opens the files, starts the writers, stages and queues what they are to write, and reads.

#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use home::{Ieee, Key, LinkQuality, LogEntry, Reading, Timestamp};

use crate::batch::{Batch, CommitError, Done};
use crate::file::{Fault, File, Plan};
use crate::health::Health;
use crate::history::{self, Rhythm};
use crate::ledger::{Ledger, OpenFailure, Retention};
use crate::model::{Kept, Retained};
use crate::shared::Shared;
use crate::stage::SAMPLES_DUE;
use crate::tables::{SCHEMA, create_core, create_history};
use crate::{open, registry, snapshot};

/// Batches that wait at most.
const QUEUE: usize = 1024;

const CORE: Plan = Plan { name: "core.redb", cache: 1 << 20, verify: true, quick_repair: false, create: create_core };
const HISTORY: Plan =
    Plan { name: "history.redb", cache: 1 << 20, verify: false, quick_repair: false, create: create_history };

/// What the owner can set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// How often samples are written, and with that how much history a power cut costs at most.
    pub flush: Duration,
    /// How often the last values are written to core, rounded to a multiple of `flush`. A power cut costs no value by
    /// that, only when a silent device was last heard.
    pub latest: Duration,
    /// How many days of history are kept, counting only days that have any.
    pub days: usize,
    /// How many log entries are kept.
    pub events: u64,
    /// How long entries of the ledger are kept in full.
    pub ledger: Retention,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            flush: Duration::from_secs(30),
            latest: Duration::from_secs(300),
            days: 400,
            events: 50_000,
            ledger: Retention::default(),
        }
    }
}

/// Why the store can't be opened. No file was put aside or replaced.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The disk or the file system refuses.
    #[error("can't open {path}: {reason}", path = path.display())]
    Unusable {
        /// Which file.
        path: PathBuf,
        /// In the system's words.
        reason: String,
    },
    /// The core file is not what it ought to be, or the network of an adapter in it can't be read; restore a backup.
    #[error("{path} is damaged: {reason}", path = path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What was found.
        reason: String,
    },
    /// Another process has it open.
    #[error("{path} is in use by another process", path = path.display())]
    Held {
        /// Which file.
        path: PathBuf,
    },
    /// A later hub made it.
    #[error("{path} was made by a later version: its schema is {found}, this one knows {SCHEMA}", path = path.display())]
    Newer {
        /// Which file.
        path: PathBuf,
        /// Its schema version.
        found: u32,
    },
    /// No thread could be started.
    #[error("can't start a writer thread: {0}")]
    Thread(io::Error),
}

impl OpenError {
    fn new(file: &File, fault: Fault) -> Self {
        let path = file.path().to_owned();
        match fault {
            Fault::Damaged(reason) => Self::Damaged { path, reason },
            Fault::Held => Self::Held { path },
            Fault::Newer(found) => Self::Newer { path, found },
            Fault::Io(_) | Fault::Closed => Self::Unusable { path, reason: fault.to_string() },
        }
    }
}

/// Why a question could not be answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("could not read: {0}")]
pub struct ReadError(String);

/// The store. Clones are handles of the same store; when the last one is dropped the writers finish by themselves,
/// [`Store::close`] waits for them.
#[derive(Debug, Clone)]
pub struct Store {
    shared: Arc<Shared>,
    ways: Arc<Mutex<Option<Ways>>>,
    ledger: Ledger,
}

/// The ways to the writers, and the writers.
#[derive(Debug)]
struct Ways {
    core: SyncSender<registry::Request>,
    history: SyncSender<history::Request>,
    writers: [JoinHandle<()>; 2],
}

impl Store {
    /// Opens or makes the files in `dir`, which must exist, and reads what was kept.
    pub fn open(dir: &Path, options: &Options) -> Result<(Self, Kept), OpenError> {
        let (core, opened) = File::open(dir, &CORE);
        opened.map_err(|fault| OpenError::new(&core, fault))?;
        let (history, opened) = File::open(dir, &HISTORY);
        let aside = history::open(&history, opened).map_err(|fault| OpenError::new(&history, fault))?;
        let (kept, stage, damaged) = open::load(&core, &history).map_err(|fault| OpenError::new(&core, fault))?;
        // Last: its writer holds the file a moment longer than a failure here.
        let ledger = Ledger::open(dir, options.ledger).map_err(|failure| match failure {
            OpenFailure::File(file, fault) => OpenError::new(&file, fault),
            OpenFailure::Thread(error) => OpenError::Thread(error),
        })?;
        let shared = Arc::new(Shared::new(core, history, stage));
        shared.count_damaged(damaged);
        if let Some(path) = aside {
            shared.set_aside(path);
        }
        let ways = start(&shared, options).map_err(OpenError::Thread)?;
        Ok((Self { shared, ways: Arc::new(Mutex::new(Some(ways))), ledger }, kept))
    }

    /// Makes a batch durable, then calls `done`. Batches become durable in the order in which they are given; several
    /// that wait share one commit. Never blocks.
    pub fn commit(&self, batch: Batch, done: Done) {
        batch.stage(&mut self.shared.stage());
        self.ask_core(registry::Request::Commit(batch, done));
    }

    /// The same for a batch that was given before and failed: what it reports waits in memory already.
    pub fn commit_again(&self, batch: Batch, done: Done) {
        self.ask_core(registry::Request::Commit(batch, done));
    }

    /// Takes in what a device reported, or that it was heard if `readings` is empty. It is on disk after the next
    /// flush.
    pub fn report(&self, device: Ieee, at: Timestamp, readings: &[Reading], link: Option<LinkQuality>) {
        let waiting = {
            let mut stage = self.shared.stage();
            stage.report(device, at, readings, link);
            stage.waiting()
        };
        // Once as the number passes the mark: the writer may be busy, and need not be told again.
        if waiting >= SAMPLES_DUE && waiting < SAMPLES_DUE + readings.len() {
            self.ask_history(history::Request::Due);
        }
    }

    /// Adds an entry to the log that may be lost by a power cut within the next [`Options::flush`].
    pub fn log(&self, entry: LogEntry) {
        self.shared.stage().log(entry);
    }

    /// Keeps a retained message, with the next flush.
    pub fn retain(&self, message: Retained) {
        self.shared.stage().retain(message.topic.clone(), Some(message));
    }

    /// Forgets the retained message of a topic, with the next flush.
    pub fn unretain(&self, topic: &str) {
        self.shared.stage().retain(topic.to_owned(), None);
    }

    /// Writes now what waits, as happens by itself every [`Options::flush`], then calls `done`.
    pub fn flush(&self, done: Done) {
        self.ask_history(history::Request::Flush(done));
    }

    /// The newest `limit` log entries, newest first, of one device or of all.
    pub fn events(&self, limit: usize, device: Option<Ieee>) -> Result<Vec<LogEntry>, ReadError> {
        let mut entries = self.shared.stage().entries(device);
        let (stored, damaged) = self
            .shared
            .core
            .read(|txn| registry::events(txn, limit, device))
            .map_err(|fault| ReadError(fault.to_string()))?;
        self.shared.count_damaged(damaged);
        entries.extend(stored);
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
        // An entry that moved to the disk between the two looks was seen twice.
        entries.dedup();
        entries.truncate(limit);
        Ok(entries)
    }

    /// What a device reported for `key` from `from` to `to`, both included, by time: seconds since 1970, and the value
    /// in its unit's smallest step ([`Reading::from_stored`]) or `None` for the device's own "unknown". If there are
    /// more than [`crate::MAX_SAMPLES`], the newest.
    pub fn history(
        &self,
        device: Ieee,
        key: Key,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(u64, Option<i32>)>, ReadError> {
        let seconds = |at: Timestamp| u32::try_from(at.seconds()).unwrap_or(u32::MAX);
        history::past(&self.shared, device, key, seconds(from), seconds(to))
            .map_err(|fault| ReadError(fault.to_string()))
    }

    /// Copies the core file into `backups` in the state directory, where the five newest copies are kept, and returns
    /// the copy's path. Takes as long as reading the whole file; writers go on.
    pub fn snapshot(&self, at: Timestamp) -> Result<PathBuf, ReadError> {
        let dir = self.shared.core.path().parent().unwrap_or(Path::new("."));
        snapshot::take(&self.shared.core, &CORE, dir, at).map_err(|fault| ReadError(fault.to_string()))
    }

    /// The ledger.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// How the store is.
    pub fn health(&self) -> Health {
        Health::of(&self.shared, self.ledger.file())
    }

    /// Writes what waits, ends the writers and closes the files; whatever is asked of any handle afterwards fails. Do
    /// not call it from a [`Done`].
    pub fn close(&self) {
        let Some(ways) = self.ways.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
        let Ways { core, history, writers } = ways;
        drop((core, history));
        self.ledger.close();
        for writer in writers {
            if writer.join().is_err() {
                tracing::error!("a writer thread of the store had panicked");
            }
        }
        self.shared.core.close();
        self.shared.history.close();
    }

    fn ask_core(&self, request: registry::Request) {
        let refused = ask(&self.ways, |ways| &ways.core, request);
        if let Err((registry::Request::Commit(_, done), error)) = refused {
            done(Err(error));
        }
    }

    fn ask_history(&self, request: history::Request) {
        let refused = ask(&self.ways, |ways| &ways.history, request);
        if let Err((history::Request::Flush(done), error)) = refused {
            done(Err(error));
        }
    }
}

/// Queues a request, or gives it back with the reason.
fn ask<R>(ways: &Mutex<Option<Ways>>, way: fn(&Ways) -> &SyncSender<R>, request: R) -> Result<(), (R, CommitError)> {
    let ways = ways.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(ways) = ways.as_ref() else { return Err((request, CommitError::Closed)) };
    way(ways).try_send(request).map_err(|error| match error {
        TrySendError::Full(request) => (request, CommitError::Busy(QUEUE)),
        TrySendError::Disconnected(request) => (request, CommitError::Closed),
    })
}

fn start(shared: &Arc<Shared>, options: &Options) -> io::Result<Ways> {
    let (core, core_requests) = sync_channel(QUEUE);
    let (history, history_requests) = sync_channel(QUEUE);
    let latest_every = (options.latest.as_millis() / options.flush.as_millis().max(1)).max(1);
    let latest_every = u32::try_from(latest_every).unwrap_or(u32::MAX);
    let rhythm = Rhythm { flush: options.flush, latest_every, days: options.days };
    let keep_events = options.events;
    let registry = {
        let shared = Arc::clone(shared);
        move || registry::run(&shared, &core_requests, keep_events)
    };
    let keeper = {
        let (shared, core) = (Arc::clone(shared), core.clone());
        move || history::run(&shared, &history_requests, &core, rhythm)
    };
    let writers = [
        Builder::new().name("store-history".to_owned()).spawn(keeper)?,
        Builder::new().name("store-core".to_owned()).spawn(registry)?,
    ];
    Ok(Ways { core, history, writers })
}
