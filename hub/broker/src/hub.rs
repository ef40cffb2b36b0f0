//! All sessions, subscriptions and retained messages, under one lock that is never held across an await.
//! It knows no sockets and no packets. "Is this client connected" and "has this session ended" are answered
//! by the same lock, so a message is never queued for a session that just went.

mod life;

pub(crate) use life::{Attach, Attached, End, NotYours, Place};

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::time::Instant;

use crate::{
    config::{Config, ConfigError, TopicRules},
    counters::{Counters, Stats},
    mailbox::Ticket,
    message::{Message, Publisher},
    retained::{Cap, Page, Retained, RetainedStore},
    session::{Bounds, Delivery, Offer, Outgoing, Session},
    tree::{Subscription, Target, Tree},
};

/// Names one connection of one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SessionRef {
    pub(crate) id: u64,
    pub(crate) generation: u64,
}

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
    /// Subscriptions that are served before the switch: the program's own.
    ahead: Tree,
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
            ahead: Tree::default(),
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

    /// Subscribes; `None` when the session holds too many filters. The filter is valid.
    pub(crate) fn subscribe(
        &self,
        at: SessionRef,
        filter: &str,
        subscription: Subscription,
        handling: RetainHandling,
    ) -> Option<()> {
        let mut state = self.lock();
        let State { sessions, tree, ahead, retained, .. } = &mut *state;
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
        let tree = if session.is_ahead { ahead } else { tree };
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

    /// Queues the message for those who hear it before it crosses the switch.
    pub(crate) fn hand_over(&self, message: &Message, ticket: Option<&Arc<Ticket>>, now: Instant) {
        let mut state = self.lock();
        let targets = state.ahead.targets(&message.topic, message.session);
        if !targets.is_empty() {
            self.deliver(&mut state.sessions, targets, &Arc::new(message.clone()), ticket, now);
        }
    }

    /// Retains the message and queues it for every subscriber. Retaining and matching are one step, so a
    /// subscriber of this moment gets either the retained copy or the live one.
    pub(crate) fn fan_out(&self, message: Message, ticket: Option<&Arc<Ticket>>, now: Instant) {
        self.counters.published.add(1);
        let message = Arc::new(message);
        let mut state = self.lock();
        let state = &mut *state;
        let may_retain = message.publisher == Publisher::Hub || self.rules.may_retain(&message.topic);
        if message.retain && !(may_retain && state.retained.update(&message)) {
            self.counters.retained_refused.add(1);
        }
        let targets = state.tree.targets(&message.topic, message.session);
        self.deliver(&mut state.sessions, targets, &message, ticket, now);
    }

    fn deliver(
        &self,
        sessions: &mut HashMap<u64, Session>,
        targets: Vec<Target>,
        message: &Arc<Message>,
        ticket: Option<&Arc<Ticket>>,
        now: Instant,
    ) {
        for target in targets {
            let Some(session) = sessions.get_mut(&target.session) else {
                continue;
            };
            let delivery = Delivery {
                message: Arc::clone(message),
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

    /// Removes a session and its subscriptions.
    fn end(&mut self, id: u64) -> Option<Session> {
        let session = self.sessions.remove(&id)?;
        let tree = if session.is_ahead { &mut self.ahead } else { &mut self.tree };
        for filter in session.subscriptions.keys() {
            tree.remove(filter, id);
        }
        if self.by_client.get(&session.client_id) == Some(&id) {
            self.by_client.remove(&session.client_id);
        }
        Some(session)
    }
}
