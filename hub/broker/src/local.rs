//! The way in for the program that holds the broker: publish and subscribe without a socket.

use std::{collections::VecDeque, sync::Arc};

use bytes::Bytes;
use tokio::time::Instant;

use crate::{
    hub::{End, Hub, Place, RetainHandling, SessionRef},
    mailbox::Mailbox,
    message::{Message, Publisher, Qos},
    session::Outgoing,
    switch::Switch,
    topic::{self, TopicError},
    tree::Subscription,
};

/// Whether a retained message of the hub outlives the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// RAM only: it is derived from state and published anew after a start.
    Volatile,
    /// Handed to the [`RetainedStore`](crate::RetainedStore) like a client's.
    Stored,
}

/// A message of the hub's own.
#[derive(Debug, Clone)]
pub struct Publish {
    /// Topic name.
    pub topic: Arc<str>,
    /// Payload; empty together with `retain` clears the topic's retained message.
    pub payload: Bytes,
    /// Quality of service.
    pub qos: Qos,
    /// Kept for later subscribers, and how well.
    pub retain: Option<Durability>,
}

/// Handle of the program that holds the broker; clones are cheap.
#[derive(Clone)]
pub struct Local {
    hub: Arc<Hub>,
    switch: Arc<dyn Switch>,
}

impl Local {
    pub(crate) fn new(hub: Arc<Hub>, switch: Arc<dyn Switch>) -> Self {
        Self { hub, switch }
    }

    /// Publishes a message; never blocks. Neither rights nor reserved topics apply.
    pub fn publish(&self, publish: Publish) -> Result<(), TopicError> {
        topic::check_name(&publish.topic)?;
        let message = Message {
            topic: publish.topic,
            payload: publish.payload,
            qos: publish.qos,
            retain: publish.retain.is_some(),
            again: false,
            publisher: Publisher::Hub,
            session: 0,
            durable: publish.retain != Some(Durability::Volatile),
            properties: None,
            arrived: Instant::now(),
        };
        self.switch.publish(message, None);
        Ok(())
    }

    /// Subscribes to all messages that match one of the filters, retained ones first. Messages carry the
    /// publisher's name, quality of service and retain flag.
    pub fn subscribe(&self, filters: &[&str]) -> Result<Messages, TopicError> {
        self.listen(filters, Place::Behind)
    }

    /// As [`Local::subscribe`], but hears each message as soon as it is taken from its publisher: what is said to the
    /// program itself does not depend on the switch, nor wait for it. The publisher is acknowledged as ever.
    pub fn subscribe_ahead(&self, filters: &[&str]) -> Result<Messages, TopicError> {
        self.listen(filters, Place::Ahead)
    }

    fn listen(&self, filters: &[&str], place: Place) -> Result<Messages, TopicError> {
        filters.iter().try_for_each(|filter| topic::check_filter(filter))?;
        let mailbox = Arc::new(Mailbox::default());
        let session = self.hub.attach_local(Arc::clone(&mailbox), place);
        let subscription = Subscription { qos: Qos::AtLeastOnce, no_local: false, keep_retain: true, id: None };
        for filter in filters {
            self.hub.subscribe(session, filter, subscription, RetainHandling::Always);
        }
        Ok(Messages { hub: Arc::clone(&self.hub), mailbox, session, ready: VecDeque::new(), taken: Vec::new() })
    }
}

/// A stream of messages. While more than [`Config::max_queued_bytes`](crate::Config::max_queued_bytes) wait in
/// it, QoS 1 and 2 publishers are not acknowledged and QoS 0 is dropped.
pub struct Messages {
    hub: Arc<Hub>,
    mailbox: Arc<Mailbox>,
    session: SessionRef,
    ready: VecDeque<Arc<Message>>,
    taken: Vec<Outgoing>,
}

/// Bytes taken out of the queue at a time.
const BATCH_BYTES: usize = 16 * 1024;

impl Messages {
    /// The next message; `None` once the broker has stopped.
    pub async fn recv(&mut self) -> Option<Arc<Message>> {
        loop {
            if let Some(message) = self.try_recv() {
                return Some(message);
            }
            if self.mailbox.close_reason().is_some() {
                return None;
            }
            self.mailbox.woken().await;
        }
    }

    /// The next message, if one is there.
    pub fn try_recv(&mut self) -> Option<Arc<Message>> {
        if self.ready.is_empty() {
            self.fill();
        }
        self.ready.pop_front()
    }

    fn fill(&mut self) {
        // An error means that the session has ended; `recv` sees that in the mailbox.
        let _ = self.hub.take(self.session, BATCH_BYTES, Instant::now(), &mut self.taken);
        for outgoing in self.taken.drain(..) {
            if let Outgoing::Publish { delivery, packet_id, .. } = outgoing {
                if packet_id != 0 {
                    self.hub.with(self.session, |session| session.acknowledged(packet_id));
                }
                self.ready.push_back(delivery.message);
            }
        }
    }
}

impl Drop for Messages {
    fn drop(&mut self) {
        self.hub.detach(self.session, End::Normal, None, Instant::now());
    }
}
