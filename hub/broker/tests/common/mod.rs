//! A broker on a free port and a client that writes and reads bytes, for tests over a raw socket.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests, outside test functions")]
#![allow(clippy::missing_panics_doc, reason = "they are there to panic")]

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use broker::{
    AllowAll, Authenticator, Broker, Config, Identity, Login, NoStore, Refusal, RetainedMessage, RetainedStore, Rights,
    SwitchKind, Verdict,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
    time::timeout,
};

/// Long enough for a loaded machine; no test waits for it to pass.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub const SWITCHES: [SwitchKind; 2] = [SwitchKind::Direct, SwitchKind::Rumqttd];

/// `alice` and `bob` may do all, `carol` only what is under `carol/`; the password is the name.
pub struct Users;

struct Own;

impl Rights for Own {
    fn may_publish(&self, topic: &str) -> bool {
        topic.starts_with("carol/")
    }

    fn may_subscribe(&self, filter: &str) -> bool {
        filter.starts_with("carol/")
    }
}

impl Authenticator for Users {
    fn verify(&self, login: Login) -> Verdict<'_> {
        Box::pin(async move {
            let rights: Arc<dyn Rights> = match login.user.as_str() {
                "alice" | "bob" => Arc::new(AllowAll),
                "carol" => Arc::new(Own),
                "mallory" => return Err(Refusal::NotAuthorized),
                _ => return Err(Refusal::BadCredentials),
            };
            if login.password != login.user {
                return Err(Refusal::BadCredentials);
            }
            Ok(Identity { user: login.user.into(), rights })
        })
    }
}

/// A store in RAM that outlives a broker.
#[derive(Default)]
pub struct MemoryStore(pub Mutex<Vec<RetainedMessage>>);

impl RetainedStore for MemoryStore {
    fn load(&self) -> Vec<RetainedMessage> {
        self.0.lock().unwrap().clone()
    }

    fn put(&self, message: RetainedMessage) {
        self.remove(&message.topic);
        self.0.lock().unwrap().push(message);
    }

    fn remove(&self, topic: &str) {
        self.0.lock().unwrap().retain(|message| message.topic != topic);
    }
}

pub struct Running {
    pub broker: Arc<Broker>,
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Running {
    pub async fn start(config: Config) -> Self {
        Self::start_with(config, Arc::new(NoStore)).await
    }

    pub async fn start_with(config: Config, store: Arc<dyn RetainedStore>) -> Self {
        let broker = Arc::new(Broker::start(config, Arc::new(Users), store).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = Arc::clone(&broker);
        let task = tokio::spawn(async move {
            serving
                .serve(listener, async {
                    let _ = stopped.await;
                })
                .await;
        });
        Self { broker, address, stop: Some(stop), task }
    }

    pub async fn stop(mut self) {
        self.stop.take().unwrap().send(()).unwrap();
        timeout(PATIENCE, self.task).await.expect("broker stops in time").unwrap();
    }

    pub async fn until(&self, condition: impl Fn() -> bool) {
        let waiting = async {
            while !condition() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(PATIENCE, waiting).await.expect("condition in time");
    }

    pub async fn raw(&self) -> Raw {
        Raw::connect(self.address).await
    }

    /// A 3.1.1 client of alice with a clean session.
    pub async fn alice(&self, client_id: &str) -> Raw {
        self.login(&Connect::v4(client_id, "alice")).await
    }

    pub async fn login(&self, connect: &Connect) -> Raw {
        let mut raw = self.raw().await;
        raw.version = connect.version;
        raw.send(&connect.bytes()).await;
        let ack = raw.packet().await;
        assert_eq!((ack.first, ack.body[1]), (0x20, 0), "CONNACK {ack:?}");
        raw
    }

    /// Sends a CONNECT that is to be refused; returns the code.
    pub async fn refused(&self, connect: &Connect) -> u8 {
        let mut raw = self.raw().await;
        raw.send(&connect.bytes()).await;
        let ack = raw.packet().await;
        assert_eq!(ack.first, 0x20);
        raw.closed().await;
        ack.body[1]
    }
}

pub fn config(switch: SwitchKind) -> Config {
    Config { switch, ..Config::default() }
}

/// A CONNECT packet in the making.
#[derive(Clone)]
pub struct Connect {
    pub version: u8,
    pub client_id: String,
    pub login: Option<(String, String)>,
    pub clean: bool,
    pub keep_alive: u16,
    pub will: Option<Will>,
    pub properties: Vec<u8>,
}

#[derive(Clone, Default)]
pub struct Will {
    pub topic: String,
    pub payload: Vec<u8>,
    pub qos: u8,
    pub retain: bool,
    /// Properties of 5.0.
    pub properties: Vec<u8>,
}

impl Connect {
    pub fn v4(client_id: &str, user: &str) -> Self {
        Self {
            version: 4,
            client_id: client_id.into(),
            login: Some((user.into(), user.into())),
            clean: true,
            keep_alive: 60,
            will: None,
            properties: Vec::new(),
        }
    }

    pub fn v5(client_id: &str, user: &str) -> Self {
        Self { version: 5, ..Self::v4(client_id, user) }
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut flags = if self.clean { 2 } else { 0 };
        let mut body = [text("MQTT"), vec![self.version]].concat();
        let mut rest = text(&self.client_id);
        if let Some(will) = &self.will {
            flags |= 4 | will.qos << 3 | u8::from(will.retain) << 5;
            if self.version == 5 {
                rest.extend(sized(&will.properties));
            }
            rest.extend(text(&will.topic));
            rest.extend(u16::try_from(will.payload.len()).unwrap().to_be_bytes());
            rest.extend(&will.payload);
        }
        if let Some((user, password)) = &self.login {
            flags |= 0xc0;
            rest.extend(text(user));
            rest.extend(text(password));
        }
        body.push(flags);
        body.extend(self.keep_alive.to_be_bytes());
        if self.version == 5 {
            body.extend(sized(&self.properties));
        }
        body.extend(rest);
        packet(0x10, &body)
    }
}

pub fn text(text: &str) -> Vec<u8> {
    let mut bytes = u16::try_from(text.len()).unwrap().to_be_bytes().to_vec();
    bytes.extend(text.as_bytes());
    bytes
}

/// Bytes behind their length as a variable byte integer.
pub fn sized(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut length = bytes.len();
    loop {
        let byte = u8::try_from(length % 128).unwrap();
        length /= 128;
        out.push(if length > 0 { byte | 0x80 } else { byte });
        if length == 0 {
            break;
        }
    }
    out.extend(bytes);
    out
}

pub fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    [vec![first], sized(body)].concat()
}

/// A packet as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    pub first: u8,
    pub body: Vec<u8>,
}

/// A PUBLISH taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    pub topic: String,
    pub payload: Vec<u8>,
    pub qos: u8,
    pub retain: bool,
    pub dup: bool,
    pub id: u16,
    pub properties: Vec<u8>,
}

pub struct Raw {
    pub stream: TcpStream,
    pub version: u8,
}

impl Raw {
    pub async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, version: 4 }
    }

    pub async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// The next packet, or `None` at the end of the connection.
    pub async fn try_packet(&mut self) -> Option<Packet> {
        let read = async {
            let first = self.stream.read_u8().await.ok()?;
            let mut length = 0;
            for shift in [0, 7, 14, 21] {
                let byte = self.stream.read_u8().await.ok()?;
                length |= usize::from(byte & 0x7f) << shift;
                if byte & 0x80 == 0 {
                    break;
                }
            }
            let mut body = vec![0; length];
            self.stream.read_exact(&mut body).await.ok()?;
            Some(Packet { first, body })
        };
        timeout(PATIENCE, read).await.expect("a packet in time")
    }

    pub async fn packet(&mut self) -> Packet {
        self.try_packet().await.expect("connection is open")
    }

    /// Waits for the end of the connection; returns the packets before it.
    pub async fn closed(&mut self) -> Vec<Packet> {
        let mut packets = Vec::new();
        while let Some(packet) = self.try_packet().await {
            packets.push(packet);
        }
        packets
    }

    pub fn publish_bytes(&self, topic: &str, payload: &[u8], qos: u8, retain: bool, id: u16) -> Vec<u8> {
        let mut body = text(topic);
        if qos > 0 {
            body.extend(id.to_be_bytes());
        }
        if self.version == 5 {
            body.push(0);
        }
        body.extend(payload);
        packet(0x30 | qos << 1 | u8::from(retain), &body)
    }

    pub async fn publish(&mut self, topic: &str, payload: &[u8], qos: u8, retain: bool, id: u16) {
        let bytes = self.publish_bytes(topic, payload, qos, retain, id);
        self.send(&bytes).await;
    }

    /// Publishes at QoS 1 and waits for the PUBACK.
    pub async fn publish_acked(&mut self, topic: &str, payload: &[u8], retain: bool, id: u16) {
        self.publish(topic, payload, 1, retain, id).await;
        let ack = self.packet().await;
        assert_eq!((ack.first, &ack.body[..2]), (0x40, &id.to_be_bytes()[..]), "PUBACK {ack:?}");
    }

    /// Subscribes to one filter with these options; returns the SUBACK code.
    pub async fn subscribe(&mut self, filter: &str, options: u8) -> u8 {
        let properties: &[u8] = if self.version == 5 { &[0] } else { &[] };
        let body = [&[0, 77], properties, &text(filter), &[options]].concat();
        self.send(&packet(0x82, &body)).await;
        let ack = self.packet().await;
        assert_eq!((ack.first, &ack.body[..2]), (0x90, &[0, 77][..]), "SUBACK {ack:?}");
        *ack.body.last().unwrap()
    }

    /// The next packet, which is a PUBLISH.
    pub async fn published(&mut self) -> Published {
        let packet = self.packet().await;
        parse_publish(&packet, self.version)
    }

    pub async fn puback(&mut self, id: u16) {
        self.send(&packet(0x40, &id.to_be_bytes())).await;
    }

    /// A PINGREQ is answered, and by nothing before it.
    pub async fn is_quiet(&mut self) {
        self.send(&[0xc0, 0]).await;
        assert_eq!(self.packet().await, Packet { first: 0xd0, body: Vec::new() });
    }
}

pub fn parse_publish(packet: &Packet, version: u8) -> Published {
    assert_eq!(packet.first >> 4, 3, "a PUBLISH: {packet:?}");
    let body = &packet.body;
    let mut at = 2 + usize::from(u16::from_be_bytes([body[0], body[1]]));
    let topic = String::from_utf8(body[2..at].to_vec()).unwrap();
    let qos = packet.first >> 1 & 3;
    let mut id = 0;
    if qos > 0 {
        id = u16::from_be_bytes([body[at], body[at + 1]]);
        at += 2;
    }
    let mut properties = Vec::new();
    if version == 5 {
        let length = usize::from(body[at]);
        assert!(length < 128, "short properties");
        properties = body[at + 1..=at + length].to_vec();
        at += 1 + length;
    }
    Published {
        topic,
        payload: body[at..].to_vec(),
        qos,
        retain: packet.first & 1 != 0,
        dup: packet.first & 8 != 0,
        id,
        properties,
    }
}
