//! Answers of the daemon in words. Each function takes an answer's data and returns lines.

mod assistants;
mod codes;
mod device;
mod hub;
mod people;

use serde_json::Value;

pub(crate) use assistants::{applied, changes, entries, gateway, grants, head, key, messages, policy, verdict};
pub(crate) use codes::codes;
pub(crate) use device::{device, devices, history, summary};
pub(crate) use hub::{adapters, authority, new_user, status, users};
pub(crate) use people::{people, person, setup_code, token, tokens};

use crate::text::{field, span, table, when};

/// What became of a wish.
pub(crate) fn outcome(data: &Value) -> String {
    match data.get("outcome").and_then(Value::as_str) {
        Some("pending") => match data.get("within_seconds").and_then(Value::as_u64) {
            Some(seconds) => format!("waiting for the device to wake up, {} at most\n", span(seconds)),
            None => "waiting for the device to wake up\n".to_owned(),
        },
        _ => "done\n".to_owned(),
    }
}

/// For how long devices may join.
pub(crate) fn permit_join(data: &Value) -> String {
    match data.get("seconds").and_then(Value::as_u64) {
        Some(0) => "the network is closed\n".to_owned(),
        Some(seconds) => format!("devices may join for {seconds} s\n"),
        None => outcome(data),
    }
}

/// The log of events.
pub(crate) fn events(data: &Value) -> String {
    let rows: Vec<_> = items(data).map(|event| [when(event, "at"), field(event, "text")]).collect();
    if rows.is_empty() { "nothing happened yet\n".to_owned() } else { table(["AT (UTC)", "WHAT"], &rows) }
}

/// The items of a list; none of what is no list.
fn items(data: &Value) -> impl Iterator<Item = &Value> {
    data.as_array().into_iter().flatten()
}
