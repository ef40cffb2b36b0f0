//! What outlives the daemon, and what outlives the stick.

use serde_json::{Value, json};

use crate::support::house::{House, Kit};

const PAIR: Kit = Kit { thermostats: 1, locks: 1, sensors: 0, contacts: 0 };

#[test]
fn a_restarted_hub_knows_its_house() {
    let mut house = House::furnished(PAIR, "--instant --bolt-ms 50");
    house.set("thermostat-1", r#"{"occupied_heating_setpoint": 18.5, "transaction": 1}"#);
    house.outcome("thermostat-1", 1, "done");
    house.state("thermostat-1", |state| state["occupied_heating_setpoint"] == 18.5);
    house.hub.ask(&json!({"verb": "place", "name": "thermostat-1", "room": "Bath"}));
    let before = house.hub.events().len();
    let ieee = house.ieee("thermostat-1");

    // Without its stick nothing can be reported: all that is known is from the disk.
    let House { client, hub, sim, place, stick } = house;
    drop(client);
    sim.unplug();
    assert!(hub.stop().success());
    let hub = crate::support::hub::Hub::start(&place);
    let mut client = hub.listener();
    client.json("hearth/bridge/state", |state| state["state"] == "online");
    let device = hub.device("thermostat-1");
    assert_eq!((&device["ieee"], &device["room"]), (&json!(ieee), &json!("Bath")));
    assert_eq!((&device["interview"], &device["available"]), (&json!("done"), &json!(false)));
    let state = client.json("hearth/thermostat-1", |_| true);
    assert_eq!(state["occupied_heating_setpoint"], 18.5);
    let old = |state: &Value| {
        state["stale"].as_array().is_some_and(|keys| keys.contains(&json!("occupied_heating_setpoint")))
    };
    assert!(old(&state), "{state}");
    client.message("hearth/thermostat-1/availability", |message| message.payload == b"offline");
    assert!(hub.events().len() >= before);

    // With it, devices work without joining again, and a reported value is fresh.
    let sim = stick.plug_in();
    client.message("hearth/thermostat-1/availability", |message| message.payload == b"online");
    let mut house = House { client, hub, sim, place, stick };
    house.sim.tell("report thermostat-1 occupied_heating_setpoint 1650");
    house.state("thermostat-1", |state| state["occupied_heating_setpoint"] == 16.5 && !old(state));
    house.set("thermostat-1", r#"{"occupied_heating_setpoint": 21, "transaction": 2}"#);
    house.outcome("thermostat-1", 2, "done");
    let joins = house.hub.events().iter().filter(|event| event["event"] == "joined").count();
    assert_eq!(joins, 2, "each device joined once");
}

#[test]
fn a_stick_can_be_pulled_out_and_put_back() {
    let mut house = House::furnished(PAIR, "--instant --bolt-ms 50");
    let pid = house.hub.pid();
    let House { mut client, hub, sim, place, stick } = house;
    sim.unplug();
    client.json("hearth/bridge/info", |info| info["adapters"][0]["status"] == "offline");
    for name in ["thermostat-1", "lock-1"] {
        client.message(&format!("hearth/{name}/availability"), |message| message.payload == b"offline");
    }
    // What changes who can get in does not wait for a stick to come back (invariant 10).
    client.publish("hearth/lock-1/set", r#"{"state": "UNLOCK", "transaction": 1}"#);
    let refused = client.json("hearth/lock-1/set/result", |result| result["transaction"] == 1);
    assert_eq!(refused["status"], "failed", "{refused}");
    assert!(refused["error"].as_str().unwrap().contains("offline"), "{refused}");

    let sim = stick.plug_in();
    client.json("hearth/bridge/info", |info| info["adapters"][0]["status"] == "online");
    for name in ["thermostat-1", "lock-1"] {
        client.message(&format!("hearth/{name}/availability"), |message| message.payload == b"online");
    }
    house = House { client, hub, sim, place, stick };
    house.set("thermostat-1", r#"{"occupied_heating_setpoint": 23, "transaction": 2}"#);
    house.outcome("thermostat-1", 2, "done");
    house.set("lock-1", r#"{"state": "UNLOCK", "transaction": 3}"#);
    house.outcome("lock-1", 3, "done");
    assert!(house.hub.is_running() && house.hub.pid() == pid);
    let events = house.hub.events();
    let count = |word| events.iter().filter(|event| event["event"] == word).count();
    assert_eq!(count("adapter_offline"), 1, "{events:?}");
    let refused_moves = events.iter().filter(|e| e["event"] == "bolt" && e["to"] == "unlocked").count();
    assert_eq!(refused_moves, 1, "the refused command was not carried out later");
}

#[test]
fn a_clean_end_says_goodbye() {
    let House { mut client, hub, .. } = House::empty(PAIR, "--instant");
    assert!(hub.stop().success());
    client.json("hearth/bridge/state", |state| state["state"] == "offline");
}
