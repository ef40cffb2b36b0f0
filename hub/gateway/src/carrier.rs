//! Between records and the broker's messages: what comes in becomes a record, what the hub says a message. Knows nothing of the hub's
//! socket, nor how the connection is kept up.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use line::{Listener, Publish, PublishProperties, Sender};
use tokio::sync::{mpsc, watch};

use crate::config::Topics;
use crate::counts::Counts;
use crate::record::{self, FRAME, Route};

/// Seconds after which nobody waits for a reply any more; the broker may forget it then.
const EXPIRY: u32 = 7;
/// Seconds after which the broker may forget what nobody asked for.
const PUSH_EXPIRY: u32 = 30;

/// The gateway's end of the line. Requests leave through `inbound`.
#[derive(Debug)]
pub(crate) struct Carrier<'a> {
    topics: &'a Topics,
    counts: &'a Counts,
    inbound: mpsc::Sender<Vec<u8>>,
    /// There while the broker listens.
    outbound: Mutex<Option<Sender>>,
    connected: watch::Sender<bool>,
}

impl<'a> Carrier<'a> {
    pub(crate) fn new(topics: &'a Topics, counts: &'a Counts, inbound: mpsc::Sender<Vec<u8>>) -> Self {
        Self { topics, counts, inbound, outbound: Mutex::new(None), connected: watch::Sender::new(false) }
    }

    /// Whether the broker listens, now and from now on.
    pub(crate) fn connected(&self) -> watch::Receiver<bool> {
        self.connected.subscribe()
    }

    /// Publishes a record's frame to where its route says, or drops it where that can't be done now: soon nobody waits for it.
    pub(crate) fn reply(&self, route: &Route, frame: &[u8]) {
        let topic = format!("{}{}", self.topics.replies, route.word());
        let properties = PublishProperties {
            message_expiry_interval: Some(EXPIRY),
            correlation_data: Some(Bytes::copy_from_slice(route.correlation())),
            ..PublishProperties::default()
        };
        let frame = Bytes::copy_from_slice(frame);
        let sent = self.outbound().is_some_and(|sender| sender.offer(&topic, frame, properties).is_ok());
        if sent { self.counts.replies.add() } else { self.counts.undelivered.add() }
    }

    /// Publishes what nobody asked for. All of a beat's come at once, so this waits for room; without a connection it drops it.
    pub(crate) async fn push(&self, frame: &[u8]) {
        let properties =
            PublishProperties { message_expiry_interval: Some(PUSH_EXPIRY), ..PublishProperties::default() };
        let frame = Bytes::copy_from_slice(frame);
        let sent = match self.outbound() {
            Some(sender) => sender.send(&self.topics.pushes, frame, properties).await.is_ok(),
            None => false,
        };
        if sent { self.counts.pushes.add() } else { self.counts.undelivered.add() }
    }

    /// The record for a message that is a frame with a way back to this home's relay.
    fn request(&self, message: &Publish) -> Option<Vec<u8>> {
        if message.retain || message.topic != self.topics.requests.as_bytes() {
            return None;
        }
        let frame: &[u8; FRAME] = message.payload.as_ref().try_into().ok()?;
        let properties = message.properties.as_ref()?;
        let word = properties.response_topic.as_deref()?.strip_prefix(&self.topics.replies)?;
        let route = Route::new(word, properties.correlation_data.as_deref().unwrap_or_default())?;
        Some(record::carried(&route, frame))
    }

    fn outbound(&self) -> Option<Sender> {
        self.outbound.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Listener for Carrier<'_> {
    fn topics(&self) -> Vec<String> {
        vec![self.topics.requests.clone()]
    }

    fn reach(&self, sender: Option<Sender>) {
        let there = sender.is_some();
        if !there {
            self.counts.lost.add();
        }
        *self.outbound.lock().unwrap_or_else(PoisonError::into_inner) = sender;
        self.connected.send_replace(there);
    }

    fn hear(&self, message: &Publish) {
        match self.request(message) {
            None => self.counts.no_frame.add(),
            Some(record) => match self.inbound.try_send(record) {
                Ok(()) => self.counts.requests.add(),
                Err(_) => self.counts.too_fast.add(),
            },
        }
    }
}
