//! How an endpoint is, as Alexa's properties: as of the tick, uncertain by a cadence, and only what is granted.

use serde::Serialize;
use summary::{Contact, Face, Setpoint, Shown, Tick};

use crate::time::rfc3339;

/// The instance of a mode; there is one for each endpoint.
pub(super) const MODE: &str = "Hearth.Mode";
/// The instance of a toggle; there is one for each endpoint.
pub(super) const ACTIVE: &str = "Hearth.Active";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Property<'a> {
    namespace: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<&'static str>,
    name: &'static str,
    value: Value<'a>,
    time_of_sample: String,
    uncertainty_in_milliseconds: u64,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Value<'a> {
    Word(&'a str),
    Degrees { value: f64, scale: &'static str },
}

/// Which property an endpoint with this face has.
#[derive(Clone, Copy)]
struct Kind {
    namespace: &'static str,
    instance: Option<&'static str>,
    name: &'static str,
}

const CONTACT: Kind = Kind { namespace: "Alexa.ContactSensor", instance: None, name: "detectionState" };
const LOCK: Kind = Kind { namespace: "Alexa.LockController", instance: None, name: "lockState" };
const TOGGLE: Kind = Kind { namespace: "Alexa.ToggleController", instance: Some(ACTIVE), name: "toggleState" };
const WORD: Kind = Kind { namespace: "Alexa.ModeController", instance: Some(MODE), name: "mode" };
const SETPOINT: Kind = Kind { namespace: "Alexa.ThermostatController", instance: None, name: "targetSetpoint" };

/// All that is to be said of the endpoint: nothing where nothing may be read; `None` where the state is not known.
pub(super) fn properties(face: &Face, tick: Tick) -> Option<Vec<Property<'_>>> {
    let (kind, value) = match face {
        Face::Scene => return Some(Vec::new()),
        Face::Lock(lock) if lock.locked.is_none() => return Some(Vec::new()),
        Face::Thermostat(thermostat) if thermostat.setpoint.is_none() => return Some(Vec::new()),
        Face::Contact(contact) => (CONTACT, known(*contact).map(detection)),
        Face::Lock(lock) => (LOCK, lock.locked.and_then(known).map(|locked| either(locked, "LOCKED", "UNLOCKED"))),
        Face::Switch(on) => (TOGGLE, known(*on).map(|on| either(on, "ON", "OFF"))),
        Face::Mode(mode) => {
            let word = known(mode.at).and_then(|at| mode.words.get(usize::from(at)));
            (WORD, word.map(|word| Value::Word(word.as_str())))
        }
        Face::Thermostat(thermostat) => (SETPOINT, thermostat.setpoint.and_then(known).map(degrees)),
    };
    Some(vec![property(kind, value?, tick)])
}

/// The setpoint that was asked for, said back.
pub(super) fn echo(setpoint: Setpoint, tick: Tick) -> Property<'static> {
    property(SETPOINT, degrees(setpoint), tick)
}

fn property(kind: Kind, value: Value<'_>, tick: Tick) -> Property<'_> {
    let Kind { namespace, instance, name } = kind;
    let uncertainty_in_milliseconds = u64::from(tick.cadence()) * 1000;
    Property { namespace, instance, name, value, time_of_sample: rfc3339(tick), uncertainty_in_milliseconds }
}

fn known<T>(shown: Shown<T>) -> Option<T> {
    match shown {
        Shown::Known(value) => Some(value),
        Shown::Unknown => None,
    }
}

fn detection(contact: Contact) -> Value<'static> {
    either(contact == Contact::Open, "DETECTED", "NOT_DETECTED")
}

fn either(first: bool, word: &'static str, other: &'static str) -> Value<'static> {
    Value::Word(if first { word } else { other })
}

fn degrees(setpoint: Setpoint) -> Value<'static> {
    Value::Degrees { value: f64::from(setpoint.centi()) / 100.0, scale: "CELSIUS" }
}
