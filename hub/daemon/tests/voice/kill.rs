//! G5: whatever left is in the ledger, wherever the daemon was killed.

use std::collections::BTreeSet;
use std::time::Duration;

use seal::Vendor;

use crate::scene::{Gateway, POLICY, Scene};
use crate::support::hub::Hub;
use crate::vendor;

#[test]
fn g5_nothing_leaves_unrecorded_by_kills() {
    let mut scene = Scene::new();
    scene.apply(POLICY);
    let key = scene.pair();
    let mut left = BTreeSet::new();
    for round in 0..6u64 {
        let mut gateway = Gateway::connect(&scene.socket(), &key);
        let mut asked = Vec::new();
        for number in 0..8 {
            // Each question has an answer of its own: the id in it is made from the question.
            let body = vendor::discover().replace("\"m\"", &format!("\"{round}-{number}\""));
            let (frame, id) = gateway.seal(Vendor::Alexa, &body);
            gateway.send(&frame);
            asked.push(id);
        }
        // Somewhere between the first commit and the last answer.
        std::thread::sleep(Duration::from_millis(380 + round * 37));

        scene = scene.restart(Hub::kill);
        while let Some(record) = gateway.receive(Duration::from_millis(300)) {
            let opened = asked.iter().find_map(|id| gateway.try_open(*id, &record));
            left.insert(opened.expect("an answer to one of these"));
        }
    }
    let mut recorded = BTreeSet::new();
    let mut before = serde_json::Value::Null;
    loop {
        let page = scene.ask(&serde_json::json!({"verb": "ledger-list", "limit": 100, "before": before}));
        for entry in page["entries"].as_array().unwrap() {
            recorded.extend(entry["body"].as_str().map(str::to_owned));
        }
        before = page["more"].clone();
        if before.is_null() {
            break;
        }
    }
    let unrecorded: Vec<_> = left.difference(&recorded).collect();
    assert!(unrecorded.is_empty(), "{unrecorded:?}");
    assert!(recorded.len() >= left.len() && !recorded.is_empty());
    assert_eq!(scene.ask(&serde_json::json!({"verb": "ledger-verify"}))["sound"], true);
}
