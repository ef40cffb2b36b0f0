//! The ledger: what left the house, to whom, and what the owner decided about it. A chain in which no entry can be
//! changed without a trace.
//!
//! It lies in a file of its own, `ledger.redb`, with a writer of its own. So a disclosure waits for no commit about the
//! house (its time must not tell what the house does), a flood of questions can't fill the file on which the locks
//! depend nor slow down its check at start, and damage here closes the way out and nothing else. Damage is never mended
//! by itself: whatever is appended has to follow an end that is as the ledger wrote it.
//!
//! An entry is durable before [`Ledger::append`] calls back, and only then may its bytes leave. What the door goes by,
//! policy, keys, pauses, lies in the same file and changes in the same commit as the entry that tells of it. After a failure the
//! entries may be there all the same: there can be more in the ledger than left, never less.
//!
//! Every 256 entries, once a day and on demand the ledger signs its head. Whoever holds the disk holds the key as well:
//! what is certain is what was noted elsewhere ([`Ledger::head`]).

mod bytes;
mod chain;
mod checkpoint;
mod entry;
mod export;
mod hex;
mod key;
mod read;
mod rollup;
mod settings;
mod tail;
#[cfg(test)]
mod tests;
mod verify;
mod writer;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

use crate::batch::{CommitError, Done};
use crate::file::{Fault, File, Plan};
use crate::model::{Setting, Value};
use crate::tables::create_ledger;

pub use chain::{Hash, Head, ParseHeadError, Recorded};
pub use entry::{Entry, EntryError, Kind, ParseKindError};
pub use export::{Export, VerifyError, verify_export};
pub use key::{ParsePublicKeyError, PublicKey};
pub use read::{Filter, MAX_PAGE, Page, ReadError};
pub use rollup::{Counts, RollUp};
pub use verify::{Flaw, Noted, Verdict};

/// Requests that wait at most.
const QUEUE: usize = 256;

/// A start does not depend on how much is in it, also after a power cut: it is not verified when it is opened (the chain
/// tells of itself), and each commit says which pages it uses.
///
/// The price, measured on 2026-11-23 with bodies of 600 bytes (`benches/ledger.rs`, bytes as redb writes them): 37 KB and
/// two flushes a disclosure, 58 KB with 100,000 entries in the file, instead of 25 and 33 KB and one flush.
const FILE: Plan =
    Plan { name: "ledger.redb", cache: 1 << 20, verify: false, quick_repair: true, create: create_ledger };

/// How long entries are kept in full. Those that are both too old and too many are rolled up, and those for which there
/// is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Younger ones than this many days are kept.
    pub days: u64,
    /// So many of the newest are kept, however old.
    pub entries: u64,
    /// Beyond so many bytes of entries the oldest go, whatever their age: nobody may fill the disk by asking.
    pub bytes: u64,
}

impl Default for Retention {
    fn default() -> Self {
        Self { days: 90, entries: 100_000, bytes: 256 << 20 }
    }
}

/// The ledger. Clones are handles of the same one.
#[derive(Debug, Clone)]
pub struct Ledger {
    file: Arc<File>,
    way: Arc<Mutex<Option<Way>>>,
}

/// The way to the writer, and the writer.
#[derive(Debug)]
struct Way {
    requests: SyncSender<writer::Request>,
    writer: JoinHandle<()>,
}

/// Why the ledger can't be opened.
#[derive(Debug)]
pub(crate) enum OpenFailure {
    /// Another process has the file open, or a later hub made it.
    File(Box<File>, Fault),
    /// No thread could be started.
    Thread(io::Error),
}

impl Ledger {
    /// Opens or makes the file in `dir`. One that is damaged or can't be read now does not keep the house from
    /// starting; every disclosure fails then.
    pub(crate) fn open(dir: &Path, retention: Retention) -> Result<Self, OpenFailure> {
        let (file, opened) = File::open(dir, &FILE);
        match opened {
            Ok(()) => {}
            Err(fault @ (Fault::Held | Fault::Newer(_))) => return Err(OpenFailure::File(Box::new(file), fault)),
            Err(fault) => tracing::error!(error = %fault, "the ledger can't be opened: nothing will be disclosed"),
        }
        let file = Arc::new(file);
        let (requests, inbox) = sync_channel(QUEUE);
        let writer = {
            let file = Arc::clone(&file);
            move || writer::run(&file, &inbox, retention)
        };
        let writer = Builder::new().name("store-ledger".to_owned()).spawn(writer).map_err(OpenFailure::Thread)?;
        Ok(Self { file, way: Arc::new(Mutex::new(Some(Way { requests, writer }))) })
    }

    /// Makes entries durable, in this order, and with them the values of settings (`None` removes one), all or nothing;
    /// then calls `done`. Entries of one question belong into one call. Several calls that wait share one commit. Never
    /// blocks. After [`CommitError::Failed`] they may be there all the same; entries given again are there twice.
    pub fn append(&self, entries: Vec<Entry>, settings: Vec<(Setting, Option<Value>)>, done: Done) {
        self.ask(writer::Request::Record(entries, settings, done));
    }

    /// All settings. If one can't be read, none is told: what is left would be half of what the owner decided.
    pub fn settings(&self) -> Result<BTreeMap<Setting, Value>, ReadError> {
        settings::read(&self.file)
    }

    /// Signs the head at the time `at` (seconds since 1970 UTC), then calls `done`; does nothing if it is signed or if
    /// there is none. Call it before an export, and daily: by itself the ledger signs a day only when the next one's
    /// first entry comes.
    pub fn sign(&self, at: u64, done: Done) {
        self.ask(writer::Request::Sign(at, done));
    }

    /// The last entry's number and hash, to be noted elsewhere ([`Head`] prints as one line); `None` in an empty ledger.
    pub fn head(&self) -> Result<Option<Head>, ReadError> {
        read::head(&self.file)
    }

    /// Entries below the number `before` (without one: all), newest first, at most `limit` and at most [`MAX_PAGE`].
    pub fn page(&self, before: Option<u64>, limit: usize, filter: &Filter) -> Result<Page, ReadError> {
        read::page(&self.file, before, limit, filter)
    }

    /// The entry with this number, if it is kept and can be read.
    pub fn entry(&self, number: u64) -> Result<Option<Recorded>, ReadError> {
        read::entry(&self.file, number)
    }

    /// The whole ledger as lines of JSON, with checkpoints and public key; nothing if it is empty. Entries that come
    /// while it is read may be in it.
    pub fn export(&self) -> Result<Export, ReadError> {
        Ok(Export::new(read::Blocks::open(Arc::clone(&self.file))?))
    }

    /// Verifies what is on the disk, also against a head that was noted. An error is about reading, a flaw about what
    /// was read. Takes as long as reading the whole file.
    pub fn verify(&self, noted: Option<Head>) -> Result<Result<Verdict, Flaw>, ReadError> {
        let Some((opening, mut blocks)) = read::Blocks::open(Arc::clone(&self.file))? else {
            return Ok(Err(Flaw::Empty));
        };
        let mut verifier = match verify::Verifier::new(opening.key, opening.rollup, noted) {
            Ok(verifier) => verifier,
            Err(flaw) => return Ok(Err(flaw)),
        };
        loop {
            let found = blocks.next()?;
            if found.is_empty() {
                return Ok(verifier.end(opening.signed));
            }
            for (number, entry) in found {
                let taken = entry.ok_or(Flaw::Row { number }).and_then(|entry| verifier.take(&entry));
                if let Err(flaw) = taken {
                    return Ok(Err(flaw));
                }
            }
        }
    }

    /// The file, for its health.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Writes what waits, ends the writer and closes the file.
    pub(crate) fn close(&self) {
        let Some(Way { requests, writer }) = self.way.lock().unwrap_or_else(PoisonError::into_inner).take() else {
            return;
        };
        drop(requests);
        if writer.join().is_err() {
            tracing::error!("the ledger's writer had panicked");
        }
        self.file.close();
    }

    fn ask(&self, request: writer::Request) {
        let way = self.way.lock().unwrap_or_else(PoisonError::into_inner);
        let refused = match way.as_ref() {
            None => Err((request, CommitError::Closed)),
            Some(way) => way.requests.try_send(request).map_err(|error| match error {
                TrySendError::Full(request) => (request, CommitError::Busy(QUEUE)),
                TrySendError::Disconnected(request) => (request, CommitError::Closed),
            }),
        };
        drop(way);
        if let Err((writer::Request::Record(.., done) | writer::Request::Sign(_, done), error)) = refused {
            done(Err(error));
        }
    }
}
