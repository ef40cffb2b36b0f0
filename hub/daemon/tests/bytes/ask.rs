//! What the vendors' clouds ask, as they write it: every directive and intent that the hub knows, some that it does not, and
//! nonsense. Knows the vendors' words and the endpoints by what the owner calls them.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use summary::Vendor;

use crate::hub::{Hub, PIN};
use crate::random::Random;
use crate::say::say;
use crate::scene::Scene;

/// A body, and whose it is.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    pub(crate) vendor: Vendor,
    pub(crate) bytes: Vec<u8>,
    /// Whether it can move something in the house.
    pub(crate) moves: bool,
}

/// Numbers of endpoints by alias, as each cloud has learned them.
pub(crate) struct Known {
    alexa: BTreeMap<String, String>,
    google: BTreeMap<String, String>,
}

impl Known {
    /// Asks for them.
    pub(crate) fn new(scene: &Scene) -> Self {
        let learn = |body: &Body, list: &str, name: &str, id: &str| {
            let said = say(&mut Hub::new(scene), (0, 0), body.vendor, &body.bytes).body;
            let said: Value = serde_json::from_slice(&said).unwrap();
            let all = said.pointer(list).and_then(Value::as_array).unwrap().iter();
            let text = |value: &Value, key: &str| value.pointer(key).and_then(Value::as_str).unwrap().to_owned();
            all.map(|one| (text(one, name), text(one, id))).collect()
        };
        let random = &mut Random::new(0);
        Self {
            alexa: learn(&discover(random), "/event/payload/endpoints", "/friendlyName", "/endpointId"),
            google: learn(&sync(random), "/payload/devices", "/name/name", "/id"),
        }
    }

    pub(crate) fn of(&self, vendor: Vendor) -> &BTreeMap<String, String> {
        match vendor {
            Vendor::Alexa => &self.alexa,
            Vendor::Google => &self.google,
        }
    }

    /// The one of this alias, mostly.
    fn about(&self, vendor: Vendor, alias: &str, random: &mut Random) -> String {
        if random.once_in(5) { self.any(vendor, random) } else { self.of(vendor)[alias].clone() }
    }

    /// Any endpoint, or none of ours.
    fn any(&self, vendor: Vendor, random: &mut Random) -> String {
        let ours: Vec<_> = self.of(vendor).values().cloned().collect();
        match random.of(0..10) {
            0 => "a-lamp#1".to_owned(),
            1 => "07".repeat(16),
            _ => random.one(&ours),
        }
    }
}

/// Anything.
pub(crate) fn anything(known: &Known, random: &mut Random) -> Body {
    if random.once_in(2) { alexa(known, random) } else { google(known, random) }
}

/// How all is: one question to Google's, some to Alexa's.
pub(crate) fn states(known: &Known, random: &mut Random) -> Vec<Body> {
    let all: Vec<_> = known.google.values().cloned().collect();
    let aliases = ["Doors", "Window", "Comfort", "Air", "Warmth"];
    let mut bodies = vec![query(&all, random)];
    for _ in 0..2 {
        let id = &known.alexa[random.one(&aliases)];
        bodies.push(directive("Alexa", "ReportState", Some(id), &json!({}), random));
    }
    bodies
}

fn uuid(random: &mut Random) -> String {
    let (one, other) = (random.next(), random.next());
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        one >> 32,
        one & 0xffff,
        one >> 20 & 0xfff,
        other >> 52,
        other >> 16
    )
}

pub(crate) fn discover(random: &mut Random) -> Body {
    directive("Alexa.Discovery", "Discover", None, &json!({}), random)
}

fn sync(random: &mut Random) -> Body {
    intent("SYNC", None, random)
}

/// A directive, to an endpoint or to the hub.
pub(crate) fn directive(
    namespace: &str,
    name: &str,
    endpoint: Option<&str>,
    payload: &Value,
    random: &mut Random,
) -> Body {
    let scope = json!({"type": "BearerToken", "token": "a-token"});
    let header = json!({"namespace": namespace, "name": name, "payloadVersion": "3", "messageId": uuid(random)});
    let mut directive = json!({"header": header, "payload": payload});
    if let Some(endpoint) = endpoint {
        directive["header"]["correlationToken"] = json!(format!("dG9rZW4{}==", random.next()));
        directive["endpoint"] = json!({"scope": scope, "endpointId": endpoint, "cookie": {}});
    } else {
        directive["payload"]["scope"] = scope;
    }
    let bytes = json!({"directive": directive}).to_string().into_bytes();
    Body { vendor: Vendor::Alexa, bytes, moves: false }
}

pub(crate) fn intent(name: &str, payload: Option<Value>, random: &mut Random) -> Body {
    let mut input = json!({"intent": format!("action.devices.{name}")});
    if let Some(payload) = payload {
        input["payload"] = payload;
    }
    let bytes = json!({"requestId": uuid(random), "inputs": [input]}).to_string().into_bytes();
    Body { vendor: Vendor::Google, bytes, moves: false }
}

fn alexa(known: &Known, random: &mut Random) -> Body {
    let degrees = f64::from(random.signed(20..60)) / 2.0;
    let scale = random.one(&["CELSIUS", "CELSIUS", "FAHRENHEIT"]);
    let (namespace, name, alias, payload) = match random.of(0..14) {
        0 => return discover(random),
        1 => {
            let grant = json!({"type": "OAuth2.AuthorizationCode", "code": "a-code"});
            let payload = json!({"grant": grant, "grantee": {"type": "BearerToken", "token": "a-token"}});
            return directive("Alexa.Authorization", "AcceptGrant", None, &payload, random);
        }
        2 => return malformed(directive("Alexa", "ReportState", Some("a-lamp"), &json!({}), random), random),
        3..6 => {
            let id = known.any(Vendor::Alexa, random);
            return directive("Alexa", "ReportState", Some(&id), &json!({}), random);
        }
        6 | 7 => {
            let alias = random.one(&["Warmth", "Heating"]);
            let payload = json!({"targetSetpoint": {"value": degrees, "scale": scale}});
            ("ThermostatController", "SetTargetTemperature", alias, payload)
        }
        8 => {
            let payload = json!({"targetSetpointDelta": {"value": degrees - 20.0, "scale": scale}});
            ("ThermostatController", "AdjustTargetTemperature", "Heating", payload)
        }
        9 => ("LockController", "Lock", "Back door", json!({})),
        10 => ("LockController", "Unlock", "Back door", json!({})),
        11 | 12 => ("SceneController", "Activate", "Lock up", json!({})),
        _ => ("ThermostatController", "SetThermostatMode", "Heating", json!({"thermostatMode": {"value": "OFF"}})),
    };
    let id = known.about(Vendor::Alexa, alias, random);
    Body { moves: true, ..directive(&format!("Alexa.{namespace}"), name, Some(&id), &payload, random) }
}

fn google(known: &Known, random: &mut Random) -> Body {
    match random.of(0..10) {
        0 => sync(random),
        1 => intent("DISCONNECT", None, random),
        2 => malformed(sync(random), random),
        3..6 => {
            let ids: Vec<_> = (0..random.of(0..4)).map(|_| known.any(Vendor::Google, random)).collect();
            query(&ids, random)
        }
        _ => {
            let commands: Vec<_> = (0..random.of(1..4)).map(|_| command(known, random)).collect();
            Body { moves: true, ..intent("EXECUTE", Some(json!({"commands": commands})), random) }
        }
    }
}

pub(crate) fn query(ids: &[String], random: &mut Random) -> Body {
    let devices: Vec<_> = ids.iter().map(|id| json!({"id": id})).collect();
    intent("QUERY", Some(json!({"devices": devices})), random)
}

/// Something to do, with a PIN if it unlocks: the right one, a wrong one, one that can't be one, none.
fn command(known: &Known, random: &mut Random) -> Value {
    let degrees = f64::from(random.signed(20..60)) / 2.0;
    let (alias, name, params) = match random.of(0..8) {
        0 | 1 => ("Doors", "LockUnlock", json!({"lock": true})),
        2 | 3 => ("Doors", "LockUnlock", json!({"lock": false})),
        4 => ("Heating", "ThermostatTemperatureSetpoint", json!({"thermostatTemperatureSetpoint": degrees})),
        5 => ("Heating", "TemperatureRelative", json!({"thermostatTemperatureRelativeWeight": 2})),
        6 => ("Good night", "ActivateScene", json!({"deactivate": false})),
        _ => ("Boiler", "OnOff", json!({"on": true})),
    };
    let mut execution = json!({"command": format!("action.devices.commands.{name}"), "params": params});
    if params["lock"] == json!(false) && !random.once_in(4) {
        execution["challenge"] = json!({"pin": random.one(&[PIN, PIN, "4712", "12"])});
    }
    let id = known.about(Vendor::Google, alias, random);
    json!({"devices": [{"id": id}], "execution": [execution]})
}

/// What is left of a body that something happened to.
fn malformed(body: Body, random: &mut Random) -> Body {
    let mut bytes = body.bytes;
    match random.of(0..5) {
        0 => bytes.truncate(usize::try_from(random.of(0..80)).unwrap()),
        1 => bytes = b"[]".to_vec(),
        2 => bytes.extend(b" ".repeat(voice::LARGEST_REQUEST)),
        3 => bytes[10] = 0xff,
        // A namespace and an intent that nobody knows.
        _ => {
            let text = String::from_utf8(bytes).unwrap();
            bytes = text.replace("\"Alexa\"", "\"Axela\"").replace("SYNC", "IDENTIFY").into_bytes();
        }
    }
    Body { bytes, ..body }
}
