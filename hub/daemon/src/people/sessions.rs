//! Browsers that are logged in. They outlast the daemon: a hub that restarts must not log the house out.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use home::Timestamp;
use home::admin::Secret;
use sha2::{Digest, Sha256};
use store::{Batch, Session};
use web_ui::{Caller, Refused, SessionId};

use super::{People, access_of, hex, is_present, key, random};

/// A session ends when it was not used for so long.
const IDLE: Duration = Duration::from_secs(30 * 86_400);
/// That it was used is written at most so often.
const NOTED: Duration = Duration::from_secs(3600);
/// At most so many of one person; the one that was unused longest makes room.
const EACH: usize = 32;

/// What the table knows a secret by.
pub(super) fn digest(secret: &str) -> SessionId {
    // Of 256 random bits: nothing slower is needed.
    Sha256::digest(secret.as_bytes()).into()
}

/// Those that did not end while the daemon was down.
pub(super) fn alive(sessions: Vec<Session>, now: Timestamp) -> HashMap<SessionId, Session> {
    sessions.into_iter().filter(|session| is_alive(session, now)).map(|session| (session.digest, session)).collect()
}

fn is_alive(session: &Session, now: Timestamp) -> bool {
    now.since(session.used) < IDLE
}

impl People {
    pub(super) async fn begin(&self, name: &str, peer: IpAddr) -> Result<Secret, Refused> {
        let secret = Secret::new(hex(&random::<32>()?));
        let now = self.now();
        let session = Session {
            digest: digest(secret.expose()),
            person: name.to_owned(),
            began: now,
            used: now,
            address: peer.to_string(),
        };
        let mut batch = Batch::default();
        for digest in self.surplus(name, now) {
            batch.remove_session(&digest);
            self.table().sessions.remove(&digest);
        }
        batch.session(&session);
        self.commit(batch).await?;
        self.table().sessions.insert(session.digest, session);
        Ok(secret)
    }

    /// Sessions of somebody that are over or make room for one more.
    fn surplus(&self, name: &str, now: Timestamp) -> Vec<SessionId> {
        let table = self.table();
        let (mut own, mut over) = (Vec::new(), Vec::new());
        for session in table.sessions.values().filter(|session| key(&session.person) == key(name)) {
            if is_alive(session, now) { own.push((session.used, session.digest)) } else { over.push(session.digest) }
        }
        own.sort_unstable();
        let room = (own.len() + 1).saturating_sub(EACH);
        over.extend(own.into_iter().take(room).map(|(_, digest)| digest));
        over
    }

    pub(super) fn use_session(&self, id: SessionId) -> Option<Caller> {
        let now = self.now();
        let mut table = self.table();
        let session = table.sessions.get_mut(&id)?;
        if !is_alive(session, now) {
            return None;
        }
        let stale = now.since(session.used) >= NOTED;
        if stale {
            session.used = now;
        }
        let (person, noted) = (key(&session.person), stale.then(|| session.clone()));
        let person = table.people.get(&person).filter(|person| is_present(person, now))?;
        let caller = Caller { user: person.name.as_str().into(), access: Arc::new(access_of(person)) };
        drop(table);
        if let Some(session) = noted {
            let mut batch = Batch::default();
            batch.session(&session);
            self.0.store.commit(batch, Box::new(|_| {}));
        }
        Some(caller)
    }

    /// Ends sessions, at once; the disk follows.
    pub(super) fn end(&self, over: impl Fn(&Session) -> bool) {
        let mut batch = Batch::default();
        self.table().sessions.retain(|digest, session| {
            let ends = over(session);
            if ends {
                batch.remove_session(digest);
            }
            !ends
        });
        if !batch.is_empty() {
            // If the disk fails, an ended session could come back with the daemon's next start.
            let told = |result: Result<(), store::CommitError>| {
                if let Err(error) = result {
                    tracing::error!(%error, "an ended session is still on the disk");
                }
            };
            self.0.store.commit(batch, Box::new(told));
        }
    }
}
