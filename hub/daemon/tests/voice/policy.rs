//! A policy comes into force as a whole, with the owner's word, or not at all.

use std::os::unix::net::UnixStream;

use serde_json::json;

use crate::scene::{POLICY, Scene};
use crate::support::hub::Hub;
use crate::vendor;

#[test]
fn g3_what_is_wrong_with_a_policy_is_told_and_the_one_in_force_stays() {
    let scene = Scene::new();
    let mut gateway = scene.open();
    for (from, to, told) in [
        ("kind = \"alexa\"", "kind = \"alexa\"\ncolour = 1", "colour"),
        ("lock.lock-1.bolt", "lock.lock-9.bolt", "lock-9"),
        ("lock.lock-1.bolt", "lock.lock-1.pin", "line"),
    ] {
        let text = POLICY.replacen(from, to, 1);
        for verb in ["policy-check", "policy-apply"] {
            let refused = scene.house.hub.try_ask(&json!({"verb": verb, "text": text})).unwrap_err();
            assert_eq!(refused["kind"], "invalid", "{refused}");
            assert!(refused["error"].as_str().unwrap().contains(told), "{refused}");
        }
    }
    let twice = POLICY.replace("kind = \"google\"", "kind = \"alexa\"");
    let twice = twice.replace("verb = \"unlock\"", "verb = \"unlock\"\nacknowledge = \"alexa checks the pin\"");
    let refused = scene.house.hub.try_ask(&json!({"verb": "policy-check", "text": twice})).unwrap_err();
    assert!(refused["error"].as_str().unwrap().contains("one hub serves one"), "{refused}");
    let found = gateway.alexa(&vendor::discover());
    assert_eq!(found["event"]["payload"]["endpoints"].as_array().unwrap().len(), 2);
    assert_eq!(scene.ask(&json!({"verb": "policy-show"}))["text"], POLICY);
}

#[test]
fn what_widens_needs_the_code_and_what_narrows_does_not() {
    let scene = Scene::new();
    let first = scene.ask(&json!({"verb": "policy-apply", "text": POLICY}));
    assert_eq!((&first["applied"], &first["widens"]), (&json!(false), &json!(true)), "{first}");
    let wrong = scene.house.hub.try_ask(&json!({"verb": "policy-apply", "text": POLICY, "confirm": "000000"}));
    assert_eq!(wrong.unwrap_err()["kind"], "conflict");
    assert_eq!(scene.ask(&json!({"verb": "policy-show"}))["applied"], false);
    scene.apply(POLICY);
    let wider = POLICY.replace("max = 23.0", "max = 24.0");
    // The code of another change does not do.
    let stale = scene.house.hub.try_ask(&json!({"verb": "policy-apply", "text": wider, "confirm": first["confirm"]}));
    assert_eq!(stale.unwrap_err()["kind"], "conflict");
    let shown = scene.ask(&json!({"verb": "policy-diff", "new": wider}));
    assert_eq!(shown["widens"], true, "{shown}");
    let narrower = POLICY.replace("max = 23.0", "max = 22.0");
    let applied = scene.ask(&json!({"verb": "policy-apply", "text": narrower}));
    assert_eq!((&applied["applied"], &applied["widens"]), (&json!(true), &json!(false)), "{applied}");
    let two = scene.ask(&json!({"verb": "policy-diff", "old": POLICY, "new": narrower}));
    assert_eq!(two["widens"], false, "{two}");
}

#[test]
fn what_is_in_force_outlasts_a_kill() {
    let scene = Scene::new();
    let mut gateway = scene.open();
    let before = gateway.ask(seal::Vendor::Alexa, &vendor::discover());
    let scene = scene.restart(Hub::kill);
    let shown = scene.ask(&json!({"verb": "policy-show"}));
    assert_eq!((&shown["applied"], &shown["text"]), (&json!(true), &json!(POLICY)));
    assert!(UnixStream::connect(scene.socket()).is_ok());
    let after = scene.ask(&json!({"verb": "policy-preview", "audience": "alexa_home"}));
    let ids = |text: &str| text.matches("endpointId").count();
    assert_eq!(ids(&before), ids(&after["messages"][0]["answer"].to_string()));
}
