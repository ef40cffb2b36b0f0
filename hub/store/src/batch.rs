//! What must be on disk before anybody hears of it: a batch of changes that is committed as one.

use std::collections::BTreeSet;
use std::fmt::{self, Write};

use home::{AdapterName, Device, DriverRecord, Ieee, LinkQuality, LogEntry, Reading, Timestamp};

use crate::model::{Person, Session, Token, User};
use crate::row::{Row, write_device, write_network, write_person, write_session, write_token, write_user};
use crate::stage::Stage;

/// Called once: when a batch is durable or has failed, on the writer's thread; when it is refused, at once on the
/// caller's. It must not block.
pub type Done = Box<dyn FnOnce(Result<(), CommitError>) + Send>;

/// Why a batch is not on disk, or not known to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// Too much waits already; nothing was done.
    #[error("the store is busy: {0} batches are waiting")]
    Busy(usize),
    /// The store was closed; nothing was done.
    #[error("the store is closed")]
    Closed,
    /// The disk failed, also after the file was opened again. The batch may have landed all the same: giving it again
    /// does no harm.
    #[error("could not write: {0}")]
    Failed(String),
}

/// Changes that become durable together or not at all. Committing the same batch twice leaves what once leaves.
#[derive(Clone, Default)]
pub struct Batch {
    pub(crate) changes: Vec<Stored>,
    reports: Vec<Reported>,
}

/// One change, as it goes into the core file.
#[derive(Clone)]
pub(crate) enum Stored {
    Device(Ieee, Row),
    Forget(Ieee),
    Network(String, Row),
    Keep(Register, String, Row),
    Drop(Register, String),
    Entry(LogEntry),
}

/// The tables of those who may log in, by a text each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Register {
    Users,
    People,
    Tokens,
    Sessions,
}

#[derive(Clone)]
struct Reported {
    device: Ieee,
    at: Timestamp,
    readings: Vec<Reading>,
    link: Option<LinkQuality>,
}

impl Batch {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps the registration of a device: all of it but values, pending commands and availability.
    pub fn device(&mut self, device: &Device) -> &mut Self {
        self.push(Stored::Device(device.ieee, write_device(device)))
    }

    /// Forgets a device and its last values. Its history stays until it is too old.
    pub fn forget(&mut self, device: Ieee) -> &mut Self {
        self.push(Stored::Forget(device))
    }

    /// Keeps values that a device reported `at` this time: as last values with this batch, as history with the next
    /// block.
    pub fn report(
        &mut self,
        device: Ieee,
        at: Timestamp,
        readings: &[Reading],
        link: Option<LinkQuality>,
    ) -> &mut Self {
        self.reports.push(Reported { device, at, readings: readings.to_vec(), link });
        self
    }

    /// Adds to the log.
    pub fn log(&mut self, entry: LogEntry) -> &mut Self {
        self.push(Stored::Entry(entry))
    }

    /// Keeps what a driver wants kept for its network.
    pub fn network(&mut self, adapter: &AdapterName, record: &DriverRecord) -> &mut Self {
        self.push(Stored::Network(adapter.as_str().to_owned(), write_network(record)))
    }

    /// Keeps a user, in place of one of the same name.
    pub fn user(&mut self, user: &User) -> &mut Self {
        self.push(Stored::Keep(Register::Users, user.name.clone(), write_user(user)))
    }

    /// Removes a user; without one of that name, does nothing.
    pub fn remove_user(&mut self, name: &str) -> &mut Self {
        self.push(Stored::Drop(Register::Users, name.to_owned()))
    }

    /// Keeps a person, in place of one of the same name.
    pub fn person(&mut self, person: &Person) -> &mut Self {
        self.push(Stored::Keep(Register::People, person.name.clone(), write_person(person)))
    }

    /// Removes a person; without one of that name, does nothing.
    pub fn remove_person(&mut self, name: &str) -> &mut Self {
        self.push(Stored::Drop(Register::People, name.to_owned()))
    }

    /// Keeps a token.
    pub fn token(&mut self, token: &Token) -> &mut Self {
        self.push(Stored::Keep(Register::Tokens, token.id.clone(), write_token(token)))
    }

    /// Removes a token; without one of that id, does nothing.
    pub fn remove_token(&mut self, id: &str) -> &mut Self {
        self.push(Stored::Drop(Register::Tokens, id.to_owned()))
    }

    /// Keeps a session.
    pub fn session(&mut self, session: &Session) -> &mut Self {
        self.push(Stored::Keep(Register::Sessions, hex(&session.digest), write_session(session)))
    }

    /// Removes a session; without one of that digest, does nothing.
    pub fn remove_session(&mut self, digest: &[u8; 32]) -> &mut Self {
        self.push(Stored::Drop(Register::Sessions, hex(digest)))
    }

    /// True if there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.reports.is_empty()
    }

    /// How many changes and reports are in it.
    pub fn len(&self) -> usize {
        self.changes.len() + self.reports.len()
    }

    /// Adds what is in `later`, which is newer.
    pub fn append(&mut self, later: Self) {
        self.changes.extend(later.changes);
        self.reports.extend(later.reports);
    }

    /// Brings what waits in memory up to date with this batch.
    pub(crate) fn stage(&self, stage: &mut Stage) {
        for change in &self.changes {
            match change {
                Stored::Device(ieee, _) => stage.register(*ieee),
                Stored::Forget(ieee) => stage.forget(*ieee),
                _ => {}
            }
        }
        for report in &self.reports {
            stage.report(report.device, report.at, &report.readings, report.link);
        }
    }

    /// Devices whose last values belong to this batch.
    pub(crate) fn devices(&self) -> BTreeSet<Ieee> {
        let registered = self.changes.iter().filter_map(|change| match change {
            Stored::Device(ieee, _) => Some(*ieee),
            _ => None,
        });
        registered.chain(self.reports.iter().map(|report| report.device)).collect()
    }

    fn push(&mut self, change: Stored) -> &mut Self {
        self.changes.push(change);
        self
    }
}

fn hex(digest: &[u8; 32]) -> String {
    digest.iter().fold(String::with_capacity(64), |mut text, byte| {
        // A String takes all that is written.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Rows hold keys and hashes: only their number is shown.
impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Batch({} changes, {} reports)", self.changes.len(), self.reports.len())
    }
}
