//! A store that is killed at any moment has everything it acknowledged (invariant 2).
//!
//! The test starts itself as a second process that moves a lock as fast as the disk takes it and tells each
//! acknowledgement on its standard output; the first one kills it again and again and looks.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of a test are test code, which clippy can't tell"
)]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel, sync_channel};
use std::time::Duration;

use home::lock::Bolt;
use home::{AdapterName, CentiCelsius, Device, Ieee, Key, LogEntry, LogKind, Reading, Timestamp};
use store::{Batch, Kept, Options, Store};

const DOOR: Ieee = Ieee(1);
const HERE: &str = "HEARTH_STORE_KILL_DIR";
const FROM: &str = "HEARTH_STORE_KILL_FROM";

/// The n-th move is ten minutes after the one before, so that days close and are rolled up under fire too.
fn at(n: u64) -> Timestamp {
    Timestamp(n * 600_000)
}

fn bolt(n: u64) -> Bolt {
    if n.is_multiple_of(2) { Bolt::Locked } else { Bolt::Unlocked }
}

fn open(dir: &Path) -> (Store, Kept) {
    let options = Options { flush: Duration::from_millis(7), latest: Duration::from_millis(70), ..Options::default() };
    Store::open(dir, &options).unwrap()
}

/// The process that is killed. Run by itself, it does nothing.
#[test]
fn victim() {
    let (Ok(dir), Ok(from)) = (std::env::var(HERE), std::env::var(FROM)) else { return };
    let (store, _) = open(Path::new(&dir));
    // At most eight moves are under way.
    let (start, done) = sync_channel::<()>(8);
    let done = std::sync::Arc::new(std::sync::Mutex::new(done));
    for n in from.parse::<u64>().unwrap().. {
        start.send(()).unwrap();
        for other in 2..40 {
            let warmth = Reading::LocalTemperature(Some(CentiCelsius(i16::try_from(n % 3000).unwrap())));
            store.report(Ieee(other), at(n), &[warmth], None);
        }
        let mut batch = Batch::new();
        if n == 1 {
            batch.device(&Device::new(DOOR, AdapterName::new("stick")));
        }
        let kind = LogKind::Bolt { from: Some(bolt(n + 1)), to: Some(bolt(n)) };
        batch.log(LogEntry { at: at(n), device: Some(DOOR), kind });
        batch.report(DOOR, at(n), &[Reading::LockState(Some(bolt(n)))], None);
        let acknowledged = std::sync::Arc::clone(&done);
        let tell = move |what: &str, result: Result<(), store::CommitError>| {
            result.unwrap();
            writeln!(std::io::stdout().lock(), "\n{what} {n}").unwrap();
        };
        store.commit(
            batch,
            Box::new(move |result| {
                tell("committed", result);
                acknowledged.lock().unwrap().recv().unwrap();
            }),
        );
        if n % 16 == 0 {
            store.flush(Box::new(move |result| tell("flushed", result)));
        }
    }
}

/// What the victim said before it died: the greatest number for each word.
#[derive(Default)]
struct Said {
    committed: u64,
    flushed: u64,
}

fn listen(lines: &Receiver<String>, said: &mut Said) -> bool {
    let Ok(line) = lines.recv() else { return false };
    match line.split_once(' ').map(|(word, n)| (word, n.parse())) {
        Some(("committed", Ok(n))) => said.committed = said.committed.max(n),
        Some(("flushed", Ok(n))) => said.flushed = said.flushed.max(n),
        _ => {}
    }
    true
}

/// Lets a victim work on `dir` from move `from` on, kills it so long after its first word, and returns its last words.
fn kill(dir: &Path, from: u64, after: Duration) -> Said {
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "victim", "--nocapture", "--test-threads=1"])
        .env(HERE, dir)
        .env(FROM, from.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let out = BufReader::new(victim.stdout.take().unwrap());
    let (tell, lines) = channel();
    let reader = std::thread::spawn(move || {
        for line in out.lines().map_while(Result::ok) {
            tell.send(line).unwrap();
        }
    });
    let mut said = Said { committed: from - 1, flushed: 0 };
    while said.committed < from && listen(&lines, &mut said) {}
    assert!(said.committed >= from, "the victim died by itself");
    std::thread::sleep(after);
    victim.kill().unwrap();
    victim.wait().unwrap();
    while listen(&lines, &mut said) {}
    reader.join().unwrap();
    said
}

#[test]
fn nothing_acknowledged_is_lost_by_fifty_kills() {
    kill_fifty_times(1);
}

/// At the same time as the first fifty: both mostly wait for the disk.
#[test]
fn nor_by_fifty_more() {
    kill_fifty_times(2);
}

fn kill_fifty_times(seed: u64) {
    let dir = tempfile::tempdir().unwrap();
    let (mut next, mut flushed) = (1, BTreeSet::new());
    for round in 0..50u64 {
        let said = kill(dir.path(), next, Duration::from_micros(round * seed * 7919 % 30_000));
        // What the victim before had not flushed may be missing from the history for ever.
        flushed.extend(next..=said.flushed);
        let (store, kept) = open(dir.path());

        let logged: BTreeSet<_> = store.events(usize::MAX, Some(DOOR)).unwrap().iter().map(|e| e.at).collect();
        let missing: Vec<_> = (1..=said.committed).filter(|n| !logged.contains(&at(*n))).collect();
        assert!(missing.is_empty(), "round {round}: of {} moves {missing:?} are missing", said.committed);

        let last = kept.devices[0].slots[&Key::LockState];
        let n = last.at.0 / 600_000;
        assert!(n >= said.committed, "round {round}: move {} was acknowledged, the bolt is at {n}", said.committed);
        assert_eq!(last.reading, Reading::LockState(Some(bolt(n))));

        let past = store.history(DOOR, Key::LockState, Timestamp(0), Timestamp(u64::MAX)).unwrap();
        let past: BTreeSet<_> = past.into_iter().map(|(seconds, _)| seconds).collect();
        let missing: Vec<_> = flushed.iter().filter(|n| !past.contains(&(*n * 600))).collect();
        assert!(missing.is_empty(), "round {round}: samples {missing:?} are missing");
        assert!(store.health().is_good(), "round {round}: {:?}", store.health());
        store.close();
        // The move under way when the victim died may have landed.
        next = logged.last().map_or(1, |last| last.0 / 600_000 + 1);
    }
    assert!(next > 100 && !flushed.is_empty(), "the victims did hardly anything: {next} moves");
}
