//! The other promises that bytes can break: how many answers there are (G4), one a beat (G8), when they leave (G9), what is
//! not granted (G10), and no credential to speak unasked (G12).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use summary::Vendor;

use crate::ask::{self, Body};
use crate::course::{Question, STALE, wall};
use crate::door::{Sent, run};
use crate::hub::{Hub, PIN};
use crate::leak::{Leak, each};
use crate::pair::What;
use crate::random::Random;
use crate::say::say;
use crate::{PATIENCE, Worlds};

/// What a hub says to a body now, and whether anything may be done about it.
fn told(hub: &mut Hub<'_>, at: u64, body: &Body) -> (String, bool) {
    let said = say(hub, (at, at), body.vendor, &body.bytes);
    (String::from_utf8(said.body).unwrap(), !said.permitted.is_empty())
}

/// A question for the state of each endpoint, by what the owner calls it.
fn states(worlds: &Worlds, seed: u64) -> Vec<(String, Body)> {
    let (known, random) = (worlds.known(seed), &mut Random::new(1));
    let alexa = known.of(Vendor::Alexa).iter().map(|(alias, id)| {
        let body = ask::directive("Alexa", "ReportState", Some(id), &json!({}), random);
        (format!("alexa {alias}"), body)
    });
    let mut all: Vec<_> = alexa.collect();
    for (alias, id) in known.of(Vendor::Google) {
        all.push((format!("google {alias}"), ask::query(std::slice::from_ref(id), random)));
    }
    all
}

/// Words and steps of what is granted, and "unknown": no more can be heard, however houses differ. The time of the beat is
/// what every answer has.
#[test]
fn g4_of_an_endpoint_there_are_as_many_answers_as_its_grant_has_words() {
    let worlds = Worlds::new();
    let mut heard = BTreeMap::<_, BTreeSet<String>>::new();
    for seed in 0..PATIENCE / 2 {
        let course = worlds.course(seed);
        let states = states(&worlds, seed);
        let mut hub = Hub::new(course.scene);
        for step in &course.pair.houses[0] {
            hub.step(step);
            if !matches!(step.what, What::Look) {
                continue;
            }
            for (alias, body) in &states {
                let mut said: Value = serde_json::from_str(&told(&mut hub, step.at, body).0).unwrap();
                // The cadence is the audience's.
                each(&mut said, "timeOfSample", &mut |time| *time = Value::Null);
                each(&mut said, "uncertaintyInMilliseconds", &mut |time| *time = Value::Null);
                heard.entry(alias.clone()).or_default().insert(said.to_string());
            }
        }
    }
    let counts: Vec<_> = heard.iter().map(|(alias, said)| (alias.as_str(), said.len())).collect();
    let wanted = [
        ("alexa Air", 3),
        ("alexa Back door", 1),
        ("alexa Comfort", 4),
        ("alexa Doors", 3),
        ("alexa Heating", 1),
        ("alexa Lock up", 1),
        ("alexa Warmth", 10),
        ("alexa Window", 3),
        ("google Always", 2),
        ("google Boiler", 3),
        ("google Doors", 3),
        ("google Good night", 1),
        ("google Heating", 1),
    ];
    assert_eq!(counts, wanted, "{heard:#?}");
}

#[test]
fn g8_the_same_question_has_the_same_bytes_until_the_next_beat() {
    let worlds = Worlds::new();
    let mut most = 0;
    for seed in 0..100 {
        let course = worlds.course(seed);
        let cadence = course.scene.cadence * 1000;
        for (alias, body) in states(&worlds, seed) {
            let mut hub = Hub::new(course.scene);
            let mut heard = BTreeMap::<_, BTreeSet<_>>::new();
            for step in &course.pair.houses[0] {
                hub.step(step);
                heard.entry(step.at / cadence).or_default().insert(told(&mut hub, step.at, &body).0);
            }
            assert!(heard.values().all(|said| said.len() == 1), "seed {seed}, {alias}: {heard:#?}");
            most = most.max(heard.values().flatten().collect::<BTreeSet<_>>().len());
        }
    }
    assert!(most > 2, "nothing was said that changes");
}

/// All that is known of frames without opening them.
fn seen(frames: &[Sent]) -> Vec<(u64, usize)> {
    frames.iter().map(|sent| (sent.at, sent.length)).collect()
}

#[test]
fn g9_when_a_frame_leaves_depends_on_when_it_was_asked_for_and_on_nothing_else() {
    let worlds = Worlds::new();
    for seed in 0..PATIENCE {
        let course = worlds.course(seed);
        let [frames, others] = [0, 1].map(|house| run(&course, house, None));
        assert_eq!(seen(&frames), seen(&others), "seed {seed}");
        for sent in frames {
            assert_eq!((sent.length, sent.issued), (seal::FRAME, wall(sent.at)), "seed {seed}: {sent:?}");
            let after = if sent.vendor == Vendor::Alexa { 1_500 } else { 900 };
            let asked = |question: &Question| Some(question.id) == sent.answers && question.at + after == sent.at;
            let beat = sent.at % (course.scene.cadence * 1000);
            let back = course.outages.iter().any(|away| away.end == sent.at) && beat <= 10_000 + STALE;
            let at_its_time = match sent.answers {
                Some(_) => course.questions.iter().any(asked),
                None => beat == 10_000 || back,
            };
            assert!(at_its_time, "seed {seed}: {sent:?}");
        }
    }
}

#[test]
fn g9n_leaks_are_found_in_when_frames_leave_and_how_long_they_are() {
    let worlds = Worlds::new();
    let leaks = [Leak::Latency, Leak::AsSoonAsReady, Leak::AtOnce, Leak::Reconnect, Leak::Restart, Leak::FrameLength];
    for leak in leaks {
        let differ = |seed: &u64| {
            let course = worlds.course(*seed);
            let [one, other] = [0, 1].map(|house| run(&course, house, Some(leak)));
            seen(&one) != seen(&other)
        };
        assert!((0..PATIENCE).any(|seed| differ(&seed)), "not found: {leak:?}");
    }
}

/// Every order there is, to one endpoint.
fn orders(id: &str, random: &mut Random) -> Vec<(&'static str, Body)> {
    let degrees = json!({"value": 20, "scale": "CELSIUS"});
    let alexa = [
        ("ThermostatController", "SetTargetTemperature", json!({"targetSetpoint": degrees})),
        ("ThermostatController", "AdjustTargetTemperature", json!({"targetSetpointDelta": degrees})),
        ("ThermostatController", "SetThermostatMode", json!({"thermostatMode": {"value": "HEAT"}})),
        ("LockController", "Lock", json!({})),
        ("LockController", "Unlock", json!({})),
        ("SceneController", "Activate", json!({})),
        ("SceneController", "Deactivate", json!({})),
        ("ToggleController", "TurnOn", json!({})),
    ];
    let google = [
        ("LockUnlock", json!({"lock": true}), Value::Null),
        ("LockUnlock", json!({"lock": false}), Value::Null),
        ("LockUnlock", json!({"lock": false}), json!({"pin": "4712"})),
        ("LockUnlock", json!({"lock": false}), json!({"pin": PIN})),
        ("ThermostatTemperatureSetpoint", json!({"thermostatTemperatureSetpoint": 20}), Value::Null),
        ("TemperatureRelative", json!({"thermostatTemperatureRelativeDegree": 1}), Value::Null),
        ("ThermostatSetMode", json!({"thermostatMode": "heat"}), Value::Null),
        ("ActivateScene", json!({"deactivate": false}), Value::Null),
        ("OnOff", json!({"on": true}), Value::Null),
    ];
    let mut orders = Vec::new();
    for (namespace, name, payload) in alexa {
        orders.push((name, ask::directive(&format!("Alexa.{namespace}"), name, Some(id), &payload, random)));
    }
    for (name, params, challenge) in google {
        let command = format!("action.devices.commands.{name}");
        let execution = json!({"command": command, "params": params, "challenge": challenge});
        let commands = json!({"commands": [{"devices": [{"id": id}], "execution": [execution]}]});
        orders.push((name, ask::intent("EXECUTE", Some(commands), random)));
    }
    orders
}

/// To every endpoint, also by the other vendor: what comes of an order is what is granted.
#[test]
fn g10_orders_that_are_not_granted_have_no_effect() {
    let worlds = Worlds::new();
    let (scene, known, random) = (worlds.scene(0), worlds.known(0), &mut Random::new(1));
    let mut effects = Vec::new();
    for vendor in [Vendor::Alexa, Vendor::Google] {
        for (alias, id) in known.of(vendor) {
            for (name, body) in orders(id, random) {
                // To a hub that was not asked before, so that counts do not matter.
                let (said, effect) = told(&mut Hub::new(scene), 0, &body);
                let refused = said.contains("ErrorResponse") || said.contains("\"ERROR\"");
                assert_eq!(effect, !refused, "{name} {alias}: {said}");
                assert!(!effect || body.vendor == vendor, "{name} {alias}: {said}");
                effects.extend(effect.then_some((alias.as_str(), name)));
            }
        }
    }
    let wanted = [
        ("Back door", "Unlock"),
        ("Heating", "SetTargetTemperature"),
        ("Heating", "AdjustTargetTemperature"),
        ("Lock up", "Activate"),
        ("Warmth", "SetTargetTemperature"),
        ("Warmth", "AdjustTargetTemperature"),
        ("Doors", "LockUnlock"),
        ("Doors", "LockUnlock"),
        ("Good night", "ActivateScene"),
        ("Heating", "ThermostatTemperatureSetpoint"),
        ("Heating", "TemperatureRelative"),
    ];
    assert_eq!(effects, wanted);
}

/// The policy of the second cadence lets nothing be told unasked.
#[test]
fn g12_without_a_grant_to_push_no_credential_is_taken_and_nothing_is_told_unasked() {
    let worlds = Worlds::new();
    let mut refused = [0; 3];
    for seed in 0..PATIENCE {
        let course = worlds.course(seed);
        let of = usize::try_from(seed % 3).unwrap();
        for sent in run(&course, 0, None) {
            assert!(of != 1 || sent.answers.is_some() && !sent.body.contains("AcceptGrant.Response"), "{sent:?}");
            refused[of] += u32::from(sent.body.contains("ACCEPT_GRANT_FAILED"));
        }
    }
    assert!(refused[1] > 0 && refused[0] == 0 && refused[2] == 0, "{refused:?}");
}
