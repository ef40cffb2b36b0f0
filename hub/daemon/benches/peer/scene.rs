//! What a row is measured on: a hub with its broker, whosever it is, a stick and devices, all of its own.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::client::{Client, Message};
use crate::support::now;
use crate::support::sim::{Sim, Stick};
use crate::zigbee2mqtt::Installation;
use crate::{hearth, trace, zigbee2mqtt};

/// Whose hub.
pub(crate) enum Side {
    Hearth {
        /// `[mqtt] switch`, if it is not left out.
        switch: Option<String>,
    },
    Peer(Installation),
}

/// How a command ended, as the hub says: when it was done, or why not.
pub(crate) type End = Result<Duration, String>;

/// A hub, and what its user may know of it. Times are of the steady clock.
pub(crate) trait Contender {
    /// First level of its topics.
    fn base(&self) -> &'static str;

    /// Starts again what [`Contender::stop`] ended, with the same state; says when.
    fn start(&mut self) -> Duration;

    /// Ends it properly, if it did not end by itself.
    fn stop(&mut self);

    /// Waits until it says that the network is up and so many devices are known; says when, and a remark.
    fn known(&mut self, devices: usize) -> (Duration, String);

    /// A client that hears everything it says.
    fn listener(&self) -> Client;

    /// Its processes, the broker's among them.
    fn pids(&self) -> Vec<u32>;

    fn is_running(&mut self) -> bool;

    /// Uses what else it offers, such as a page.
    fn visit(&self);

    /// Bytes that it says it has written, if it says so.
    fn stored(&self) -> Option<u64>;

    /// Whether it tells what became of a command that has a number.
    fn tells_ends(&self) -> bool;

    /// The number of a command and how it ended, if the message tells that.
    fn end(&self, message: &Message) -> Option<(u32, End)>;
}

/// A hub at work.
pub(crate) struct Scene {
    pub(crate) client: Client,
    pub(crate) hub: Box<dyn Contender>,
    pub(crate) sim: Sim,
    pub(crate) stick: Stick,
    /// Network address of each device, by its topic.
    pub(crate) addresses: HashMap<String, u16>,
}

impl Side {
    /// A hub with so many thermostats, named and at rest, all frames noted.
    pub(crate) fn thermostats(&self, count: usize) -> Scene {
        let stick = Stick::new(&format!("--thermostats {count} --instant --still")).traced();
        let (client, hub, sim, stick) = match self {
            Self::Hearth { switch } => hearth::set_up(stick, switch.clone(), count),
            Self::Peer(installation) => zigbee2mqtt::set_up(stick, installation, count),
        };
        rest(&stick.trace());
        let entry = |(name, device): (&String, &Value)| {
            let short = u16::from_str_radix(device["short"].as_str()?, 16).ok()?;
            Some((format!("{}/{name}", hub.base()), short))
        };
        let addresses = sim.status()["devices"].as_object().unwrap().iter().filter_map(entry).collect();
        Scene { client, hub, sim, stick, addresses }
    }
}

impl Scene {
    /// Where the state of the thermostat with this number is told.
    pub(crate) fn topic(&self, number: u32) -> String {
        format!("{}/thermostat-{number}", self.hub.base())
    }

    /// The thermostat's network address.
    pub(crate) fn address(&self, number: u32) -> u16 {
        self.addresses[&self.topic(number)]
    }

    /// Asks for a setpoint in hundredths of a degree; says when. The command has a number if it is one that is told of.
    pub(crate) fn set(&mut self, number: u32, centi: i16, command: Option<u32>) -> Duration {
        let mut body = json!({"occupied_heating_setpoint": degrees(centi)});
        if let Some(command) = command.filter(|_| self.hub.tells_ends()) {
            body["transaction"] = command.into();
        }
        let topic = format!("{}/set", self.topic(number));
        self.client.publish(&topic, body.to_string())
    }

    /// Waits until the state of a thermostat shows this value, in hundredths; says when.
    pub(crate) fn shows(&mut self, number: u32, key: &str, centi: i16) -> Duration {
        let topic = self.topic(number);
        self.client.message(&topic, |message| message.json()[key] == degrees(centi)).at
    }

    /// All setpoints that passed the port.
    pub(crate) fn writes(&self) -> Vec<trace::Write> {
        trace::writes(&trace::read(&self.stick.trace()))
    }

    /// All temperatures that passed the port.
    pub(crate) fn reports(&self) -> Vec<trace::Report> {
        trace::reports(&trace::read(&self.stick.trace()))
    }

    /// Starts the hub anew on the same state and waits until it knows its devices.
    pub(crate) fn restart(self) -> Self {
        let Self { client, mut hub, sim, stick, addresses } = self;
        drop(client);
        hub.stop();
        hub.start();
        hub.known(addresses.len());
        Self { client: hub.listener(), hub, sim, stick, addresses }
    }
}

/// Hundredths of a degree as they are in a message.
pub(crate) fn degrees(centi: i16) -> f64 {
    f64::from(centi) / 100.0
}

/// Waits until the port has been silent for a while: interviews and reporting are over.
fn rest(trace: &Path) {
    let start = now();
    let length = || std::fs::metadata(trace).unwrap().len();
    let mut before = 0;
    while now() < start + Duration::from_secs(120) {
        let now = length();
        if now == before {
            return;
        }
        before = now;
        std::thread::sleep(Duration::from_secs(2));
    }
    eprintln!("the port is never silent");
}
