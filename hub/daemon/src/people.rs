//! The people of the house: who they are, how they prove it, their browsers' sessions and their programs' tokens.
//!
//! Everything is kept in memory as it is on disk: a change is written first, durable, and shows then. What they may do
//! to a device is [`home::Access`]; whether they may is asked where it is done.

mod account;
mod admin;
mod names;
mod passkeys;
mod sessions;
mod setup;
mod tokens;
mod totp;
mod web;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use home::admin::{ErrorKind, Secret};
use home::{Access, Timestamp};
use store::{Batch, PasswordHash, Person, Session, Store, Token};
use tokio::sync::oneshot;
use web_ui::Refused;

use crate::clock::Clock;
use crate::users::{Hashing, decoy};

pub(crate) use admin::{Changes, Until};
use names::key;

/// The people, shared by the page and the admin socket.
#[derive(Clone)]
pub(crate) struct People(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Clock,
    hashing: Hashing,
    /// Compared with where there is nobody, so that time does not tell who lives here.
    decoy: PasswordHash,
    table: Mutex<Table>,
    /// One change at a time: each reads, writes to the disk, and then shows.
    changing: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Table {
    /// By their names' keys.
    people: BTreeMap<String, Person>,
    tokens: BTreeMap<String, Token>,
    /// When a token was used last, by its id; since the daemon started.
    token_used: HashMap<String, Timestamp>,
    sessions: HashMap<[u8; 32], Session>,
    setup: setup::Setup,
    /// Secrets for one-time passwords that wait to be confirmed, by their person's key.
    totp_begun: HashMap<String, store::TotpSecret>,
    /// The last time step whose one-time password was used, by its person's key: none works twice.
    totp_used: HashMap<String, u64>,
}

impl People {
    pub(crate) fn new(store: Store, kept: store::People, clock: Clock) -> Self {
        let now = clock.now().wall;
        let table = Table {
            people: kept.people.into_iter().map(|person| (key(&person.name), person)).collect(),
            tokens: kept.tokens.into_iter().map(|token| (token.id.clone(), token)).collect(),
            sessions: sessions::alive(kept.sessions, now),
            ..Table::default()
        };
        let inner = Inner {
            store,
            clock,
            hashing: Hashing::default(),
            decoy: decoy(),
            table: Mutex::new(table),
            changing: tokio::sync::Mutex::default(),
        };
        Self(Arc::new(inner))
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        self.0.clock.now().wall
    }

    fn person(&self, name: &str) -> Option<Person> {
        self.table().people.get(&key(name)).cloned()
    }

    /// The person, if their time is not over.
    fn present(&self, name: &str) -> Option<Person> {
        let now = self.now();
        self.person(name).filter(|person| is_present(person, now))
    }

    async fn is_password(&self, person: Option<&Person>, password: Secret) -> Result<bool, Refused> {
        let expected = person.map_or_else(|| self.0.decoy.clone(), |person| person.password.clone());
        let fits = self.0.hashing.fits(password, expected).await;
        fits.map(|fits| fits && person.is_some()).ok_or_else(|| unavailable("too many logins at once; try again"))
    }

    async fn hash(&self, secret: Secret) -> Result<PasswordHash, Refused> {
        self.0.hashing.hash(secret).await.map_err(|error| failed(error.to_string()))
    }

    async fn commit(&self, batch: Batch) -> Result<(), Refused> {
        let (done, outcome) = oneshot::channel();
        self.0.store.commit(batch, Box::new(move |result| drop(done.send(result))));
        match outcome.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(failed(format!("could not write to the disk: {error}"))),
            Err(_) => Err(failed("could not write to the disk: the store has stopped".to_owned())),
        }
    }

    /// Writes a person and shows them then.
    async fn keep(&self, person: Person) -> Result<(), Refused> {
        let mut batch = Batch::default();
        batch.person(&person);
        self.commit(batch).await?;
        self.table().people.insert(key(&person.name), person);
        Ok(())
    }
}

fn is_present(person: &Person, now: Timestamp) -> bool {
    person.until.is_none_or(|until| now < until)
}

fn access_of(person: &Person) -> Access {
    Access::of(person.role, &person.devices)
}

/// A name for a new person, or why it is none; and a password that is fit to guard a front door.
fn checked_password(password: &Secret) -> Result<(), Refused> {
    if (8..=256).contains(&password.expose().chars().count()) {
        return Ok(());
    }
    Err(invalid("a password has 8 to 256 characters"))
}

fn invalid(error: impl Into<String>) -> Refused {
    Refused { kind: ErrorKind::Invalid, error: error.into() }
}

fn forbidden(error: impl Into<String>) -> Refused {
    Refused { kind: ErrorKind::Forbidden, error: error.into() }
}

fn not_found(error: impl Into<String>) -> Refused {
    Refused { kind: ErrorKind::NotFound, error: error.into() }
}

fn conflict(error: impl Into<String>) -> Refused {
    Refused { kind: ErrorKind::Conflict, error: error.into() }
}

fn failed(error: impl Into<String>) -> Refused {
    Refused { kind: ErrorKind::Failed, error: error.into() }
}

fn unavailable(error: impl Into<String>) -> Refused {
    Refused { kind: ErrorKind::Unavailable, error: error.into() }
}

/// `count` random bytes from the operating system.
fn random<const N: usize>() -> Result<[u8; N], Refused> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| unavailable(format!("the system has no random numbers: {error}")))?;
    Ok(bytes)
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // A String takes all that is written.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
