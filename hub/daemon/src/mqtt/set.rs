//! `set` payloads: what a JSON object, or a bare value, asks of a device.
//!
//! A payload may hold a PIN, so no error and no answer repeats it.

use home::lock::Pin;
use home::thermostat::SystemMode;
use home::{Action, Capability, CentiCelsius, DeciKelvin, Device};
use serde_json::{Map, Value};

/// What a payload asks for: actions in the order of its keys, and the number under which the sender wants the answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SetRequest {
    pub(crate) actions: Vec<Action>,
    pub(crate) transaction: Option<Value>,
}

/// Why a payload can't be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SetError {
    /// Neither JSON nor a bare value that this device takes.
    #[error("the payload is neither a JSON object nor a value this device takes")]
    Form,
    /// An object without a key to set.
    #[error("the payload names nothing to set; known keys: {KNOWN_KEYS}")]
    Nothing,
    /// A key that can't be set.
    #[error("{0:?} can't be set; known keys: {KNOWN_KEYS}")]
    Key(String),
    /// A value that makes no sense for its key.
    #[error("{key} takes {takes}")]
    Value {
        /// The key.
        key: &'static str,
        /// What it takes.
        takes: &'static str,
    },
}

/// Keys that can be set.
pub(crate) const KEYS: [&str; 5] =
    ["occupied_heating_setpoint", "system_mode", "local_temperature_calibration", "state", "pin_code"];
const KNOWN_KEYS: &str =
    "occupied_heating_setpoint, system_mode, local_temperature_calibration, state, pin_code, transaction";

/// Reads the payload of `…/set` (no key) or `…/set/<key>`.
pub(crate) fn parse(payload: &[u8], key: Option<&str>, device: &Device) -> Result<SetRequest, SetError> {
    let text = std::str::from_utf8(payload).map_err(|_| SetError::Form)?.trim();
    let value = serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
    match (key, value) {
        (Some(key), value) => Ok(SetRequest { actions: vec![action(key, &value, None)?], transaction: None }),
        (None, Value::Object(mut object)) => {
            let transaction = object.remove("transaction");
            Ok(SetRequest { actions: actions(&object)?, transaction })
        }
        (None, value) => Ok(SetRequest { actions: vec![bare(&value, device)?], transaction: None }),
    }
}

/// Reads one key and its value given as text, as on the command line.
pub(crate) fn parse_text(key: &str, text: &str) -> Result<Action, SetError> {
    let value = serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
    action(key, &value, None)
}

fn actions(object: &Map<String, Value>) -> Result<Vec<Action>, SetError> {
    let pin = object.get("pin_code").filter(|_| object.contains_key("state"));
    let actions: Vec<_> = object
        .iter()
        .filter(|(key, _)| pin.is_none() || key.as_str() != "pin_code")
        .map(|(key, value)| action(key, value, pin))
        .collect::<Result<_, _>>()?;
    if actions.is_empty() { Err(SetError::Nothing) } else { Ok(actions) }
}

/// A value without a key means the one thing a device is for.
fn bare(value: &Value, device: &Device) -> Result<Action, SetError> {
    if device.can(Capability::Lock) {
        return action("state", value, None);
    }
    if device.can(Capability::Thermostat) {
        let is_mode = value.as_str().is_some_and(|word| SystemMode::from_word(word).is_some());
        return action(if is_mode { "system_mode" } else { "occupied_heating_setpoint" }, value, None);
    }
    Err(SetError::Form)
}

fn action(key: &str, value: &Value, pin: Option<&Value>) -> Result<Action, SetError> {
    match key {
        "occupied_heating_setpoint" => celsius(value)
            .map(Action::Setpoint)
            .ok_or(SetError::Value { key: "occupied_heating_setpoint", takes: "degrees Celsius such as 21.5" }),
        "local_temperature_calibration" => celsius(value)
            .filter(|offset| offset.0 % 10 == 0)
            .and_then(|offset| i8::try_from(offset.0 / 10).ok())
            .map(|tenths| Action::Calibration(DeciKelvin(tenths)))
            .ok_or(SetError::Value { key: "local_temperature_calibration", takes: "-12.7 to 12.7 in steps of 0.1" }),
        "system_mode" => value.as_str().and_then(SystemMode::from_word).map(Action::Mode).ok_or(SetError::Value {
            key: "system_mode",
            takes: "off, auto, heat, cool, emergency_heating, precooling, fan_only, dry or sleep",
        }),
        "state" => bolt(value, pin),
        "pin_code" => slot(value),
        _ => Err(SetError::Key(key.chars().take(40).collect())),
    }
}

/// Degrees from a JSON number or a number in a string, through its decimal text: no float in between.
fn celsius(value: &Value) -> Option<CentiCelsius> {
    match value {
        Value::Number(number) => number.to_string().parse().ok(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn bolt(value: &Value, pin: Option<&Value>) -> Result<Action, SetError> {
    let pin = pin.map(pin_of).transpose()?;
    match value.as_str() {
        Some("LOCK") => Ok(Action::Lock(pin)),
        Some("UNLOCK") => Ok(Action::Unlock(pin)),
        _ => Err(SetError::Value { key: "state", takes: "LOCK or UNLOCK" }),
    }
}

const PIN_FORM: SetError = SetError::Value { key: "pin_code", takes: "a string of 4 to 8 digits" };

fn pin_of(value: &Value) -> Result<Pin, SetError> {
    value.as_str().and_then(|text| Pin::new(text).ok()).ok_or(PIN_FORM)
}

/// `{"user": 3, "pin_code": "1234"}` puts a PIN into a slot; without a PIN, or with null, the slot is emptied.
fn slot(value: &Value) -> Result<Action, SetError> {
    let takes = SetError::Value { key: "pin_code", takes: "{\"user\": slot, \"pin_code\": \"1234\" or null}" };
    let slot = value.get("user").and_then(Value::as_u64).and_then(|slot| u16::try_from(slot).ok()).ok_or(takes)?;
    match value.get("pin_code") {
        None | Some(Value::Null) => Ok(Action::ClearPin { slot }),
        Some(pin) => Ok(Action::SetPin { slot, pin: pin_of(pin)?, name: None }),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use home::{AdapterName, Description, Ieee, Power};

    use super::*;

    fn device(capability: Capability) -> Device {
        let mut device = Device::new(Ieee(1), AdapterName::new("stick"));
        device.description = Some(Description {
            manufacturer: String::new(),
            model: String::new(),
            software: None,
            power: Power::Battery,
            capabilities: BTreeSet::from([capability]),
        });
        device
    }

    fn read(capability: Capability, text: &str) -> Result<Vec<Action>, String> {
        parse(text.as_bytes(), None, &device(capability)).map(|r| r.actions).map_err(|e| e.to_string())
    }

    #[test]
    fn json_and_bare_values_mean_the_same() {
        let warm = vec![Action::Setpoint(CentiCelsius(2150))];
        for text in [r#"{"occupied_heating_setpoint":21.5}"#, r#"{"occupied_heating_setpoint":"21.50"}"#, "21.5"] {
            assert_eq!(read(Capability::Thermostat, text), Ok(warm.clone()), "{text}");
        }
        let by_key = parse(b"21.5", Some("occupied_heating_setpoint"), &device(Capability::Thermostat));
        assert_eq!(by_key.unwrap().actions, warm);
        assert_eq!(read(Capability::Thermostat, "heat"), Ok(vec![Action::Mode(SystemMode::Heat)]));
        assert_eq!(read(Capability::Lock, "LOCK"), Ok(vec![Action::Lock(None)]));
        assert_eq!(read(Capability::Lock, r#"{"state":"UNLOCK"}"#), Ok(vec![Action::Unlock(None)]));
    }

    #[test]
    fn a_pin_goes_with_its_command_or_into_its_slot() {
        let pin = Pin::new("4711").unwrap();
        let with = read(Capability::Lock, r#"{"state":"UNLOCK","pin_code":"4711"}"#);
        assert_eq!(with, Ok(vec![Action::Unlock(Some(pin.clone()))]));
        let put = read(Capability::Lock, r#"{"pin_code":{"user":3,"pin_code":"4711"}}"#);
        assert_eq!(put, Ok(vec![Action::SetPin { slot: 3, pin, name: None }]));
        let clear = read(Capability::Lock, r#"{"pin_code":{"user":3,"pin_code":null}}"#);
        assert_eq!(clear, Ok(vec![Action::ClearPin { slot: 3 }]));
    }

    #[test]
    fn a_transaction_is_kept_for_the_answer() {
        let payload = br#"{"system_mode":"off","transaction":"t1"}"#;
        let request = parse(payload, None, &device(Capability::Thermostat)).unwrap();
        assert_eq!(request.transaction, Some(Value::from("t1")));
        assert_eq!(request.actions.len(), 1);
    }

    #[test]
    fn mistakes_say_what_would_be_right_and_never_repeat_the_payload() {
        let cases = [
            (r#"{"state":"OPEN","pin_code":"98765"}"#, "LOCK or UNLOCK"),
            (r#"{"state":"UNLOCK","pin_code":"987"}"#, "4 to 8 digits"),
            (r#"{"state":"UNLOCK","pin_code":98765}"#, "4 to 8 digits"),
            (r#"{"colour":"98765"}"#, "colour"),
            ("{}", "nothing to set"),
            (r#"{"pin_code":"98765"#, "LOCK or UNLOCK"),
            ("\u{1}98765", "LOCK or UNLOCK"),
        ];
        for (text, expected) in cases {
            let error = read(Capability::Lock, text).unwrap_err();
            assert!(error.contains(expected), "{text} -> {error}");
            assert!(!error.contains("987"), "{error}");
        }
        assert!(read(Capability::Contact, "ON").is_err());
        assert!(parse(&[0xff, 0xfe], None, &device(Capability::Lock)).is_err());
    }
}
