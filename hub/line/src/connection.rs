//! The connection itself: made, watched, lost, made again.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{ConnectProperties, Filter, Packet, Publish, SubscribeReasonCode};
use rumqttc::v5::{AsyncClient, ConnectionError, Event, EventLoop, MqttOptions};
use rumqttc::{NetworkOptions, TlsConfiguration, Transport};
use tokio::time::{Instant, sleep, timeout};

use crate::broker::Broker;
use crate::sender::Sender;

/// Messages that wait for the broker, and that it has not acknowledged.
const QUEUE: u16 = 64;
/// The largest message: a frame, its topic and properties.
const LARGEST: u32 = 20 * 1024;
/// From the first byte to a subscription.
const SETTLE: Duration = Duration::from_secs(15);
/// A connection that lasted so long was a good one, and so was one over which a message came: the next attempt is soon.
const GOOD: Duration = Duration::from_secs(60);
/// A ping is sent at each keep-alive, so a connection on which nothing at all happens for that long and this is stuck.
const SLACK: Duration = Duration::from_secs(10);

/// Who is at our end of the line.
pub trait Listener {
    /// Topics to hear, one at least. The broker counts as reached once it has granted them all.
    fn topics(&self) -> Vec<String>;

    /// From now on the broker is reached through this, or not at all: with each `None` a connection was lost, or could not be made.
    fn reach(&self, sender: Option<Sender>);

    /// A message, of whatever topic.
    fn hear(&self, message: &Publish);
}

/// Why a connection ended or was not made.
#[derive(Debug, thiserror::Error)]
enum Lost {
    #[error("{0}")]
    Connection(Box<ConnectionError>),
    #[error("the broker refuses the subscription: {0:?}")]
    Refused(Vec<SubscribeReasonCode>),
    #[error("no subscription after {} s", SETTLE.as_secs())]
    Unsettled,
    #[error("nothing happens on the connection")]
    Stuck,
    #[error("the broker uses topic aliases, which it was not offered")]
    Alias,
    #[error("the subscription can't be queued")]
    Queue,
}

/// Connects, and again whenever the connection is lost, until this is dropped.
pub async fn keep_up(broker: &Broker, listener: &impl Listener) -> Infallible {
    let mut backoff = broker.backoff.clone();
    loop {
        let mut attempt = Attempt { broker, listener, began: Instant::now(), heard: false };
        let Err(lost) = attempt.run().await;
        listener.reach(None);
        if attempt.heard || attempt.began.elapsed() >= GOOD {
            backoff.reset();
        }
        let wait = backoff.wait(random());
        tracing::warn!(reason = %lost, ?wait, "no connection to the broker; trying again");
        sleep(wait).await;
    }
}

/// One connection, from the first attempt to its end.
struct Attempt<'a, L> {
    broker: &'a Broker,
    listener: &'a L,
    began: Instant,
    /// Whether a message came.
    heard: bool,
}

impl<L: Listener> Attempt<'_, L> {
    /// A new client each time: rumqttc 0.25.1 keeps a publish that met the packet id of another one over a lost session, and then never
    /// connects again (rumqtt #1056).
    async fn run(&mut self) -> Result<Infallible, Lost> {
        let (client, mut events) = AsyncClient::new(options(self.broker), usize::from(QUEUE));
        let filters = self.listener.topics().into_iter().map(|topic| Filter::new(topic, QoS::AtLeastOnce));
        client.try_subscribe_many(filters).map_err(|_| Lost::Queue)?;
        timeout(SETTLE, self.subscribed(&mut events)).await.map_err(|_| Lost::Unsettled)??;
        tracing::info!(host = %self.broker.host, "connected to the broker");
        self.listener.reach(Some(Sender(client)));
        loop {
            let quiet = events.options.keep_alive() + SLACK;
            let event = timeout(quiet, events.poll()).await.map_err(|_| Lost::Stuck)??;
            self.take(event)?;
        }
    }

    /// Until the broker has granted the subscription.
    async fn subscribed(&mut self, events: &mut EventLoop) -> Result<(), Lost> {
        loop {
            match events.poll().await? {
                Event::Incoming(Packet::ConnAck(_)) => {
                    // Zero is the broker's way to ask for none; rumqttc would ping without pause.
                    if events.options.keep_alive().is_zero() {
                        events.options.set_keep_alive(Duration::from_secs(self.broker.keep_alive.into()));
                    }
                }
                Event::Incoming(Packet::SubAck(granted)) => {
                    let fine = |code: &SubscribeReasonCode| matches!(code, SubscribeReasonCode::Success(_));
                    let all = granted.return_codes.iter().all(fine);
                    return if all { Ok(()) } else { Err(Lost::Refused(granted.return_codes)) };
                }
                event => self.take(event)?,
            }
        }
    }

    fn take(&mut self, event: Event) -> Result<(), Lost> {
        let Event::Incoming(Packet::Publish(message)) = event else { return Ok(()) };
        // rumqttc keeps each alias, up to 65,535 topics of any length.
        if message.properties.as_ref().is_some_and(|properties| properties.topic_alias.is_some()) {
            return Err(Lost::Alias);
        }
        self.heard = true;
        self.listener.hear(&message);
        Ok(())
    }
}

fn options(broker: &Broker) -> MqttOptions {
    let mut options = MqttOptions::new(&broker.client_id, &broker.host, broker.port);
    options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(Arc::clone(&broker.tls))));
    options.set_clean_start(true);
    options.set_keep_alive(Duration::from_secs(broker.keep_alive.into()));
    options.set_connection_timeout(SETTLE.as_secs());
    options.set_outgoing_inflight_upper_limit(QUEUE);
    // A frame is several segments; without this the last waits 40 ms for the broker's acknowledgement of the others.
    let mut network = NetworkOptions::new();
    network.set_tcp_nodelay(true);
    options.set_network_options(network);
    options.set_connect_properties(ConnectProperties {
        receive_maximum: Some(QUEUE),
        max_packet_size: Some(LARGEST),
        ..ConnectProperties::default()
    });
    options
}

impl From<ConnectionError> for Lost {
    fn from(error: ConnectionError) -> Self {
        Self::Connection(Box::new(error))
    }
}

/// For the wait alone; without randomness all wait alike.
fn random() -> u16 {
    let mut bytes = [0; 2];
    let _ = getrandom::fill(&mut bytes);
    u16::from_be_bytes(bytes)
}
