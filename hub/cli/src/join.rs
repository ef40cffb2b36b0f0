//! `hearth permit-join`: opens the network and shows devices come in.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use home::admin::Request;
use serde_json::Value;

use crate::failure::Failure;
use crate::show;
use crate::socket::Socket;
use crate::terminal::Terminal;
use crate::text::{clean, field, lines};

/// Sends `request` and prints progress until the network is closed and no interview runs.
pub(crate) fn run(socket: &Path, request: &Request, seconds: u64, terminal: &mut Terminal<'_>) -> Result<(), Failure> {
    // Watch first: a device can be quicker than our next question.
    let mut changes = Socket::connect(socket)?.watch()?;
    let mut questions = Socket::connect(socket)?;
    let mut progress = Progress::new(&questions.ask(&Request::Devices)?);
    questions.ask(request)?;
    terminal.print(&format!(
        "devices may join for {seconds} s: put yours into pairing mode now (Ctrl-C ends this view, not the joining)\n"
    ))?;
    while !progress.is_over() {
        let Some(change) = changes.line()? else {
            return Err(Failure::HungUp);
        };
        terminal.print(&progress.tell(&change))?;
    }
    terminal.print(&format!("the network is closed; new devices: {}\n", progress.found))
}

/// What was seen so far.
#[derive(Debug)]
struct Progress {
    /// Interviews by address, as they were last told.
    interviews: BTreeMap<String, String>,
    /// Addresses of devices that came or began an interview since.
    running: BTreeSet<String>,
    /// Adapters that are open now, once one was.
    open: Option<BTreeSet<String>>,
    found: usize,
}

impl Progress {
    fn new(devices: &Value) -> Self {
        let devices = devices.as_array().into_iter().flatten();
        let interviews = devices.map(|device| (field(device, "ieee"), interview(device))).collect();
        Self { interviews, running: BTreeSet::new(), open: None, found: 0 }
    }

    fn is_over(&self) -> bool {
        self.open.as_ref().is_some_and(BTreeSet::is_empty) && self.running.is_empty()
    }

    /// What is new by this change.
    fn tell(&mut self, change: &Value) -> String {
        match change.get("change").and_then(Value::as_str) {
            Some("permit_join") => {
                let open = self.open.get_or_insert_default();
                let adapter = field(change, "adapter");
                if change.get("seconds").and_then(Value::as_u64) == Some(0) {
                    open.remove(&adapter);
                } else {
                    open.insert(adapter);
                }
                String::new()
            }
            Some("device") => self.tell_device(change.get("device").unwrap_or(&Value::Null)),
            Some("removed") => {
                self.running.remove(&field(change, "ieee"));
                String::new()
            }
            _ => String::new(),
        }
    }

    fn tell_device(&mut self, device: &Value) -> String {
        let (ieee, name, now) = (field(device, "ieee"), field(device, "name"), interview(device));
        let before = self.interviews.insert(ieee.clone(), now.clone());
        if before.as_ref() == Some(&now) {
            return String::new();
        }
        let mut news = Vec::new();
        if before.is_none() {
            self.found += 1;
            news.push(format!("{name}: joined"));
        }
        match device.get("interview").and_then(Value::as_str) {
            Some("waiting" | "running") => drop(self.running.insert(ieee)),
            _ => drop(self.running.remove(&ieee)),
        }
        if device.get("interview").is_some_and(|word| word == "done") {
            let (maker, model) = (field(device, "manufacturer"), field(device, "model"));
            news.push(format!("{name}: ready, {maker} {model}, {}", show::summary(device)));
        } else {
            news.push(format!("{name}: {now}"));
        }
        lines(&news)
    }
}

fn interview(device: &Value) -> String {
    let step =
        device.get("interview_step").and_then(Value::as_str).map_or_else(String::new, |step| format!(", {step}"));
    clean(&format!("interview {}{step}", field(device, "interview")))
}
