//! What holds for any bytes, and for any answer to any question.

use proptest::prelude::*;
use serde_json::json;
use summary::{Acted, Answer, Endpoint, Pin, Reported, Vendor};

use super::samples::{ID, control, directive, endpoints, execute, executions, intent, key, query, tick};
use crate::{LARGEST_BODY, MessageKey, Request, change_report, render};

fn vendor() -> impl Strategy<Value = Vendor> {
    prop_oneof![Just(Vendor::Alexa), Just(Vendor::Google)]
}

fn endpoint() -> impl Strategy<Value = Endpoint> {
    prop::sample::select(endpoints())
}

fn answer() -> impl Strategy<Value = Answer> {
    let setpoint = prop::sample::select(vec![1500, 2050, 2300]).prop_map(|centi| super::samples::range().at(centi));
    let acted = prop_oneof![
        prop::option::of(setpoint).prop_map(|echo| Acted::Accepted { echo: echo.flatten() }),
        Just(Acted::Refused),
        Just(Acted::NeedsPin),
        Just(Acted::WrongPin),
    ];
    let reported = prop_oneof![endpoint().prop_map(Reported::Endpoint), Just(Reported::Unavailable)];
    prop_oneof![
        prop::collection::vec(endpoint(), 0..70).prop_map(Answer::Endpoints),
        prop::collection::vec(reported, 0..4).prop_map(|reported| Answer::Report(tick(), reported)),
        prop::collection::vec(acted, 0..4).prop_map(|acted| Answer::Acted(tick(), acted)),
        Just(Answer::Granted),
        Just(Answer::Unlinked),
        Just(Answer::Refused),
    ]
}

/// Bodies with the right shape.
fn good() -> Vec<Vec<u8>> {
    let none = json!({});
    let setpoint = json!({"targetSetpoint": {"value": 20.5, "scale": "CELSIUS"}});
    let unlock = json!({"command": "action.devices.commands.LockUnlock", "params": {"lock": false}, "challenge": {"pin": "4711"}});
    vec![
        directive("Alexa.Discovery", "Discover", None, &none),
        directive("Alexa.Authorization", "AcceptGrant", None, &none),
        control("Alexa", "ReportState", &none),
        control("Alexa.LockController", "Unlock", &none),
        control("Alexa.SceneController", "Activate", &none),
        control("Alexa.ThermostatController", "SetTargetTemperature", &setpoint),
        intent("SYNC", None),
        intent("DISCONNECT", None),
        query(&[&ID.to_string(), "other"]),
        execute("ActivateScene", &json!({"deactivate": false})),
        executions(&[unlock.clone(), unlock]),
    ]
}

/// Any bytes, and good bodies with some of their bytes changed.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let changed =
        (prop::sample::select(good()), prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4));
    let changed = changed.prop_map(|(mut body, changes)| {
        for (at, byte) in changes {
            let at = at.index(body.len());
            body[at] = byte;
        }
        body
    });
    prop_oneof![1 => prop::collection::vec(any::<u8>(), 0..200), 3 => changed]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn every_request_has_an_answer_that_is_json_and_fits(vendor in vendor(), body in body(), answer in answer()) {
        let request = Request::parse(vendor, &body);
        prop_assert_eq!(request.vendor(), vendor);
        let said = render(&request, &answer, &key());
        prop_assert!(said.len() <= LARGEST_BODY);
        prop_assert!(crate::tree::Tree::parse(&said).is_some(), "{}", String::from_utf8_lossy(&said));
    }

    #[test]
    fn the_bytes_depend_on_request_answer_and_key_alone(vendor in vendor(), body in body(), answer in answer()) {
        let say = |key: MessageKey| render(&Request::parse(vendor, &body.clone()), &answer.clone(), &key);
        prop_assert_eq!(say(key()), say(key()));
        // Of another key, only ids are different, and ids have one length.
        prop_assert_eq!(say(key()).len(), say(MessageKey::new([8; 32])).len());
    }

    #[test]
    fn a_report_is_the_same_each_time(vendor in vendor(), endpoint in endpoint()) {
        let say = || change_report(vendor, tick(), &endpoint.clone(), &key());
        prop_assert_eq!(say(), say());
        prop_assert!(endpoint.push || say().is_none());
    }

    #[test]
    fn a_pin_is_not_said_back(digits in "[0-9]{8}", answer in answer()) {
        let unlock = json!({
            "command": "action.devices.commands.LockUnlock", "params": {"lock": false}, "challenge": {"pin": digits},
        });
        let request = Request::parse(Vendor::Google, &executions(&[unlock]));
        let summary::Ask::Act(acts) = request.ask() else { panic!("{:?}", request.ask()) };
        prop_assert_eq!(&acts[0].intent, &summary::Intent::Unlock(Pin::new(&digits)));
        let said = String::from_utf8(render(&request, &answer, &key())).unwrap();
        let shown = format!("{request:?}");
        prop_assert!(!said.contains(&digits) && !shown.contains(&digits));
    }
}
