//! What the vendors' clouds would ask.

use serde_json::{Value, json};

/// A directive of Alexa's for an endpoint.
pub(crate) fn alexa(namespace: &str, name: &str, endpoint: Option<&str>, payload: &Value) -> String {
    let mut directive = json!({
        "header": {"namespace": namespace, "name": name, "payloadVersion": "3", "messageId": "m", "correlationToken": "C"},
        "payload": payload,
    });
    if let Some(id) = endpoint {
        directive["endpoint"] = json!({"scope": {"type": "BearerToken", "token": "owner's"}, "endpointId": id});
    }
    json!({"directive": directive}).to_string()
}

pub(crate) fn discover() -> String {
    alexa("Alexa.Discovery", "Discover", None, &json!({"scope": {"type": "BearerToken", "token": "owner's"}}))
}

pub(crate) fn report(endpoint: &str) -> String {
    alexa("Alexa", "ReportState", Some(endpoint), &json!({}))
}

pub(crate) fn heat(endpoint: &str, degrees: f64) -> String {
    let payload = json!({"targetSetpoint": {"value": degrees, "scale": "CELSIUS"}});
    alexa("Alexa.ThermostatController", "SetTargetTemperature", Some(endpoint), &payload)
}

pub(crate) fn unlock(endpoint: &str) -> String {
    alexa("Alexa.LockController", "Unlock", Some(endpoint), &json!({}))
}

/// The number under which an answer to Discover lists a name.
pub(crate) fn endpoint(discovered: &Value, alias: &str) -> String {
    let endpoints = discovered["event"]["payload"]["endpoints"].as_array().unwrap();
    let found = endpoints.iter().find(|endpoint| endpoint["friendlyName"] == alias);
    found.unwrap_or_else(|| panic!("no {alias} in {discovered}"))["endpointId"].as_str().unwrap().to_owned()
}

/// An input of Google's.
pub(crate) fn google(intent: &str, payload: &Value) -> String {
    json!({"requestId": "r", "inputs": [{"intent": format!("action.devices.{intent}"), "payload": payload}]})
        .to_string()
}

/// Google's command to unlock, with a PIN if one was spoken.
pub(crate) fn google_unlock(id: &str, pin: Option<&str>) -> String {
    let mut execution = json!({"command": "action.devices.commands.LockUnlock", "params": {"lock": false}});
    if let Some(pin) = pin {
        execution["challenge"] = json!({"pin": pin});
    }
    google("EXECUTE", &json!({"commands": [{"devices": [{"id": id}], "execution": [execution]}]}))
}
