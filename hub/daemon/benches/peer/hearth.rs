//! Hearth, as it is measured: the release daemon in a place of its own.

use std::time::Duration;

use serde_json::json;

use crate::numbers::ms;
use crate::scene::{Contender, End};
use crate::support::client::{Client, Message};
use crate::support::house::House;
use crate::support::hub::{Hub, PASSWORD, Place, USER};
use crate::support::now;
use crate::support::sim::{Sim, Stick};

struct Hearth {
    place: Place,
    /// `None` while it is stopped.
    hub: Option<Hub>,
}

/// Starts it and lets the thermostats join.
pub(crate) fn set_up(stick: Stick, switch: Option<String>, count: usize) -> (Client, Box<dyn Contender>, Sim, Stick) {
    let place = Place::new(&stick.port()).switched(switch);
    let mut house = House::at(stick, place);
    house.furnish(count);
    let House { client, hub, sim, place, stick } = house;
    (client, Box::new(Hearth { place, hub: Some(hub) }), sim, stick)
}

impl Hearth {
    fn hub(&self) -> &Hub {
        self.hub.as_ref().expect("it was started")
    }
}

impl Contender for Hearth {
    fn base(&self) -> &'static str {
        "hearth"
    }

    fn start(&mut self) -> Duration {
        self.hub.insert(Hub::start(&self.place)).started.0
    }

    fn stop(&mut self) {
        assert!(self.hub.take().expect("it was started").stop().success());
    }

    fn known(&mut self, devices: usize) -> (Duration, String) {
        let known = json!({"total": devices, "available": devices});
        loop {
            let status = self.hub().status();
            if status["devices"] == known && status["adapters"][0]["status"] == "online" {
                break;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        let (known, (started, ready)) = (now(), self.hub().started);
        (known, format!("`ready` after {}", ms(ready.saturating_sub(started))))
    }

    fn listener(&self) -> Client {
        self.hub().listener()
    }

    fn pids(&self) -> Vec<u32> {
        vec![self.hub().pid()]
    }

    fn is_running(&mut self) -> bool {
        self.hub.as_mut().is_some_and(Hub::is_running)
    }

    /// The page, a login and a look at the devices.
    fn visit(&self) {
        let hub = self.hub();
        assert_eq!(hub.web("GET", "/", None, None).status, 200);
        let login = json!({"user": USER, "password": PASSWORD});
        let cookie = hub.web("POST", "/api/v1/session", None, Some(&login)).cookie();
        assert_eq!(hub.web("GET", "/api/v1/devices", Some(&cookie), None).status, 200);
    }

    fn stored(&self) -> Option<u64> {
        self.hub().status()["store"]["bytes_written"].as_u64()
    }

    fn tells_ends(&self) -> bool {
        true
    }

    fn end(&self, message: &Message) -> Option<(u32, End)> {
        if !message.topic.ends_with("/set/result") {
            return None;
        }
        let result = message.json();
        let number = result["transaction"].as_u64().and_then(|number| u32::try_from(number).ok())?;
        match result["status"].as_str()? {
            "done" => Some((number, Ok(message.at))),
            "failed" => Some((number, Err(result["error"].as_str().unwrap_or_default().to_owned()))),
            _ => None,
        }
    }
}
