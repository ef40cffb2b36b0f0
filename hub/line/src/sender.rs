//! The way out, while the broker listens.

use bytes::Bytes;
use rumqttc::v5::AsyncClient;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::PublishProperties;

/// Publishes at least once, never retained. Of no more use once the connection is lost for which it was made.
#[derive(Debug, Clone)]
pub struct Sender(pub(crate) AsyncClient);

/// The connection is gone, or as many messages wait already as may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the message can't be sent now")]
pub struct NotSent;

impl Sender {
    /// Queues a message, where there is room now.
    pub fn offer(&self, topic: &str, payload: Bytes, properties: PublishProperties) -> Result<(), NotSent> {
        let Self(client) = self;
        client.try_publish_with_properties(topic, QoS::AtLeastOnce, false, payload, properties).map_err(|_| NotSent)
    }

    /// Queues a message as soon as there is room. Ends at the latest when the connection does.
    pub async fn send(&self, topic: &str, payload: Bytes, properties: PublishProperties) -> Result<(), NotSent> {
        let Self(client) = self;
        let queued = client.publish_with_properties(topic, QoS::AtLeastOnce, false, payload, properties);
        queued.await.map_err(|_| NotSent)
    }
}
