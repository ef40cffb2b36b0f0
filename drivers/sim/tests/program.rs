//! `hearth-sim` itself: ready line, orders, trace, memory, end.

#![allow(clippy::unwrap_used, reason = "helpers of tests, outside test functions")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

struct Program {
    child: Child,
    ready: String,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_hearth-sim"))
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        Self { child, ready: ready.trim().to_owned() }
    }

    fn end(mut self) {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

fn order(socket: &Path, line: &str) -> String {
    let mut stream = UnixStream::connect(socket).unwrap();
    writeln!(stream, "{line}").unwrap();
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).unwrap();
    answer.trim().to_owned()
}

#[test]
fn it_plays_a_stick_takes_orders_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let [pty, socket, memory] = ["stick", "control", "memory"].map(|name| folder.path().join(name));
    let [pty_text, socket_text, memory_text] = [&pty, &socket, &memory].map(|path| path.to_str().unwrap());
    let program = Program::start(&[
        "--pty",
        pty_text,
        "--control",
        socket_text,
        "--nv",
        memory_text,
        "--thermostats",
        "2",
        "--fault",
        "jitter=1",
    ]);
    assert_eq!(program.ready, format!("ready {pty_text}"));
    assert!(pty.is_symlink());
    assert_eq!(order(&socket, "fault none"), "ok");
    assert!(order(&socket, "jam").starts_with("error "));
    let status: serde_json::Value = serde_json::from_str(&order(&socket, "status")).unwrap();
    assert_eq!(status["devices"].as_object().unwrap().len(), 2);
    // A restart writes the memory.
    assert_eq!(order(&socket, "reset"), "ok");
    program.end();
    assert!(memory.exists() && !pty.is_symlink() && !socket.exists());
    Program::start(&["--pty", pty_text, "--nv", memory_text, "--thermostats", "2"]).end();
}

#[test]
fn it_traces_what_passes_the_port() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    let program = Program::start(&[
        "--tcp",
        "127.0.0.1:0",
        "--thermostats",
        "1",
        "--instant",
        "--trace",
        trace.to_str().unwrap(),
    ]);
    let mut host = TcpStream::connect(program.ready.trim_start_matches("ready ")).unwrap();
    // A write to a stranger: refused without a network, but read.
    let write = [
        0xFE, 0x12, 0x24, 0x01, 0x34, 0x12, 0x01, 0x01, 0x01, 0x02, 0x05, 0x10, 0x1E, 0x08, 0x00, 0x05, 0x02, 0x12,
        0x00, 0x29, 0x66, 0x08, 0x43,
    ];
    host.write_all(&write).unwrap();
    let mut answer = [0; 6];
    host.read_exact(&mut answer).unwrap();
    drop(host);
    program.end();
    let text = std::fs::read_to_string(trace).unwrap();
    let words: Vec<&str> = text.split_whitespace().collect();
    assert_eq!(words[1..], ["request", "1234", "0201", "0005021200296608"]);
    assert!(words[0].parse::<u64>().is_ok());
}

#[test]
fn it_wants_a_port_and_refuses_what_it_does_not_know() {
    let fails = |arguments: &[&str]| {
        let ended = Command::new(env!("CARGO_BIN_EXE_hearth-sim")).args(arguments).stderr(Stdio::null()).status();
        ended.unwrap().code()
    };
    assert_eq!(fails(&["--thermostats", "1"]), Some(2));
    assert_eq!(fails(&["--tcp", "127.0.0.1:0", "--fault", "rust=1"]), Some(2));
    assert_eq!(fails(&["--tcp", "no address"]), Some(69));
}
