//! The peer, as it is measured: `Zigbee2MQTT` with its defaults and without its page, and mosquitto with its own.
//!
//! Nothing of either is here: the bench's user installs them (`npm install zigbee2mqtt@2.14.1`, `node@24` in the same
//! folder if the system's Node is too old). The simulated thermostats are unknown to `Zigbee2MQTT`, which then makes its
//! definition from what they say of themselves.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::scene::{Contender, End};
use crate::support::client::{Client, Message};
use crate::support::hub::free_port;
use crate::support::process::Process;
use crate::support::sim::{Sim, Stick};
use crate::support::{now, until};

/// Nobody's: the broker lets everybody in, as the peer's own instructions have it.
const ANYBODY: &str = "anybody";

/// Where `Zigbee2MQTT` was installed.
pub(crate) struct Installation {
    node: PathBuf,
    script: PathBuf,
    version: String,
}

impl Installation {
    /// Looks into the folder in which `npm install` was run; what is missing if it cannot be run.
    pub(crate) fn find(folder: &Path) -> Result<Self, String> {
        let modules = folder.join("node_modules");
        let package = modules.join("zigbee2mqtt/package.json");
        let text = std::fs::read_to_string(&package).map_err(|error| format!("{}: {error}", package.display()))?;
        let about: Value = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", package.display()))?;
        let own = modules.join(".bin/node");
        let node = if own.exists() { own } else { "node".into() };
        let script = modules.join("zigbee2mqtt/index.js");
        let version = format!(
            "Zigbee2MQTT {} on Node {}, {}",
            about["version"].as_str().unwrap_or("of unknown version"),
            first_line(Command::new(&node).arg("--version"))?,
            first_line(Command::new("mosquitto").arg("-h"))?,
        );
        Ok(Self { node, script, version })
    }

    /// What is measured.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }
}

fn first_line(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("{}: {error}", command.get_program().display()))?;
    Ok(String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned())
}

struct Peer {
    node: PathBuf,
    script: PathBuf,
    data: tempfile::TempDir,
    port: u16,
    mosquitto: Process,
    /// `None` while it is stopped.
    zigbee2mqtt: Option<Process>,
    /// When it was started last, and who listens since before.
    started: (Duration, Client),
}

/// Starts both and lets the thermostats join.
pub(crate) fn set_up(
    stick: Stick,
    installation: &Installation,
    count: usize,
) -> (Client, Box<dyn Contender>, Sim, Stick) {
    let sim = stick.plug_in();
    // Where Hearth's state is as well.
    let data = tempfile::Builder::new().prefix("peer").tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let port = free_port();
    let mosquitto = mosquitto(data.path(), port);
    let status = sim.status();
    let config = configuration(&stick.port(), port, &status["devices"]);
    // JSON is YAML.
    std::fs::write(data.path().join("configuration.yaml"), config.to_string()).unwrap();
    let Installation { node, script, .. } = installation;
    let started = (now(), listener(port));
    let (node, script) = (node.clone(), script.clone());
    let mut peer = Peer { node, script, data, port, mosquitto, zigbee2mqtt: None, started };
    peer.start();
    peer.known(0);
    let mut client = listener(port);
    join(&mut client, count);
    (client, Box::new(peer), sim, stick)
}

fn mosquitto(folder: &Path, port: u16) -> Process {
    let config = folder.join("mosquitto.conf");
    std::fs::write(&config, format!("listener {port} 127.0.0.1\nallow_anonymous true\n")).unwrap();
    let process = Process::start("mosquitto", Command::new("mosquitto").arg("-c").arg(config));
    until("mosquitto", || TcpStream::connect(("127.0.0.1", port)).ok());
    process
}

/// The devices have their names before they join; all that is not here is left at its default.
fn configuration(serial: &str, mqtt: u16, devices: &Value) -> Value {
    let device = |(name, device): (&String, &Value)| {
        let ieee = device["ieee"].as_str().unwrap().to_owned();
        (ieee, json!({"friendly_name": name}))
    };
    let devices: serde_json::Map<_, _> = devices.as_object().unwrap().iter().map(device).collect();
    json!({
        "version": 5,
        "mqtt": {"base_topic": "zigbee2mqtt", "server": format!("mqtt://127.0.0.1:{mqtt}")},
        "serial": {"port": serial, "adapter": "zstack"},
        "frontend": {"enabled": false},
        "homeassistant": {"enabled": false},
        "advanced": {
            "network_key": [83, 17, 201, 94, 6, 158, 237, 72, 119, 34, 180, 9, 65, 222, 147, 58],
            "pan_id": 0x3b5d,
            "ext_pan_id": [29, 183, 92, 4, 211, 136, 77, 150],
        },
        "devices": devices,
    })
}

fn listener(port: u16) -> Client {
    let mut client = Client::connect(port, ANYBODY, ANYBODY);
    client.subscribe("zigbee2mqtt/#");
    client
}

/// Lets devices join until it has configured the reporting of so many.
fn join(client: &mut Client, count: usize) {
    client.publish("zigbee2mqtt/bridge/request/permit_join", json!({"time": 254}).to_string());
    let mut configured = 0;
    while configured < count {
        client.json("zigbee2mqtt/bridge/logging", |line| {
            line["message"].as_str().is_some_and(|text| text.contains("Successfully configured"))
        });
        configured += 1;
    }
    client.publish("zigbee2mqtt/bridge/request/permit_join", json!({"time": 0}).to_string());
}

impl Contender for Peer {
    fn base(&self) -> &'static str {
        "zigbee2mqtt"
    }

    /// Starts `Zigbee2MQTT`; mosquitto is still there.
    fn start(&mut self) -> Duration {
        let mut client = listener(self.port);
        // What is retained came before the answer to this.
        client.ping();
        client.take(|_| true);
        self.started = (now(), client);
        let mut command = Command::new(&self.node);
        command.arg(&self.script).env("ZIGBEE2MQTT_DATA", self.data.path()).env_remove("NOTIFY_SOCKET");
        // It would build itself anew if it took the repository around it for its own.
        command.env("GIT_DIR", self.data.path());
        self.zigbee2mqtt = Some(Process::start("zigbee2mqtt", &mut command));
        self.started.0
    }

    fn stop(&mut self) {
        self.zigbee2mqtt.take().expect("it was started").terminate();
    }

    /// Its list of devices has the coordinator too, and comes after the network is up.
    fn known(&mut self, devices: usize) -> (Duration, String) {
        let fits =
            |message: &Message| message.json().as_array().is_some_and(|list| !message.retained && list.len() > devices);
        let known = self.started.1.message("zigbee2mqtt/bridge/devices", fits).at;
        (known, "mosquitto runs before".to_owned())
    }

    fn listener(&self) -> Client {
        listener(self.port)
    }

    fn pids(&self) -> Vec<u32> {
        self.zigbee2mqtt.iter().chain([&self.mosquitto]).map(Process::pid).collect()
    }

    fn is_running(&mut self) -> bool {
        self.zigbee2mqtt.as_mut().is_some_and(Process::is_running)
    }

    fn visit(&self) {}

    fn stored(&self) -> Option<u64> {
        None
    }

    fn tells_ends(&self) -> bool {
        false
    }

    fn end(&self, _: &Message) -> Option<(u32, End)> {
        None
    }
}
