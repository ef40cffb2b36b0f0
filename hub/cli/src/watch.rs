//! `hearth watch`: changes as they happen, each as the lines that say what is new.

use std::collections::BTreeMap;
use std::path::Path;

use home::admin::Request;
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::show;
use crate::socket::Socket;
use crate::terminal::Terminal;
use crate::text::{clean, field, lines, plain};

/// Prints changes until the daemon or the reader goes away.
pub(crate) fn run(socket: &Path, json: bool, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    let mut changes = Socket::connect(socket)?.watch()?;
    let mut known = if json { Known::default() } else { Known::ask(socket)? };
    while let Some(change) = changes.line()? {
        if json {
            terminal.print_json(&change)?;
        } else {
            terminal.print(&known.tell(&change))?;
        }
    }
    Err(Failure::HungUp)
}

/// The last view of each device, by address.
#[derive(Debug, Default)]
struct Known(BTreeMap<String, Map<String, Value>>);

impl Known {
    fn ask(socket: &Path) -> Result<Self, Failure> {
        let mut known = Self::default();
        let devices = Socket::connect(socket)?.ask(&Request::Devices)?;
        for device in devices.as_array().into_iter().flatten() {
            known.0.insert(field(device, "ieee"), facts(device));
        }
        Ok(known)
    }

    /// What is new by this change, a line each.
    fn tell(&mut self, change: &Value) -> String {
        let part = |key: &str| change.get(key).unwrap_or(&Value::Null);
        match change.get("change").and_then(Value::as_str) {
            Some("device") => self.tell_device(part("device")),
            Some("removed") => {
                self.0.remove(&field(change, "ieee"));
                format!("{}: removed\n", field(change, "name"))
            }
            Some("event") => format!("event: {}\n", field(part("event"), "text")),
            Some("adapter") => {
                let adapter = part("adapter");
                let reason = adapter.get("reason").filter(|reason| !reason.is_null());
                let reason = reason.map_or_else(String::new, |reason| format!(", {}", plain(reason)));
                format!("adapter {}: {}{reason}\n", field(adapter, "name"), field(adapter, "status"))
            }
            Some("permit_join") => {
                let adapter = field(change, "adapter");
                format!("adapter {adapter}: {}", show::permit_join(change))
            }
            Some("missed") => format!("{} changes were missed: this reader is too slow\n", field(change, "lines")),
            _ => String::new(),
        }
    }

    fn tell_device(&mut self, device: &Value) -> String {
        let facts = facts(device);
        let name = field(device, "name");
        let before = self.0.insert(field(device, "ieee"), facts.clone()).unwrap_or_default();
        let is_new = |(key, value): &(&String, &Value)| before.get(key.as_str()) != Some(value);
        let news = facts.iter().filter(is_new);
        lines(&news.map(|(key, value)| format!("{name}: {} {}", clean(key), plain(value))).collect::<Vec<_>>())
    }
}

/// What is worth a line when it changes.
fn facts(device: &Value) -> Map<String, Value> {
    let mut facts = device.get("state").and_then(Value::as_object).cloned().unwrap_or_default();
    // They change with every frame.
    facts.remove("last_seen");
    facts.remove("linkquality");
    for key in ["name", "room", "available", "interview", "interview_step"] {
        if let Some(value) = device.get(key) {
            facts.insert(key.to_owned(), value.clone());
        }
    }
    facts
}
