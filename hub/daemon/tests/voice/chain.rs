//! The whole chain on loopback: a vendor's HTTP call, the relay, mosquitto with TLS and client certificates, the gateway as a
//! process of its own, the daemon, and back.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::line::{Mosquitto, RULES, certificates, free_port, gateway_config, mosquitto_is_there};
use crate::scene::{POLICY, Scene};
use crate::support::{now, until};
use crate::vendor;

const GATEWAY: &str = "HEARTH_TEST_GATEWAY";

/// The process that is killed. Run by itself, it does nothing.
#[test]
fn gateway_process() {
    let Ok(config) = std::env::var(GATEWAY) else { return };
    let config = gateway::Config::load(Path::new(&config)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(gateway::run(&config));
}

/// A gateway that ends when dropped, without a goodbye.
struct Gateway(Child);

impl Gateway {
    fn start(folder: &Path) -> Self {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "chain::gateway_process", "--nocapture"])
            .env(GATEWAY, folder.join("gateway.toml"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self(child.unwrap())
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) struct Chain {
    pub(crate) scene: Scene,
    broker: Option<Mosquitto>,
    gateway: Option<Gateway>,
    port: u16,
    relay: SocketAddr,
}

/// Amazon's profile service, to which every token is the owner's.
fn profile_service() -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map(Result::unwrap) {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                head.extend(byte);
            }
            let body = "{\"user_id\":\"amzn1.owner\"}";
            write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
        }
    });
    address
}

fn serve_relay(folder: &Path, port: u16, key: &str) -> SocketAddr {
    let at = |name: &str| folder.join(name).display().to_string();
    std::fs::write(folder.join("pairing.key"), key).unwrap();
    let text = format!(
        "home = \"home\"\npairing-key = {:?}\n[broker]\nhost = \"localhost\"\nport = {port}\nca = {:?}\ncertificate = {:?}\nkey = {:?}\n\
         [listen]\naddress = \"127.0.0.1:0\"\n[alexa]\nuser-id = \"amzn1.owner\"\nprofile-url = \"http://{}/user/profile\"\n",
        at("pairing.key"),
        at("ca.pem"),
        at("relay.pem"),
        at("relay.key"),
        profile_service(),
    );
    std::fs::write(folder.join("relay.toml"), text).unwrap();
    let config = relay::Config::load(&folder.join("relay.toml")).unwrap();
    let (told, listening) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(relay::serve(config, move |address| told.send(address).unwrap())).unwrap();
    });
    listening.recv().unwrap()
}

impl Chain {
    fn new() -> Option<Self> {
        Self::over(|broker| broker)
    }

    /// With something between gateway and broker: told the broker's port, it says on which port it listens.
    pub(crate) fn over(between: impl FnOnce(u16) -> u16) -> Option<Self> {
        if !mosquitto_is_there() {
            return None;
        }
        let scene = Scene::new();
        let (folder, port) = (scene.folder.path(), free_port());
        certificates(folder);
        let broker = Some(Mosquitto::start(folder, port, RULES.as_ref()));
        gateway_config(folder, between(port));
        let gateway = Some(Gateway::start(folder));
        scene.apply(POLICY);
        let key = scene.ask(&json!({"verb": "gateway-pair"}));
        let relay = serve_relay(folder, port, key["key"].as_str().unwrap());
        let chain = Self { scene, broker, gateway, port, relay };
        chain.until_connected();
        // The hub opens nothing that could come from before its start.
        until("an answer", || {
            chain.alexa(&vendor::discover())["event"]["payload"]["endpoints"].is_array().then_some(())
        });
        Some(chain)
    }

    fn until_connected(&self) {
        until("the gateway's connection", || (self.scene.status()["state"] == "connected").then_some(()));
    }

    /// Asks as Alexa's skill does.
    pub(crate) fn alexa(&self, body: &str) -> Value {
        let mut stream = TcpStream::connect(self.relay).unwrap();
        write!(
            stream,
            "POST /alexa HTTP/1.1\r\nhost: relay\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    /// Asks until the hub answers again: after a break the first questions may be lost.
    fn until_answered(&self) {
        self.until_connected();
        until("an answer", || {
            let told = self.alexa(&vendor::discover());
            told["event"]["payload"]["endpoints"].is_array().then_some(())
        });
    }
}

#[test]
fn from_alexa_to_the_lock_and_back() {
    let Some(mut chain) = Chain::new() else { return };
    let found = chain.alexa(&vendor::discover());
    let (doors, heating) = (vendor::endpoint(&found, "Doors"), vendor::endpoint(&found, "Heating"));

    // Are the doors locked? Known from the first beat on.
    until("known doors", || {
        let told = chain.alexa(&vendor::report(&doors));
        let properties = told["context"]["properties"].as_array()?;
        properties.iter().any(|p| p["name"] == "lockState" && p["value"] == "LOCKED").then_some(())
    });
    // Warmer.
    let told = chain.alexa(&vendor::heat(&heating, 20.5));
    assert_eq!(told["event"]["header"]["name"], "Response", "{told}");
    chain.scene.house.state("thermostat-1", |state| state["occupied_heating_setpoint"] == 20.5);
    // Unlock was never granted.
    let told = chain.alexa(&vendor::unlock(&doors));
    assert_eq!(told["event"]["header"]["name"], "ErrorResponse", "{told}");
    assert!(chain.scene.house.hub.events().iter().all(|event| event["to"] != "unlocked"));

    // How long it takes, on top of what the policy says; printed, not judged: the machine may be busy.
    let mut times: Vec<_> = (0..10)
        .map(|_| {
            let began = now();
            chain.alexa(&vendor::discover());
            now().saturating_sub(began + Duration::from_millis(500))
        })
        .collect();
    times.sort();
    eprintln!("an answer takes {:?} beyond its offset, the slowest of ten {:?}", times[5], times[9]);

    // The broker starts anew.
    chain.broker = None;
    until("a lost broker", || (chain.scene.status()["state"] == "waiting").then_some(()));
    chain.broker = Some(Mosquitto::start(chain.scene.folder.path(), chain.port, RULES.as_ref()));
    chain.until_answered();

    // The gateway is killed, and comes back.
    chain.gateway = None;
    until("a lost gateway", || chain.scene.status()["relay"].is_null().then_some(()));
    let told = chain.alexa(&vendor::discover());
    assert_eq!(told["event"]["header"]["name"], "ErrorResponse", "{told}");
    chain.gateway = Some(Gateway::start(chain.scene.folder.path()));
    chain.until_answered();
    assert_eq!(chain.scene.ask(&json!({"verb": "ledger-verify"}))["sound"], true);
}
