//! Devices and their values in words.

use serde_json::Value;

use super::items;
use crate::text::{NONE, field, lines, plain, table, time, when};

/// Units of the payload's keys (`home::payload`).
const UNITS: [(&str, &str); 11] = [
    ("local_temperature", "°C"),
    ("occupied_heating_setpoint", "°C"),
    ("min_heat_setpoint_limit", "°C"),
    ("max_heat_setpoint_limit", "°C"),
    ("temperature", "°C"),
    ("local_temperature_calibration", "K"),
    ("humidity", "%"),
    ("pi_heating_demand", "%"),
    ("battery", "%"),
    ("voltage", "mV"),
    ("linkquality", "of 255"),
];

/// Keys of the payload that are no values of their own.
const NOT_VALUES: [&str; 3] = ["last_seen", "stale", "pending"];

/// One line a device.
pub(crate) fn devices(data: &Value) -> String {
    let rows: Vec<_> = items(data)
        .map(|device| {
            let state = device.get("state").unwrap_or(&Value::Null);
            [
                field(device, "name"),
                field(device, "room"),
                summary(device),
                with_unit(state, "battery"),
                field(state, "linkquality"),
                when(device, "last_seen"),
            ]
        })
        .collect();
    if rows.is_empty() {
        return "no devices yet; `hearth permit-join 120` lets them join\n".to_owned();
    }
    table(["NAME", "ROOM", "STATE", "BATTERY", "LINK", "LAST SEEN (UTC)"], &rows)
}

/// What matters about a device, in a few words.
pub(crate) fn summary(device: &Value) -> String {
    let state = device.get("state").unwrap_or(&Value::Null);
    let mut parts = Vec::new();
    match device.get("interview").and_then(Value::as_str) {
        None | Some("done") => {}
        Some(_) => parts.push(interview(device)),
    }
    if device.get("available") == Some(&Value::Bool(false)) {
        parts.push("out of reach".to_owned());
    }
    parts.extend(state.get("lock_state").map(plain));
    parts.extend(
        state.get("contact").and_then(Value::as_bool).map(|shut| if shut { "closed" } else { "open" }.to_owned()),
    );
    for key in ["local_temperature", "temperature", "humidity"] {
        parts.extend(state.get(key).map(|_| with_unit(state, key)));
    }
    parts.extend(state.get("occupied_heating_setpoint").map(|_| target(state)));
    parts.extend(state.get("system_mode").map(plain));
    if state.get("running_state").is_some_and(|running| running == "heat") {
        parts.push("heating".to_owned());
    }
    if state.get("stale").is_some() {
        parts.push("from before the restart".to_owned());
    }
    if parts.is_empty() { NONE.to_owned() } else { parts.join(", ") }
}

fn target(state: &Value) -> String {
    let reported = with_unit(state, "occupied_heating_setpoint");
    match state.get("pending").and_then(|pending| pending.get("occupied_heating_setpoint")) {
        Some(asked) => format!("target {reported} (soon {})", plain(asked)),
        None => format!("target {reported}"),
    }
}

fn interview(device: &Value) -> String {
    let step = device.get("interview_step").filter(|step| !step.is_null());
    let step = step.map_or_else(String::new, |step| format!(": {}", plain(step)));
    format!("interview {}{step}", field(device, "interview"))
}

/// One device, whole.
pub(crate) fn device(data: &Value) -> String {
    let mut text = vec![field(data, "name")];
    text.extend(FACTS.map(|(label, key)| fact(label, &field(data, key))));
    text.push(fact("interview", interview(data).trim_start_matches("interview ")));
    let reach = if data.get("available") == Some(&Value::Bool(true)) { "in reach" } else { "out of reach" };
    text.push(fact("radio", &format!("{reach}, last seen {} UTC", when(data, "last_seen"))));
    if let Some(limits) = data.get("limits") {
        text.push(fact("target", &format!("{} to {} °C", field(limits, "min"), field(limits, "max"))));
    }
    let values = values(data);
    let table = if values.is_empty() { String::new() } else { table(["VALUE", "IS", "REPORTED (UTC)", ""], &values) };
    lines(&text) + &table
}

/// Fields of a device that are shown as they are.
const FACTS: [(&str, &str); 8] = [
    ("address", "ieee"),
    ("adapter", "adapter"),
    ("room", "room"),
    ("maker", "manufacturer"),
    ("model", "model"),
    ("software", "software"),
    ("power", "power"),
    ("can", "capabilities"),
];

fn fact(label: &str, value: &str) -> String {
    format!("  {label:<10} {value}")
}

fn values(device: &Value) -> Vec<[String; 4]> {
    let state = device.get("state").unwrap_or(&Value::Null);
    let reported_at = device.get("reported_at").unwrap_or(&Value::Null);
    let old = state.get("stale").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let pending = state.get("pending").unwrap_or(&Value::Null);
    let keys = state.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
    keys.filter(|key| !NOT_VALUES.contains(key))
        .map(|key| {
            let mut notes = Vec::new();
            if old.iter().any(|word| word == key) {
                notes.push("from before the restart".to_owned());
            }
            notes.extend(pending.get(key).map(|asked| format!("asked for: {}", plain(asked))));
            [crate::text::clean(key), with_unit(state, key), when(reported_at, key), notes.join(", ")]
        })
        .collect()
}

fn with_unit(state: &Value, key: &str) -> String {
    measure(key, state.get(key).unwrap_or(&Value::Null))
}

/// A value of `key` with its unit, if it has both.
fn measure(key: &str, value: &Value) -> String {
    let unit = UNITS.iter().find(|(known, _)| *known == key);
    match (value, unit) {
        (Value::Number(_), Some((_, unit))) => format!("{value} {unit}"),
        _ => plain(value),
    }
}

/// Past values of one key.
pub(crate) fn history(data: &Value) -> String {
    let key = data.get("key").and_then(Value::as_str).unwrap_or("");
    let part = |sample: &Value, index: usize| sample.get(index).cloned().unwrap_or_default();
    let rows: Vec<_> = items(data.get("samples").unwrap_or(&Value::Null))
        .map(|sample| [time(&part(sample, 0)), measure(key, &part(sample, 1))])
        .collect();
    if rows.is_empty() { "no values in this time\n".to_owned() } else { table(["AT (UTC)", "VALUE"], &rows) }
}
