//! What can be asked of the bridge, and what it answers when it can't.

use serde_json::json;

use crate::support::house::{House, Kit};
use crate::support::until;

const ONE: Kit = Kit { thermostats: 1, locks: 0, sensors: 0, contacts: 0 };

#[test]
fn a_renamed_device_keeps_its_state_under_its_new_name() {
    let mut house = House::furnished(ONE, "--instant");
    let data = house.request("device/rename", &json!({"from": "thermostat-1", "to": "Küche links"}));
    assert_eq!(data, json!({"from": "thermostat-1", "to": "Küche links"}));
    for topic in ["hearth/thermostat-1", "hearth/thermostat-1/availability"] {
        house.client.message(topic, |message| message.payload.is_empty());
    }
    // Whoever comes now sees the new name alone.
    let mut late = house.hub.listener();
    late.subscribe("homeassistant/#");
    let state = late.json("hearth/Küche links", |_| true);
    assert!(state["occupied_heating_setpoint"].is_number(), "{state}");
    let climate = format!("homeassistant/climate/{}/climate/config", house.ieee("Küche links"));
    let config = late.json(&climate, |_| true);
    assert_eq!(config["temperature_command_topic"], "hearth/Küche links/set");
    late.ping();
    let old = late.take(|topic| topic.starts_with("hearth/thermostat-1"));
    assert_eq!(old, [], "nothing is kept under the old name");

    house.set("Küche links", "18.5");
    house.state("Küche links", |state| state["occupied_heating_setpoint"] == 18.5);
    let events = house.hub.events();
    assert!(events.iter().any(|event| event["event"] == "renamed" && event["to"] == "Küche links"), "{events:?}");
}

#[test]
fn a_removed_device_leaves_nothing_behind() {
    let mut house = House::furnished(Kit { thermostats: 2, ..ONE }, "--instant");
    let ieee = house.ieee("thermostat-1");
    house.request("device/remove", &json!({"id": "thermostat-1"}));
    house.client.json("hearth/bridge/devices", |devices| devices.as_array().unwrap().len() == 1);
    house.client.json("hearth/bridge/event", |event| {
        event["type"] == "device_leave" && event["data"]["ieee_address"] == ieee.as_str()
    });
    let mut late = house.hub.listener();
    late.subscribe("homeassistant/#");
    late.json("hearth/thermostat-2", |_| true);
    late.ping();
    let kept: Vec<_> = late.take(|topic| topic.contains("thermostat-1") || topic.contains(&ieee));
    assert!(kept.is_empty(), "{kept:?}");
    assert_eq!(house.hub.try_ask(&json!({"verb": "device", "name": ieee})).unwrap_err()["kind"], "not_found");
}

#[test]
fn mistakes_are_answered_with_their_transaction() {
    let mut house = House::furnished(Kit { thermostats: 2, ..ONE }, "--instant");
    let mistakes = [
        ("device/rename", json!({"from": "thermostat-1", "to": "thermostat-2"}), "taken"),
        ("device/rename", json!({"from": "nobody", "to": "x"}), "nobody"),
        ("device/rename", json!({"from": "thermostat-1", "to": "a/b"}), "/"),
        ("device/rename", json!({"from": "thermostat-1"}), "takes"),
        ("device/remove", json!({"id": "nobody"}), "nobody"),
        ("device/interview", json!({}), "takes"),
        ("permit_join", json!({"time": 255}), "254"),
        ("permit_join", json!({"time": -1}), "takes"),
        ("explode", json!({}), "known"),
    ];
    for (number, (verb, mut body, expected)) in mistakes.into_iter().enumerate() {
        body["transaction"] = number.into();
        let answer = house.try_request(verb, &body);
        assert_eq!((&answer["status"], &answer["transaction"]), (&json!("error"), &json!(number)), "{answer}");
        assert!(answer["error"].as_str().unwrap().contains(expected), "{verb} {body}: {answer}");
    }
}

#[test]
fn health_interview_and_backup_are_answered() {
    let mut house = House::furnished(ONE, "--instant");
    let answer = house.try_request("health_check", &json!({"transaction": "h"}));
    assert_eq!(answer, json!({"data": {"healthy": true}, "status": "ok", "transaction": "h"}));

    house.request("device/interview", &json!({"id": "thermostat-1"}));
    until("a finished interview", || (house.hub.device("thermostat-1")["interview"] == "done").then_some(()));

    let data = house.request("backup", &json!({}));
    let file = std::path::Path::new(data["file"].as_str().expect("a file's path"));
    assert!(std::fs::metadata(file).unwrap().len() > 0);
}
