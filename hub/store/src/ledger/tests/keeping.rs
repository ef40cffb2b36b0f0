//! What is kept for how long, on disks that are full, and how much a start reads.

use std::sync::atomic::Ordering;

use super::*;

const DAY: u64 = 86_400;

/// So many entries, one each hour.
fn hourly(ledger: &Ledger, hours: std::ops::Range<u64>) {
    for chunk in hours.collect::<Vec<_>>().chunks(100) {
        let entry = |hour: &u64| {
            let kind = if hour.is_multiple_of(2) { Kind::Disclosure } else { Kind::Refused };
            Entry::new(TEN + hour * 3600, Some("google".parse().unwrap()), kind, "", vec![b'x'; 100]).unwrap()
        };
        disclose(ledger, chunk.iter().map(entry).collect()).unwrap();
    }
}

fn kept(ledger: &Ledger) -> u64 {
    let db = ledger.file();
    db.read(|txn| Ok(txn.open_table(ENTRIES)?.len()?)).unwrap()
}

fn rolled(rollup: &RollUp, kind: Kind) -> u64 {
    rollup.counts.iter().filter(|((_, k), _)| *k == kind).map(|(_, count)| count).sum()
}

#[test]
fn what_is_rolled_up_stays_counted_and_the_chain_verifies_across_it() {
    let dir = tempfile::tempdir().unwrap();
    let retention = Retention { days: 10, entries: 500, bytes: u64::MAX };
    let ledger = open_with(dir.path(), retention);
    hourly(&ledger, 0..300);
    let noted = ledger.head().unwrap().unwrap();
    assert_eq!(ledger.verify(None).unwrap().unwrap().rollup, None, "old, but not too many");
    hourly(&ledger, 300..1000);
    let verdict = ledger.verify(Some(noted)).unwrap().unwrap();
    let rollup = verdict.rollup.unwrap();
    assert_eq!((rollup.first.number, rollup.last.number + verdict.entries), (1, verdict.head.number));
    assert_eq!(verdict.entries, kept(&ledger));
    assert!((500..800).contains(&verdict.entries), "{}", verdict.entries);
    assert_eq!((rollup.first_at, verdict.noted), (TEN, Noted::RolledUp));
    let disclosures = Filter { kind: Some(Kind::Disclosure), ..Filter::default() };
    let (mut before, mut left) = (None, 0);
    loop {
        let page = ledger.page(before, 100, &disclosures).unwrap();
        left += page.entries.len() as u64;
        before = page.more;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(rolled(&rollup, Kind::Disclosure) + left, 500, "each one is counted or there");

    // The same after a restart, on paper, and with the last one that was rolled up noted.
    ledger.close();
    let ledger = open_with(dir.path(), retention);
    hourly(&ledger, 1000..1300);
    let later = ledger.verify(Some(rollup.last)).unwrap().unwrap();
    let again = later.rollup.clone().unwrap();
    assert!(again.last.number > rollup.last.number && again.first == rollup.first);
    assert_eq!(later.noted, Noted::RolledUp);
    let text = exported(&ledger);
    assert_eq!(verify_export(text.as_bytes(), Some(again.last)).unwrap().noted, Noted::Found);
    assert_eq!(verify_export(text.as_bytes(), None).unwrap().rollup, Some(again));
    // Each byte of the roll-up counts.
    let second = text.find('\n').unwrap() + 1;
    let third = second + text[second..].find('\n').unwrap();
    let mut bytes = text.clone().into_bytes();
    for at in second..=third {
        bytes[at] ^= 1;
        assert!(matches!(verify_export(&bytes[..], None), Err(VerifyError::Flaw(_))), "byte {at}");
        bytes[at] ^= 1;
    }
    let without = text.lines().filter(|line| !line.contains("rolled_up")).map(|line| format!("{line}\n"));
    let flaw = verify_export(without.collect::<String>().as_bytes(), None).unwrap_err();
    assert!(matches!(flaw, VerifyError::Flaw(Flaw::Removed { first: 1, .. })), "{flaw}");
}

#[test]
fn young_entries_are_kept_though_they_are_many_unless_there_is_no_room() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open_with(dir.path(), Retention { days: 90, entries: 10, bytes: u64::MAX });
    hourly(&ledger, 0..1000);
    assert!(kept(&ledger) > 1000);
    ledger.close();
    let ledger = open_with(dir.path(), Retention { days: 90, entries: 10, bytes: 60_000 });
    hourly(&ledger, 1000..1400);
    let verdict = ledger.verify(None).unwrap().unwrap();
    assert!(verdict.rollup.is_some() && (100..600).contains(&verdict.entries), "{}", verdict.entries);
}

#[test]
fn an_old_entry_that_was_changed_is_not_rolled_up() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 30).close();
    let db = redb::Database::open(dir.path().join(FILE.name)).unwrap();
    let txn = db.begin_write().unwrap();
    txn.open_table(ENTRIES).unwrap().insert(7, &[1, 2, 3][..]).unwrap();
    txn.commit().unwrap();
    drop(db);
    let ledger = open_with(dir.path(), Retention { days: 0, entries: 1, bytes: 0 });
    disclose(&ledger, (31..600).map(nth).collect()).unwrap();
    assert_eq!(ledger.verify(None).unwrap(), Err(Flaw::Row { number: 7 }));
    assert!(exported(&ledger).contains("{\"number\":7,\"unreadable\":true}\n"));
    assert_eq!(ledger.page(Some(9), 3, &Filter::default()).unwrap().damaged, 1);
}

#[test]
fn on_a_full_disk_nothing_is_acknowledged_and_nothing_acknowledged_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path());
    let disk = &ledger.file().meter().disk;
    disk.set_room(Some(40));
    let entry = |n: u64| Entry::new(TEN + n, None, Kind::Disclosure, n.to_string(), vec![7; 3000]).unwrap();
    let mut acknowledged = Vec::new();
    for n in 0..200 {
        if disclose(&ledger, vec![entry(n)]).is_ok() {
            acknowledged.push(n);
        }
    }
    assert!(!acknowledged.is_empty() && acknowledged.len() < 199, "{acknowledged:?}");
    assert!(ledger.file().trouble().is_some());
    let there = |ledger: &Ledger| {
        let mut there: Vec<u64> = Vec::new();
        let page = ledger.page(None, 100, &Filter { kind: Some(Kind::Disclosure), ..Filter::default() }).unwrap();
        there.extend(page.entries.iter().rev().map(|entry| entry.entry.detail().parse::<u64>().unwrap()));
        there
    };
    assert_eq!(there(&ledger), acknowledged, "and reading goes on");
    disk.set_room(None);
    disclose(&ledger, vec![entry(1000)]).unwrap();
    acknowledged.push(1000);
    ledger.close();
    let ledger = open(dir.path());
    assert_eq!(there(&ledger), acknowledged);
    assert!(ledger.verify(None).unwrap().is_ok());
}

#[test]
fn a_start_reads_the_end_and_not_the_rest() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path());
    for first in (0..6000u64).step_by(1000) {
        let entry = |n| Entry::new(TEN + n, None, Kind::Disclosure, "", vec![7; 1000]).unwrap();
        disclose(&ledger, (first..first + 1000).map(entry).collect()).unwrap();
    }
    ledger.close();
    let ledger = open(dir.path());
    let read = || ledger.file().meter().read.load(Ordering::Relaxed);
    // redb itself reads everything when it opens a file with debug assertions on; the bench shows that it does not
    // without them.
    let before = read();
    disclose(&ledger, vec![nth(1)]).unwrap();
    ledger.head().unwrap();
    assert!(read() - before < 600_000, "{} of 6 million bytes", read() - before);
    ledger.verify(None).unwrap().unwrap();
    assert!(read() - before > 6_000_000, "or the test can't tell");
}

#[test]
fn a_damaged_file_closes_the_way_out_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 3).close();
    std::fs::write(dir.path().join(FILE.name), b"").unwrap();
    let (store, _) = crate::Store::open(dir.path(), &crate::Options::default()).unwrap();
    let refused = disclose(store.ledger(), vec![nth(1)]);
    assert!(matches!(refused, Err(CommitError::Failed(_))), "{refused:?}");
    store.ledger().head().unwrap_err();
    store.ledger().verify(None).unwrap_err();
    wait(|done| store.flush(done)).unwrap();
    assert!(!store.health().is_good() && !store.health().is_ruined());
    assert_eq!(std::fs::read(dir.path().join(FILE.name)).unwrap(), b"", "evidence stays where it is");
}

#[test]
fn the_day_of_a_clock_that_jumps_back_does_no_harm() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path());
    for at in [TEN, 5, TEN + DAY, 0, u64::MAX, 7] {
        disclose(&ledger, vec![Entry::new(at, None, Kind::Paused, "", Vec::new()).unwrap()]).unwrap();
    }
    let verdict = ledger.verify(None).unwrap().unwrap();
    assert_eq!((verdict.entries, verdict.rollup), (11, None));
}
