//! Adapters that are not the usual stick on a tty: one on the network, and one with somebody else's house on it.

use serde_json::json;

use crate::support::house::{House, Kit};
use crate::support::hub::{Hub, Place};
use crate::support::sim::Stick;
use crate::support::until;

#[test]
fn a_network_adapter_works_and_comes_back() {
    let mut house = House::with(Stick::new("--thermostats 1 --instant").on_tcp(), "");
    house.furnish(1);
    house.set_as(1, "thermostat-1", &json!({"occupied_heating_setpoint": 22}));
    house.outcome("thermostat-1", 1, "done");
    let House { mut client, hub, sim, place, stick } = house;
    sim.unplug();
    client.message("hearth/thermostat-1/availability", |message| message.payload == b"offline");
    let sim = stick.plug_in();
    client.message("hearth/thermostat-1/availability", |message| message.payload == b"online");
    let mut house = House { client, hub, sim, place, stick };
    house.set_as(2, "thermostat-1", &json!({"occupied_heating_setpoint": 23}));
    house.outcome("thermostat-1", 2, "done");
    assert!(house.hub.is_running());
}

/// Invariant 9: a radio network is never wiped or re-formed.
#[test]
fn a_strangers_network_is_shown_and_left_alone() {
    let stick = Stick::new("--thermostats 1 --instant --foreign-network");
    let sim = stick.plug_in();
    let before = sim.network();
    assert!(before.is_object(), "there is a network: {before}");
    let place = Place::new(&stick.port());
    let hub = Hub::start(&place);
    let adapter = until("a refusal", || {
        let adapter = hub.status()["adapters"][0].take();
        (adapter["status"] == "refused").then_some(adapter)
    });
    let reason = adapter["reason"].as_str().expect("a reason");
    let pan = before["pan"].as_str().expect("a PAN id");
    assert!(reason.contains(pan), "the owner sees what is there: {reason}, {before}");
    let key = before["key"].as_str().expect("a key");
    assert!(!reason.to_lowercase().contains(key) && !hub.said(key), "and never the key");
    let refused = hub.try_ask(&json!({"verb": "permit-join", "seconds": 60})).unwrap_err();
    assert_eq!(refused["kind"], "unavailable", "{refused}");
    assert_eq!(sim.network(), before, "nothing was written to it");
    assert!(hub.stop().success());
}

/// Invariant 9, where the network was even its own.
#[test]
fn a_hub_that_lost_its_state_leaves_its_old_network_alone() {
    let House { client, hub, sim, stick, .. } = House::furnished(Kit { thermostats: 1, ..Kit::default() }, "--instant");
    drop(client);
    assert!(hub.stop().success());
    let before = sim.network();
    let place = Place::new(&stick.port());
    let hub = Hub::start(&place);
    until("a refusal", || (hub.status()["adapters"][0]["status"] == "refused").then_some(()));
    assert_eq!(sim.network(), before);
}
