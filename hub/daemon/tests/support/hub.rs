//! `hearthd`, run as its owner runs it: a configuration file, a state directory, an admin socket.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use serde_json::{Value, json};

use super::client::Client;
use super::process::Process;
use super::{PATIENCE, now};

pub const USER: &str = "tester";
pub const PASSWORD: &str = "a password for tests";

/// Where a hub keeps its state; it outlives the daemon's runs.
pub struct Place {
    dir: tempfile::TempDir,
    config: String,
    /// `[mqtt] switch`, if it is not left out.
    switch: Option<String>,
    /// Whether the page is served without TLS, which most tests do without.
    plain: bool,
}

impl Place {
    /// A fresh place, with an adapter on `port`.
    pub fn new(port: &str) -> Self {
        Self::with(port, "")
    }

    /// As [`Place::new`], with more lines for the configuration.
    pub fn with(port: &str, more: &str) -> Self {
        // Not the system's temporary directory: that may be memory, and the bench counts what reaches the disk.
        let dir = tempfile::Builder::new().prefix("hearth").tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let config = format!("[[adapter]]\nname = \"stick\"\nport = \"{port}\"\nprotocol = \"znp\"\n\n{more}\n");
        Self { dir, config, switch: None, plain: true }
    }

    /// With this `[mqtt] switch`; `None` leaves it out.
    pub fn switched(self, switch: Option<String>) -> Self {
        Self { switch, ..self }
    }

    /// The same with the page behind TLS, as it is without a word about it.
    pub fn with_tls(self) -> Self {
        Self { plain: false, ..self }
    }

    pub fn state(&self) -> PathBuf {
        self.dir.path().join("state")
    }

    fn socket(&self) -> PathBuf {
        self.dir.path().join("admin.sock")
    }

    fn write_config(&self, http: u16, mqtt: u16) -> PathBuf {
        let path = self.dir.path().join("hearth.toml");
        let switch = self.switch.as_ref().map(|switch| format!("switch = \"{switch}\"\n")).unwrap_or_default();
        let plain = if self.plain { "plain = true\n" } else { "" };
        let text = format!(
            "[hub]\nname = \"Test\"\nstate-dir = \"{}\"\nadmin-socket = \"{}\"\n\n[http]\nlisten = \"127.0.0.1:{http}\"\n{plain}\n\
             [mqtt]\nlisten = \"127.0.0.1:{mqtt}\"\n{switch}\n{}",
            self.state().display(),
            self.socket().display(),
            self.config
        );
        std::fs::write(&path, text).unwrap();
        path
    }
}

/// A running daemon.
pub struct Hub {
    process: Process,
    socket: PathBuf,
    pub http: u16,
    pub mqtt: u16,
    /// When the process was started and when it said that it is ready, on the steady clock.
    pub started: (Duration, Duration),
}

impl Hub {
    /// Starts the daemon and waits until it is ready.
    pub fn start(place: &Place) -> Self {
        // A port that was free a moment ago may be taken now.
        (0..5).find_map(|_| Self::try_start(place)).expect("hearthd starts")
    }

    fn try_start(place: &Place) -> Option<Self> {
        let (http, mqtt) = (free_port(), free_port());
        let config = place.write_config(http, mqtt);
        let started = now();
        let mut command = Command::new(env!("CARGO_BIN_EXE_hearthd"));
        command.arg("run").arg("--config").arg(config).env_remove("NOTIFY_SOCKET").env_remove("JOURNAL_STREAM");
        let mut process = Process::start("hearthd", &mut command);
        let Some(ready) = process.line(" ready") else {
            assert!(process.said("can't listen"), "hearthd ended");
            assert!(!process.is_running());
            return None;
        };
        Some(Self { process, socket: place.socket(), http, mqtt, started: (started, ready) })
    }

    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    pub fn is_running(&mut self) -> bool {
        self.process.is_running()
    }

    /// Whether the log has this in it.
    pub fn said(&self, text: &str) -> bool {
        self.process.said(text)
    }

    /// Ends it as systemd does.
    pub fn stop(self) -> ExitStatus {
        self.process.terminate()
    }

    /// Ends it as a power cut does.
    pub fn kill(self) {
        self.process.kill();
    }

    /// Asks on the admin socket; an error is the whole answer.
    pub fn try_ask(&self, question: &Value) -> Result<Value, Value> {
        let mut answer = ask(&self.socket, question);
        if answer["status"] == "ok" { Ok(answer["data"].take()) } else { Err(answer) }
    }

    /// Asks on the admin socket what must be answered.
    pub fn ask(&self, question: &Value) -> Value {
        self.try_ask(question).unwrap_or_else(|error| panic!("{question}: {error}"))
    }

    /// A connection to the admin socket on which nothing was said yet.
    pub fn knock(&self) -> UnixStream {
        let stream = UnixStream::connect(&self.socket).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    pub fn status(&self) -> Value {
        self.ask(&json!({"verb": "status"}))
    }

    /// A device as the admin socket tells it.
    pub fn device(&self, name: &str) -> Value {
        self.ask(&json!({"verb": "device", "name": name}))
    }

    /// The log of events, oldest first.
    pub fn events(&self) -> Vec<Value> {
        let mut events = self.ask(&json!({"verb": "events", "limit": 1000}));
        let mut events = std::mem::take(events.as_array_mut().unwrap());
        events.reverse();
        events
    }

    /// Makes the test's user, for MQTT and the page.
    pub fn add_user(&self) {
        self.ask(&json!({"verb": "mqtt-user-add", "user": USER, "preset": "admin", "password": PASSWORD}));
        self.ask(&json!({"verb": "person-add", "name": USER, "role": "admin", "password": PASSWORD}));
    }

    /// Logs in on MQTT.
    pub fn client(&self) -> Client {
        Client::connect(self.mqtt, USER, PASSWORD)
    }

    /// Logs in on MQTT and listens to everything the hub says.
    pub fn listener(&self) -> Client {
        let mut client = self.client();
        client.subscribe("hearth/#");
        client
    }
}

fn ask(socket: &Path, question: &Value) -> Value {
    let mut stream = UnixStream::connect(socket).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(format!("{question}\n").as_bytes()).unwrap();
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).unwrap();
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in {line:?}, the answer to {question}"))
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// A TCP connection to a port of this machine, with patience.
pub fn tcp(port: u16) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}
