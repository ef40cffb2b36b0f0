//! What the hub says unasked: opened once, and handed to Amazon. Knows no topic and no broker.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use seal::{Opener, PairingKey, Refused, Rules, Vendor};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::amazon::{Amazon, Failure};
use crate::bridge::Answer;

/// How far apart the clocks of hub and relay may be.
const SKEW_MS: u64 = 3_000;
/// Events that are on their way to Amazon at a time.
const AT_ONCE: usize = 4;
/// Events on their way or waiting for that; a beat of the hub's has fewer.
const WAITING: usize = 128;
/// How long one may wait. What it tells has the time of its beat, so late is not wrong, but later still is for nobody.
const FRESH: Duration = Duration::from_secs(30);

/// Opens what the hub says unasked, and has Amazon told.
#[derive(Debug)]
pub(crate) struct Pushes {
    opener: Mutex<Opener>,
    amazon: Arc<Amazon>,
    waiting: Arc<Semaphore>,
    turn: Semaphore,
    /// That did not reach Amazon, whyever, since the start.
    failed: AtomicU64,
}

/// Why a push did not reach Amazon.
#[derive(Debug, thiserror::Error)]
enum NotTold {
    #[error(transparent)]
    Sealed(#[from] Refused),
    #[error("it is not for Alexa, and nobody else is told anything unasked")]
    NotAlexa,
    #[error("{WAITING} others wait already")]
    Busy,
    #[error("it waited for {} s", FRESH.as_secs())]
    Late,
    #[error("{0}")]
    Amazon(#[from] Failure),
}

impl Pushes {
    /// From the hub that has `key`; nothing opens that it sealed up to `not_before`, in milliseconds of Unix time.
    pub(crate) fn new(key: &PairingKey, not_before: u64, amazon: Arc<Amazon>) -> Self {
        Self {
            opener: Mutex::new(Opener::pushes(key, Rules { skew_ms: SKEW_MS, not_before })),
            amazon,
            waiting: Arc::new(Semaphore::new(WAITING)),
            turn: Semaphore::new(AT_ONCE),
            failed: AtomicU64::new(0),
        }
    }

    /// Has Amazon told in the background. `now` in milliseconds of Unix time.
    pub(crate) fn hear(self: &Arc<Self>, frame: &[u8], now: u64) {
        let place = Arc::clone(&self.waiting).try_acquire_owned().map_err(|_| NotTold::Busy);
        match place.and_then(|place| Ok((place, self.open(frame, now)?))) {
            Ok((place, push)) => {
                let this = Arc::clone(self);
                tokio::spawn(async move {
                    let _place = place;
                    let in_turn = async {
                        let _turn = this.turn.acquire().await;
                        Ok(this.amazon.tell(&push).await?)
                    };
                    this.note(timeout(FRESH, in_turn).await.unwrap_or(Err(NotTold::Late)));
                });
            }
            Err(refusal) => self.note(Err(refusal)),
        }
    }

    /// Has Amazon told now, and ends when that is done or given up. `now` in milliseconds of Unix time.
    pub(crate) async fn carry(&self, frame: &[u8], now: u64) {
        let told = match self.open(frame, now) {
            Ok(push) => self.amazon.tell(&push).await.map_err(NotTold::from),
            Err(refusal) => Err(refusal),
        };
        self.note(told);
    }

    fn open(&self, frame: &[u8], now: u64) -> Result<Answer, NotTold> {
        let message = self.opener.lock().unwrap_or_else(PoisonError::into_inner).open(frame, now)?;
        if message.vendor == Vendor::Alexa { Ok(message.body) } else { Err(NotTold::NotAlexa) }
    }

    /// Says why something was not told. What can't be opened may come from anybody with a way to the topic, as often as they like: that is
    /// said ever more rarely.
    fn note(&self, told: Result<(), NotTold>) {
        let Err(reason) = told else { return tracing::debug!("Alexa was told something unasked") };
        let failed = self.failed.fetch_add(1, Ordering::Relaxed) + 1;
        if matches!(reason, NotTold::Amazon(_)) || failed.is_power_of_two() {
            tracing::warn!(%reason, failed, "a push did not reach Amazon");
        } else {
            tracing::debug!(%reason, failed, "a push did not reach Amazon");
        }
    }
}
