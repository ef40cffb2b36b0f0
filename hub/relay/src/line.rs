//! The connection to the broker: kept up, or tried again, for as long as it is polled. Knows neither key nor message, and of topics only
//! where its listener wants to hear.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{ConnectProperties, Filter, Packet, Publish, SubscribeReasonCode};
use rumqttc::v5::{AsyncClient, ConnectionError, Event, EventLoop, MqttOptions};
use rumqttc::{NetworkOptions, TlsConfiguration, Transport};
use rustls::ClientConfig;
use tokio::time::{sleep, timeout};

/// Requests that wait for the broker, and that it has not acknowledged.
const QUEUE: u16 = 64;
/// The largest message: a frame, its topic and properties.
const LARGEST: u32 = 20 * 1024;
/// From the first byte to a subscription.
const SETTLE: Duration = Duration::from_secs(10);
/// A ping is sent at each keep-alive, so a connection on which nothing at all happens for that long and this is stuck.
const SLACK: Duration = Duration::from_secs(10);
/// Between attempts. The first is soon: a Lambda function that was asleep finds its connection gone, and somebody waits.
const WAITS: [Duration; 5] = [
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(10),
    Duration::from_secs(60),
];

/// Where the broker is, and as whom it is called.
#[derive(Debug, Clone)]
pub(crate) struct Broker {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) client_id: String,
    /// Seconds, 30 to 1200.
    pub(crate) keep_alive: u16,
    pub(crate) tls: Arc<ClientConfig>,
}

/// Who is at our end.
pub(crate) trait Listener {
    /// Topics to hear, one at least. The connection counts for nothing until the broker has granted them all.
    fn topics(&self) -> Vec<String>;

    /// From now on the broker is reached through this, or not at all.
    fn reach(&self, client: Option<AsyncClient>);

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
pub(crate) async fn keep_up(broker: &Broker, listener: &impl Listener) -> Infallible {
    let mut failed: usize = 0;
    loop {
        let Err(lost) = connection(broker, listener, &mut failed).await;
        listener.reach(None);
        let longest = WAITS.get(failed).or(WAITS.last()).copied().unwrap_or_default();
        failed = failed.saturating_add(1);
        tracing::warn!(reason = %lost, "no connection to the broker; trying again");
        sleep(longest / 2 + longest / 2 * u32::from(random()) / u32::from(u8::MAX)).await;
    }
}

/// One connection, from the first attempt to its end. A new client each time: rumqttc 0.25.1 keeps a publish that met the packet id of
/// another one over a lost session, and then never connects again (rumqtt #1056).
async fn connection(broker: &Broker, listener: &impl Listener, failed: &mut usize) -> Result<Infallible, Lost> {
    let (client, mut events) = AsyncClient::new(options(broker), usize::from(QUEUE));
    let filters = listener.topics().into_iter().map(|topic| Filter::new(topic, QoS::AtLeastOnce));
    client.try_subscribe_many(filters).map_err(|_| Lost::Queue)?;
    timeout(SETTLE, subscribed(broker, listener, &mut events)).await.map_err(|_| Lost::Unsettled)??;
    tracing::info!(host = %broker.host, "connected to the broker");
    listener.reach(Some(client));
    loop {
        let quiet = events.options.keep_alive() + SLACK;
        let event = timeout(quiet, events.poll()).await.map_err(|_| Lost::Stuck)??;
        // Something came over it: a good one.
        *failed = 0;
        take(listener, event)?;
    }
}

/// Until the broker has granted the subscription.
async fn subscribed(broker: &Broker, listener: &impl Listener, events: &mut EventLoop) -> Result<(), Lost> {
    loop {
        match events.poll().await? {
            Event::Incoming(Packet::ConnAck(_)) => {
                // Zero is the broker's way to ask for none; rumqttc would ping without pause.
                if events.options.keep_alive().is_zero() {
                    events.options.set_keep_alive(Duration::from_secs(broker.keep_alive.into()));
                }
            }
            Event::Incoming(Packet::SubAck(granted)) => {
                let fine = |code: &SubscribeReasonCode| matches!(code, SubscribeReasonCode::Success(_));
                let all = granted.return_codes.iter().all(fine);
                return if all { Ok(()) } else { Err(Lost::Refused(granted.return_codes)) };
            }
            event => take(listener, event)?,
        }
    }
}

fn take(listener: &impl Listener, event: Event) -> Result<(), Lost> {
    let Event::Incoming(Packet::Publish(message)) = event else { return Ok(()) };
    // rumqttc keeps each alias, up to 65,535 topics of any length.
    if message.properties.as_ref().is_some_and(|properties| properties.topic_alias.is_some()) {
        return Err(Lost::Alias);
    }
    listener.hear(&message);
    Ok(())
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
fn random() -> u8 {
    let mut bytes = [0];
    let _ = getrandom::fill(&mut bytes);
    let [number] = bytes;
    number
}
