//! A router of rumqttd's and the one link to it. What kills the router (facts: events after a goodbye,
//! client-made topics and client ids, shared groups) cannot be expressed here: one constant client id, one
//! constant topic, no properties, and a goodbye that consumes the link.

use bytes::Bytes;
use rumqttd::{
    Notification, Router, RouterConfig,
    local::{LinkBuilder, LinkError, LinkRx, LinkTx},
    protocol::{Disconnect, DisconnectReasonCode, Packet},
};
use thiserror::Error;

const NAME: &str = "lane";
const TOPIC: &[u8] = b"lane";

/// The router's log drops its oldest segment when it needs a fourth.
const SEGMENT_BYTES: usize = 32 * 1024;
const SEGMENTS: usize = 3;
/// Bytes that may be under way: below the two full segments the log keeps at least.
pub(super) const LOG_BYTES: usize = (SEGMENTS - 1) * SEGMENT_BYTES - 8 * 1024;
/// What the log counts for a message besides its payload.
pub(super) const MESSAGE_OVERHEAD: usize = 4 + TOPIC.len();

/// How a router failed.
#[derive(Debug, Error)]
pub(super) enum Dead {
    #[error("router is gone: {0}")]
    Link(String),
    #[error("router disconnected the lane")]
    Disconnected,
    #[error("router skipped or changed a message")]
    Gap,
    #[error("router does not answer")]
    Stalled,
}

impl From<LinkError> for Dead {
    fn from(error: LinkError) -> Self {
        // The error carries the event it could not send, which is large.
        Self::Link(error.to_string())
    }
}

/// A link to a router of its own.
pub(super) struct Link {
    sender: LinkTx,
    receiver: LinkRx,
    /// Position in the router's log of the next message to come back.
    position: u64,
    /// Messages sent; each takes one position.
    sent: u64,
    /// The router waits for a word that we took what it gave. It gets it with the next message: a wake less for each.
    parked: bool,
}

impl Link {
    /// Starts a router on a thread of its own. Waits for it, in practice less than 3 ms.
    pub(super) fn open() -> Result<Self, Dead> {
        let config = RouterConfig {
            max_connections: 2,
            max_outgoing_packet_count: 100,
            max_segment_size: SEGMENT_BYTES,
            max_segment_count: SEGMENTS,
            ..RouterConfig::default()
        };
        let events = Router::new(0, config).spawn();
        let (mut sender, receiver, _) = LinkBuilder::new(NAME, events).build()?;
        sender.subscribe(NAME)?;
        Ok(Self { sender, receiver, position: 0, sent: 0, parked: false })
    }

    pub(super) fn send(&mut self, payload: Bytes) -> Result<(), Dead> {
        if std::mem::take(&mut self.parked) {
            self.receiver.ready()?;
        }
        self.sender.publish(Bytes::from_static(TOPIC), payload)?;
        self.sent += 1;
        Ok(())
    }

    /// The payload of the next message that comes back. Cancel safe.
    pub(super) async fn next(&mut self) -> Result<Bytes, Dead> {
        loop {
            match self.receiver.next().await? {
                Some(Notification::Forward(forward)) => {
                    if forward.cursor.map(|(_, position)| position) != Some(self.position) {
                        return Err(Dead::Gap);
                    }
                    self.position += 1;
                    return Ok(forward.publish.payload);
                }
                Some(Notification::Unschedule) if self.position < self.sent => self.receiver.ready()?,
                Some(Notification::Unschedule) => self.parked = true,
                Some(Notification::Disconnect(..)) => return Err(Dead::Disconnected),
                Some(_) | None => {}
            }
        }
    }

    /// Says goodbye, which is the last the router hears of us.
    pub(super) async fn close(mut self) {
        // A dead router needs no goodbye.
        let _ = self.sender.send(goodbye()).await;
    }
}

/// What must never happen outside tests: an event after the goodbye.
#[cfg(test)]
pub(super) async fn kill(link: Option<&mut Link>) {
    if let Some(link) = link {
        let _ = link.sender.send(goodbye()).await;
        let _ = link.receiver.ready();
    }
}

fn goodbye() -> Packet {
    Packet::Disconnect(Disconnect { reason_code: DisconnectReasonCode::NormalDisconnection }, None)
}
