//! Hearth against an adapter that is not ours: `HEARTH_TEST_PORT=/dev/pts/7 cargo test -p hearthd --test any_coordinator -- --ignored`.
//!
//! The port may be a real stick, or somebody else's simulator. It is to be without a network, with a thermostat and a lock
//! ready to join within a minute. Everything happens through MQTT topics alone: form, permit join, interview, set, report.

mod support;

use serde_json::{Value, json};

use support::hub::{Hub, Place};

#[test]
#[ignore = "needs an adapter that is not ours on HEARTH_TEST_PORT"]
fn an_adapter_that_is_not_ours_is_driven_from_mqtt_alone() {
    let port =
        std::env::var("HEARTH_TEST_PORT").expect("HEARTH_TEST_PORT names the port of an adapter without a network");
    let place = Place::new(&port);
    let hub = Hub::start(&place);
    hub.add_user();
    let mut client = hub.listener();
    let info = client.json("hearth/bridge/info", |info| info["adapters"][0]["status"] == "online");
    eprintln!("formed: {}", info["adapters"][0]);

    client.publish("hearth/bridge/request/permit_join", json!({"time": 120}).to_string());
    let has = |devices: &Value, what: &str| {
        let devices = devices.as_array().unwrap();
        let of_kind = |device: &&Value| device["capabilities"].as_array().unwrap().contains(&json!(what));
        devices.iter().find(of_kind).filter(|device| device["interview_completed"] == true).cloned()
    };
    let devices =
        client.json("hearth/bridge/devices", |all| has(all, "thermostat").is_some() && has(all, "lock").is_some());
    let name = |what: &str| has(&devices, what).unwrap()["friendly_name"].as_str().unwrap().to_owned();
    let (valve, lock) = (name("thermostat"), name("lock"));
    eprintln!("interviewed: {devices}");

    client.publish(
        &format!("hearth/{valve}/set"),
        json!({"occupied_heating_setpoint": 23.5, "transaction": 1}).to_string(),
    );
    client.json(&format!("hearth/{valve}/set/result"), |result| result["status"] == "done");
    client.json(&format!("hearth/{valve}"), |state| state["occupied_heating_setpoint"] == 23.5);
    eprintln!("set and reported: {valve}");

    for (word, state) in [("UNLOCK", "unlocked"), ("LOCK", "locked")] {
        client.publish(&format!("hearth/{lock}/set"), json!({"state": word, "transaction": word}).to_string());
        client.json(&format!("hearth/{lock}/set/result"), |result| {
            result["transaction"] == word && result["status"] == "done"
        });
        client.json(&format!("hearth/{lock}"), |seen| seen["lock_state"] == state);
        eprintln!("{word} done and reported: {lock}");
    }
}
