//! From an empty network to a device that works, with MQTT topics alone.

use serde_json::json;

use crate::support::house::{House, Kit};

#[test]
fn devices_join_over_mqtt_alone() {
    let mut house = House::empty(Kit { thermostats: 1, locks: 1, ..Kit::default() }, "--instant");
    house.client.json("hearth/bridge/devices", |devices| *devices == json!([]));

    let answer = house.try_request("permit_join", &json!({"time": 120, "transaction": "t1"}));
    assert_eq!(answer, json!({"data": {"time": 120}, "status": "ok", "transaction": "t1"}));
    let info = house.client.json("hearth/bridge/info", |info| info["permit_join"] == true);
    assert!((1..=120).contains(&info["permit_join_seconds"].as_u64().unwrap()), "{info}");

    let joined = house.client.json("hearth/bridge/event", |event| event["type"] == "device_joined");
    let ieee = joined["data"]["ieee_address"].as_str().unwrap().to_owned();
    assert_eq!((ieee.len(), &ieee[..2]), (18, "0x"), "{ieee}");
    house.client.json("hearth/bridge/event", |event| {
        event["type"] == "device_interview" && event["data"]["status"] == "successful"
    });
    let devices = house.client.json("hearth/bridge/devices", |devices| {
        let devices = devices.as_array().unwrap();
        devices.len() == 2 && devices.iter().all(|device| device["interview_completed"] == true)
    });
    for device in devices.as_array().unwrap() {
        let name = device["ieee_address"].as_str().unwrap();
        assert_eq!(device["friendly_name"], name, "an address is the name until there is another");
        assert!(device["manufacturer"].is_string() && device["model_id"].is_string(), "{device}");
        assert_eq!(device["supported"], true, "{device}");
        house.client.message(&format!("hearth/{name}/availability"), |message| message.payload == b"online");
    }

    assert_eq!(house.request("permit_join", &json!({"time": 0})), json!({"time": 0}));
    house.client.json("hearth/bridge/info", |info| info["permit_join"] == false);
}

#[test]
fn a_joined_device_tells_its_values() {
    let kit = Kit { thermostats: 1, locks: 1, sensors: 1, contacts: 1 };
    let mut house = House::furnished(kit, "--instant");
    house.state("thermostat-1", |state| {
        ["local_temperature", "occupied_heating_setpoint", "system_mode", "battery"]
            .iter()
            .all(|key| !state[key].is_null())
            && state["linkquality"].is_u64()
            && state["last_seen"].is_string()
    });
    house.state("lock-1", |state| state["lock_state"] == "locked" || state["lock_state"] == "unlocked");
    house.state("sensor-1", |state| !state["temperature"].is_null() && !state["humidity"].is_null());
    house.state("contact-1", |state| state["contact"].is_boolean());
    let limits = &house.hub.device("thermostat-1")["limits"];
    assert!(limits["min"].as_f64() < limits["max"].as_f64(), "{limits}");
}
