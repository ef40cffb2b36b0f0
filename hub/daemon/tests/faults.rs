//! What goes wrong between hub and devices, and that nothing is lost, doubled or stalled by it. How long it takes is
//! the bench's question (`benches/peer`).

#![expect(clippy::indexing_slicing, reason = "helpers of a test are test code, which clippy can't tell")]

mod support;

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use support::house::{House, Kit};
use support::hub::Hub;
use support::until;

const TEN: Kit = Kit { thermostats: 10, locks: 0, sensors: 0, contacts: 0 };

/// How often a hand turns the knob of the door.
const TURNS: usize = 20;

/// Sets each of ten thermostats six times, each time after the one before has ended; returns what was not done.
fn sixty_setpoints(house: &mut House) -> Vec<Value> {
    let mut lost = Vec::new();
    for round in 0..6 {
        for device in 1..=10 {
            let body = json!({"occupied_heating_setpoint": 10 + round});
            house.set_as(round * 10 + device, &format!("thermostat-{device}"), &body);
        }
        for device in 1..=10 {
            let topic = format!("hearth/thermostat-{device}/set/result");
            let end = house.client.json(&topic, |result| {
                result["transaction"] == round * 10 + device
                    && (result["status"] == "done" || result["status"] == "failed")
            });
            if end["status"] != "done" {
                lost.push(end);
            }
        }
    }
    for device in 1..=10 {
        house.state(&format!("thermostat-{device}"), |state| state["occupied_heating_setpoint"] == 15);
    }
    lost
}

fn survives(fault: &str) {
    let mut house = House::furnished(TEN, "--instant");
    house.sim.tell(&format!("fault {fault}"));
    let lost = sixty_setpoints(&mut house);
    assert!(lost.is_empty(), "{fault}: {lost:#?}");
    assert!(house.hub.is_running());
}

#[test]
fn flipped_bytes_lose_no_setpoint() {
    survives("flip=0.02");
}

#[test]
fn lost_answers_of_the_adapter_lose_no_setpoint() {
    survives("drop-srsp=0.02");
}

#[test]
fn lost_confirms_lose_no_setpoint() {
    survives("drop-confirm=0.05");
}

#[test]
fn split_and_doubled_frames_change_nothing_twice() {
    let mut house = House::furnished(Kit { locks: 1, ..TEN }, "--instant --bolt-ms 50");
    for fault in ["split", "double=0.3", "jitter=3"] {
        house.sim.tell(&format!("fault {fault}"));
    }
    assert_eq!(sixty_setpoints(&mut house), Vec::<Value>::new());
    for turn in 0..TURNS {
        let (order, state) = if turn % 2 == 0 { ("unlock", "unlocked") } else { ("lock", "locked") };
        house.sim.tell(&format!("manual lock-1 {order}"));
        house.state("lock-1", |shown| shown["lock_state"] == state);
    }
    let turned = |events: &[Value]| events.iter().filter(|event| event["source"] == "manual").count();
    let events = until("all turns", || Some(house.hub.events()).filter(|events| turned(events) >= TURNS));
    assert_eq!(turned(&events), TURNS, "each turn of the knob is one event");
    let moves = events.iter().filter(|event| event["event"] == "bolt" && event["from"] != "unknown").count();
    assert_eq!(moves, TURNS, "each turn of the knob moves the bolt once");
}

/// Loses what the adapter says about an unlock, so that the hub can't know whether the lock heard it.
#[test]
fn an_unlock_is_never_sent_twice() {
    let mut house = House::furnished(Kit { locks: 1, ..Kit::default() }, "--instant --bolt-ms 400");
    let turns = 5;
    for number in 0..turns {
        let lost = if number % 2 == 0 { "drop-srsp" } else { "drop-confirm" };
        house.sim.tell(&format!("fault {lost}=1"));
        house.set_as(number, "lock-1", &json!({"state": "UNLOCK"}));
        until("the unlock at the lock", || (unlocks(&house) > number).then_some(()));
        house.sim.tell("fault none");
        house.outcome("lock-1", number, "done");
        house.sim.tell("manual lock-1 lock");
        house.state("lock-1", |shown| shown["lock_state"] == "locked");
    }
    assert_eq!(unlocks(&house), turns, "as many as were asked for");
}

/// How many unlocks the lock heard.
fn unlocks(house: &House) -> u64 {
    house.sim.device("lock-1")["diary"]["counts"]["0101/cluster/01"].as_u64().unwrap_or_default()
}

#[test]
fn a_dead_device_holds_up_nobody_else() {
    let mut house = House::furnished(TEN, "--instant");
    house.sim.tell("dead thermostat-1 on");
    house.set_as(100, "thermostat-1", &json!({"occupied_heating_setpoint": 25}));
    for device in 2..=10 {
        let name = format!("thermostat-{device}");
        house.set_as(device, &name, &json!({"occupied_heating_setpoint": 12}));
        house.outcome(&name, device, "done");
    }
    assert_ne!(house.hub.device("thermostat-1")["state"]["occupied_heating_setpoint"], 25, "it did not say so");
    house.sim.tell("dead thermostat-1 off");
    house.set_as(101, "thermostat-1", &json!({"occupied_heating_setpoint": 26}));
    house.state("thermostat-1", |state| state["occupied_heating_setpoint"] == 26);
}

/// Works again after `trouble`, in the same process.
fn recovers(trouble: impl FnOnce(&mut House)) {
    let mut house = House::furnished(Kit { locks: 1, ..TEN }, "--instant --bolt-ms 50");
    trouble(&mut house);
    until("a setpoint that is set", || {
        let set = json!({"verb": "set", "name": "thermostat-3", "key": "occupied_heating_setpoint", "value": "13"});
        house.hub.try_ask(&set).ok().filter(|answer| answer["outcome"] == "done")
    });
    until("a bolt that moves", || house.hub.try_ask(&json!({"verb": "unlock", "name": "lock-1"})).ok());
    assert!(house.hub.is_running());
    let all_there = || (house.hub.status()["devices"] == json!({"total": 11, "available": 11})).then_some(());
    until("all devices are there", all_there);
}

#[test]
fn a_silent_stick_works_when_it_speaks_again() {
    recovers(|house| {
        house.sim.tell("stall 4");
        house.set("thermostat-1", "14");
        std::thread::sleep(Duration::from_secs(4));
    });
}

#[test]
fn a_stick_that_resets_by_itself_is_set_up_again() {
    recovers(|house| {
        house.sim.tell("reset");
        house.set("thermostat-1", "14");
    });
}

/// A number below `limit` that is another one each time.
fn chance(limit: u64) -> u64 {
    u64::from(support::now().subsec_micros()) % limit
}

/// All lock events that MQTT was told of, as they stand in the log.
fn acknowledged(house: &mut House) -> BTreeSet<String> {
    let said = house.client.take(|topic| topic == "hearth/bridge/event");
    let entry = |message: &support::client::Message| {
        let data = message.json()["data"].take();
        (data["source"] == "manual").then(|| format!("{} {} {}", data["at"], data["ieee"], data["event"]))
    };
    said.iter().filter_map(entry).collect()
}

#[test]
fn no_acknowledged_lock_event_is_lost_by_kill_9() {
    let mut house = House::furnished(Kit { locks: 1, ..TEN }, "--instant --bolt-ms 0");
    let mut told = 0;
    for _ in 0..20 {
        house.sim.tell("burst 200 2");
        let end = support::now() + Duration::from_millis(50 + chance(800));
        let mut locked = false;
        while support::now() < end {
            house.sim.tell(&format!("manual lock-1 {}", if locked { "lock" } else { "unlock" }));
            locked = !locked;
            std::thread::sleep(Duration::from_millis(chance(12)));
        }
        let acknowledged = acknowledged(&mut house);
        told += acknowledged.len();
        house = house.restart(Hub::kill);
        let kept: BTreeSet<_> = house
            .hub
            .events()
            .iter()
            .map(|event| format!("{} {} {}", event["at"], event["ieee"], event["event"]))
            .collect();
        let lost: Vec<_> = acknowledged.difference(&kept).collect();
        assert!(lost.is_empty(), "{lost:#?}");
        house.client.json("hearth/bridge/info", |info| info["adapters"][0]["status"] == "online");
    }
    assert!(told > 20, "there was something to lose: {told}");
}
