//! `hearth-sim`, the simulated adapter with its devices, as a program of its own on a pty or a TCP port.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::Value;

use super::hub::free_port;
use super::process::Process;
use super::{PATIENCE, until};

/// Where the adapter is plugged in, and what it remembers; it outlives the program's runs, as a stick does.
pub struct Stick {
    dir: tempfile::TempDir,
    arguments: Vec<String>,
    /// The TCP port of a network stick; others are on a pty.
    tcp: Option<u16>,
}

impl Stick {
    /// A stick with these devices around it: `--thermostats 1 --locks 1`.
    pub fn new(arguments: &str) -> Self {
        let dir = tempfile::Builder::new().prefix("sim").tempdir().unwrap();
        Self { dir, arguments: arguments.split_whitespace().map(str::to_owned).collect(), tcp: None }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Makes it a network stick.
    pub fn on_tcp(mut self) -> Self {
        self.tcp = Some(free_port());
        self
    }

    /// The configuration's name for the port.
    pub fn port(&self) -> String {
        match self.tcp {
            Some(port) => format!("tcp://127.0.0.1:{port}"),
            None => self.path("tty").display().to_string(),
        }
    }

    /// Where every frame is noted, if the stick was made with [`Stick::traced`].
    pub fn trace(&self) -> PathBuf {
        self.path("trace")
    }

    /// Has every frame noted with its time.
    pub fn traced(mut self) -> Self {
        self.arguments.extend(["--trace".to_owned(), self.trace().display().to_string()]);
        self
    }

    /// Plugs it in.
    pub fn plug_in(&self) -> Sim {
        let mut command = Command::new(program());
        command.args(&self.arguments);
        for (option, name) in [("--nv", "nv"), ("--control", "control")] {
            command.arg(option).arg(self.path(name));
        }
        match self.tcp {
            Some(port) => command.arg("--tcp").arg(format!("127.0.0.1:{port}")),
            None => command.arg("--pty").arg(self.path("tty")),
        };
        let process = Process::start("hearth-sim", &mut command);
        let control = self.path("control");
        until("the simulator's control socket", || UnixStream::connect(&control).ok());
        Sim { process, control, port: self.path("tty") }
    }
}

/// A running simulator; dropping it pulls the stick out.
pub struct Sim {
    process: Process,
    control: PathBuf,
    port: PathBuf,
}

impl Sim {
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// Gives an order that must be carried out.
    pub fn tell(&self, order: &str) {
        assert_eq!(self.ask(order), "ok", "{order}");
    }

    fn ask(&self, order: &str) -> String {
        let mut stream = UnixStream::connect(&self.control).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(format!("{order}\n").as_bytes()).unwrap();
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Everything about stick and devices.
    pub fn status(&self) -> Value {
        let answer = self.ask("status");
        serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{error} in {answer:?}"))
    }

    /// One device, by the simulator's name for it.
    pub fn device(&self, name: &str) -> Value {
        self.status()["devices"][name].take()
    }

    /// The network that the stick holds.
    pub fn network(&self) -> Value {
        self.status()["network"].take()
    }

    /// Pulls the stick out without a word.
    pub fn unplug(self) {
        // What devices and stick remember is written a moment after it changed.
        std::thread::sleep(Duration::from_millis(300));
        self.process.kill();
        // A real stick takes its name along; a name left behind would soon stand for another program's pty.
        let _ = std::fs::remove_file(self.port);
    }
}

/// The program, built once in the profile of the daemon under test. Cargo builds only the tested package's programs for
/// its tests, so this one is asked for.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let daemon = Path::new(env!("CARGO_BIN_EXE_hearthd"));
        let folder = daemon.parent().unwrap();
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--package", "hearth-sim", "--bin", "hearth-sim"]);
        build.arg("--target-dir").arg(folder.parent().unwrap());
        if folder.ends_with("release") {
            build.arg("--release");
        }
        assert!(build.current_dir(env!("CARGO_MANIFEST_DIR")).status().unwrap().success(), "hearth-sim builds");
        folder.join("hearth-sim")
    })
}
