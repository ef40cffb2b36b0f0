//! Commands that stay: `watch` and `permit-join`.

use serde_json::{Value, json};

use super::fake::{Fake, Seat, devices};

/// The `index`-th device with some fields changed.
fn changed(index: usize, fields: &Value) -> Value {
    let mut device = devices()[index].clone();
    for (key, value) in fields.as_object().unwrap() {
        device[key] = value.clone();
    }
    json!({"change": "device", "device": device})
}

#[test]
fn watching_tells_what_is_new() {
    let mut state = devices()[0]["state"].clone();
    state["local_temperature"] = json!(21.7);
    state["linkquality"] = json!(80);
    let changes = [
        changed(0, &json!({})),
        changed(0, &json!({"state": state, "last_seen": "2026-11-23T18:01:00.000Z"})),
        changed(1, &json!({"available": true, "interview": "done", "interview_step": null})),
        json!({"change": "removed", "name": "gone", "ieee": "0x0000000000000009"}),
        json!({"change": "event", "event": {"text": "door: jammed"}}),
        json!({"change": "adapter", "adapter": {"name": "stick", "status": "offline", "reason": "unplugged"}}),
        json!({"change": "permit_join", "adapter": "stick", "seconds": 60}),
        json!({"change": "missed", "lines": 3}),
        json!({"change": "something of tomorrow"}),
    ];
    let hub = Fake::new(json!({"devices": devices()}), &changes);
    let ran = hub.hearth("watch");
    let expected = "\
Küche: local_temperature 21.7
front\u{fffd}[2Jdoor: available yes
front\u{fffd}[2Jdoor: interview done
front\u{fffd}[2Jdoor: interview_step -
gone: removed
event: door: jammed
adapter stick: offline, unplugged
adapter stick: devices may join for 60 s
3 changes were missed: this reader is too slow
";
    assert_eq!(ran.out.lines().collect::<Vec<_>>(), expected.lines().collect::<Vec<_>>());
    assert_eq!(ran.code, 69, "the daemon hung up");

    let lines: Vec<Value> = hub.hearth("watch --json").out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines, changes);
}

#[test]
fn joining_is_shown_until_the_last_interview_ends() {
    let new = |interview: &str, step: Value| {
        changed(
            0,
            &json!({"ieee": "0x0000000000000003", "name": "0x0000000000000003", "interview": interview, "interview_step": step}),
        )
    };
    let open = |adapter: &str, seconds: u64| json!({"change": "permit_join", "adapter": adapter, "seconds": seconds});
    let changes = [
        open("stick", 60),
        open("attic", 60),
        changed(0, &json!({})),
        new("waiting", Value::Null),
        new("running", json!("endpoints")),
        new("running", json!("endpoints")),
        open("attic", 0),
        open("stick", 0),
        new("running", json!("basic")),
        new("done", Value::Null),
        json!({"change": "event", "event": {"text": "after the end"}}),
    ];
    let hub = Fake::new(json!({"devices": devices(), "permit-join": {"seconds": 60}}), &changes);
    let person = Seat { is_read: true, ..Seat::default() };
    let ran = hub.hearth_at("permit-join 60", person);
    let expected = [
        "0x0000000000000003: joined",
        "0x0000000000000003: interview waiting",
        "0x0000000000000003: interview running, endpoints",
        "0x0000000000000003: interview running, basic",
        "0x0000000000000003: ready, Acme TRV-1, 21.5 °C, target 20 °C (soon 21), heat, heating, from before the restart",
        "the network is closed; new devices: 1",
    ];
    assert_eq!(ran.out.lines().skip(1).collect::<Vec<_>>(), expected, "{}", ran.err);
    assert_eq!(ran.code, 0);
    let verbs: Vec<_> = hub.questions().as_array().unwrap().iter().map(|q| q["verb"].clone()).collect();
    assert_eq!(verbs, ["watch", "devices", "permit-join"]);

    assert_eq!(hub.hearth_at("permit-join 60 --no-wait", person).out, "devices may join for 60 s\n");
    assert_eq!(hub.hearth("permit-join 60 --wait").out, ran.out);
}

#[test]
fn a_refusal_ends_the_joining() {
    let refusal = json!({"status": "error", "kind": "unavailable", "error": "the adapter stick is offline"});
    let hub = Fake::new(json!({"devices": [], "permit-join": refusal}), &[]);
    let ran = hub.hearth("permit-join 60 --wait");
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (69, "", "hearth: the adapter stick is offline\n"));
}
