//! A daemon that answers as it is told, and a terminal that remembers.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::terminal::Terminal;

/// Answers by verb; the lines that `watch` sends.
#[derive(Debug, Clone)]
struct Script {
    answers: Value,
    changes: Vec<Value>,
}

/// A daemon's admin socket.
pub(super) struct Fake {
    folder: TempDir,
    asked: Arc<Mutex<Vec<Value>>>,
}

/// What a command left behind.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) code: u8,
    pub(super) out: String,
    pub(super) err: String,
}

/// How the terminal is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Seat {
    pub(super) input: &'static str,
    pub(super) is_read: bool,
    pub(super) can_answer: bool,
}

impl Fake {
    /// `answers` maps verbs to whole answers, or to data of good ones; after `watch` or an
    /// export it sends `changes`, null as an empty line, and hangs up.
    pub(super) fn new(answers: Value, changes: &[Value]) -> Self {
        let folder = TempDir::new().unwrap();
        let listener = UnixListener::bind(folder.path().join("admin.sock")).unwrap();
        let (asked, script) = (Arc::default(), Script { answers, changes: changes.to_vec() });
        let log = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (script, log) = (script.clone(), Arc::clone(&log));
                std::thread::spawn(move || converse(&stream, &script, &log));
            }
        });
        Self { folder, asked }
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.folder.path().join("admin.sock")
    }

    /// What was asked since the last call.
    pub(super) fn questions(&self) -> Value {
        json!(std::mem::take(&mut *self.asked.lock().unwrap()))
    }

    /// Runs `hearth` with these words, without a person.
    pub(super) fn hearth(&self, words: &str) -> Ran {
        self.hearth_at(words, Seat::default())
    }

    /// Runs `hearth` with these words at this terminal.
    pub(super) fn hearth_at(&self, words: &str, seat: Seat) -> Ran {
        let socket = self.socket();
        run(&format!("--socket {} {words}", socket.display()), seat)
    }
}

fn converse(stream: &UnixStream, script: &Script, log: &Mutex<Vec<Value>>) {
    let mut write = stream;
    for line in BufReader::new(stream).lines().map_while(Result::ok) {
        let request: Value = serde_json::from_str(&line).unwrap();
        let verb = request["verb"].as_str().unwrap().to_owned();
        log.lock().unwrap().push(request);
        let answer = match script.answers.get(&verb) {
            Some(whole) if whole.get("status").is_some_and(Value::is_string) && whole.get("name").is_none() => {
                whole.clone()
            }
            Some(data) => json!({"status": "ok", "data": data}),
            None => json!({"status": "ok", "data": {"outcome": "done"}}),
        };
        if writeln!(write, "{answer}").is_err() {
            return;
        }
        if verb == "ledger-export" {
            // The end of a whole export is an empty line; the reader may leave early.
            let ends = |line: &Value| if line.is_null() { String::new() } else { line.to_string() };
            let _ = script.changes.iter().try_for_each(|line| writeln!(write, "{}", ends(line)));
            return;
        }
        if verb == "watch" {
            // The reader may leave early.
            let _ = script.changes.iter().try_for_each(|change| writeln!(write, "{change}"));
            return;
        }
    }
}

/// Runs `hearth` with these words at this terminal; words have no blanks inside.
pub(super) fn run(words: &str, seat: Seat) -> Ran {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut terminal = Terminal {
        out: &mut out,
        err: &mut err,
        input: &mut seat.input.as_bytes(),
        is_read: seat.is_read,
        can_answer: seat.can_answer,
    };
    let words = std::iter::once("hearth").chain(words.split_whitespace()).map(Into::into);
    let code = crate::run(words, &mut terminal);
    Ran { code, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
}

/// A writer behind which nobody reads.
pub(super) struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A thermostat and a lock, as the daemon shows them.
pub(super) fn devices() -> Value {
    json!([
        {"name": "Küche", "ieee": "0x0000000000000001", "adapter": "stick", "room": "Kitchen", "manufacturer": "Acme",
         "model": "TRV-1", "software": "1.2", "power": "battery", "capabilities": ["thermostat", "battery"],
         "interview": "done", "interview_step": null, "available": true, "last_seen": "2026-11-23T18:00:00.123Z",
         "state": {"local_temperature": 21.5, "occupied_heating_setpoint": 20, "system_mode": "heat", "running_state": "heat",
                   "battery": 81.5, "linkquality": 120, "last_seen": "2026-11-23T18:00:00.123Z",
                   "stale": ["battery"], "pending": {"occupied_heating_setpoint": 21}},
         "reported_at": {"local_temperature": "2026-11-23T17:59:00.000Z"}, "limits": {"min": 5, "max": 30}},
        {"name": "front\u{1b}[2Jdoor", "ieee": "0x0000000000000002", "adapter": "stick", "room": null, "manufacturer": null,
         "model": null, "software": null, "power": "unknown", "capabilities": ["lock"],
         "interview": "running", "interview_step": "endpoints", "available": false, "last_seen": null,
         "state": {"lock_state": "jammed", "state": null}, "reported_at": {}},
    ])
}
