//! Questions to passkeys that wait for their answer. Each is answered once, soon, and for what it was asked.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How long an answer is waited for.
const LIFE: Duration = Duration::from_secs(180);
/// Questions that may wait; the oldest makes room.
const LIMIT: usize = 256;

/// What a passkey is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To log somebody in.
    LogIn,
    /// To become somebody's.
    Add(String),
    /// To prove that it is somebody who is at a door.
    Prove(String),
}

#[derive(Debug)]
struct Waiting {
    bytes: [u8; 32],
    purpose: Purpose,
    since: Instant,
}

/// All that wait.
#[derive(Debug, Default)]
pub(crate) struct Challenges(Mutex<HashMap<String, Waiting>>);

impl Challenges {
    /// A new question: its id and its 32 random bytes.
    pub(crate) fn ask(&self, purpose: Purpose, now: Instant) -> Result<(String, [u8; 32]), getrandom::Error> {
        let (mut bytes, mut id) = ([0; 32], [0; 16]);
        getrandom::fill(&mut bytes)?;
        getrandom::fill(&mut id)?;
        let id = data_encoding::HEXLOWER.encode(&id);
        let mut table = self.table();
        table.retain(|_, waiting| now.saturating_duration_since(waiting.since) < LIFE);
        if table.len() >= LIMIT
            && let Some(oldest) = table.iter().min_by_key(|(_, waiting)| waiting.since).map(|(id, _)| id.clone())
        {
            table.remove(&oldest);
        }
        table.insert(id.clone(), Waiting { bytes, purpose, since: now });
        Ok((id, bytes))
    }

    /// The question's bytes, if it waits and was asked for this. It waits no more then, whatever the answer is worth.
    pub(crate) fn answer(&self, id: &str, purpose: &Purpose, now: Instant) -> Option<[u8; 32]> {
        let waiting = self.table().remove(id)?;
        let fits = waiting.purpose == *purpose && now.saturating_duration_since(waiting.since) < LIFE;
        fits.then_some(waiting.bytes)
    }

    fn table(&self) -> MutexGuard<'_, HashMap<String, Waiting>> {
        // Every change to the table is one call: a panic elsewhere leaves it whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_answered_once_soon_and_for_what_it_was_asked() {
        let (challenges, now) = (Challenges::default(), Instant::now());
        let ada = Purpose::Prove("ada".to_owned());
        let ask = || challenges.ask(ada.clone(), now).unwrap();
        let (id, bytes) = ask();
        assert_eq!(challenges.answer(&id, &ada, now), Some(bytes));
        assert_eq!(challenges.answer(&id, &ada, now), None, "once");
        assert_eq!(challenges.answer(&ask().0, &Purpose::LogIn, now), None);
        assert_eq!(challenges.answer(&ask().0, &Purpose::Prove("bob".to_owned()), now), None);
        assert_eq!(challenges.answer(&ask().0, &ada, now + LIFE), None);
        for _ in 0..2 * LIMIT {
            ask();
        }
        assert_eq!(challenges.table().len(), LIMIT);
    }
}
