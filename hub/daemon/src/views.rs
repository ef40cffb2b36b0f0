//! How the house looks to the command line and the page: the JSON answers to `home::admin::Request`.

use std::collections::BTreeMap;
use std::time::Duration;

use home::lock::Bolt;
use home::payload::{Payload, Value as Shown, celsius};
use home::{
    Adapter, AdapterStatus, Availability, Capability, Device, Ieee, Interview, LogEntry, LogKind, Power, Reading,
};
use serde_json::{Value, json};

/// A device, whole.
pub(crate) fn device(device: &Device) -> Value {
    let description = device.description.as_ref();
    let step = match device.interview {
        Interview::Running(step) | Interview::Failed(step) => Some(step),
        Interview::Waiting | Interview::Done => None,
    };
    let reported_at: BTreeMap<_, _> =
        device.slots.iter().map(|(key, slot)| (key.word(), slot.at.to_string())).collect();
    let mut view = json!({
        "name": device.name.as_str(),
        "ieee": device.ieee.to_string(),
        "adapter": device.adapter.as_str(),
        "room": device.room.as_ref().map(home::Name::as_str),
        "manufacturer": description.map(|d| d.manufacturer.as_str()),
        "model": description.map(|d| d.model.as_str()),
        "software": description.and_then(|d| d.software.as_deref()),
        "power": power(description.map_or(Power::Unknown, |d| d.power)),
        "capabilities": description.iter().flat_map(|d| d.capabilities.iter().map(|c| c.word())).collect::<Vec<_>>(),
        "interview": device.interview.word(),
        "interview_step": step,
        "available": device.availability == Availability::Online,
        "last_seen": device.last_seen.map(|at| at.to_string()),
        "state": Payload(device),
        "reported_at": reported_at,
    });
    if let (true, Some(object)) = (device.can(Capability::Thermostat), view.as_object_mut()) {
        let (min, max) = device.setpoint_limits();
        object.insert("limits".to_owned(), json!({"min": celsius(min), "max": celsius(max)}));
    }
    view
}

fn power(power: Power) -> &'static str {
    match power {
        Power::Mains => "mains",
        Power::Battery => "battery",
        Power::Unknown => "unknown",
    }
}

/// An adapter; `port` is the configuration's text for it, `up` the steady clock.
pub(crate) fn adapter(adapter: &Adapter, port: &str, up: Duration) -> Value {
    let mut view = json!({
        "name": adapter.name.as_str(), "port": port, "status": adapter.status.word(),
        "reason": null, "channel": null, "pan_id": null, "firmware": null,
        "joinable_seconds": adapter.joinable(up).as_secs(),
    });
    let details = match &adapter.status {
        AdapterStatus::Starting => json!({}),
        AdapterStatus::Online { channel, pan_id, firmware } => {
            json!({"channel": channel, "pan_id": format!("{pan_id:#06x}"), "firmware": firmware})
        }
        AdapterStatus::Offline { reason } | AdapterStatus::Refused { reason } => json!({"reason": reason}),
    };
    if let (Some(view), Value::Object(details)) = (view.as_object_mut(), details) {
        view.extend(details);
    }
    view
}

/// One sample of the history as `[time, value]`.
pub(crate) fn sample(seconds: u64, reading: Reading) -> Value {
    json!([home::Timestamp(seconds.saturating_mul(1000)).to_string(), Shown(reading)])
}

/// An entry of the log, with the name that its device has now.
pub(crate) fn event(entry: &LogEntry, name_of: impl Fn(Ieee) -> Option<String>) -> Value {
    let name = entry.device.and_then(name_of);
    let mut view = json!({
        "at": entry.at.to_string(),
        "device": name,
        "ieee": entry.device.map(|ieee| ieee.to_string()),
        "event": entry.kind.word(),
        "text": sentence(entry, name.as_deref()),
    });
    if let (Some(view), Value::Object(details)) = (view.as_object_mut(), details(&entry.kind)) {
        view.extend(details);
    }
    view
}

fn details(kind: &LogKind) -> Value {
    match kind {
        LogKind::Lock { source, user, .. } => json!({"source": source.word(), "user": user}),
        LogKind::Bolt { from, to } => json!({"from": bolt(*from), "to": bolt(*to)}),
        LogKind::Commanded { action, origin } => json!({"action": action, "origin": origin}),
        LogKind::CommandFailed { action, reason } => json!({"action": action, "reason": reason}),
        LogKind::Removed { name } => json!({"name": name}),
        LogKind::Renamed { from, to } => json!({"from": from, "to": to}),
        LogKind::PermitJoin(seconds) => json!({"seconds": seconds}),
        LogKind::AdapterOnline(adapter) => json!({"adapter": adapter}),
        LogKind::AdapterOffline { adapter, reason } | LogKind::AdapterRefused { adapter, reason } => {
            json!({"adapter": adapter, "reason": reason})
        }
        LogKind::Joined => json!({}),
    }
}

fn bolt(bolt: Option<Bolt>) -> &'static str {
    bolt.map_or("unknown", Bolt::word)
}

fn sentence(entry: &LogEntry, name: Option<&str>) -> String {
    let device = name.map_or_else(|| entry.device.map_or_else(String::new, |ieee| ieee.to_string()), str::to_owned);
    match &entry.kind {
        LogKind::Lock { happening, source, user } => {
            let by = user.map_or_else(String::new, |user| format!(", user {user}"));
            format!("{device}: {} ({}{by})", happening.word().replace('_', " "), source.word())
        }
        LogKind::Bolt { from, to } => format!("{device} went from {} to {}", bolt(*from), bolt(*to)),
        LogKind::Commanded { action, origin } => format!("{origin} asked {device} to {}", action.replace('_', " ")),
        LogKind::CommandFailed { action, reason } => format!("{device}: {} failed: {reason}", action.replace('_', " ")),
        LogKind::Joined => format!("{device} joined"),
        LogKind::Removed { name } => format!("{name} was removed"),
        LogKind::Renamed { from, to } => format!("{from} is called {to} now"),
        LogKind::PermitJoin(seconds) => format!("devices may join for {seconds} s"),
        LogKind::AdapterOnline(adapter) => format!("adapter {adapter} is online"),
        LogKind::AdapterOffline { adapter, reason } => format!("adapter {adapter} is offline: {reason}"),
        LogKind::AdapterRefused { adapter, reason } => format!("adapter {adapter} was left alone: {reason}"),
    }
}
