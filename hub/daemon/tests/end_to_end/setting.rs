//! `set` and `get`: what is asked for is done, said and reported; what makes no sense is refused and harms nothing.

use serde_json::json;

use crate::support::house::{House, Kit};

const ONE: Kit = Kit { thermostats: 1, locks: 0, sensors: 0, contacts: 0 };

#[test]
fn a_set_is_accepted_done_and_reported() {
    let mut house = House::furnished(ONE, "--instant");
    house.set("thermostat-1", r#"{"occupied_heating_setpoint": 21.5, "transaction": 7}"#);
    let results = "hearth/thermostat-1/set/result";
    let expected = |status| json!({"key": "occupied_heating_setpoint", "status": status, "transaction": 7});
    assert_eq!(house.client.json(results, |_| true), expected("accepted"));
    assert_eq!(house.client.json(results, |result| result["status"] != "pending"), expected("done"));
    house.state("thermostat-1", |state| state["occupied_heating_setpoint"] == 21.5 && state["pending"].is_null());

    // A bare value means the one thing that a device is for; a key may stand in the topic.
    house.set("thermostat-1", "19.5");
    house.state("thermostat-1", |state| state["occupied_heating_setpoint"] == 19.5);
    house.client.publish("hearth/thermostat-1/set/system_mode", "off");
    house.state("thermostat-1", |state| state["system_mode"] == "off");
    house.set("thermostat-1", r#"{"system_mode": "heat", "occupied_heating_setpoint": "20"}"#);
    house.state("thermostat-1", |state| state["system_mode"] == "heat" && state["occupied_heating_setpoint"] == 20);

    let device = house.sim.device("thermostat-1");
    assert_eq!(device["attributes"]["0201/0012"], 2000, "the device itself has it: {device}");
}

#[test]
fn a_report_reaches_mqtt_and_the_history() {
    let mut house = House::furnished(ONE, "--instant");
    for (said, shown) in [(1875, 18.75), (-325, -3.25)] {
        house.sim.tell(&format!("report thermostat-1 local_temperature {said}"));
        house.state("thermostat-1", |state| state["local_temperature"] == shown);
    }
    let question = json!({
        "verb": "history", "name": "thermostat-1", "key": "local_temperature", "since_seconds": 3600,
    });
    let history = house.hub.ask(&question);
    let values: Vec<_> = history["samples"].as_array().unwrap().iter().map(|sample| &sample[1]).collect();
    assert!(values.ends_with(&[&json!(18.75), &json!(-3.25)]), "{history}");
}

#[test]
fn a_get_asks_the_device() {
    let mut house = House::furnished(ONE, "--instant");
    house.client.take(|_| true);
    house.client.publish("hearth/thermostat-1/get", "");
    house.state("thermostat-1", |state| state["local_temperature"].is_number());
    house.client.publish("hearth/nobody/get", "");
    house.client.json("hearth/nobody/error", |error| error["error"].as_str().unwrap().contains("nobody"));
}

#[test]
fn a_sleeping_device_is_waited_for() {
    let mut house = House::furnished(ONE, "--poll-ms 3000");
    house.set("thermostat-1", r#"{"occupied_heating_setpoint": 17, "transaction": 1}"#);
    house.outcome("thermostat-1", 1, "accepted");
    house.state("thermostat-1", |state| state["pending"]["occupied_heating_setpoint"] == 17);
    house.outcome("thermostat-1", 1, "done");
    house.state("thermostat-1", |state| state["occupied_heating_setpoint"] == 17 && state["pending"].is_null());
}

#[test]
fn the_newest_of_many_sets_wins() {
    let mut house = House::furnished(ONE, "--poll-ms 1000");
    for value in 10..=20 {
        house.set("thermostat-1", &json!({"occupied_heating_setpoint": value, "transaction": value}).to_string());
    }
    for value in 10..20 {
        let end = house.client.json("hearth/thermostat-1/set/result", |result| {
            result["transaction"] == value && (result["status"] == "done" || result["status"] == "failed")
        });
        assert!(end["status"] == "done" || end["error"].as_str().unwrap().contains("newer"), "{end}");
    }
    house.outcome("thermostat-1", 20, "done");
    house.state("thermostat-1", |state| state["occupied_heating_setpoint"] == 20);
}

#[test]
fn what_makes_no_sense_is_refused_and_harms_nothing() {
    let mut house = House::furnished(ONE, "--instant");
    house.set("thermostat-1", r#"{"occupied_heating_setpoint": 20, "transaction": 0}"#);
    house.outcome("thermostat-1", 0, "done");

    let not_understood: [&[u8]; 7] = [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"\xff\xfe",
        br#"{"colour": 1}"#,
        br#"{"occupied_heating_setpoint": "warm", "system_mode": "heat"}"#,
    ];
    for payload in not_understood {
        house.client.publish("hearth/thermostat-1/set", payload);
        house.client.json("hearth/thermostat-1/error", |error| error["error"].is_string());
    }
    house.set("thermostat-1", r#"{"colour": 1, "transaction": 1}"#);
    house.outcome("thermostat-1", 1, "failed");
    // Understood, and not for this device.
    for (transaction, body) in [(2, json!({"occupied_heating_setpoint": 99})), (3, json!({"state": "UNLOCK"}))] {
        house.set_as(transaction, "thermostat-1", &body);
        let result = house.outcome("thermostat-1", transaction, "failed");
        assert!(result["error"].is_string(), "{result}");
    }
    house.set("nobody", "21");
    house.client.json("hearth/nobody/error", |error| error["error"].as_str().unwrap().contains("nobody"));
    assert_eq!(house.hub.device("thermostat-1")["state"]["occupied_heating_setpoint"], 20);
}

#[test]
fn a_retained_set_is_never_followed() {
    let mut house = House::furnished(ONE, "--instant");
    house.set("thermostat-1", r#"{"occupied_heating_setpoint": 20, "transaction": 1}"#);
    house.outcome("thermostat-1", 1, "done");
    house.client.publish_acknowledged("hearth/thermostat-1/set", r#"{"occupied_heating_setpoint": 25}"#, true);
    let error = house.client.json("hearth/thermostat-1/error", |_| true);
    assert!(error["error"].as_str().unwrap().contains("retain"), "{error}");

    let mut house = house.restart(|hub| assert!(hub.stop().success()));
    house.client.json("hearth/bridge/info", |info| info["adapters"][0]["status"] == "online");
    house.set("thermostat-1", r#"{"occupied_heating_setpoint": 19, "transaction": 2}"#);
    house.outcome("thermostat-1", 2, "done");
    let said = house.client.take(|_| true);
    assert!(said.iter().all(|message| message.topic != "hearth/thermostat-1/set" || !message.retained), "{said:?}");
    assert_eq!(house.hub.device("thermostat-1")["state"]["occupied_heating_setpoint"], 19);
}
