//! A furnished house with a door, and a stand-in for gateway and relay that has the key.

use std::io::{Read, Write};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use seal::{PairingKey, Relay, RequestId, Vendor};
use serde_json::{Value, json};

use crate::support::house::{House, Kit};
use crate::support::hub::Place;
use crate::support::sim::Stick;
use crate::support::{PATIENCE, until};

pub(crate) const KIT: Kit = Kit { thermostats: 1, locks: 2, sensors: 0, contacts: 0 };
pub(crate) const ROUTE: usize = 64;
pub(crate) const RECORD: usize = ROUTE + seal::FRAME;
/// Frames are sealed so far ahead of the clock: the hub opens nothing that could come from before its start.
const AHEAD: u64 = 2_900;

/// What is granted in most tests.
pub(crate) const POLICY: &str = r#"
version = 1

[summary.doors]
source = ["lock.lock-1.bolt", "lock.lock-2.bolt"]
transform = { all_of = "locked" }
values = ["locked", "unlocked", "unknown"]

[audience.alexa_home]
kind = "alexa"
cadence = "1m"
reply_after = "500ms"

[[audience.alexa_home.read]]
summary = "doors"
as = "lock_state"
alias = "Doors"

[[audience.alexa_home.control]]
verb = "set_setpoint"
target = "thermostat.thermostat-1"
min = 15.0
max = 23.0
step = 0.5
alias = "Heating"

[audience.google_home]
kind = "google"
cadence = "1m"
reply_after = "700ms"

[[audience.google_home.read]]
summary = "doors"
as = "lock_state"
alias = "Doors"

[[audience.google_home.control]]
verb = "unlock"
target = "lock.lock-1"
alias = "Front door"
"#;

/// The house, and where its gateway comes in.
pub(crate) struct Scene {
    pub(crate) house: House,
    pub(crate) folder: tempfile::TempDir,
}

impl Scene {
    /// With devices and a socket, and nothing granted.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = format!("[gateway]\nsocket = {:?}\n", folder.path().join("gateway.sock").display().to_string());
        let stick = Stick::new(&format!("{} --instant --bolt-ms 50", KIT.arguments()));
        let place = Place::with(&stick.port(), &config);
        let mut house = House::at(stick, place);
        house.furnish(KIT.total());
        Self { house, folder }
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join("gateway.sock")
    }

    pub(crate) fn ask(&self, question: &Value) -> Value {
        self.house.hub.ask(question)
    }

    /// Puts a policy into force as its owner would.
    pub(crate) fn apply(&self, text: &str) -> Value {
        let first = self.ask(&json!({"verb": "policy-apply", "text": text}));
        if first["applied"] == true {
            return first;
        }
        let confirmed = self.ask(&json!({"verb": "policy-apply", "text": text, "confirm": first["confirm"]}));
        assert_eq!(confirmed["applied"], true, "{confirmed}");
        confirmed
    }

    /// Pairs anew. A door that was open is made again for the new key: who came to the old one would be sent away.
    pub(crate) fn pair(&self) -> PairingKey {
        let old = self.door();
        let told = self.ask(&json!({"verb": "gateway-pair"}));
        if old.is_some() {
            until("the door made for the new key", || self.door().filter(|door| Some(door) != old.as_ref()));
        }
        PairingKey::from_text(told["key"].as_str().unwrap()).unwrap()
    }

    /// Which door there is: its file's number and the time at which it was made.
    pub(crate) fn door(&self) -> Option<(u64, i64, i64)> {
        let file = std::fs::metadata(self.socket()).ok()?;
        Some((file.ino(), file.ctime(), file.ctime_nsec()))
    }

    /// Everything granted and paired, and a gateway at the door.
    pub(crate) fn open(&self) -> Gateway {
        self.apply(POLICY);
        let key = self.pair();
        Gateway::connect(&self.socket(), &key)
    }

    pub(crate) fn restart(self, end: impl FnOnce(crate::support::hub::Hub)) -> Self {
        Self { house: self.house.restart(end), folder: self.folder }
    }

    /// Entries of the ledger, oldest first.
    pub(crate) fn ledger(&self) -> Vec<Value> {
        let page = self.ask(&json!({"verb": "ledger-list", "limit": 100}));
        let mut entries = page["entries"].as_array().unwrap().clone();
        entries.reverse();
        entries
    }

    pub(crate) fn status(&self) -> Value {
        self.ask(&json!({"verb": "gateway-status"}))
    }

    /// Waits for a beat that has seen the house: the doors are known to Alexa.
    pub(crate) fn until_known(gateway: &mut Gateway, doors: &str) -> Value {
        for _ in 0..60 {
            let told = gateway.alexa(&crate::vendor::report(doors));
            let locked = told["context"]["properties"].as_array().is_some_and(|properties| {
                properties.iter().any(|property| property["name"] == "lockState" && property["value"] == "LOCKED")
            });
            if locked {
                return told;
            }
            std::thread::sleep(Duration::from_secs(2));
        }
        panic!("the doors were never known")
    }
}

/// A gateway and a relay in one: it has the key.
pub(crate) struct Gateway {
    stream: UnixStream,
    relay: Relay,
}

impl Gateway {
    pub(crate) fn connect(socket: &std::path::Path, key: &PairingKey) -> Self {
        let stream = until("the door's socket", || UnixStream::connect(socket).ok());
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { stream, relay: Relay::new(key) }
    }

    /// Seals a request now.
    pub(crate) fn seal(&self, vendor: Vendor, body: &str) -> (Vec<u8>, RequestId) {
        let (frame, id) = self.relay.seal_request(vendor, body.as_bytes(), wall() + AHEAD).unwrap();
        (frame.into_bytes(), id)
    }

    pub(crate) fn send(&mut self, frame: &[u8]) {
        let mut route = [7; ROUTE];
        route[0] = 1;
        self.stream.write_all(&[&route, frame].concat()).unwrap();
    }

    /// Says that the broker is there.
    pub(crate) fn say_connected(&mut self) {
        let mut record = vec![0; RECORD];
        record[..2].copy_from_slice(&[2, 1]);
        self.stream.write_all(&record).unwrap();
    }

    /// The next record, if one comes in time.
    pub(crate) fn receive(&mut self, within: Duration) -> Option<Vec<u8>> {
        self.stream.set_read_timeout(Some(within)).unwrap();
        let mut record = vec![0; RECORD];
        match self.stream.read_exact(&mut record) {
            Ok(()) => Some(record),
            Err(_) => None,
        }
    }

    /// Asks, and opens the answer.
    pub(crate) fn ask(&mut self, vendor: Vendor, body: &str) -> String {
        let (frame, id) = self.seal(vendor, body);
        self.send(&frame);
        let record = self.receive(PATIENCE).unwrap();
        let told = self.relay.open_reply(id, &record[ROUTE..]).unwrap();
        String::from_utf8(told.body.to_vec()).unwrap()
    }

    pub(crate) fn alexa(&mut self, body: &str) -> Value {
        serde_json::from_str(&self.ask(Vendor::Alexa, body)).unwrap()
    }

    pub(crate) fn google(&mut self, body: &str) -> Value {
        serde_json::from_str(&self.ask(Vendor::Google, body)).unwrap()
    }

    /// The answer to this request, if it is one.
    pub(crate) fn try_open(&self, id: RequestId, record: &[u8]) -> Option<String> {
        let told = self.relay.open_reply(id, &record[ROUTE..]).ok()?;
        String::from_utf8(told.body.to_vec()).ok()
    }

    pub(crate) fn open(&self, id: RequestId, record: &[u8]) -> String {
        String::from_utf8(self.relay.open_reply(id, &record[ROUTE..]).unwrap().body.to_vec()).unwrap()
    }
}

#[expect(clippy::disallowed_methods, reason = "the relay's clock, for which the test stands in")]
pub(crate) fn wall() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis().try_into().unwrap()
}
