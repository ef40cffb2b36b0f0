//! The line to the broker: kept up, or tried again, for as long as it is polled. Turns the broker's messages into records and replies
//! into messages. Knows nothing of the hub's socket.

use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{ConnectProperties, Packet, Publish, PublishProperties, SubscribeReasonCode};
use rumqttc::v5::{AsyncClient, ConnectionError, Event, EventLoop, MqttOptions};
use rumqttc::{NetworkOptions, TlsConfiguration, Transport};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, timeout};

use crate::backoff::Backoff;
use crate::config::Config;
use crate::counts::Counts;
use crate::record::{self, FRAME, Route};

/// Seconds after which nobody waits for a reply any more; the broker may forget it then.
const EXPIRY: u32 = 7;
/// Seconds after which the broker may forget what nobody asked for.
const PUSH_EXPIRY: u32 = 30;
/// Replies that wait for the broker, and that it has not acknowledged.
const QUEUE: u16 = 32;
/// The largest message: a frame, its topic and properties.
const LARGEST: u32 = 20 * 1024;
/// From the first byte to a subscription.
const SETTLE: Duration = Duration::from_secs(20);
/// A connection that lasted so long was a good one: the next attempt is soon.
const GOOD: Duration = Duration::from_secs(60);
/// A ping is sent at each keep-alive, so a line on which nothing at all happens for that long and this is stuck.
const SLACK: Duration = Duration::from_secs(10);

/// One end of the line. Requests leave through `inbound`.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    config: &'a Config,
    counts: &'a Counts,
    inbound: mpsc::Sender<Vec<u8>>,
    /// There while the broker listens.
    outbound: Mutex<Option<AsyncClient>>,
    connected: watch::Sender<bool>,
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

impl<'a> Line<'a> {
    pub(crate) fn new(config: &'a Config, counts: &'a Counts, inbound: mpsc::Sender<Vec<u8>>) -> Self {
        Self { config, counts, inbound, outbound: Mutex::new(None), connected: watch::Sender::new(false) }
    }

    /// Whether the broker listens, now and from now on.
    pub(crate) fn connected(&self) -> watch::Receiver<bool> {
        self.connected.subscribe()
    }

    /// Connects, and again whenever the connection is lost, until this is dropped.
    pub(crate) async fn keep_up(&self) -> Infallible {
        let mut backoff = Backoff::new();
        loop {
            let began = Instant::now();
            let Err(lost) = self.connection().await;
            self.set(None);
            self.counts.lost.add();
            if began.elapsed() >= GOOD {
                backoff = Backoff::new();
            }
            let wait = backoff.wait(random());
            tracing::warn!(reason = %lost, seconds = wait.as_secs(), "no connection to the broker; trying again");
            sleep(wait).await;
        }
    }

    /// Publishes a record's frame to where its route says, or drops it where that can't be done now: soon nobody waits for it.
    pub(crate) fn reply(&self, route: &Route, frame: &[u8]) {
        let topic = format!("{}{}", self.config.topics.replies, route.word());
        let properties = PublishProperties {
            message_expiry_interval: Some(EXPIRY),
            correlation_data: Some(Bytes::copy_from_slice(route.correlation())),
            ..PublishProperties::default()
        };
        let frame = Bytes::copy_from_slice(frame);
        let sent = self.client().is_some_and(|client| {
            client.try_publish_with_properties(topic, QoS::AtLeastOnce, false, frame, properties).is_ok()
        });
        if sent { self.counts.replies.add() } else { self.counts.undelivered.add() }
    }

    /// Publishes what nobody asked for. All of a beat's come at once, so this waits for room; without a connection it drops it.
    pub(crate) async fn push(&self, frame: &[u8]) {
        let properties =
            PublishProperties { message_expiry_interval: Some(PUSH_EXPIRY), ..PublishProperties::default() };
        let (topic, frame) = (self.config.topics.pushes.as_str(), Bytes::copy_from_slice(frame));
        let sent = match self.client() {
            // Ends with the connection at the latest: with that, what takes the message is gone.
            Some(client) => {
                client.publish_with_properties(topic, QoS::AtLeastOnce, false, frame, properties).await.is_ok()
            }
            None => false,
        };
        if sent { self.counts.pushes.add() } else { self.counts.undelivered.add() }
    }

    /// One connection, from the first attempt to its end. A new client each time: rumqttc 0.25.1 keeps a publish that met the packet id
    /// of another one over a lost session, and then never connects again (rumqtt #1056).
    async fn connection(&self) -> Result<Infallible, Lost> {
        let (client, mut events) = AsyncClient::new(self.options(), usize::from(QUEUE));
        let requests = self.config.topics.requests.as_str();
        client.try_subscribe(requests, QoS::AtLeastOnce).map_err(|_| Lost::Queue)?;
        timeout(SETTLE, self.subscribed(&mut events)).await.map_err(|_| Lost::Unsettled)??;
        tracing::info!(host = %self.config.host, "connected to the broker");
        self.set(Some(client));
        loop {
            let quiet = events.options.keep_alive() + SLACK;
            let event = timeout(quiet, events.poll()).await.map_err(|_| Lost::Stuck)?;
            self.take(event.map_err(Lost::from)?)?;
        }
    }

    /// Until the broker has granted the subscription.
    async fn subscribed(&self, events: &mut EventLoop) -> Result<(), Lost> {
        loop {
            match events.poll().await? {
                Event::Incoming(Packet::ConnAck(_)) => {
                    // Zero is the broker's way to ask for none; rumqttc would ping without pause.
                    if events.options.keep_alive().is_zero() {
                        events.options.set_keep_alive(Duration::from_secs(self.config.keep_alive.into()));
                    }
                }
                Event::Incoming(Packet::SubAck(granted)) => {
                    let fine = |code: &SubscribeReasonCode| matches!(code, SubscribeReasonCode::Success(_));
                    return if granted.return_codes.iter().all(fine) {
                        Ok(())
                    } else {
                        Err(Lost::Refused(granted.return_codes))
                    };
                }
                event => self.take(event)?,
            }
        }
    }

    fn take(&self, event: Event) -> Result<(), Lost> {
        let Event::Incoming(Packet::Publish(message)) = event else { return Ok(()) };
        // rumqttc keeps each alias, up to 65,535 topics of any length.
        if message.properties.as_ref().is_some_and(|properties| properties.topic_alias.is_some()) {
            return Err(Lost::Alias);
        }
        match self.request(&message) {
            None => self.counts.no_frame.add(),
            Some(record) => match self.inbound.try_send(record) {
                Ok(()) => self.counts.requests.add(),
                Err(_) => self.counts.too_fast.add(),
            },
        }
        Ok(())
    }

    /// The record for a message that is a frame with a way back to this home's relay.
    fn request(&self, message: &Publish) -> Option<Vec<u8>> {
        let topics = &self.config.topics;
        if message.retain || message.topic != topics.requests.as_bytes() {
            return None;
        }
        let frame: &[u8; FRAME] = message.payload.as_ref().try_into().ok()?;
        let properties = message.properties.as_ref()?;
        let word = properties.response_topic.as_deref()?.strip_prefix(&topics.replies)?;
        let route = Route::new(word, properties.correlation_data.as_deref().unwrap_or_default())?;
        Some(record::carried(&route, frame))
    }

    fn client(&self) -> Option<AsyncClient> {
        self.outbound.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, client: Option<AsyncClient>) {
        self.connected.send_replace(client.is_some());
        *self.outbound.lock().unwrap_or_else(PoisonError::into_inner) = client;
    }

    fn options(&self) -> MqttOptions {
        let Config { id, host, port, keep_alive, tls, .. } = self.config;
        let mut options = MqttOptions::new(id, host, *port);
        options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(tls.clone())));
        options.set_clean_start(true);
        options.set_keep_alive(Duration::from_secs((*keep_alive).into()));
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
