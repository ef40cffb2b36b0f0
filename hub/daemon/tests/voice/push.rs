//! What nobody asked for: told at the beat, with the token that came with the grant, and only where the policy says so.

use std::time::Duration;

use seal::{Opener, Rules};
use serde_json::{Value, json};

use crate::scene::{Gateway, POLICY, ROUTE, Scene, wall};
use crate::vendor;

fn accept_grant() -> String {
    let payload = json!({
        "grant": {"type": "OAuth2.AuthorizationCode", "code": "Atzr|a-refresh-token"},
        "grantee": {"type": "BearerToken", "token": "owner's"},
    });
    vendor::alexa("Alexa.Authorization", "AcceptGrant", None, &payload)
}

#[test]
fn g12_without_push_no_token_is_taken_and_with_it_the_beat_is_told() {
    let scene = Scene::new();
    let mut gateway = scene.open();
    let refused = gateway.alexa(&accept_grant());
    assert_eq!(refused["event"]["header"]["name"], "ErrorResponse", "{refused}");

    let pushing = POLICY.replacen("reply_after", "push = true\nreply_after", 1);
    let pushing = pushing.replacen("as = \"lock_state\"", "as = \"lock_state\"\npush = true", 1);
    scene.apply(&pushing);
    let key = scene.pair();
    let mut gateway = Gateway::connect(&scene.socket(), &key);
    gateway.say_connected();
    let granted = gateway.alexa(&accept_grant());
    assert_eq!(granted["event"]["header"]["name"], "AcceptGrant.Response", "{granted}");

    let record = gateway.receive(Duration::from_secs(90)).unwrap();
    assert_eq!(record[0], 3);
    let mut opener = Opener::pushes(&key, Rules { skew_ms: 5_000, not_before: 0 });
    let message = opener.open(&record[ROUTE..], wall()).unwrap();
    let told: Value = serde_json::from_slice(&message.body).unwrap();
    assert_eq!(told["token"], "Atzr|a-refresh-token");
    assert_eq!(told["event"]["event"]["header"]["name"], "ChangeReport", "{told}");
    // The ledger has the very event, and no token.
    let ledger = Value::from(scene.ledger()).to_string();
    assert!(
        ledger.contains("ChangeReport") && ledger.contains("unasked") && !ledger.contains("a-refresh-token"),
        "{ledger}"
    );
    // Narrowed again, the token is gone: with push granted anew nothing is told.
    scene.apply(POLICY);
    scene.apply(&pushing);
    let mut gateway = Gateway::connect(&scene.socket(), &key);
    gateway.say_connected();
    assert_eq!(gateway.receive(Duration::from_secs(75)), None);
}
