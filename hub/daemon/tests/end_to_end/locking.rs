//! A door: what the lock says counts, a PIN opens and never shows, and what is unclear is called unclear.

use serde_json::{Value, json};

use crate::support::house::{House, Kit};
use crate::support::until;

const ONE: Kit = Kit { thermostats: 0, locks: 1, sensors: 0, contacts: 0 };

fn act(house: &mut House, transaction: u64, body: &Value) {
    house.set_as(transaction, "lock-1", body);
}

/// How often the lock itself moved, according to the hub's log.
fn moves(house: &House) -> Vec<(String, String)> {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let events = house.hub.events();
    events.iter().filter(|event| event["event"] == "bolt").map(|e| (word(&e["from"]), word(&e["to"]))).collect()
}

#[test]
fn a_lock_is_locking_until_it_says_locked() {
    let mut house = House::furnished(ONE, "--bolt-ms 400");
    act(&mut house, 1, &json!({"state": "UNLOCK"}));
    house.state("lock-1", |state| state["lock_state"] == "unlocking" && state["state"].is_null());
    house.state("lock-1", |state| state["lock_state"] == "unlocked" && state["state"] == "UNLOCK");
    house.outcome("lock-1", 1, "done");
    act(&mut house, 2, &json!({"state": "LOCK"}));
    house.state("lock-1", |state| state["lock_state"] == "locking");
    house.state("lock-1", |state| state["lock_state"] == "locked" && state["state"] == "LOCK");
    house.outcome("lock-1", 2, "done");
    let moved = moves(&house);
    let expected = [("locked", "unlocked"), ("unlocked", "locked")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert!(moved.ends_with(&expected), "{moved:?}");

    let asked: Vec<_> = house.hub.events().into_iter().filter(|event| event["event"] == "commanded").collect();
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert!(asked.iter().all(|event| event["origin"].as_str().unwrap().contains("tester")), "{asked:?}");
}

#[test]
fn a_hand_at_the_door_is_seen() {
    let mut house = House::furnished(ONE, "--instant --bolt-ms 50");
    for (order, state) in [("unlock", "unlocked"), ("lock", "locked")] {
        house.sim.tell(&format!("manual lock-1 {order}"));
        house.state("lock-1", |shown| shown["lock_state"] == state);
        house.client.json("hearth/bridge/event", |event| event["type"] == order && event["data"]["source"] == "manual");
    }
}

#[test]
fn a_pin_opens_and_a_wrong_one_does_not() {
    let mut house = House::furnished(ONE, "--instant --bolt-ms 50");
    let secrets = ["48151623", "97531864"];
    act(&mut house, 1, &json!({"pin_code": {"user": 3, "pin_code": secrets[0]}}));
    house.outcome("lock-1", 1, "done");
    act(&mut house, 2, &json!({"state": "LOCK", "pin_code": secrets[0]}));
    house.outcome("lock-1", 2, "done");
    act(&mut house, 3, &json!({"state": "UNLOCK", "pin_code": secrets[1]}));
    let refused = house.outcome("lock-1", 3, "failed");
    assert_eq!(refused["error"], "the lock refused it", "{refused}");
    // The answer of the page and the terminal waits for the disk, as everything about a bolt does.
    until("a locked door", || (house.hub.device("lock-1")["state"]["lock_state"] == "locked").then_some(()));
    act(&mut house, 4, &json!({"state": "UNLOCK", "pin_code": secrets[0]}));
    house.outcome("lock-1", 4, "done");
    house.state("lock-1", |state| state["lock_state"] == "unlocked");
    act(&mut house, 5, &json!({"pin_code": {"user": 3, "pin_code": null}}));
    house.outcome("lock-1", 5, "done");

    // Nowhere but in our own commands, which we hear as well, and in the frame to the lock (invariant 7).
    let said = house.client.take(|topic| !topic.ends_with("/set"));
    let said: Vec<_> = said.iter().map(|message| String::from_utf8_lossy(&message.payload)).collect();
    let events = Value::from(house.hub.events()).to_string();
    for secret in secrets {
        assert!(said.iter().all(|text| !text.contains(secret)), "on MQTT: {said:?}");
        assert!(!events.contains(secret), "in the events: {events}");
        assert!(!house.hub.said(secret), "in the log");
    }
}

#[test]
fn a_command_sent_again_moves_no_bolt() {
    let mut house = House::furnished(ONE, "--instant --bolt-ms 50");
    let unlock = json!({"state": "UNLOCK", "transaction": 1}).to_string();
    house.client.publish_acknowledged("hearth/lock-1/set", &unlock, false);
    house.outcome("lock-1", 1, "done");
    act(&mut house, 2, &json!({"state": "LOCK"}));
    house.outcome("lock-1", 2, "done");
    let before = moves(&house);

    // The first acknowledgement was lost, so the client sends it once more.
    house.client.publish_again("hearth/lock-1/set", &unlock);
    let error = house.client.json("hearth/lock-1/error", |_| true);
    assert!(error["error"].as_str().unwrap().contains("sent again"), "{error}");
    house.outcome("lock-1", 1, "failed");
    for (topic, payload) in [("set", "UNLOCK"), ("set/state", "UNLOCK"), ("set", r#"{"pin_code": {"user": 3}}"#)] {
        house.client.publish_again(&format!("hearth/lock-1/{topic}"), payload);
        house.client.json("hearth/lock-1/error", |error| error["error"].as_str().unwrap().contains("sent again"));
    }
    // What came after them was carried out, and they were not.
    act(&mut house, 3, &json!({"state": "LOCK"}));
    house.outcome("lock-1", 3, "done");
    assert_eq!(moves(&house), before);
    let asked = house.hub.events().into_iter().filter(|event| event["event"] == "commanded").count();
    assert_eq!(asked, 3);
}

#[test]
fn a_jammed_bolt_is_called_jammed() {
    let mut house = House::furnished(ONE, "--instant --bolt-ms 50");
    act(&mut house, 1, &json!({"state": "UNLOCK"}));
    house.outcome("lock-1", 1, "done");
    house.sim.tell("jam lock-1 on");
    act(&mut house, 2, &json!({"state": "LOCK"}));
    let failed = house.outcome("lock-1", 2, "failed");
    assert!(failed["error"].is_string(), "{failed}");
    house.client.json("hearth/bridge/event", |event| event["type"] == "jammed");
    house.state("lock-1", |state| state["lock_state"] == "jammed");
    until("a jam that stays", || (house.hub.device("lock-1")["state"]["lock_state"] == "jammed").then_some(()));

    house.sim.tell("jam lock-1 off");
    act(&mut house, 3, &json!({"state": "LOCK"}));
    house.state("lock-1", |state| state["lock_state"] == "locked");
    house.outcome("lock-1", 3, "done");
}

/// The lock's codes, once they are as wanted.
fn codes(house: &House, is_so: impl Fn(&Value) -> bool) -> Value {
    until("the codes", || {
        Some(house.hub.ask(&json!({"verb": "code-list", "name": "lock-1"}))).filter(|told| is_so(told))
    })
}

#[test]
fn what_is_in_a_locks_slots_is_kept_and_what_differs_is_shown() {
    let house = House::furnished(ONE, "--instant --bolt-ms 50");
    let about = |verb: &str, more: Value| {
        let mut question = json!({"verb": verb, "name": "lock-1"});
        question.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        question
    };
    let ask = |house: &House, verb: &str, more: Value| house.hub.ask(&about(verb, more));
    let none = codes(&house, |told| told["codes"] == json!([]));
    assert_eq!(none["slots"], Value::Null, "nobody asked yet");

    assert_eq!(ask(&house, "code-put", json!({"slot": 3, "pin": "48151623", "whose": "Anna"}))["outcome"], "done");
    let is = |hub: &str, lock: &str, drift: Value| json!([{"slot": 3, "name": "Anna", "hub": hub, "lock": lock, "drift": drift}]);
    codes(&house, |told| told["codes"] == is("enabled", "enabled", Value::Null));
    assert_eq!(ask(&house, "code-disable", json!({"slot": 3}))["outcome"], "done");
    codes(&house, |told| told["codes"] == is("disabled", "disabled", Value::Null));
    assert_eq!(ask(&house, "code-enable", json!({"slot": 3}))["outcome"], "done");
    // Another PIN at the keypad, and a stranger's in another slot.
    house.sim.tell("program lock-1 3 97531864");
    codes(&house, |told| told["codes"] == is("enabled", "enabled", json!("changed")));
    house.sim.tell("program lock-1 5 11112222");
    codes(&house, |told| told["codes"][1]["drift"] == "foreign");
    // All slots, and all of it after a kill.
    assert_eq!(ask(&house, "code-check", json!({}))["outcome"], "done");
    let before = codes(&house, |told| told["checking"] == false);
    assert_eq!((&before["slots"], &before["pin_min"]), (&json!(10), &json!(4)), "{before}");
    let house = house.restart(crate::support::hub::Hub::kill);
    let after = codes(&house, |told| told["codes"].as_array().is_some_and(|codes| codes.len() == 2));
    assert_eq!(before, after);
    assert_eq!(ask(&house, "code-remove", json!({"slot": 3}))["outcome"], "done");
    codes(&house, |told| told["codes"].as_array().is_some_and(|codes| codes.len() == 1));
}
