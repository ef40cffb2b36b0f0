//! G5, the store's half: a ledger that is killed at any moment has everything it acknowledged, and its chain is whole.
//!
//! As in `kill.rs`, the test starts itself as a second process. That one plays the daemon: it discloses, and only when
//! the store says so lets the bytes go, into a file that stands for the cloud.

#![expect(clippy::unwrap_used, reason = "helpers of a test are test code, which clippy can't tell")]

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use store::ledger::{Entry, Filter, Head, Kind, Noted, Retention};
use store::{Options, Setting, Store, Value};

const HERE: &str = "HEARTH_STORE_KILL_LEDGER_DIR";
const FROM: &str = "HEARTH_STORE_KILL_LEDGER_FROM";
const KEPT: &str = "HEARTH_STORE_KILL_LEDGER_KEPT";

fn open(dir: &Path, kept: u64) -> Store {
    let ledger = Retention { days: 0, entries: kept, ..Retention::default() };
    Store::open(dir, &Options { ledger, ..Options::default() }).unwrap().0
}

/// The n-th answer is ten minutes after the one before, so that days are signed and rolled up under fire too.
fn entry(n: u64, kind: Kind, body: String) -> Entry {
    Entry::new(n * 600, "alexa_home".parse().ok(), kind, n.to_string(), body.into_bytes()).unwrap()
}

/// The process that is killed. Run by itself, it does nothing.
#[test]
fn victim() {
    let (Ok(dir), Ok(from)) = (std::env::var(HERE), std::env::var(FROM)) else { return };
    let dir = Path::new(&dir);
    let store = open(dir, std::env::var(KEPT).unwrap().parse().unwrap());
    let cloud = fs::OpenOptions::new().create(true).append(true).open(dir.join("cloud")).unwrap();
    let cloud = Arc::new(Mutex::new(cloud));
    // At most eight answers are under way.
    let (start, done) = sync_channel::<()>(8);
    let done = Arc::new(Mutex::new(done));
    for n in from.parse::<u64>().unwrap().. {
        start.send(()).unwrap();
        let mut entries = vec![entry(n, Kind::Disclosure, format!("answer {n}"))];
        if n % 3 == 0 {
            entries.insert(0, entry(n, Kind::Permitted, String::new()));
        }
        let (cloud, done) = (Arc::clone(&cloud), Arc::clone(&done));
        // What is kept beside the chain says of which answer it is.
        let setting = (Setting::Engine, Some(Value::new(n.to_string().into_bytes())));
        store.ledger().append(
            entries,
            vec![setting],
            Box::new(move |durable| {
                durable.unwrap();
                // One write, so that no kill leaves half a line.
                cloud.lock().unwrap().write_all(format!("answer {n}\n").as_bytes()).unwrap();
                writeln!(std::io::stdout().lock(), "\nsent {n}").unwrap();
                done.lock().unwrap().recv().unwrap();
            }),
        );
    }
}

/// Lets a victim work on `dir` from answer `from` on, and kills it so long after its first one left.
fn kill(dir: &Path, from: u64, kept: u64, after: Duration) {
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "victim", "--nocapture", "--test-threads=1"])
        .envs([(FROM, from.to_string()), (KEPT, kept.to_string())])
        .env(HERE, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines();
    let sent = lines.by_ref().map_while(Result::ok).any(|line| line == format!("sent {from}"));
    assert!(sent, "the victim died by itself");
    let drain = std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    std::thread::sleep(after);
    victim.kill().unwrap();
    victim.wait().unwrap();
    drain.join().unwrap();
}

/// The numbers of all answers that the ledger holds in full, and how many it holds or has counted.
fn answers(store: &Store) -> (BTreeSet<u64>, u64) {
    let filter = Filter { kind: Some(Kind::Disclosure), ..Filter::default() };
    let (mut before, mut numbers) = (None, BTreeSet::new());
    loop {
        let page = store.ledger().page(before, 100, &filter).unwrap();
        for found in page.entries {
            let n = found.entry.detail().parse().unwrap();
            assert_eq!(found.entry.body(), format!("answer {n}").as_bytes());
            assert!(numbers.insert(n), "answer {n} is there twice");
        }
        before = page.more;
        if before.is_none() {
            break;
        }
    }
    let verdict = store.ledger().verify(None).unwrap().unwrap();
    let counts = verdict.rollup.map(|rollup| rollup.counts).unwrap_or_default();
    let rolled = counts.get(&("alexa_home".parse().ok(), Kind::Disclosure)).copied().unwrap_or_default();
    let all = rolled + numbers.len() as u64;
    (numbers, all)
}

fn kill_often(kept: u64, seed: u64) -> u64 {
    let dir = tempfile::tempdir().unwrap();
    let (mut next, mut noted) = (1, None::<Head>);
    for round in 0..25u64 {
        kill(dir.path(), next, kept, Duration::from_micros(round * seed * 7919 % 40_000));
        let store = open(dir.path(), kept);
        let (there, all) = answers(&store);
        let first = there.first().copied().unwrap();
        let cloud = fs::read_to_string(dir.path().join("cloud")).unwrap();
        let left: BTreeSet<u64> = cloud.lines().map(|line| line["answer ".len()..].parse().unwrap()).collect();
        let missing: Vec<_> = left.iter().filter(|n| **n >= first && !there.contains(n)).collect();
        assert!(missing.is_empty(), "round {round}: answers {missing:?} left unrecorded");
        let last = there.last().copied().unwrap();
        assert!(last >= left.last().copied().unwrap());
        assert_eq!(all, last, "round {round}: answers are given in order, and each is there or counted");
        let kept_beside = store.ledger().settings().unwrap();
        let of = kept_beside.get(&Setting::Engine).unwrap();
        assert_eq!(of.expose(), last.to_string().as_bytes(), "round {round}: a setting without its entry");
        let verdict = store.ledger().verify(noted).unwrap().unwrap();
        assert!(matches!(verdict.noted, Noted::Nothing | Noted::Found | Noted::RolledUp));
        noted = store.ledger().head().unwrap();
        assert!(store.health().is_good(), "round {round}: {:?}", store.health());
        store.close();
        next = last + 1;
    }
    next
}

#[test]
fn nothing_left_unrecorded_by_kills() {
    let answers = kill_often(u64::MAX, 1);
    assert!(answers > 60, "the victims did hardly anything: {answers} answers");
}

/// With entries rolled up all the time.
#[test]
fn nor_while_old_entries_are_rolled_up() {
    let answers = kill_often(20, 3);
    assert!(answers > 60, "the victims did hardly anything: {answers} answers");
}
