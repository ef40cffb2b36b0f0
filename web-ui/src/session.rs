//! Who is logged in. It knows times as arguments and no passwords.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::time::Instant;

/// A session ends when it was not used for so long.
pub(crate) const IDLE: Duration = Duration::from_secs(12 * 3600);
/// At most so many; the one that was unused longest makes room.
const LIMIT: usize = 256;

/// What the table knows a session by: the hash of the secret in the cookie. Whoever reads the table can't log in
/// with it, and looking it up tells nothing by its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct SessionId([u8; 32]);

impl SessionId {
    /// The id that belongs to the secret `token`.
    pub(crate) fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }
}

#[derive(Debug)]
struct Session {
    user: Arc<str>,
    used: Instant,
}

/// All sessions.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<HashMap<SessionId, Session>>);

impl Sessions {
    /// Begins a session for `user` and returns its secret, 64 hex digits from the operating system's random source.
    pub(crate) fn begin(&self, user: &str, now: Instant) -> Result<String, getrandom::Error> {
        let (mut left, mut right) = ([0; 16], [0; 16]);
        getrandom::fill(&mut left)?;
        getrandom::fill(&mut right)?;
        let token = format!("{:032x}{:032x}", u128::from_be_bytes(left), u128::from_be_bytes(right));
        let mut table = self.table();
        table.retain(|_, session| is_alive(session, now));
        if table.len() >= LIMIT
            && let Some(oldest) = table.iter().min_by_key(|(_, session)| session.used).map(|(id, _)| *id)
        {
            table.remove(&oldest);
        }
        table.insert(SessionId::of(&token), Session { user: user.into(), used: now });
        Ok(token)
    }

    /// Whose session this is, if it is one; using it keeps it alive.
    pub(crate) fn use_at(&self, id: SessionId, now: Instant) -> Option<Arc<str>> {
        let mut table = self.table();
        let session = table.get_mut(&id)?;
        if !is_alive(session, now) {
            table.remove(&id);
            return None;
        }
        session.used = now;
        Some(Arc::clone(&session.user))
    }

    /// Ends a session.
    pub(crate) fn end(&self, id: SessionId) {
        self.table().remove(&id);
    }

    fn table(&self) -> MutexGuard<'_, HashMap<SessionId, Session>> {
        // Every change to the table is one call: a panic elsewhere leaves it whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_alive(session: &Session, now: Instant) -> bool {
    now.saturating_duration_since(session.used) < IDLE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_lives_while_it_is_used() {
        let (sessions, start) = (Sessions::default(), Instant::now());
        let id = SessionId::of(&sessions.begin("ada", start).unwrap());
        let almost = IDLE.checked_sub(Duration::from_secs(1)).unwrap();
        assert_eq!(sessions.use_at(id, start + almost).as_deref(), Some("ada"));
        assert_eq!(sessions.use_at(id, start + 2 * almost).as_deref(), Some("ada"));
        assert_eq!(sessions.use_at(id, start + 2 * almost + IDLE), None);
        assert_eq!(sessions.use_at(id, start + 2 * almost), None, "an expired session does not come back");
    }

    #[test]
    fn an_ended_or_made_up_session_is_nobodys() {
        let (sessions, start) = (Sessions::default(), Instant::now());
        let token = sessions.begin("ada", start).unwrap();
        assert_eq!(token.len(), 64);
        sessions.end(SessionId::of(&token));
        assert_eq!(sessions.use_at(SessionId::of(&token), start), None);
        assert_eq!(sessions.use_at(SessionId::of(""), start), None);
    }

    #[test]
    fn the_table_is_bounded() {
        let (sessions, start) = (Sessions::default(), Instant::now());
        let tokens: Vec<_> = (0..=LIMIT as u64)
            .map(|second| sessions.begin("ada", start + Duration::from_secs(second)).unwrap())
            .collect();
        let end = start + Duration::from_secs(LIMIT as u64);
        assert_eq!(sessions.use_at(SessionId::of(&tokens[0]), end), None);
        assert!(sessions.use_at(SessionId::of(&tokens[1]), end).is_some());
    }
}
