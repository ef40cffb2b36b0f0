//! How connections come and go: a session is given, taken over, kept for a while, and ended.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use super::{Hub, SessionRef, State};
use crate::{
    mailbox::{Mailbox, Reason},
    message::Message,
    session::{Session, Will},
};

/// What a new connection brings.
pub(crate) struct Attach {
    /// `None`: the broker makes one up.
    pub(crate) client_id: Option<Arc<str>>,
    pub(crate) user: Arc<str>,
    pub(crate) clean: bool,
    pub(crate) expiry: Duration,
    pub(crate) receive_maximum: u16,
    pub(crate) will: Option<Will>,
    pub(crate) mailbox: Arc<Mailbox>,
}

/// A connection that has its session.
#[derive(Debug)]
pub(crate) struct Attached {
    pub(crate) session: SessionRef,
    pub(crate) client_id: Arc<str>,
    pub(crate) present: bool,
    /// The will of the connection that this one replaced.
    pub(crate) will: Option<Message>,
}

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The client said goodbye, or the broker stops: no will.
    Normal,
    /// Anything else: the will is published.
    Lost,
}

/// Where the program that holds the broker listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Before the switch.
    Ahead,
    /// Behind it, like every client.
    Behind,
}

/// A client id that belongs to another user.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotYours;

/// No session has this client id.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoSuchClient;

impl Hub {
    /// Gives a connection its session, new or kept. An older connection of the session is closed.
    pub(crate) fn attach(&self, attach: Attach) -> Result<Attached, NotYours> {
        let mut state = self.lock();
        let client_id = attach.client_id.unwrap_or_else(|| state.make_client_id());
        let mut will = None;
        let mut id = state.by_client.get(&client_id).copied();
        if let Some(session) = id.and_then(|id| state.sessions.get_mut(&id)) {
            if session.user != attach.user {
                return Err(NotYours);
            }
            let was_connected = session.mailbox.take();
            // A delayed will is withdrawn when the client is back in time (MQTT 5.0, 3.1.3.2.2).
            let due = |will: &mut Will| attach.clean || was_connected.is_some() && will.delay.is_zero();
            will = session.will.take_if(due).map(|will| will.message);
            session.will_at = None;
            if let Some(old) = was_connected {
                old.close(Reason::SessionTakenOver);
            }
        }
        if attach.clean
            && let Some(old) = id.take()
        {
            state.end(old);
        }
        let present = id.is_some();
        let id = id.unwrap_or_else(|| state.add(Session::new(Arc::clone(&client_id), attach.user, self.bounds)));
        state.by_client.insert(Arc::clone(&client_id), id);
        let mut generation = 0;
        if let Some(session) = state.sessions.get_mut(&id) {
            session.connect(attach.mailbox, attach.receive_maximum);
            session.will = attach.will;
            session.expiry = attach.expiry;
            generation = session.generation;
        }
        Ok(Attached { session: SessionRef { id, generation }, client_id, present, will })
    }

    /// A session without a client id, for the program that holds the broker.
    pub(crate) fn attach_local(&self, mailbox: Arc<Mailbox>, place: Place) -> SessionRef {
        let mut session = Session::new(Arc::from(""), Arc::from(""), self.bounds);
        session.connect(mailbox, u16::MAX);
        session.is_ahead = place == Place::Ahead;
        SessionRef { id: self.lock().add(session), generation: 1 }
    }

    /// A connection has ended. Returns the will, if it is due now.
    pub(crate) fn detach(&self, at: SessionRef, end: End, expiry: Option<Duration>, now: Instant) -> Option<Message> {
        let mut state = self.lock();
        let session = state.current(at).filter(|session| session.mailbox.is_some())?;
        session.disconnect();
        session.expiry = expiry.unwrap_or(session.expiry);
        if end == End::Normal {
            session.will = None;
        }
        if session.expiry.is_zero() {
            let ended = state.end(at.id)?;
            return ended.will.map(|will| will.message);
        }
        session.ends_at = now.checked_add(session.expiry);
        session.will_at = session.will.as_ref().and_then(|will| now.checked_add(will.delay));
        let due = session.will.take_if(|will| will.delay.is_zero());
        state.limit_away(self.max_away);
        due.map(|will| will.message)
    }

    /// Ends what has expired; returns the wills that are due.
    pub(crate) fn sweep(&self, now: Instant) -> Vec<Message> {
        let mut state = self.lock();
        let is_over = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        let mut wills = Vec::new();
        let mut ended = Vec::new();
        for (id, session) in &mut state.sessions {
            let ends = session.mailbox.is_none() && is_over(session.ends_at);
            if ends || is_over(session.will_at) {
                session.will_at = None;
                wills.extend(session.will.take().map(|will| will.message));
            }
            if ends {
                ended.push(*id);
            }
        }
        for id in ended {
            state.end(id);
        }
        wills
    }

    /// Asks every connection to close.
    pub(crate) fn close_all(&self, reason: Reason) {
        for mailbox in self.lock().sessions.values().filter_map(|session| session.mailbox.as_ref()) {
            mailbox.close(reason);
        }
    }

    /// Ends a client's session and closes its connection. Returns its will, which is due.
    pub(crate) fn kick(&self, client_id: &str) -> Result<Option<Message>, NoSuchClient> {
        let mut state = self.lock();
        let id = state.by_client.get(client_id).copied().ok_or(NoSuchClient)?;
        let session = state.end(id).ok_or(NoSuchClient)?;
        if let Some(mailbox) = session.mailbox {
            mailbox.close(Reason::AdministrativeAction);
        }
        Ok(session.will.map(|will| will.message))
    }
}

impl State {
    fn make_client_id(&self) -> Arc<str> {
        let names = (self.last_id..).map(|n| format!("auto-{n}"));
        let mut free = names.filter(|name| !self.by_client.contains_key(name.as_str()));
        free.next().unwrap_or_default().into()
    }

    fn limit_away(&mut self, max: usize) {
        let away = self.sessions.iter().filter(|(_, session)| session.mailbox.is_none());
        let mut away: Vec<(Instant, u64)> = away.filter_map(|(id, session)| Some((session.ends_at?, *id))).collect();
        away.sort_unstable();
        let surplus = away.len().saturating_sub(max);
        for (_, id) in away.into_iter().take(surplus) {
            self.end(id);
        }
    }
}
