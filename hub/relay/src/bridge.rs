//! One question to the hub, and its answer: sealed, sent, waited for. Knows what waits, not how the broker is reached.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use line::{Publish, PublishProperties, Sender};
use seal::{Frame, PairingKey, Relay, RequestId, SealError, Vendor};
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;
use zeroize::Zeroizing;

/// Alexa gives up after 8 s.
const PATIENCE: Duration = Duration::from_secs(7);
/// Seconds after which the hub would refuse the request anyway; the broker may forget it then.
const EXPIRY: u32 = 7;
/// Questions that wait at a time.
const WAITING: usize = 64;

/// What a vendor's message comes back as: bytes of the hub, possibly with a PIN's outcome, so forgotten when dropped.
pub(crate) type Answer = Zeroizing<Vec<u8>>;

/// The way to one home's hub.
#[derive(Debug)]
pub(crate) struct Bridge {
    relay: Relay,
    topics: Topics,
    waiting: Mutex<HashMap<RequestId, oneshot::Sender<Answer>>>,
    /// There while the broker listens.
    sender: watch::Sender<Option<Sender>>,
}

/// The topics that one relay uses.
#[derive(Debug, Clone)]
pub(crate) struct Topics {
    pub(crate) requests: String,
    /// Where this process, and no other, hears replies.
    pub(crate) replies: String,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoAnswer {
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error("{WAITING} questions wait already")]
    Busy,
    #[error("the hub did not answer within {} s", PATIENCE.as_secs())]
    Late,
}

impl Bridge {
    pub(crate) fn new(key: &PairingKey, topics: Topics) -> Self {
        Self { relay: Relay::new(key), topics, waiting: Mutex::default(), sender: watch::Sender::new(None) }
    }

    pub(crate) fn topics(&self) -> &Topics {
        &self.topics
    }

    /// From now on, the broker is reached through this, or not at all.
    pub(crate) fn reach(&self, sender: Option<Sender>) {
        self.sender.send_replace(sender);
    }

    /// Asks the hub, with `now` in milliseconds of Unix time, and waits at most [`PATIENCE`].
    pub(crate) async fn ask(&self, vendor: Vendor, body: &[u8], now: u64) -> Result<Answer, NoAnswer> {
        let (frame, id) = self.relay.seal_request(vendor, body, now)?;
        let place = self.wait_for(id)?;
        timeout(PATIENCE, self.send_until_answered(frame, id, place)).await.map_err(|_| NoAnswer::Late)
    }

    /// Takes a message from the broker; anything but the reply to something that waits is passed over.
    pub(crate) fn hear(&self, message: &Publish) {
        let correlation = message.properties.as_ref().and_then(|properties| properties.correlation_data.as_deref());
        let Some(id) = correlation.and_then(|bytes| bytes.try_into().ok()).map(RequestId) else { return };
        let mut waiting = self.lock();
        if !waiting.contains_key(&id) {
            return;
        }
        match self.relay.open_reply(id, &message.payload) {
            Ok(reply) => {
                // Who asked may have given up this very moment.
                let _ = waiting.remove(&id).map(|asker| asker.send(reply.body));
            }
            Err(error) => tracing::warn!(%error, "a reply can't be opened"),
        }
    }

    /// Sends the frame now, and again over each new connection: the hub opens it once, and a connection that broke may have swallowed it.
    async fn send_until_answered(&self, frame: Frame, id: RequestId, mut place: Place<'_>) -> Answer {
        let frame = Bytes::from(frame.into_bytes());
        let mut sender = self.sender.subscribe();
        loop {
            let reached = sender.borrow_and_update().clone();
            if let Some(broker) = reached {
                // A full queue is a broker that takes nothing: the next connection is the next chance.
                let _ = broker.offer(
                    &self.topics.requests,
                    frame.clone(),
                    PublishProperties {
                        message_expiry_interval: Some(EXPIRY),
                        response_topic: Some(self.topics.replies.clone()),
                        correlation_data: Some(Bytes::copy_from_slice(&id.0)),
                        ..PublishProperties::default()
                    },
                );
            }
            tokio::select! {
                Ok(answer) = &mut place.answer => return answer,
                Ok(()) = sender.changed() => {}
                else => std::future::pending().await,
            }
        }
    }

    fn wait_for(&self, id: RequestId) -> Result<Place<'_>, NoAnswer> {
        let mut waiting = self.lock();
        if waiting.len() >= WAITING {
            return Err(NoAnswer::Busy);
        }
        let (sender, answer) = oneshot::channel();
        waiting.insert(id, sender);
        Ok(Place { bridge: self, id, answer })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<RequestId, oneshot::Sender<Answer>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A question's place among those that wait; given up when dropped.
struct Place<'a> {
    bridge: &'a Bridge,
    id: RequestId,
    answer: oneshot::Receiver<Answer>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.bridge.lock().remove(&self.id);
    }
}
