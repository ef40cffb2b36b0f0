//! The ledger as a whole, on a real file.

mod beside;
mod changed;
mod export;
mod keeping;

use std::sync::mpsc::channel;

use redb::{ReadableDatabase, ReadableTable, ReadableTableMetadata};

use super::*;
use crate::tables::ENTRIES;

/// 2026-11-23, 10:00 UTC.
const TEN: u64 = 1_795_428_000;

fn open(dir: &Path) -> Ledger {
    open_with(dir, Retention::default())
}

fn open_with(dir: &Path, retention: Retention) -> Ledger {
    Ledger::open(dir, retention).unwrap()
}

fn wait(ask: impl FnOnce(Done)) -> Result<(), CommitError> {
    let (tell, told) = channel();
    ask(Box::new(move |result| tell.send(result).unwrap()));
    told.recv().unwrap()
}

fn disclose(ledger: &Ledger, entries: Vec<Entry>) -> Result<(), CommitError> {
    wait(|done| ledger.append(entries, Vec::new(), done))
}

/// The n-th thing that happens, a minute after the one before.
fn nth(n: u64) -> Entry {
    let audience = |name: &str| Some(name.parse().unwrap());
    let (audience, kind, detail, body) = match n % 5 {
        0 => (
            audience("alexa_home"),
            Kind::Disclosure,
            "how is Doors",
            format!("{{\"n\":{n},\"é\":\"\\n\"}}").into_bytes(),
        ),
        1 => (audience("google"), Kind::Disclosure, "", vec![0xFF, 0, 1]),
        2 => (audience("google"), Kind::Refused, "unlock Doors: not granted", Vec::new()),
        3 => (audience("alexa_home"), Kind::Permitted, "set Heating", Vec::new()),
        _ => (None, Kind::PolicyApplied, "2 audiences", Vec::new()),
    };
    Entry::new(TEN + n * 60, audience, kind, detail, body).unwrap()
}

/// A ledger with the first `count` things, signed at the end.
fn filled(dir: &Path, count: u64) -> Ledger {
    let ledger = open(dir);
    disclose(&ledger, (1..=count).map(nth).collect()).unwrap();
    wait(|done| ledger.sign(TEN + count * 60, done)).unwrap();
    ledger
}

fn exported(ledger: &Ledger) -> String {
    ledger.export().unwrap().map(Result::unwrap).collect()
}

#[test]
fn what_was_disclosed_is_there_after_a_restart_and_the_chain_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path());
    assert_eq!(ledger.head(), Ok(None));
    assert_eq!(ledger.verify(None), Ok(Err(Flaw::Empty)));
    assert_eq!(exported(&ledger), "");
    wait(|done| ledger.sign(TEN, done)).unwrap();
    assert_eq!(ledger.head(), Ok(None), "nothing to sign");

    disclose(&ledger, vec![nth(1), nth(2)]).unwrap();
    disclose(&ledger, vec![nth(3)]).unwrap();
    let noted = ledger.head().unwrap().unwrap();
    assert_eq!(noted.number, 3);
    ledger.close();
    assert_eq!(disclose(&ledger, vec![nth(4)]), Err(CommitError::Closed));

    let ledger = open(dir.path());
    disclose(&ledger, vec![nth(4)]).unwrap();
    wait(|done| ledger.sign(TEN + 300, done)).unwrap();
    wait(|done| ledger.sign(TEN + 300, done)).unwrap();
    for n in 1..=4 {
        assert_eq!(ledger.entry(n).unwrap().unwrap().entry, nth(n));
    }
    let verdict = ledger.verify(Some(noted)).unwrap().unwrap();
    assert_eq!((verdict.entries, verdict.signed, verdict.noted), (5, 5, Noted::Found));
    assert_eq!(Some(verdict.head), ledger.head().unwrap());
}

#[test]
fn it_signs_every_256_entries_and_at_each_change_of_day() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path());
    disclose(&ledger, (1..=600).map(nth).collect()).unwrap();
    let tomorrow = Entry::new(TEN + 86_400, None, Kind::Paused, "", Vec::new()).unwrap();
    disclose(&ledger, vec![tomorrow]).unwrap();
    let checkpoints = Filter { kind: Some(Kind::Checkpoint), ..Filter::default() };
    let page = ledger.page(None, 100, &checkpoints).unwrap();
    let numbers: Vec<_> = page.entries.iter().map(|entry| entry.number).collect();
    // 600 minutes after ten in the morning is no other day; the 600 are at 1 to 602 around two checkpoints.
    assert_eq!(numbers, [603, 512, 256]);
    assert_eq!(ledger.verify(None).unwrap().unwrap().signed, 603);
}

#[test]
fn pages_go_back_from_the_newest_and_can_be_filtered() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = filled(dir.path(), 120);
    let google = Filter { audience: Some("google".parse().unwrap()), kind: None };
    let (mut before, mut seen) = (None, Vec::new());
    loop {
        let page = ledger.page(before, 7, &google).unwrap();
        assert!(page.entries.len() <= 7 && page.damaged == 0);
        seen.extend(page.entries.iter().map(|entry| entry.number));
        before = page.more;
        if before.is_none() {
            break;
        }
    }
    let expected: Vec<_> = (1..=120).rev().filter(|n| n % 5 == 1 || n % 5 == 2).collect();
    assert_eq!(seen, expected);
    assert_eq!(ledger.page(None, usize::MAX, &Filter::default()).unwrap().entries.len(), MAX_PAGE);
}
