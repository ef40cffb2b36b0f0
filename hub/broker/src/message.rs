//! What is carried: a message with its topic, payload, quality of service and where it came from.
//! It knows nothing of sessions, sockets or the bytes of MQTT.

use std::sync::Arc;

use bytes::Bytes;
use rumqttd::protocol::PublishProperties;
use tokio::time::Instant;

/// Quality of service (MQTT 5.0, 4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Qos {
    /// QoS 0: delivered once or not at all.
    AtMostOnce,
    /// QoS 1: delivered once or more.
    AtLeastOnce,
    /// QoS 2: delivered exactly once.
    ExactlyOnce,
}

impl Qos {
    /// The level on the wire, 0 to 2.
    pub fn level(self) -> u8 {
        match self {
            Self::AtMostOnce => 0,
            Self::AtLeastOnce => 1,
            Self::ExactlyOnce => 2,
        }
    }

    /// The service of a level on the wire; `None` for 3 and above.
    pub fn from_level(level: u8) -> Option<Self> {
        match level {
            0 => Some(Self::AtMostOnce),
            1 => Some(Self::AtLeastOnce),
            2 => Some(Self::ExactlyOnce),
            _ => None,
        }
    }
}

/// Who published a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Publisher {
    /// The program that holds the broker.
    Hub,
    /// A client that logged in.
    Client {
        /// The name it logged in with.
        user: Arc<str>,
        /// Its client id.
        client_id: Arc<str>,
    },
}

/// One message, as published.
#[derive(Clone, Debug)]
pub struct Message {
    /// Topic name; valid UTF-8 without wildcards or NUL.
    pub topic: Arc<str>,
    /// The application's bytes, any content, may be empty.
    pub payload: Bytes,
    /// The publisher's quality of service.
    pub qos: Qos,
    /// The retain flag as the publisher set it, also where the broker did not keep the message.
    pub retain: bool,
    /// The publisher has sent it before and had no acknowledgement, so it may be old and may have been heard already
    /// (MQTT 5.0, 3.3.1.1).
    pub again: bool,
    /// Who published it.
    pub publisher: Publisher,
    /// The publisher's session, 0 for the hub; for "no local" (MQTT 5.0, 3.8.3.1).
    pub(crate) session: u64,
    /// A retained copy goes to the store, not only to RAM.
    pub(crate) durable: bool,
    /// MQTT 5 properties that travel with the message; topic alias and subscription ids stripped.
    pub(crate) properties: Option<Box<PublishProperties>>,
    /// When it reached the broker; message expiry counts from here.
    pub(crate) arrived: Instant,
}

/// What a message costs beyond its own bytes: the structures that hold it in a queue.
const OVERHEAD: usize = 160;

impl Message {
    /// Bytes this message counts for in bounded queues.
    pub(crate) fn cost(&self) -> usize {
        let properties = self.properties.as_deref().map_or(0, properties_size);
        OVERHEAD + self.topic.len() + self.payload.len() + properties
    }

    /// Seconds left of the message expiry interval: `None` without one, `Some(0)` when over.
    pub(crate) fn seconds_left(&self, now: Instant) -> Option<u32> {
        let interval = self.properties.as_ref()?.message_expiry_interval?;
        let age = now.saturating_duration_since(self.arrived).as_secs();
        Some(interval.saturating_sub(u32::try_from(age).unwrap_or(u32::MAX)))
    }

    pub(crate) fn is_expired(&self, now: Instant) -> bool {
        self.seconds_left(now) == Some(0)
    }
}

fn properties_size(properties: &PublishProperties) -> usize {
    let pairs: usize = properties.user_properties.iter().map(|(name, value)| name.len() + value.len() + 48).sum();
    let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    pairs
        + text(&properties.response_topic)
        + text(&properties.content_type)
        + properties.correlation_data.as_ref().map_or(0, Bytes::len)
        + size_of::<PublishProperties>()
}
