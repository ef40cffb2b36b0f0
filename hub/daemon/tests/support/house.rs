//! A house that is set up as an owner does it over MQTT: devices joined, interviewed and named.

use serde_json::{Value, json};

use super::client::Client;
use super::hub::{Hub, Place};
use super::sim::{Sim, Stick};

/// How many devices of each kind there are.
#[derive(Clone, Copy, Default)]
pub struct Kit {
    pub thermostats: usize,
    pub locks: usize,
    pub sensors: usize,
    pub contacts: usize,
}

impl Kit {
    pub fn total(self) -> usize {
        self.thermostats + self.locks + self.sensors + self.contacts
    }

    pub fn arguments(self) -> String {
        let Self { thermostats, locks, sensors, contacts } = self;
        format!("--thermostats {thermostats} --locks {locks} --sensors {sensors} --contacts {contacts}")
    }
}

/// A hub with a stick in it. The client listens to everything below `hearth/`.
pub struct House {
    pub client: Client,
    pub hub: Hub,
    pub sim: Sim,
    pub place: Place,
    pub stick: Stick,
}

impl House {
    /// A hub and a stick that no device has joined yet.
    pub fn empty(kit: Kit, options: &str) -> Self {
        let stick = Stick::new(&format!("{} {options}", kit.arguments()));
        Self::with(stick, "")
    }

    /// A hub with more configuration, on a stick.
    pub fn with(stick: Stick, config: &str) -> Self {
        let place = Place::with(&stick.port(), config);
        Self::at(stick, place)
    }

    /// A hub in a place that was made for this stick.
    pub fn at(stick: Stick, place: Place) -> Self {
        let sim = stick.plug_in();
        let hub = Hub::start(&place);
        hub.add_user();
        let mut client = hub.listener();
        client.json("hearth/bridge/info", |info| info["adapters"][0]["status"] == "online");
        Self { client, hub, sim, place, stick }
    }

    /// A hub, a stick and devices that are called as the simulator calls them: `thermostat-1`, `lock-1` and so on.
    pub fn furnished(kit: Kit, options: &str) -> Self {
        let mut house = Self::empty(kit, options);
        house.furnish(kit.total());
        house
    }

    /// Lets `total` devices join and names them.
    pub fn furnish(&mut self, total: usize) {
        self.request("permit_join", &json!({"time": 254}));
        let all_done = |devices: &Value| {
            let devices = devices.as_array().unwrap();
            devices.len() == total && devices.iter().all(|device| device["interview_completed"] == true)
        };
        self.client.json("hearth/bridge/devices", all_done);
        let status = self.sim.status();
        for (name, device) in status["devices"].as_object().unwrap() {
            self.request("device/rename", &json!({"from": device["ieee"], "to": name}));
        }
        self.request("permit_join", &json!({"time": 0}));
    }

    /// Asks the bridge for something; returns the answer, whatever it says.
    pub fn try_request(&mut self, verb: &str, body: &Value) -> Value {
        self.client.publish(&format!("hearth/bridge/request/{verb}"), body.to_string());
        self.client.json(&format!("hearth/bridge/response/{verb}"), |_| true)
    }

    /// Asks the bridge for something that must work; returns the answer's data.
    pub fn request(&mut self, verb: &str, body: &Value) -> Value {
        let mut answer = self.try_request(verb, body);
        assert_eq!(answer["status"], "ok", "{verb} {body}: {answer}");
        answer["data"].take()
    }

    /// Publishes a `set`.
    pub fn set(&mut self, name: &str, payload: &str) {
        self.client.publish(&format!("hearth/{name}/set"), payload);
    }

    /// Publishes a `set` under this number, for [`House::outcome`].
    pub fn set_as(&mut self, transaction: u64, name: &str, body: &Value) {
        let mut body = body.clone();
        body["transaction"] = transaction.into();
        self.set(name, &body.to_string());
    }

    /// Waits until the device's state fits.
    pub fn state(&mut self, name: &str, fits: impl FnMut(&Value) -> bool) -> Value {
        self.client.json(&format!("hearth/{name}"), fits)
    }

    /// Waits until a `set` with this transaction has come to this end.
    pub fn outcome(&mut self, name: &str, transaction: u64, status: &str) -> Value {
        let topic = format!("hearth/{name}/set/result");
        self.client.json(&topic, |result| result["transaction"] == transaction && result["status"] == status)
    }

    /// The device's address.
    pub fn ieee(&self, name: &str) -> String {
        self.hub.device(name)["ieee"].as_str().unwrap().to_owned()
    }

    /// Ends the daemon with `end`, starts it anew in the same place and listens again.
    pub fn restart(self, end: impl FnOnce(Hub)) -> Self {
        let Self { client, hub, sim, place, stick } = self;
        drop(client);
        end(hub);
        let hub = Hub::start(&place);
        let client = hub.listener();
        Self { client, hub, sim, place, stick }
    }
}
