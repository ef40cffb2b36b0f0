//! How one relay fares while more and more other relays and homes share its broker: `cargo bench -p hearth-relay`. Prints the table of
//! README.md.
//!
//! One mosquitto with TLS and client certificates; per row so many relays, and homes with a connection and a key each. Each relay asks a
//! home once a minute, all homes in turn. Beside them runs the real `hearth-relay serve`, is asked over HTTP, and its memory is read.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a program for the person who measures")]

#[path = "../../gateway/tests/support/mod.rs"]
mod support;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rumqttc::NetworkOptions;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{Packet, Publish, PublishProperties};
use rumqttc::v5::{AsyncClient, Event, MqttOptions};
use seal::{Hub, Opener, PairingKey, Relay, Rules, Vendor};
use support::{Mosquitto, certificates, client_options, free_port};
use tokio::sync::oneshot;
use tokio::time::{Instant, interval_at, sleep};

/// Other relays and homes, a row each.
const ROWS: [(usize, usize); 4] = [(0, 1), (10, 100), (100, 1_000), (1_000, 10_000)];
const QUESTIONS: usize = 200;
/// A directive as long as Alexa's are.
const DIRECTIVE: &str = r#"{"directive":{"endpoint":{"scope":{"type":"BearerToken","token":"t"}},"payload":{}}}"#;

#[expect(clippy::disallowed_methods, reason = "frames are dated")]
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis().try_into().unwrap()
}

fn key(home: usize) -> PairingKey {
    let mut bytes = [1; 32];
    bytes.iter_mut().zip(home.to_be_bytes()).for_each(|(to, from)| *to = from);
    PairingKey::from_bytes(bytes)
}

/// Opens what it is asked, and answers.
async fn home(number: usize, options: MqttOptions, there: Arc<AtomicUsize>) {
    let (client, mut events) = AsyncClient::new(options, 16);
    client.subscribe(format!("hub/h{number}/req"), QoS::AtLeastOnce).await.unwrap();
    let mut opener = Opener::requests(&key(number), Rules { skew_ms: 1_000, not_before: 0 });
    let hub = Hub::new(&key(number));
    loop {
        match events.poll().await {
            Ok(Event::Incoming(Packet::SubAck(_))) => {
                there.fetch_add(1, Ordering::Relaxed);
            }
            Ok(Event::Incoming(Packet::Publish(Publish { payload, properties: Some(asked), .. }))) => {
                let Ok(request) = opener.open(&payload, now()) else { continue };
                let frame = hub.seal_reply(&request, b"{}", now()).unwrap().into_bytes();
                let back =
                    PublishProperties { correlation_data: asked.correlation_data, ..PublishProperties::default() };
                let topic = asked.response_topic.unwrap();
                let _ = client.try_publish_with_properties(topic, QoS::AtLeastOnce, false, frame, back);
            }
            Ok(_) => {}
            Err(error) => {
                println!("a home lost its broker: {error}");
                sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// Asks all homes in turn, one a minute.
async fn relay(number: usize, homes: usize, options: MqttOptions, there: Arc<AtomicUsize>) {
    let (client, mut events) = AsyncClient::new(options, 16);
    let replies = format!("hub/rsp/{number}");
    client.subscribe(&replies, QoS::AtLeastOnce).await.unwrap();
    let asking = async {
        let first = Instant::now() + Duration::from_millis(60 * number as u64);
        let mut minute = interval_at(first, Duration::from_secs(60));
        for home in (number..).step_by(997).map(|home| home % homes) {
            minute.tick().await;
            let (frame, id) = Relay::new(&key(home)).seal_request(Vendor::Alexa, DIRECTIVE.as_bytes(), now()).unwrap();
            let back = PublishProperties {
                response_topic: Some(replies.clone()),
                correlation_data: Some(id.0.to_vec().into()),
                ..PublishProperties::default()
            };
            let topic = format!("hub/h{home}/req");
            let _ = client.try_publish_with_properties(topic, QoS::AtLeastOnce, false, frame.into_bytes(), back);
        }
    };
    let listening = async {
        loop {
            match events.poll().await {
                Ok(Event::Incoming(Packet::SubAck(_))) => {
                    there.fetch_add(1, Ordering::Relaxed);
                }
                Ok(_) => {}
                Err(_) => sleep(Duration::from_secs(1)).await,
            }
        }
    };
    tokio::join!(asking, listening);
}

fn options(folder: &MqttOptions, id: String) -> MqttOptions {
    let mut options = folder.clone();
    options.set_client_id(id);
    options.set_outgoing_inflight_upper_limit(16);
    let mut network = NetworkOptions::new();
    network.set_tcp_nodelay(true);
    options.set_network_options(network);
    options.set_keep_alive(Duration::from_secs(600));
    options.set_connection_timeout(60);
    options
}

/// Everybody else, on a thread of their own; gone when dropped.
struct Crowd(Option<oneshot::Sender<()>>, Option<JoinHandle<()>>);

impl Drop for Crowd {
    fn drop(&mut self) {
        drop(self.0.take());
        self.1.take().unwrap().join().unwrap();
    }
}

fn crowd(folder: &Path, port: u16, (relays, homes): (usize, usize)) -> Crowd {
    let (template, there) = (client_options(folder, "template", port), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&there);
    let (stop, stopped) = oneshot::channel();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let settled = |expected: usize| {
                let counted = Arc::clone(&counted);
                async move {
                    while counted.load(Ordering::Relaxed) < expected {
                        sleep(Duration::from_millis(5)).await;
                    }
                }
            };
            for number in 0..homes {
                tokio::spawn(home(number, options(&template, format!("home-{number}")), Arc::clone(&counted)));
                // The broker accepts so many at a time.
                settled((number + 1).saturating_sub(50)).await;
            }
            for number in 0..relays {
                tokio::spawn(relay(number, homes, options(&template, format!("other-{number}")), Arc::clone(&counted)));
                settled((homes + number + 1).saturating_sub(50)).await;
            }
            // Ends with an error, as nothing is ever sent.
            let _ = stopped.await;
        });
    });
    while there.load(Ordering::Relaxed) < relays + homes {
        std::thread::sleep(Duration::from_millis(50));
    }
    Crowd(Some(stop), Some(thread))
}

fn answer_profiles() -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map(Result::unwrap) {
            let mut head = [0; 2_048];
            let _ = stream.read(&mut head).unwrap();
            write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n{{\"user_id\":\"u\"}}").unwrap();
        }
    });
    address
}

/// The relay that is measured, for home 0.
fn start_relay(folder: &Path, port: u16, listen: u16) -> Child {
    let at = |name: &str| folder.join(name).display().to_string();
    std::fs::write(folder.join("pairing.key"), key(0).to_text().as_bytes()).unwrap();
    let text = format!(
        "home = \"h0\"\npairing-key = {:?}\n[broker]\nhost = \"localhost\"\nport = {port}\nca = {:?}\ncertificate = {:?}\nkey = {:?}\n\
         [listen]\naddress = \"127.0.0.1:{listen}\"\n[alexa]\nuser-id = \"u\"\nprofile-url = \"http://{}/\"\n",
        at("pairing.key"),
        at("ca.pem"),
        at("relay.pem"),
        at("relay.key"),
        answer_profiles(),
    );
    std::fs::write(folder.join("relay.toml"), text).unwrap();
    let mut relay = Command::new(env!("CARGO_BIN_EXE_hearth-relay"));
    relay.args(["serve", "--config", &at("relay.toml")]).stderr(Stdio::null()).spawn().unwrap()
}

/// Milliseconds until the answer.
fn ask(address: SocketAddr) -> f64 {
    let began = Instant::now();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "POST /alexa HTTP/1.1\r\nhost: r\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{DIRECTIVE}",
        DIRECTIVE.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("\r\n\r\n{}"), "{answer}");
    began.elapsed().as_secs_f64() * 1_000.0
}

/// MiB that a process has in memory.
fn resident(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1_024.0
}

fn row((relays, homes): (usize, usize)) {
    let (folder, port, listen) = (tempfile::tempdir().unwrap(), free_port(), free_port());
    certificates(folder.path());
    std::fs::write(folder.path().join("rules"), "pattern readwrite hub/#\n").unwrap();
    let _broker = Mosquitto::start(folder.path(), port, &folder.path().join("rules"));
    let _crowd = crowd(folder.path(), port, (relays, homes));
    let mut relay = start_relay(folder.path(), port, listen);
    let address = SocketAddr::from(([127, 0, 0, 1], listen));
    while TcpStream::connect(address).is_err() {
        std::thread::sleep(Duration::from_millis(20));
    }
    for _ in 0..20 {
        ask(address);
    }
    let mut took: Vec<f64> = (0..QUESTIONS).map(|_| ask(address)).collect();
    took.sort_by(f64::total_cmp);
    let at = |part: usize| took.get(QUESTIONS * part / 100).copied().unwrap_or_default();
    println!("| {relays} | {homes} | {:.1} | {:.1} | {:.1} |", at(50), at(99), resident(relay.id()));
    relay.kill().unwrap();
    relay.wait().unwrap();
}

fn main() {
    // What Cargo's test run would call this with; a measurement is no test.
    if std::env::args().any(|argument| argument == "--test") || !support::mosquitto_is_there() {
        return;
    }
    println!("| other relays | homes | answer p50, ms | p99, ms | relay's memory, MiB |\n|---|---|---|---|---|");
    for counts in ROWS {
        row(counts);
    }
}
