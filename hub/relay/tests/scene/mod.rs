//! A whole way from HTTP to the hub's socket, with stand-ins for Amazon and for the hub.

#![allow(dead_code, reason = "each test uses a part of it")]

pub(crate) mod amazon;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::mpsc;
use std::time::{SystemTime, UNIX_EPOCH};

use amazon::Amazon;
use seal::{Message, Opener, PairingKey, Rules, Vendor};
use tempfile::TempDir;

use crate::support::{
    self, Gateway, Hub, Mosquitto, ROUTE, RULES, certificates, free_port, gateway_config, run_gateway,
};

pub(crate) const DIRECTIVE: &str = r#"{"directive":{"header":{"namespace":"Alexa.LockController","name":"Lock","correlationToken":"C"},
    "endpoint":{"endpointId":"doors","scope":{"type":"BearerToken","token":"owner's"}},"payload":{}}}"#;

#[expect(clippy::disallowed_methods, reason = "the hub's clock, for which the test stands in")]
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis().try_into().unwrap()
}

/// The hub's side of the socket, with the key.
pub(crate) struct House {
    pub(crate) gateway: Gateway,
    pub(crate) opener: Opener,
    pub(crate) hub: seal::Hub,
}

impl House {
    /// Opens the next request and answers it; returns what it was, with its frame.
    pub(crate) fn next(&mut self, answer: &[u8]) -> (Message, Vec<u8>) {
        let (route, frame) = self.gateway.request();
        let request = self.opener.open(&frame, now()).unwrap();
        self.gateway.write(&route, self.hub.seal_reply(&request, answer, now()).unwrap().as_ref());
        (request, frame)
    }

    /// As above, and checks the request's body; returns its frame.
    pub(crate) fn answer(&mut self, asked: &str, answer: &[u8]) -> Vec<u8> {
        let (request, frame) = self.next(answer);
        assert_eq!(request.body.as_slice(), asked.as_bytes());
        frame
    }

    /// Seals what nobody asked for as late as a relay takes it that has just started.
    pub(crate) fn seal(&self, vendor: Vendor, body: &str) -> Vec<u8> {
        self.hub.seal_push(vendor, body.as_bytes(), now() + 3_000).unwrap().into_bytes()
    }

    pub(crate) fn push(&mut self, frame: &[u8]) {
        let mut route = [0; ROUTE];
        route[0] = 3;
        self.gateway.write(&route, frame);
    }
}

pub(crate) struct Scene {
    pub(crate) folder: TempDir,
    pub(crate) broker: Option<Mosquitto>,
    pub(crate) port: u16,
    pub(crate) house: House,
    pub(crate) relay: SocketAddr,
    pub(crate) amazon: Amazon,
}

/// With a relay that is a server; `None` where there is no mosquitto. `push` is the relay's configuration for that.
pub(crate) fn scene(push: fn(&Amazon, &Path) -> String) -> Option<Scene> {
    if !support::mosquitto_is_there() {
        return None;
    }
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    certificates(folder.path());
    let broker = Some(Mosquitto::start(folder.path(), port, RULES.as_ref()));
    let socket = Hub::listen(folder.path());
    run_gateway(gateway_config(folder.path(), port));
    let (key, amazon) = (PairingKey::generate().unwrap(), Amazon::start());
    write_relay_config(folder.path(), port, &key, &amazon, &push(&amazon, folder.path()));
    let config = relay::Config::load(&folder.path().join("relay.toml")).unwrap();
    let (told, listening) = mpsc::channel();
    std::thread::spawn(move || {
        runtime().block_on(relay::serve(config, move |address| told.send(address).unwrap())).unwrap();
    });
    let mut gateway = socket.accept();
    gateway.until_connected(true);
    let rules = Rules { skew_ms: 1_000, not_before: now() - 60_000 };
    let house = House { gateway, opener: Opener::requests(&key, rules), hub: seal::Hub::new(&key) };
    Some(Scene { folder, broker, port, house, relay: listening.recv().unwrap(), amazon })
}

/// For a relay that tells nobody anything unasked.
pub(crate) fn no_push(_: &Amazon, _: &Path) -> String {
    String::new()
}

/// For one that does.
pub(crate) fn with_push(amazon: &Amazon, folder: &Path) -> String {
    let secret = folder.join("alexa.secret");
    std::fs::write(&secret, format!("{}\n", amazon::CLIENT_SECRET)).unwrap();
    format!(
        "[alexa.push]\nclient-id = \"amzn1.client\"\nclient-secret = \"{}\"\nregion = \"eu\"\n\
         token-url = \"http://{1}/auth/o2/token\"\nevents-url = \"http://{1}/v3/events\"\n",
        secret.display(),
        amazon.address
    )
}

pub(crate) fn write_relay_config(folder: &Path, port: u16, key: &PairingKey, amazon: &Amazon, push: &str) {
    let at = |name: &str| folder.join(name).display().to_string();
    std::fs::write(folder.join("pairing.key"), key.to_text().as_bytes()).unwrap();
    std::fs::write(folder.join("client.secret"), "a client secret of more than thirty-two").unwrap();
    std::fs::write(folder.join("token.secret"), "a token secret of more than thirty-two").unwrap();
    let text = format!(
        "home = \"home\"\npairing-key = {:?}\n[broker]\nhost = \"localhost\"\nport = {port}\nca = {:?}\ncertificate = {:?}\nkey = {:?}\n\
         [listen]\naddress = \"127.0.0.1:0\"\n[alexa]\nuser-id = \"amzn1.owner\"\nprofile-url = \"http://{}/user/profile\"\n{push}\
         [google]\nclient-id = \"google\"\nclient-secret = {:?}\nredirect-prefix = \"https://oauth.example/r/\"\nuser = \"owner\"\n\
         password-hash = {:?}\ntoken-secret = {:?}\n",
        at("pairing.key"),
        at("ca.pem"),
        at("relay.pem"),
        at("relay.key"),
        amazon.address,
        at("client.secret"),
        relay::hash("open sesame").unwrap(),
        at("token.secret"),
    );
    std::fs::write(folder.join("relay.toml"), text).unwrap();
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

pub(crate) fn head(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        bytes.extend(byte);
    }
    bytes
}

/// Posts a body; returns status and body of the answer.
pub(crate) fn post(to: SocketAddr, path: &str, headers: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(to).unwrap();
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nhost: relay\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), format!("{head}\r\n\r\n{body}"))
}

pub(crate) fn body(answer: &(u16, String)) -> &str {
    answer.1.split_once("\r\n\r\n").unwrap().1
}
