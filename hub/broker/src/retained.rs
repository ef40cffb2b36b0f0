//! Retained messages: the newest of each topic, in RAM, the clients' also in a store.
//! It does not know who asks for them.

use std::{collections::BTreeMap, ops::Bound, sync::Arc};

use bytes::Bytes;
use tokio::time::Instant;

use crate::{
    message::{Message, Publisher, Qos},
    topic,
};

/// A retained message as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetainedMessage {
    /// Topic name.
    pub topic: String,
    /// Payload, never empty.
    pub payload: Bytes,
    /// The publisher's quality of service.
    pub qos: Qos,
}

/// Where clients' retained messages outlive the process. Called on the message path: hand over, do not block.
pub trait RetainedStore: Send + Sync + 'static {
    /// All messages of the last run, once at start.
    fn load(&self) -> Vec<RetainedMessage>;
    /// Keeps the newest message of its topic.
    fn put(&self, message: RetainedMessage);
    /// Forgets the message of a topic.
    fn remove(&self, topic: &str);
}

/// No store: retained messages end with the process.
#[derive(Debug, Clone, Copy)]
pub struct NoStore;

impl RetainedStore for NoStore {
    fn load(&self) -> Vec<RetainedMessage> {
        Vec::new()
    }

    fn put(&self, _message: RetainedMessage) {}

    fn remove(&self, _topic: &str) {}
}

/// Bounds on what clients may have retained. The hub's own messages are not counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cap {
    pub(crate) messages: usize,
    pub(crate) bytes: usize,
}

struct Kept {
    message: Arc<Message>,
    /// Counts updates; tells what a subscription has missed from what it got live.
    number: u64,
}

/// The retained messages, in order of their topics.
pub(crate) struct Retained {
    messages: BTreeMap<Arc<str>, Kept>,
    store: Arc<dyn RetainedStore>,
    cap: Cap,
    /// What clients have retained now.
    used: Cap,
    last_number: u64,
}

impl Retained {
    pub(crate) fn load(store: Arc<dyn RetainedStore>, cap: Cap, now: Instant) -> Self {
        let mut retained =
            Self { messages: BTreeMap::new(), store, cap, used: Cap { messages: 0, bytes: 0 }, last_number: 0 };
        for stored in retained.store.load() {
            if topic::check_name(&stored.topic).is_err() {
                continue;
            }
            let message = Message {
                topic: stored.topic.into(),
                payload: stored.payload,
                qos: stored.qos,
                retain: true,
                again: false,
                publisher: Publisher::Hub,
                session: 0,
                durable: true,
                properties: None,
                arrived: now,
            };
            retained.insert(Arc::new(message));
        }
        retained
    }

    pub(crate) fn len(&self) -> usize {
        self.messages.len()
    }

    /// Keeps a message published with the retain flag; an empty payload removes the topic's
    /// message (MQTT 5.0, 3.3.1.3). False if the cap is reached.
    pub(crate) fn update(&mut self, message: &Arc<Message>) -> bool {
        if message.payload.is_empty() {
            if self.remove(&message.topic) {
                self.store.remove(&message.topic);
            }
            return true;
        }
        let was_durable = self.messages.get(&message.topic).is_some_and(|old| old.message.durable);
        if !self.insert(Arc::clone(message)) {
            return false;
        }
        if message.durable {
            self.store.put(RetainedMessage {
                topic: message.topic.to_string(),
                payload: message.payload.clone(),
                qos: message.qos,
            });
        } else if was_durable {
            self.store.remove(&message.topic);
        }
        true
    }

    fn insert(&mut self, message: Arc<Message>) -> bool {
        if message.durable {
            let old = self.messages.get(&message.topic).map(|old| &old.message).filter(|old| old.durable);
            let bytes = self.used.bytes - old.map_or(0, |old| old.cost()) + message.cost();
            let messages = self.used.messages + usize::from(old.is_none());
            if bytes > self.cap.bytes || messages > self.cap.messages {
                return false;
            }
            self.used = Cap { messages, bytes };
        } else {
            self.remove(&message.topic);
        }
        self.last_number += 1;
        self.messages.insert(Arc::clone(&message.topic), Kept { message, number: self.last_number });
        true
    }

    /// Takes a topic's message out of RAM; says whether it was one of the store's.
    fn remove(&mut self, name: &str) -> bool {
        match self.messages.remove(name) {
            Some(old) if old.message.durable => {
                self.used.messages -= 1;
                self.used.bytes -= old.message.cost();
                true
            }
            _ => false,
        }
    }

    /// The next messages for a subscription, at most `limit`, in order of their topics. Moves the page on.
    pub(crate) fn turn(&self, page: &mut Page, limit: usize, now: Instant) -> Vec<Arc<Message>> {
        let prefix = topic::literal_prefix(&page.filter);
        let start: Bound<&str> = match &page.after {
            Some(after) => Bound::Excluded(after),
            None => Bound::Included(prefix),
        };
        let found: Vec<Arc<Message>> = self
            .messages
            .range::<str, _>((start, Bound::Unbounded))
            .take_while(|(name, _)| name.starts_with(prefix))
            .filter(|(name, kept)| kept.number <= page.up_to && topic::matches(&page.filter, name))
            .filter(|(_, kept)| !kept.message.is_expired(now))
            .take(limit)
            .map(|(_, kept)| Arc::clone(&kept.message))
            .collect();
        page.after = found.last().map(|message| Arc::clone(&message.topic));
        found
    }
}

/// Where a subscription is in the retained messages it is to get.
#[derive(Debug)]
pub(crate) struct Page {
    filter: Arc<str>,
    after: Option<Arc<str>>,
    /// What was retained later than this number came live.
    up_to: u64,
}

impl Page {
    pub(crate) fn new(filter: Arc<str>, retained: &Retained) -> Self {
        Self { filter, after: None, up_to: retained.last_number }
    }

    pub(crate) fn filter(&self) -> &str {
        &self.filter
    }
}

#[cfg(test)]
mod tests;
