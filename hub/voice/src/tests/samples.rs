//! Endpoints with every face, and messages in the vendors' shapes.

use serde_json::{Value, json};
use summary::{
    Answer, Contact, Endpoint, EndpointId, Face, Lock, Mode, SetpointRange, Shown, Thermostat, Tick, Unlock, Vendor,
};

use crate::{MessageKey, Request, render};

/// 2026-11-23T15:00:00Z, a quarter of an hour.
pub(super) fn tick() -> Tick {
    Tick::before(1_795_446_000, 900)
}

pub(super) fn key() -> MessageKey {
    MessageKey::new([7; 32])
}

pub(super) const ID: EndpointId = EndpointId([0xa5; 16]);

pub(super) fn endpoint(face: Face) -> Endpoint {
    Endpoint { id: ID, alias: "Doors".parse().unwrap(), face, push: false }
}

pub(super) fn range() -> SetpointRange {
    SetpointRange::new(1500, 2300, 50).unwrap()
}

pub(super) fn mode(words: &[&str], at: Shown<u8>) -> Face {
    Face::Mode(Mode { words: words.iter().map(|word| word.parse().unwrap()).collect(), at })
}

fn lock(locked: Option<Shown<bool>>, lock: bool, unlock: Unlock) -> Face {
    Face::Lock(Lock { locked, lock, unlock })
}

/// Every face of table 6.1 in every state, some granted to be pushed.
pub(super) fn endpoints() -> Vec<Endpoint> {
    let mut faces = vec![Face::Scene];
    faces.extend([Shown::Known(Contact::Open), Shown::Known(Contact::Closed), Shown::Unknown].map(Face::Contact));
    faces.extend([Shown::Known(true), Shown::Known(false), Shown::Unknown].map(Face::Switch));
    let words = ["cold", "comfortable", "too_warm"];
    faces.extend([0, 1, 2, 3].map(|at| mode(&words, Shown::Known(at))));
    faces.push(mode(&words, Shown::Unknown));
    for locked in [None, Some(Shown::Known(true)), Some(Shown::Known(false)), Some(Shown::Unknown)] {
        faces.push(lock(locked, true, Unlock::Never));
        faces.push(lock(locked, false, Unlock::HubPin));
        faces.push(lock(locked, true, Unlock::VendorPin));
    }
    let half = range().at(2050).unwrap();
    for setpoint in [None, Some(Shown::Known(half)), Some(Shown::Known(range().max())), Some(Shown::Unknown)] {
        faces.push(Face::Thermostat(Thermostat { range: range(), setpoint }));
    }
    let push = |(at, face)| Endpoint { push: at % 2 == 0, ..endpoint(face) };
    faces.into_iter().enumerate().map(push).collect()
}

/// A directive for an endpoint, `None` for those that have none.
pub(super) fn directive(namespace: &str, name: &str, endpoint: Option<&str>, payload: &Value) -> Vec<u8> {
    let scope = json!({"type": "BearerToken", "token": "a-token"});
    let mut directive = json!({
        "header": {
            "namespace": namespace, "name": name, "payloadVersion": "3",
            "messageId": "1bd5d003-31b9-476f-ad03-71d471922820",
        },
        "payload": payload,
    });
    if let Some(endpoint) = endpoint {
        directive["header"]["correlationToken"] = json!("dG9rZW4/+w==");
        directive["endpoint"] = json!({"scope": scope, "endpointId": endpoint, "cookie": {"some": "thing"}});
    } else {
        directive["payload"]["scope"] = scope;
    }
    json!({"directive": directive}).to_string().into_bytes()
}

/// A directive for the sample's endpoint.
pub(super) fn control(namespace: &str, name: &str, payload: &Value) -> Vec<u8> {
    directive(namespace, name, Some(&ID.to_string()), payload)
}

/// An intent.
pub(super) fn intent(name: &str, payload: Option<&Value>) -> Vec<u8> {
    let mut input = json!({"intent": format!("action.devices.{name}")});
    if let Some(payload) = payload {
        input["payload"] = payload.clone();
    }
    let request = json!({"requestId": "0b9d5c86-4a4f-4a1c-9d8d-1c3f4b5a6e70", "inputs": [input]});
    request.to_string().into_bytes()
}

pub(super) fn query(ids: &[&str]) -> Vec<u8> {
    let devices: Vec<_> = ids.iter().map(|id| json!({"id": id, "customData": {"some": 1}})).collect();
    intent("QUERY", Some(&json!({"devices": devices})))
}

/// One command for the sample's endpoint.
pub(super) fn execute(command: &str, params: &Value) -> Vec<u8> {
    let execution = json!({"command": format!("action.devices.commands.{command}"), "params": params});
    executions(&[execution])
}

pub(super) fn executions(executions: &[Value]) -> Vec<u8> {
    let command = json!({"devices": [{"id": ID.to_string()}], "execution": executions});
    intent("EXECUTE", Some(&json!({"commands": [command]})))
}

pub(super) fn answered(vendor: Vendor, body: &[u8], answer: &Answer) -> Value {
    let request = Request::parse(vendor, body);
    serde_json::from_slice(&render(&request, answer, &key())).unwrap()
}
