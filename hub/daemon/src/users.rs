//! Who may log in: MQTT users with argon2id, checked off the async threads, with a memory of recent successes.

mod hash;
mod hashing;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use home::Timestamp;
use home::admin::Secret;
use store::{Batch, Store, User};
use tokio::sync::oneshot;

pub(crate) use hash::{decoy, made_up_password};
pub(crate) use hashing::Hashing;

/// The one preset there is until topic rules come.
const PRESETS: [&str; 1] = ["admin"];
/// Successful logins remembered; more than a house has clients.
const REMEMBERED: usize = 256;

/// The users, shared by the broker, the page and the admin socket.
#[derive(Clone)]
pub(crate) struct Users(Arc<Inner>);

struct Inner {
    store: Store,
    table: Mutex<Table>,
    hashing: Hashing,
    boot_key: [u8; 32],
    /// Checked instead of a real hash when the user does not exist, so that time does not tell who does.
    decoy: store::PasswordHash,
}

#[derive(Default)]
struct Table {
    users: HashMap<String, User>,
    /// Digests of logins that went well, by user; emptied with the user's entry.
    remembered: HashMap<String, [u8; 32]>,
}

/// Why a user could not be made or removed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UserError {
    /// The name is unusable.
    #[error("a user name has 1 to 64 characters without spaces or control characters")]
    Name,
    /// No such preset.
    #[error("there is no preset {0:?}; known: admin")]
    Preset(String),
    /// The password is too weak to guard a front door.
    #[error("a password has 8 to 256 characters")]
    Password,
    /// No such user.
    #[error("there is no user {0:?}")]
    Unknown(String),
    /// The disk refused.
    #[error("could not write the user to disk: {0}")]
    Store(String),
    /// The operating system gave no random bytes, or memory for the hash.
    #[error("could not hash the password: {0}")]
    Hash(String),
}

/// Whether a login is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Good,
    Bad,
    Busy,
}

impl Users {
    pub(crate) fn new(store: Store, kept: Vec<User>) -> Result<Self, UserError> {
        let mut boot_key = [0; 32];
        getrandom::fill(&mut boot_key).map_err(|error| UserError::Hash(error.to_string()))?;
        let users = kept.into_iter().map(|user| (user.name.clone(), user)).collect();
        Ok(Self(Arc::new(Inner {
            store,
            table: Mutex::new(Table { users, remembered: HashMap::new() }),
            hashing: Hashing::default(),
            boot_key,
            decoy: hash::decoy(),
        })))
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Checks a login. Slow for a first or wrong one, quick for one that went well before.
    pub(crate) async fn verify(&self, user: &str, password: &str) -> Verdict {
        let digest = hash::login_digest(&self.0.boot_key, user, password);
        let (stored, remembered) = {
            let table = self.table();
            (table.users.get(user).map(|u| u.hash.clone()), table.remembered.get(user).copied())
        };
        // Digests under a random key tell nothing by how long they agree.
        if stored.is_some() && remembered == Some(digest) {
            return Verdict::Good;
        }
        let known = stored.is_some();
        let expected = stored.unwrap_or_else(|| self.0.decoy.clone());
        match self.0.hashing.fits(Secret::new(password.to_owned()), expected.clone()).await {
            None => Verdict::Busy,
            Some(true) if known => {
                self.remember(user, &expected, digest);
                Verdict::Good
            }
            Some(_) => Verdict::Bad,
        }
    }

    fn remember(&self, user: &str, expected: &store::PasswordHash, digest: [u8; 32]) {
        let mut table = self.table();
        // The password may have been changed meanwhile.
        if table.users.get(user).is_some_and(|u| u.hash == *expected) {
            if table.remembered.len() >= REMEMBERED {
                table.remembered.clear();
            }
            table.remembered.insert(user.to_owned(), digest);
        }
    }

    /// Makes a user, or gives one another password and preset. Without a password one is made up and returned.
    pub(crate) async fn add(
        &self,
        name: &str,
        preset: &str,
        password: Option<Secret>,
        at: Timestamp,
    ) -> Result<Option<Secret>, UserError> {
        let fits = (1..=64).contains(&name.chars().count())
            && !name.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '/' | '+' | '#'));
        if !fits {
            return Err(UserError::Name);
        }
        if !PRESETS.contains(&preset) {
            return Err(UserError::Preset(preset.to_owned()));
        }
        if password.as_ref().is_some_and(|p| !(8..=256).contains(&p.expose().chars().count())) {
            return Err(UserError::Password);
        }
        let made_up = if password.is_none() { Some(made_up_password()?) } else { None };
        let Some(secret) = password.or_else(|| made_up.clone()) else { return Err(UserError::Password) };
        let hash = self.0.hashing.hash(secret).await?;
        let user = User { name: name.to_owned(), preset: preset.to_owned(), hash, created: at };
        let mut batch = Batch::default();
        batch.user(&user);
        self.commit(batch).await?;
        let mut table = self.table();
        table.remembered.remove(name);
        table.users.insert(name.to_owned(), user);
        Ok(made_up)
    }

    /// Removes a user.
    pub(crate) async fn remove(&self, name: &str) -> Result<(), UserError> {
        if !self.table().users.contains_key(name) {
            return Err(UserError::Unknown(name.to_owned()));
        }
        let mut batch = Batch::default();
        batch.remove_user(name);
        self.commit(batch).await?;
        let mut table = self.table();
        table.users.remove(name);
        table.remembered.remove(name);
        Ok(())
    }

    /// Name, preset and time of making of each user, by name.
    pub(crate) fn list(&self) -> Vec<(String, String, Timestamp)> {
        let mut users: Vec<_> =
            self.table().users.values().map(|u| (u.name.clone(), u.preset.clone(), u.created)).collect();
        users.sort();
        users
    }

    async fn commit(&self, batch: Batch) -> Result<(), UserError> {
        let (done, outcome) = oneshot::channel();
        self.0.store.commit(batch, Box::new(move |result| drop(done.send(result))));
        match outcome.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(UserError::Store(error.to_string())),
            Err(_) => Err(UserError::Store("the store has stopped".to_owned())),
        }
    }
}

impl broker::Authenticator for Users {
    fn verify(&self, login: broker::Login) -> broker::Verdict<'_> {
        Box::pin(async move {
            match Self::verify(self, &login.user, &login.password).await {
                Verdict::Good => {
                    Ok(broker::Identity { user: login.user.as_str().into(), rights: Arc::new(broker::AllowAll) })
                }
                Verdict::Bad => Err(broker::Refusal::BadCredentials),
                Verdict::Busy => Err(broker::Refusal::Busy),
            }
        })
    }
}
