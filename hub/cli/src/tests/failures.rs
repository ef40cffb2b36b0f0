//! Exit codes and error messages.

use std::io::Write;
use std::os::unix::net::UnixListener;

use serde_json::{Value, json};

use super::fake::{Closed, Fake, Seat, run};
use crate::terminal::Terminal;

#[test]
fn refusals_have_their_exit_codes() {
    for (kind, code) in [("invalid", 65), ("conflict", 65), ("not_found", 66), ("unavailable", 69), ("failed", 75)] {
        let hub = Fake::new(json!({"device": {"status": "error", "kind": kind, "error": "because\u{1b}"}}), &[]);
        let ran = hub.hearth("device bath");
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (code, "", "hearth: because\u{fffd}\n"));
        let ran = hub.hearth("device bath --json");
        let error = json!({"status": "error", "kind": kind, "error": "because\u{1b}"});
        assert_eq!((ran.code, ran.out.as_str()), (code, ""));
        assert_eq!(serde_json::from_str::<Value>(&ran.err).unwrap(), error);
    }
}

#[test]
fn a_bolt_that_has_not_moved_is_no_success() {
    let pending = json!({"outcome": "pending", "within_seconds": 15});
    let hub = Fake::new(json!({"lock": pending, "unlock": pending, "set": pending}), &[]);
    for words in ["lock door", "unlock door", "set door state UNLOCK"] {
        let ran = hub.hearth(words);
        assert_eq!((ran.code, ran.out.is_empty()), (75, false), "{words}: {ran:?}");
        let error: Value = serde_json::from_str(&hub.hearth(&format!("{words} --json")).err).unwrap();
        assert_eq!(error["kind"], "pending", "{words}");
    }
    assert_eq!(hub.hearth("set bath occupied_heating_setpoint 21").code, 0, "a valve wakes in its own time");
    let done = Fake::new(json!({}), &[]);
    assert_eq!(done.hearth("unlock door").code, 0);
}

#[test]
fn a_daemon_that_is_not_there_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("admin.sock");
    let words = format!("--socket {} status", path.display());
    let ran = run(&words, Seat::default());
    assert_eq!(ran.code, 69);
    assert!(ran.err.contains("is it running? `systemctl status hearthd`"), "{}", ran.err);
    // A socket that a dead daemon left behind.
    drop(UnixListener::bind(&path).unwrap());
    assert_eq!(run(&words, Seat::default()).code, 69);
    let ran = run(&format!("{words} --json"), Seat::default());
    assert_eq!(serde_json::from_str::<Value>(&ran.err).unwrap()["kind"], "unreachable");
}

#[test]
fn a_daemon_that_hangs_up_or_babbles_is_said() {
    for (answer, code) in
        [("", 69), ("what?\n", 70), ("{}\n", 70), ("{\"status\":\"error\",\"kind\":\"new\",\"error\":\"x\"}\n", 70)]
    {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("admin.sock");
        let listener = UnixListener::bind(&path).unwrap();
        let daemon = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut line = String::new();
            std::io::BufRead::read_line(&mut std::io::BufReader::new(&stream), &mut line).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
        });
        let ran = run(&format!("--socket {} status", path.display()), Seat::default());
        daemon.join().unwrap();
        assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{answer}");
    }
}

#[test]
fn words_that_make_no_sense_are_usage() {
    for words in [
        "",
        "frobnicate",
        "device",
        "permit-join 255",
        "permit-join soon",
        "permit-join 60 --wait --no-wait",
        "history bath battery --since yesterday",
        "mqtt-user add ada",
        "unlock door --pin 1234",
    ] {
        let ran = run(words, Seat::default());
        assert_eq!((ran.code, ran.out.as_str()), (64, ""), "{words}");
        assert!(!ran.err.contains('\u{1b}'), "{}", ran.err);
    }
    let help = run("--help", Seat::default());
    assert!(help.code == 0 && help.out.contains("Exit codes:") && help.out.contains("  77  "), "{}", help.out);
    assert_eq!(run("--version", Seat::default()).code, 0);
}

#[test]
fn a_reader_that_leaves_is_a_quiet_end() {
    let hub = Fake::new(json!({}), &[json!({"change": "permit_join", "adapter": "stick", "seconds": 9})]);
    for verb in ["status", "watch", "watch --json", "completions bash"] {
        let mut err = Vec::new();
        let mut terminal =
            Terminal { out: &mut Closed, err: &mut err, input: &mut &b""[..], is_read: false, can_answer: false };
        let words = format!("hearth --socket {} {verb}", hub.socket().display());
        let code = crate::run(words.split(' ').map(Into::into), &mut terminal);
        assert_eq!((code, err.as_slice()), (0, &b""[..]), "{verb}");
    }
}
