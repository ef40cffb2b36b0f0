//! Who else talks to the hub: Home Assistant's discovery, mosquitto's clients, a browser, the command line's socket.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::house::{House, Kit};
use crate::support::hub::{PASSWORD, USER, tcp};

const ALL: Kit = Kit { thermostats: 1, locks: 1, sensors: 1, contacts: 1 };

#[test]
fn home_assistant_finds_every_entity() {
    let mut house = House::furnished(ALL, "--instant --bolt-ms 50");
    house.state("sensor-1", |state| !state["humidity"].is_null());
    let mut late = house.hub.client();
    late.subscribe("homeassistant/#");
    let (thermostat, lock) = (house.ieee("thermostat-1"), house.ieee("lock-1"));
    let climate = late.message(&format!("homeassistant/climate/{thermostat}/climate/config"), |_| true);
    assert!(climate.retained);
    let climate = climate.json();
    assert_eq!(climate["temperature_state_topic"], "hearth/thermostat-1");
    assert_eq!(climate["device"]["name"], "thermostat-1");
    assert!(climate["min_temp"].as_f64() < climate["max_temp"].as_f64(), "{climate}");
    let door = late.json(&format!("homeassistant/lock/{lock}/lock/config"), |_| true);
    assert_eq!((&door["command_topic"], &door["optimistic"]), (&json!("hearth/lock-1/set"), &json!(false)));
    for (name, component, key) in [("sensor-1", "sensor", "humidity"), ("contact-1", "binary_sensor", "contact")] {
        let config = late.json(&format!("homeassistant/{component}/{}/{key}/config", house.ieee(name)), |_| true);
        assert_eq!(config["state_topic"], format!("hearth/{name}"));
    }
    late.ping();
    late.take(|_| true);

    // Nobody but the hub tells Home Assistant what there is, with or without a node in the topic.
    for topic in ["homeassistant/lock/forged/config".to_owned(), format!("homeassistant/lock/{lock}/lock/config")] {
        house.client.publish_acknowledged(&topic, "{}", true);
    }
    house.client.publish_acknowledged("homeassistant/lock/forged/other", "{}", true);
    late.message("homeassistant/lock/forged/other", |_| true);
    assert_eq!(late.take(|_| true), [], "a forged entity");

    // When Home Assistant starts, it says so and is told everything again.
    late.publish("homeassistant/status", "online");
    let mut ids = BTreeSet::new();
    for topic in
        [format!("homeassistant/climate/{thermostat}/climate/config"), format!("homeassistant/lock/{lock}/lock/config")]
    {
        let config = late.json(&topic, Value::is_object);
        assert!(ids.insert(config["unique_id"].to_string()), "an id is there once: {config}");
    }
}

#[test]
fn mosquittos_clients_work() {
    let house = House::furnished(Kit { thermostats: 1, ..Kit::default() }, "--instant --bolt-ms 50");
    let mosquitto = |program: &str| {
        let mut command = Command::new(program);
        command.args(["-h", "127.0.0.1", "-p", &house.hub.mqtt.to_string(), "-u", USER, "-P", PASSWORD]);
        command
    };
    let mut publish = mosquitto("mosquitto_pub");
    publish.args(["-q", "1", "-t", "hearth/thermostat-1/set", "-m", "24.5"]);
    assert!(publish.status().expect("mosquitto-clients is installed").success());
    crate::support::until("the setpoint", || {
        (house.hub.device("thermostat-1")["state"]["occupied_heating_setpoint"] == 24.5).then_some(())
    });
    for version in ["mqttv311", "mqttv5"] {
        let mut subscribe = mosquitto("mosquitto_sub");
        subscribe.args(["-V", version, "-C", "1", "-W", "30", "-t", "hearth/thermostat-1"]);
        let said = subscribe.output().unwrap();
        let state: Value = serde_json::from_slice(&said.stdout).unwrap_or_else(|error| panic!("{error}: {said:?}"));
        assert_eq!(state["occupied_heating_setpoint"], 24.5, "{version}");
    }
    // Nobody but the hub says how the house is.
    let mut forge = mosquitto("mosquitto_pub");
    forge.args(["-q", "1", "-r", "-t", "hearth/thermostat-1", "-m", r#"{"occupied_heating_setpoint": 5}"#]);
    forge.status().unwrap();
    let state = house.hub.client();
    drop(state);
    let mut late = house.hub.listener();
    assert_eq!(late.json("hearth/thermostat-1", |_| true)["occupied_heating_setpoint"], 24.5);
}

#[test]
fn a_wrong_password_opens_nothing() {
    let house = House::empty(Kit::default(), "--instant --bolt-ms 50");
    for (user, password) in [(USER, "not the password"), ("nobody", PASSWORD), ("", "")] {
        let refused = Client::try_connect(house.hub.mqtt, user, password).err();
        assert!(matches!(refused, Some(4 | 5)), "{user}: {refused:?}");
    }
    let login = json!({"user": USER, "password": "not the password"});
    assert_eq!(house.hub.web("POST", "/api/v1/session", None, Some(&login)).status, 401);
}

#[test]
fn the_page_shows_the_house_to_who_is_logged_in() {
    let mut house = House::furnished(Kit { thermostats: 1, ..Kit::default() }, "--instant --bolt-ms 50");
    let page = house.hub.web("GET", "/", None, None);
    assert_eq!(page.status, 200);
    assert!(page.body.contains("<html"), "{}", page.body);
    assert_eq!(house.hub.web("GET", "/api/v1/devices", None, None).status, 401);

    let login = json!({"user": USER, "password": PASSWORD});
    let session = house.hub.web("POST", "/api/v1/session", None, Some(&login));
    assert_eq!(session.status, 200, "{}", session.body);
    let cookie = session.cookie();
    let devices = house.hub.web("GET", "/api/v1/devices", Some(&cookie), None).json();
    assert_eq!(devices[0]["name"], "thermostat-1", "{devices}");

    let wish = json!({"occupied_heating_setpoint": 22.5});
    let answer = house.hub.web("POST", "/api/v1/devices/thermostat-1/set", Some(&cookie), Some(&wish));
    assert!((200..300).contains(&answer.status), "{} {}", answer.status, answer.body);
    house.state("thermostat-1", |state| state["occupied_heating_setpoint"] == 22.5);
    let metrics = house.hub.web("GET", "/metrics", Some(&cookie), None);
    assert_eq!(metrics.status, 200);
}

#[test]
fn the_socket_answers_the_command_line() {
    let mut house = House::furnished(ALL, "--instant --bolt-ms 50");
    let hub = &house.hub;
    let status = hub.status();
    assert_eq!(status["devices"], json!({"total": 4, "available": 4}), "{status}");
    assert_eq!(status["adapters"][0]["status"], "online", "{status}");
    assert_eq!(status["store"]["problem"], Value::Null, "{status}");
    let adapters = hub.ask(&json!({"verb": "adapters"}));
    assert_eq!(adapters["configured"][0]["name"], "stick", "{adapters}");

    let set = |value: &str| {
        let question =
            json!({"verb": "set", "name": "thermostat-1", "key": "occupied_heating_setpoint", "value": value});
        hub.try_ask(&question)
    };
    assert_eq!(set("19").unwrap()["outcome"], "done");
    assert_eq!(set("99").unwrap_err()["kind"], "invalid");
    assert_eq!(set("warm").unwrap_err()["kind"], "invalid");
    let rename = json!({"verb": "rename", "from": "thermostat-1", "to": "lock-1"});
    assert_eq!(hub.try_ask(&rename).unwrap_err()["kind"], "conflict");
    assert_eq!(hub.try_ask(&json!({"verb": "unlock", "name": "nobody"})).unwrap_err()["kind"], "not_found");
    assert_eq!(hub.ask(&json!({"verb": "unlock", "name": "lock-1"}))["outcome"], "done");
    assert_eq!(hub.ask(&json!({"verb": "refresh", "name": "thermostat-1"}))["outcome"], "done");
    assert_eq!(hub.try_ask(&json!({"verb": "no-such-verb"})).unwrap_err()["kind"], "invalid");

    let users = hub.ask(&json!({"verb": "mqtt-user-list"}));
    assert_eq!(users[0]["user"], USER, "{users}");
    let made = hub.ask(&json!({"verb": "mqtt-user-add", "user": "other", "preset": "admin"}));
    let password = made["password"].as_str().expect("a made-up password").to_owned();
    drop(Client::connect(hub.mqtt, "other", &password));
    hub.ask(&json!({"verb": "mqtt-user-remove", "user": "other"}));
    assert!(Client::try_connect(hub.mqtt, "other", &password).is_err());

    let events = hub.events();
    let words: BTreeSet<_> = events.iter().filter_map(|event| event["event"].as_str()).collect();
    for word in ["joined", "renamed", "adapter_online", "permit_join", "bolt", "commanded"] {
        assert!(words.contains(word), "{word} is not in {words:?}");
    }
    house.state("thermostat-1", |state| state["occupied_heating_setpoint"] == 19);
}

/// Invariant 8: bad input is an event, from every side, and the house goes on.
#[test]
fn garbage_from_every_side_stops_nothing() {
    let mut house = House::furnished(Kit { thermostats: 1, ..Kit::default() }, "--instant");
    let garbage: Vec<_> = (0..1024_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    for cut in [1, 100, 4096] {
        let bytes = &garbage[..cut];
        // Whoever is garbled may hang up before all is said.
        let _ = tcp(house.hub.mqtt).write_all(bytes);
        let _ = tcp(house.hub.http).write_all(bytes);
        let _ = house.hub.knock().write_all(bytes);
        for topic in ["set", "set/state", "get"] {
            house.client.publish(&format!("hearth/thermostat-1/{topic}"), bytes);
        }
        house.client.publish("hearth/bridge/request/device/rename", bytes);
    }
    house.sim.tell("fault flip=0.02");
    house.set_as(1, "thermostat-1", &json!({"occupied_heating_setpoint": 22}));
    house.outcome("thermostat-1", 1, "done");
    assert!(house.hub.is_running() && !house.hub.said("panicked"));
}

/// Invariant 4: without a policy there is nobody to speak to; every connection is one that came in.
#[test]
fn the_hub_opens_no_connection() {
    let house = House::furnished(Kit { thermostats: 1, locks: 1, ..Kit::default() }, "--instant --bolt-ms 0");
    let fds = std::fs::read_dir(format!("/proc/{}/fd", house.hub.pid())).unwrap();
    let open: BTreeSet<_> = fds.filter_map(|fd| std::fs::read_link(fd.unwrap().path()).ok()).collect();
    let mut seen = 0;
    for table in ["tcp", "tcp6"] {
        let table = std::fs::read_to_string(format!("/proc/{}/net/{table}", house.hub.pid())).unwrap_or_default();
        for line in table.lines().skip(1) {
            let words: Vec<_> = line.split_whitespace().collect();
            if open.contains(Path::new(&format!("socket:[{}]", words[9]))) {
                let port = u16::from_str_radix(words[1].rsplit(':').next().unwrap(), 16).unwrap();
                assert!([house.hub.mqtt, house.hub.http].contains(&port), "{line}");
                seen += 1;
            }
        }
    }
    assert!(seen >= 3, "two that listen and the test's own: {seen}");
}

#[test]
fn whoever_takes_every_place_at_the_socket_is_told_and_others_are_served_again_after() {
    let place = crate::support::hub::Place::new("tcp://127.0.0.1:9");
    let hub = crate::support::hub::Hub::start(&place);
    let idle: Vec<_> = (0..64).map(|_| hub.knock()).collect();
    let mut told = String::new();
    hub.knock().read_to_string(&mut told).unwrap();
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((&told["status"], &told["kind"]), (&json!("error"), &json!("unavailable")));
    drop(idle);
    crate::support::until("a place", || hub.try_ask(&json!({"verb": "status"})).ok());
}
