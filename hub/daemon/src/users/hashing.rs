//! Argon2 in turns: slow on purpose, so off the async threads, one at a time, and never more than a few in the queue.

use home::admin::Secret;
use store::PasswordHash;
use tokio::sync::Semaphore;

use super::{UserError, hash};

/// Secrets that may wait for their turn; more are told to come again.
const WAITING: usize = 8;

/// The turn, one for the whole daemon: each takes 46 MiB and a core, whoever asks.
static TURNS: Semaphore = Semaphore::const_new(1);

/// Hashes and compares in turns, with a queue of its own.
pub(crate) struct Hashing {
    queue: Semaphore,
}

impl Default for Hashing {
    fn default() -> Self {
        Self { queue: Semaphore::new(WAITING) }
    }
}

impl Hashing {
    /// Whether the secret is the one that was hashed; `None` if too many wait.
    pub(crate) async fn fits(&self, secret: Secret, expected: PasswordHash) -> Option<bool> {
        let _place = self.queue.try_acquire().ok()?;
        let turn = TURNS.acquire().await.ok()?;
        let fits = tokio::task::spawn_blocking(move || hash::verify(&secret, &expected)).await;
        drop(turn);
        fits.ok()
    }

    /// Hashes a secret that is to be kept.
    pub(crate) async fn hash(&self, secret: Secret) -> Result<PasswordHash, UserError> {
        let _turn = TURNS.acquire().await.map_err(|error| UserError::Hash(error.to_string()))?;
        let hashed = tokio::task::spawn_blocking(move || hash::hash(&secret)).await;
        hashed.map_err(|error| UserError::Hash(error.to_string()))?
    }
}
