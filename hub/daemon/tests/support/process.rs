//! A program that a test started: its log, its signals, and its end together with the test's.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::{PATIENCE, now};

/// Lines of the log that are shown when a test fails.
const SHOWN: usize = 60;

/// Lines of standard error, each with the time at which it was read.
type Log = Arc<(Mutex<Vec<(Duration, String)>>, Condvar)>;

/// A running program. It is killed when this is dropped.
pub struct Process {
    name: String,
    child: Child,
    log: Log,
}

impl Process {
    /// Starts a program and reads along what it says on standard error.
    pub fn start(name: &str, command: &mut Command) -> Self {
        let mut child = without_file_size_signal(command)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("can't start {name}: {error}"));
        let log = Log::default();
        let stderr = child.stderr.take().unwrap();
        let lines = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                lines.0.lock().unwrap().push((now(), line));
                lines.1.notify_all();
            }
            // Whoever waits for a line must see that none will come.
            lines.0.lock().unwrap().push((now(), END.to_owned()));
            lines.1.notify_all();
        });
        Self { name: name.to_owned(), child, log }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits for a line of the log that ends like this; says when it came, or `None` if the program ends before.
    pub fn line(&self, end: &str) -> Option<Duration> {
        let mut lines = self.log.0.lock().unwrap();
        let deadline = now() + PATIENCE;
        loop {
            if let Some((at, _)) = lines.iter().find(|(_, line)| line.ends_with(end)) {
                return Some(*at);
            }
            if lines.last().is_some_and(|(_, line)| line == END) {
                return None;
            }
            let left = deadline.saturating_sub(now());
            assert!(!left.is_zero(), "{} never said {end:?}", self.name);
            lines = self.log.1.wait_timeout(lines, left).unwrap().0;
        }
    }

    /// Whether any line of the log so far has this in it.
    pub fn said(&self, text: &str) -> bool {
        self.log.0.lock().unwrap().iter().any(|(_, line)| line.contains(text))
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Asks the program to end and waits for it.
    pub fn terminate(mut self) -> ExitStatus {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::TERM).unwrap();
        let deadline = now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(now() < deadline, "{} does not end", self.name);
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Ends the program without asking.
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The same command, to which a file size limit (`support::disk`) is an error of the write and not a signal.
fn without_file_size_signal(command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(r#"trap "" XFSZ; exec "$0" "$@""#).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell
}

const END: &str = "(end of the log)";

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
        if std::thread::panicking() {
            let lines = self.log.0.lock().unwrap();
            eprintln!("--- {}, last lines", self.name);
            for (at, line) in lines.iter().skip(lines.len().saturating_sub(SHOWN)) {
                eprintln!("{:.3} {line}", at.as_secs_f64());
            }
        }
    }
}
