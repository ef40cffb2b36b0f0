//! Every message that can leave, against the vendors' public schemas. They are not part of the repository: `HEARTH_SCHEMAS`
//! names their folder, or it is `../shared/schemas` beside the repository. Without them these tests say so and do nothing.

use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};
use summary::Vendor::{Alexa, Google};
use summary::{Acted, Answer, Reported};

use super::samples::{ID, answered, control, directive, endpoints, execute, intent, key, query, range, tick};
use crate::change_report;

fn folder() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/schemas");
    let folder = std::env::var_os("HEARTH_SCHEMAS").map_or_else(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: schemas absent");
    None
}

fn schema(file: &Path, draft: Draft) -> Validator {
    let schema = fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let schema: Value = serde_json::from_slice(&schema).unwrap();
    jsonschema::options().with_draft(draft).build(&schema).unwrap()
}

fn check(schema: &Validator, message: &Value) {
    let errors: Vec<_> = schema.iter_errors(message).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{message:#}\n{errors:#?}");
}

/// Everything that can become of one act.
fn outcomes() -> Vec<Answer> {
    let echo = range().at(2050);
    let acted =
        [Acted::Accepted { echo: None }, Acted::Accepted { echo }, Acted::Refused, Acted::NeedsPin, Acted::WrongPin];
    let mut answers: Vec<_> = acted.map(|acted| Answer::Acted(tick(), vec![acted])).into();
    answers.push(Answer::Refused);
    answers
}

/// All that can be said of how endpoints are.
fn reports() -> Vec<Answer> {
    let mut reported: Vec<_> = endpoints().into_iter().map(Reported::Endpoint).collect();
    reported.push(Reported::Unavailable);
    let mut answers: Vec<_> = reported.into_iter().map(|reported| Answer::Report(tick(), vec![reported])).collect();
    answers.push(Answer::Refused);
    answers
}

fn every_message_to_alexa() -> Vec<Value> {
    let none = json!({});
    let discover = directive("Alexa.Discovery", "Discover", None, &none);
    let grant = directive("Alexa.Authorization", "AcceptGrant", None, &none);
    let mut messages: Vec<_> = endpoints()
        .into_iter()
        .map(|endpoint| answered(Alexa, &discover, &Answer::Endpoints(vec![endpoint])))
        .collect();
    messages.extend([Answer::Endpoints(Vec::new()), Answer::Refused].map(|answer| answered(Alexa, &discover, &answer)));
    messages.extend([Answer::Granted, Answer::Refused].map(|answer| answered(Alexa, &grant, &answer)));
    let state = control("Alexa", "ReportState", &none);
    messages.extend(reports().iter().map(|answer| answered(Alexa, &state, answer)));
    for (namespace, name) in [
        ("Alexa.ThermostatController", "SetTargetTemperature"),
        ("Alexa.LockController", "Unlock"),
        ("Alexa.SceneController", "Activate"),
    ] {
        let body = control(namespace, name, &none);
        messages.extend(outcomes().iter().map(|answer| answered(Alexa, &body, answer)));
    }
    messages.push(answered(Alexa, b"noise", &Answer::Refused));
    messages.push(answered(Alexa, &control("Alexa.PowerController", "TurnOn", &none), &Answer::Refused));
    let push = |endpoint: &summary::Endpoint| change_report(Alexa, tick(), endpoint, &key());
    messages.extend(endpoints().iter().filter_map(push).map(|report| serde_json::from_slice(&report).unwrap()));
    messages
}

#[test]
fn every_message_to_alexa_is_valid() {
    let Some(folder) = folder() else { return };
    let schema = schema(&folder.join("alexa/alexa_smart_home_message_schema.json"), Draft::Draft4);
    let messages = every_message_to_alexa();
    for message in &messages {
        check(&schema, message);
    }
    let names: std::collections::BTreeSet<_> =
        messages.iter().map(|message| message["event"]["header"]["name"].to_string()).collect();
    assert_eq!(names.len(), 7, "{names:?}");

    // The check can fail.
    let report = messages.iter().find(|message| message["event"]["header"]["name"] == "StateReport").unwrap();
    for (place, value) in [
        ("/event/header/name", json!("StatusReport")),
        ("/event/header/messageId", json!("")),
        ("/event/payload", json!({"extra": 1})),
        ("/context/properties", json!([{"namespace": "Alexa.LockController", "name": "lockState", "value": "SHUT"}])),
    ] {
        let mut broken = report.clone();
        *broken.pointer_mut(place).unwrap() = value;
        assert!(!schema.is_valid(&broken), "{place}");
    }
}

fn google(folder: &Path, file: &str) -> Validator {
    schema(&folder.join("google").join(format!("{file}.schema.json")), Draft::Draft7)
}

/// The folder of a trait's schemas.
fn trait_folder(device: &Value) -> String {
    let name = device["traits"][0].as_str().unwrap().rsplit('.').next().unwrap().to_lowercase();
    format!("traits/{name}/{name}")
}

#[test]
fn every_device_of_google_is_valid() {
    let Some(folder) = folder() else { return };
    let sync = google(&folder, "intents/sync/sync.response");
    let types = google(&folder, "platform/types");
    for endpoint in endpoints() {
        let answer = Answer::Endpoints(vec![endpoint.clone()]);
        let said = answered(Google, &intent("SYNC", None), &answer);
        check(&sync, &said);
        let device = &said["payload"]["devices"][0];
        check(&types, &device["type"]);
        let of_trait = trait_folder(device);
        if folder.join(format!("google/{of_trait}.attributes.schema.json")).exists() {
            check(&google(&folder, &format!("{of_trait}.attributes")), &device["attributes"]);
        }
        let answer = Answer::Report(tick(), vec![Reported::Endpoint(endpoint.clone())]);
        let said = answered(Google, &query(&[&ID.to_string()]), &answer);
        check(&google(&folder, "intents/query/query.response"), &said);
        let state = &said["payload"]["devices"][ID.to_string()];
        let tells = state.as_object().unwrap().len() > 2;
        if tells {
            check(&google(&folder, &format!("{of_trait}.states")), state);
        }
        if let Some(report) = change_report(Google, tick(), &endpoint, &key()) {
            let report: Value = serde_json::from_slice(&report).unwrap();
            let pushed = &report["payload"]["devices"]["states"][ID.to_string()];
            assert_eq!(pushed["online"], tells);
            assert!(pushed.as_object().unwrap().iter().all(|(name, value)| state.get(name) == Some(value)), "{report}");
        }
    }
    let mut broken = answered(Google, &intent("SYNC", None), &Answer::Endpoints(endpoints()));
    broken["payload"]["devices"][3]["willReportState"] = json!("no");
    assert!(!sync.is_valid(&broken));
}

#[test]
fn every_answer_to_google_is_valid() {
    let Some(folder) = folder() else { return };
    let [sync, query_response, executed, disconnected] =
        ["sync/sync", "query/query", "execute/execute", "disconnect/disconnect"]
            .map(|name| google(&folder, &format!("intents/{name}.response")));
    let errors = google(&folder, "platform/errors");
    check(&sync, &answered(Google, &intent("SYNC", None), &Answer::Refused));
    for answer in reports() {
        check(&query_response, &answered(Google, &query(&[&ID.to_string()]), &answer));
    }
    check(&disconnected, &answered(Google, &intent("DISCONNECT", None), &Answer::Unlinked));
    for answer in outcomes() {
        let mut said = answered(Google, &execute("LockUnlock", &json!({"lock": false})), &answer);
        for command in said["payload"]["commands"].as_array_mut().unwrap() {
            if let Some(code) = command.get("errorCode").filter(|code| *code != "challengeNeeded") {
                check(&errors, code);
            }
            // The schema is older than the challenge.
            command.as_object_mut().unwrap().remove("challengeNeeded");
        }
        check(&executed, &said);
        said["payload"]["commands"] = json!([{"ids": "one"}]);
        assert!(!executed.is_valid(&said));
    }
}

#[test]
fn our_samples_are_what_google_sends() {
    let Some(folder) = folder() else { return };
    check(&google(&folder, "intents/sync/sync.request"), &serde_json::from_slice(&intent("SYNC", None)).unwrap());
    check(&google(&folder, "intents/query/query.request"), &serde_json::from_slice(&query(&["a"])).unwrap());
    let body = execute("OnOff", &json!({"on": true}));
    check(&google(&folder, "intents/execute/execute.request"), &serde_json::from_slice(&body).unwrap());
    for (file, params) in [
        ("temperaturesetting/thermostattemperaturesetpoint", json!({"thermostatTemperatureSetpoint": 22.5})),
        ("temperaturesetting/temperaturerelative", json!({"thermostatTemperatureRelativeWeight": 2})),
        ("lockunlock/lockunlock", json!({"lock": false})),
        ("scene/activatescene", json!({"deactivate": false})),
    ] {
        check(&google(&folder, &format!("traits/{file}.params")), &params);
    }
}
