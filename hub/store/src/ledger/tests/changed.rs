//! G6 on the disk: whoever changes the file is found out, by name of the entry.

use super::*;
use crate::ledger::chain::beginning;
use crate::ledger::checkpoint;
use crate::tables::{KEYS, MARKS};

/// Changes the entries of a closed ledger.
fn change(dir: &Path, how: impl FnOnce(&mut redb::Table<'_, u64, &'static [u8]>)) {
    let db = redb::Database::open(dir.join(FILE.name)).unwrap();
    let txn = db.begin_write().unwrap();
    how(&mut txn.open_table(ENTRIES).unwrap());
    txn.commit().unwrap();
}

fn get(entries: &redb::Table<'_, u64, &'static [u8]>, number: u64) -> Recorded {
    Recorded::from_row(entries.get(number).unwrap().unwrap().value()).unwrap()
}

fn put(entries: &mut redb::Table<'_, u64, &'static [u8]>, number: u64, entry: &Recorded) {
    entries.insert(number, entry.to_row().as_slice()).unwrap();
}

fn other(number: u64) -> Entry {
    Entry::new(TEN + number * 60, None, Kind::Disclosure, "nothing", b"{}".to_vec()).unwrap()
}

/// What is found in a ledger of 30 entries and a checkpoint after it was changed.
fn found(how: impl FnOnce(&mut redb::Table<'_, u64, &'static [u8]>)) -> Result<Verdict, Flaw> {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 30).close();
    change(dir.path(), how);
    open(dir.path()).verify(None).unwrap()
}

#[test]
fn an_entry_that_was_edited_is_named() {
    let edited = found(|entries| {
        let entry = Recorded { entry: other(7), ..get(entries, 7) };
        put(entries, 7, &entry);
    });
    assert_eq!(edited, Err(Flaw::Edited { number: 7 }));
    let hashed_anew = found(|entries| {
        let before = get(entries, 6).head();
        put(entries, 7, &Recorded::after(before, other(7)));
    });
    assert_eq!(hashed_anew, Err(Flaw::Unlinked { number: 8 }));
    let unreadable = found(|entries| drop(entries.insert(7, &[1, 2, 3][..]).unwrap()));
    assert_eq!(unreadable, Err(Flaw::Row { number: 7 }));
}

#[test]
fn entries_that_were_removed_or_moved_are_named() {
    let removed = found(|entries| (11..=13).for_each(|n| drop(entries.remove(n).unwrap())));
    assert_eq!(removed, Err(Flaw::Removed { first: 11, last: 13 }));
    let beginning = found(|entries| (1..=3).for_each(|n| drop(entries.remove(n).unwrap())));
    assert_eq!(beginning, Err(Flaw::Removed { first: 1, last: 3 }));
    let swapped = found(|entries| {
        let (a, b) = (get(entries, 4), get(entries, 9));
        put(entries, 4, &b);
        put(entries, 9, &a);
    });
    assert_eq!(swapped, Err(Flaw::Moved { number: 9, expected: 4 }));
    let repeated = found(|entries| {
        let a = get(entries, 4);
        put(entries, 5, &a);
    });
    assert_eq!(repeated, Err(Flaw::Moved { number: 4, expected: 5 }));
    // Up to and with the checkpoint, which is noted beside the entries.
    let truncated = found(|entries| (25..=31).for_each(|n| drop(entries.remove(n).unwrap())));
    assert_eq!(truncated, Err(Flaw::Truncated { last: 24, noted: 31 }));
}

#[test]
fn a_chain_made_anew_needs_the_key_and_with_the_key_a_noted_head_tells() {
    let rewrite = |key: Option<key::Key>| {
        let dir = tempfile::tempdir().unwrap();
        let ledger = filled(dir.path(), 30);
        let noted = ledger.head().unwrap().unwrap();
        ledger.close();
        let db = redb::Database::open(dir.path().join(FILE.name)).unwrap();
        let stored = tail::read_key(&db.begin_read().unwrap()).unwrap().unwrap();
        drop(db);
        let key = key.unwrap_or(stored);
        change(dir.path(), |entries| {
            let mut head = get(entries, 6).head();
            for n in 7..=30 {
                let entry = Recorded::after(head, if n == 7 { other(7) } else { get(entries, n).entry });
                put(entries, n, &entry);
                head = entry.head();
            }
            put(entries, 31, &checkpoint::sign(&key, head, TEN + 1800));
        });
        let ledger = open(dir.path());
        (ledger.verify(None).unwrap().map(|verdict| verdict.noted), ledger.verify(Some(noted)).unwrap().unwrap_err())
    };
    let wrong = Flaw::Checkpoint { number: 31 };
    assert_eq!(rewrite(Some(key::Key::make().unwrap())), (Err(wrong), wrong));
    assert_eq!(rewrite(None), (Ok(Noted::Nothing), Flaw::Replaced { number: 31 }));
}

#[test]
fn a_tail_that_was_cut_is_told_by_a_noted_head_alone() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = filled(dir.path(), 30);
    disclose(&ledger, vec![nth(32), nth(33)]).unwrap();
    let noted = ledger.head().unwrap().unwrap();
    ledger.close();
    change(dir.path(), |entries| drop(entries.remove(33).unwrap()));
    let ledger = open(dir.path());
    assert_eq!(ledger.verify(None).unwrap().unwrap().head.number, 32);
    assert_eq!(ledger.verify(Some(noted)).unwrap(), Err(Flaw::Truncated { last: 32, noted: 33 }));
}

#[test]
fn nothing_is_put_behind_an_end_that_was_changed() {
    let refused = |how: fn(&redb::WriteTransaction)| {
        let dir = tempfile::tempdir().unwrap();
        let ledger = filled(dir.path(), 30);
        disclose(&ledger, vec![nth(32), nth(33)]).unwrap();
        ledger.close();
        let db = redb::Database::open(dir.path().join(FILE.name)).unwrap();
        let txn = db.begin_write().unwrap();
        how(&txn);
        txn.commit().unwrap();
        drop(db);
        let ledger = open(dir.path());
        let before = ledger.page(None, 100, &Filter::default());
        let refused = disclose(&ledger, vec![nth(34)]);
        assert!(matches!(refused, Err(CommitError::Failed(_))), "{refused:?}");
        assert_eq!(ledger.page(None, 100, &Filter::default()), before);
    };
    refused(|txn| drop(txn.open_table(ENTRIES).unwrap().remove(32).unwrap()));
    refused(|txn| drop(txn.open_table(ENTRIES).unwrap().remove(31).unwrap()));
    refused(|txn| txn.open_table(ENTRIES).unwrap().retain(|number, _| number < 30).unwrap());
    refused(|txn| drop(txn.open_table(KEYS).unwrap().remove(tail::SIGNING).unwrap()));
    refused(|txn| drop(txn.open_table(MARKS).unwrap().insert(tail::MARK, &[9][..]).unwrap()));
    refused(|txn| {
        let mut entries = txn.open_table(ENTRIES).unwrap();
        let entry = Recorded { entry: other(33), ..get(&entries, 33) };
        put(&mut entries, 33, &entry);
    });
}

#[test]
fn the_key_is_bound_to_the_first_entry() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path());
    disclose(&ledger, vec![nth(1)]).unwrap();
    let verdict = ledger.verify(None).unwrap().unwrap();
    assert_eq!(ledger.entry(1).unwrap().unwrap().previous, beginning(&verdict.key).hash);
    ledger.close();
    let db = redb::Database::open(dir.path().join(FILE.name)).unwrap();
    let txn = db.begin_write().unwrap();
    txn.open_table(KEYS).unwrap().insert(tail::SIGNING, &[9; 32][..]).unwrap();
    txn.commit().unwrap();
    drop(db);
    assert_eq!(open(dir.path()).verify(None).unwrap(), Err(Flaw::Unlinked { number: 1 }));
}
