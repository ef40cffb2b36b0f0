//! All sessions, subscriptions and retained messages, under one lock that is never held across an await.
//! It knows no sockets and no packets. "Is this client connected" and "has this session ended" are answered
//! by the same lock, so a message is never queued for a session that just went.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::{
    config::{Config, ConfigError, TopicRules},
    counters::{Counters, Stats},
    mailbox::{Mailbox, Reason, Ticket},
    message::Message,
    retained::{Cap, Page, Retained, RetainedStore},
    session::{Bounds, Delivery, Offer, Outgoing, Session, Will},
    tree::{Subscription, Tree},
};

/// Names one connection of one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SessionRef {
    pub(crate) id: u64,
    pub(crate) generation: u64,
}

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

/// A client id that belongs to another user.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotYours;

/// No session has this client id.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoSuchClient;

/// A session as shown to the owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Its client id.
    pub client_id: String,
    /// The user it logged in as.
    pub user: String,
    /// Whether it is connected now.
    pub connected: bool,
    /// Its subscriptions.
    pub subscriptions: usize,
    /// Messages that wait for it.
    pub queued: usize,
}

/// Which retained messages a new subscription gets (MQTT 5.0, 3.8.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RetainHandling {
    Always,
    IfNew,
    Never,
}

struct State {
    sessions: HashMap<u64, Session>,
    by_client: HashMap<Arc<str>, u64>,
    tree: Tree,
    retained: Retained,
    last_id: u64,
}

/// The middle of the broker.
pub(crate) struct Hub {
    state: Mutex<State>,
    pub(crate) rules: TopicRules,
    pub(crate) counters: Counters,
    bounds: Bounds,
    max_subscriptions: usize,
    max_away: usize,
}

/// Retained messages queued at a time for a new subscription.
const PAGE: usize = 16;
/// Searches through the retained messages under one lock.
const MAX_TURNS: usize = 16;

impl Hub {
    pub(crate) fn new(config: &Config, store: Arc<dyn RetainedStore>, now: Instant) -> Result<Self, ConfigError> {
        let cap = Cap { messages: config.max_retained, bytes: config.max_retained_bytes };
        let state = State {
            sessions: HashMap::new(),
            by_client: HashMap::new(),
            tree: Tree::default(),
            retained: Retained::load(store, cap, now),
            last_id: 0,
        };
        Ok(Self {
            state: Mutex::new(state),
            rules: TopicRules::new(config)?,
            counters: Counters::default(),
            bounds: Bounds { bytes: config.max_queued_bytes, away_messages: config.max_queued_messages },
            max_subscriptions: config.max_subscriptions,
            max_away: config.max_away_sessions,
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

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
    pub(crate) fn attach_local(&self, mailbox: Arc<Mailbox>) -> SessionRef {
        let mut session = Session::new(Arc::from(""), Arc::from(""), self.bounds);
        session.connect(mailbox, u16::MAX);
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

    /// Subscribes; `None` when the session holds too many filters. The filter is valid.
    pub(crate) fn subscribe(
        &self,
        at: SessionRef,
        filter: &str,
        subscription: Subscription,
        handling: RetainHandling,
    ) -> Option<()> {
        let mut state = self.lock();
        let State { sessions, tree, retained, .. } = &mut *state;
        let session = sessions.get_mut(&at.id).filter(|session| session.generation == at.generation)?;
        let filter: Arc<str> = filter.into();
        if session.subscriptions.len() >= self.max_subscriptions && !session.subscriptions.contains_key(&filter) {
            return None;
        }
        let is_new = session.subscriptions.insert(Arc::clone(&filter), subscription).is_none();
        if handling == RetainHandling::Always || is_new && handling == RetainHandling::IfNew {
            session.pages.retain(|(page, _)| page.filter() != &*filter);
            session.pages.push_back((Page::new(Arc::clone(&filter), retained), subscription));
        }
        tree.insert(&filter, at.id, subscription);
        Some(())
    }

    /// Unsubscribes; says whether there was such a subscription.
    pub(crate) fn unsubscribe(&self, at: SessionRef, filter: &str) -> bool {
        let mut state = self.lock();
        let Some(session) = state.current(at) else {
            return false;
        };
        session.pages.retain(|(page, _)| page.filter() != filter);
        session.subscriptions.remove(filter);
        state.tree.remove(filter, at.id)
    }

    /// Retains the message and queues it for every subscriber. Retaining and matching are one step, so a
    /// subscriber of this moment gets either the retained copy or the live one.
    pub(crate) fn fan_out(&self, message: Message, ticket: Option<&Arc<Ticket>>, now: Instant) {
        self.counters.published.add(1);
        let message = Arc::new(message);
        let mut state = self.lock();
        let state = &mut *state;
        if message.retain && !(self.rules.may_retain(&message.topic) && state.retained.update(&message)) {
            self.counters.retained_refused.add(1);
        }
        for target in state.tree.targets(&message.topic, message.session) {
            let Some(session) = state.sessions.get_mut(&target.session) else {
                continue;
            };
            let delivery = Delivery {
                message: Arc::clone(&message),
                qos: target.qos.min(message.qos),
                retain: target.keep_retain && message.retain,
                ids: target.ids,
            };
            if session.offer(delivery, ticket, now) == Offer::Dropped {
                self.counters.dropped.add(1);
            }
        }
    }

    /// Takes about `max_bytes` of what is to be sent. `Err` when the session is another connection's now;
    /// otherwise since when a publisher has been held back by this session.
    pub(crate) fn take(
        &self,
        at: SessionRef,
        max_bytes: usize,
        now: Instant,
        into: &mut Vec<Outgoing>,
    ) -> Result<Option<Instant>, NotYours> {
        let mut state = self.lock();
        let State { sessions, retained, .. } = &mut *state;
        let session = sessions.get_mut(&at.id).filter(|session| session.generation == at.generation);
        let session = session.ok_or(NotYours)?;
        let mut bytes = 0;
        let mut turns = 0;
        while bytes < max_bytes {
            let Some(outgoing) = session.next() else {
                if turns == MAX_TURNS {
                    // Others wait for the lock; the task comes back.
                    session.mailbox.iter().for_each(|mailbox| mailbox.wake());
                    break;
                }
                turns += 1;
                if next_page(session, retained, now) {
                    continue;
                }
                break;
            };
            if let Outgoing::Publish { delivery, .. } = &outgoing {
                bytes += delivery.message.cost();
                self.counters.delivered.add(1);
            }
            into.push(outgoing);
        }
        Ok(session.blocking_since())
    }

    /// Calls `act` on the session, if the connection still owns it.
    pub(crate) fn with<T>(&self, at: SessionRef, act: impl FnOnce(&mut Session) -> T) -> Option<T> {
        self.lock().current(at).map(act)
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

    pub(crate) fn clients(&self) -> Vec<Client> {
        let state = self.lock();
        let sessions = state.by_client.values().filter_map(|id| state.sessions.get(id));
        let mut clients: Vec<Client> = sessions
            .map(|session| Client {
                client_id: session.client_id.to_string(),
                user: session.user.to_string(),
                connected: session.mailbox.is_some(),
                subscriptions: session.subscriptions.len(),
                queued: session.queued(),
            })
            .collect();
        clients.sort_by(|a, b| a.client_id.cmp(&b.client_id));
        clients
    }

    pub(crate) fn stats(&self) -> Stats {
        let state = self.lock();
        let clients = state.by_client.values().filter_map(|id| state.sessions.get(id));
        Stats {
            connected: clients.filter(|session| session.mailbox.is_some()).count() as u64,
            sessions: state.by_client.len() as u64,
            retained: state.retained.len() as u64,
            ..self.counters.sums()
        }
    }
}

/// Queues more retained messages for the oldest unfinished subscription; says whether there may be more.
fn next_page(session: &mut Session, retained: &Retained, now: Instant) -> bool {
    if session.queued() > 0 {
        return false;
    }
    let Some((mut page, subscription)) = session.pages.pop_front() else {
        return false;
    };
    let messages = retained.turn(&mut page, PAGE, now);
    let more = messages.len() == PAGE;
    for message in messages {
        let qos = subscription.qos.min(message.qos);
        let ids = subscription.id.into_iter().collect();
        session.push(Delivery { message, qos, retain: true, ids });
    }
    if more {
        session.pages.push_front((page, subscription));
    }
    true
}

impl State {
    fn current(&mut self, at: SessionRef) -> Option<&mut Session> {
        self.sessions.get_mut(&at.id).filter(|session| session.generation == at.generation)
    }

    fn add(&mut self, session: Session) -> u64 {
        self.last_id += 1;
        self.sessions.insert(self.last_id, session);
        self.last_id
    }

    fn make_client_id(&self) -> Arc<str> {
        let names = (self.last_id..).map(|n| format!("auto-{n}"));
        let mut free = names.filter(|name| !self.by_client.contains_key(name.as_str()));
        free.next().unwrap_or_default().into()
    }

    /// Removes a session and its subscriptions.
    fn end(&mut self, id: u64) -> Option<Session> {
        let session = self.sessions.remove(&id)?;
        for filter in session.subscriptions.keys() {
            self.tree.remove(filter, id);
        }
        if self.by_client.get(&session.client_id) == Some(&id) {
            self.by_client.remove(&session.client_id);
        }
        Some(session)
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
