//! What goes in comes out, also of a store that was opened again.

mod faults;

use std::sync::mpsc::channel;

use home::lock::Bolt;
use home::{AdapterName, CentiCelsius, Device, DriverRecord, LogKind, Percent};

use super::*;
use crate::model::{PasswordHash, User};

const BATH: Ieee = Ieee(0x11);
const DOOR: Ieee = Ieee(0x22);
const ALWAYS: Timestamp = Timestamp(u64::MAX);

fn open(dir: &Path) -> (Store, Kept) {
    // Nothing happens by itself: the tests say when.
    let options = Options { flush: Duration::from_secs(3600), ..Options::default() };
    Store::open(dir, &options).unwrap()
}

/// Waits for what `ask` gives a callback for.
fn wait(ask: impl FnOnce(Done)) -> Result<(), CommitError> {
    let (tell, told) = channel();
    ask(Box::new(move |result| tell.send(result).unwrap()));
    told.recv().unwrap()
}

fn commit(store: &Store, fill: impl FnOnce(&mut Batch)) -> Result<(), CommitError> {
    let mut batch = Batch::new();
    fill(&mut batch);
    wait(|done| store.commit(batch, done))
}

fn temperature(centi: i16) -> Reading {
    Reading::LocalTemperature(Some(CentiCelsius(centi)))
}

fn bolt(bolt: Bolt) -> Reading {
    Reading::LockState(Some(bolt))
}

fn joined(device: Ieee, at: u64) -> LogEntry {
    LogEntry { at: Timestamp(at), device: Some(device), kind: LogKind::Joined }
}

fn device(ieee: Ieee) -> Device {
    let mut device = Device::new(ieee, AdapterName::new("stick"));
    device.name = format!("device {}", ieee.0).parse().unwrap();
    device.record = Some(DriverRecord::new(vec![7; 40]));
    device
}

#[test]
fn what_was_committed_is_there_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let (store, kept) = open(dir.path());
    assert!(kept.devices.is_empty() && kept.users.is_empty());
    let (name, record) = (AdapterName::new("stick"), DriverRecord::new(vec![1; 16]));
    let hash = PasswordHash::new("$argon2id$x".to_owned());
    let anna = User { name: "anna".to_owned(), preset: "admin".to_owned(), hash, created: Timestamp(3) };
    let retained = Retained { topic: "a/b".to_owned(), payload: vec![1], qos: 0 };
    commit(&store, |batch| {
        batch.device(&device(BATH)).device(&device(DOOR)).network(&name, &record).user(&anna).log(joined(DOOR, 5));
        batch.report(DOOR, Timestamp(6000), &[bolt(Bolt::Locked)], Some(LinkQuality(9)));
    })
    .unwrap();
    store.retain(retained.clone());
    store.retain(Retained { topic: "a/c".to_owned(), ..retained.clone() });
    store.unretain("a/c");
    store.report(BATH, Timestamp(7000), &[temperature(2150)], None);
    store.close();

    let (store, kept) = open(dir.path());
    let mut door = device(DOOR);
    let slot = home::Slot { reading: bolt(Bolt::Locked), at: Timestamp(6000), stale: true };
    door.slots = [(Key::LockState, slot)].into();
    (door.link, door.last_seen) = (Some(LinkQuality(9)), Some(Timestamp(6000)));
    assert_eq!(kept.devices[1], door);
    assert_eq!(kept.devices[0].reading(Key::LocalTemperature), Some(temperature(2150)));
    assert_eq!((kept.networks, kept.users, kept.retained), (vec![(name, record)], vec![anna], vec![retained]));
    assert_eq!(store.events(9, None), Ok(vec![joined(DOOR, 5)]));
    assert!(store.health().is_good());
}

#[test]
fn what_was_removed_stays_removed() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path());
    let hash = PasswordHash::new("x".to_owned());
    let anna = User { name: "anna".to_owned(), preset: "admin".to_owned(), hash, created: Timestamp(3) };
    commit(&store, |batch| {
        batch.device(&device(BATH)).user(&anna).report(BATH, Timestamp(6000), &[temperature(1)], None);
    })
    .unwrap();
    commit(&store, |batch| {
        batch.forget(BATH).remove_user("anna");
    })
    .unwrap();
    store.close();
    let (store, kept) = open(dir.path());
    assert!(kept.devices.is_empty() && kept.users.is_empty());

    // Joined anew, it does not know what it said in its former life; its history does.
    commit(&store, |batch| {
        batch.device(&device(BATH));
    })
    .unwrap();
    store.close();
    let (store, kept) = open(dir.path());
    assert_eq!(kept.devices[0].slots.len(), 0);
    assert_eq!(store.history(BATH, Key::LocalTemperature, Timestamp(0), ALWAYS), Ok(vec![(6, Some(1))]));
}

#[test]
fn the_log_is_newest_first_and_by_device_and_takes_nothing_twice() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path());
    for _again in 0..2 {
        commit(&store, |batch| {
            batch.log(joined(BATH, 1)).log(joined(DOOR, 1)).log(joined(DOOR, 2));
        })
        .unwrap();
    }
    store.log(joined(BATH, 3));
    let all = vec![joined(BATH, 3), joined(DOOR, 2), joined(DOOR, 1), joined(BATH, 1)];
    assert_eq!(store.events(9, None).as_ref(), Ok(&all));
    wait(|done| store.flush(done)).unwrap();
    assert_eq!(store.events(9, None).as_ref(), Ok(&all));
    assert_eq!(store.events(2, None).unwrap(), all[..2]);
    assert_eq!(store.events(1, Some(BATH)).unwrap(), all[..1]);
}

#[test]
fn the_log_gives_up_what_came_first_whatever_the_clock_says() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options { flush: Duration::from_secs(3600), events: 3, ..Options::default() };
    // The clock is right, then starts in 1970, then is right again.
    for at in [7000, 8000, 9000, 1, 2, 9500] {
        let (store, _) = Store::open(dir.path(), &options).unwrap();
        commit(&store, |batch| {
            batch.log(joined(DOOR, at));
        })
        .unwrap();
        // Room is made when last values are written, of which there are some.
        store.report(BATH, Timestamp(at), &[temperature(2150)], None);
        store.close();
    }
    let left = [joined(DOOR, 9500), joined(DOOR, 2), joined(DOOR, 1)];
    let (store, _) = open(dir.path());
    let snapshot = store.snapshot(Timestamp(5)).unwrap();
    store.close();
    for place in [dir.path(), snapshot.parent().unwrap()] {
        let (store, _) = Store::open(place, &options).unwrap();
        assert_eq!(store.events(9, None).as_deref(), Ok(&left[..]));
    }
}

#[test]
fn history_is_the_same_before_and_after_it_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path());
    let ask =
        |store: &Store, from, to| store.history(BATH, Key::LocalTemperature, Timestamp(from), Timestamp(to)).unwrap();
    for second in 1..=9u16 {
        let readings = [temperature(second.cast_signed()), Reading::PiHeatingDemand(Some(Percent(5)))];
        store.report(BATH, Timestamp(u64::from(second) * 1000), &readings, None);
        store.report(DOOR, Timestamp(u64::from(second) * 1000), &readings, None);
    }
    store.report(BATH, Timestamp(10_999), &[Reading::LocalTemperature(None)], None);
    let expected: Vec<_> = (1..=9).map(|s| (s, Some(i32::try_from(s).unwrap()))).chain([(10, None)]).collect();
    assert_eq!(ask(&store, 0, u64::MAX), expected);
    wait(|done| store.flush(done)).unwrap();
    assert_eq!(store.health().samples_waiting, 0);
    assert_eq!(ask(&store, 0, u64::MAX), expected);
    assert_eq!(ask(&store, 3000, 4999), expected[2..4]);
    store.close();
    let (store, _) = open(dir.path());
    assert_eq!(ask(&store, 0, u64::MAX), expected);
}

#[test]
fn the_files_are_for_their_owner_only_and_for_one_process() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path());
    for name in ["core.redb", "history.redb", "ledger.redb"] {
        let mode = std::fs::metadata(dir.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let second = Store::open(dir.path(), &Options::default());
    assert!(matches!(second, Err(OpenError::Held { .. })), "{second:?}");
    store.close();
    assert_eq!(wait(|done| store.commit(Batch::new(), done)), Err(CommitError::Closed));
    assert!(store.events(1, None).is_err());
}

#[test]
fn a_file_of_a_later_hub_is_refused_and_left_alone() {
    for name in ["core.redb", "history.redb", "ledger.redb"] {
        let dir = tempfile::tempdir().unwrap();
        open(dir.path()).0.close();
        let db = redb::Database::open(dir.path().join(name)).unwrap();
        let txn = db.begin_write().unwrap();
        let row = crate::row::write_number(SCHEMA + 1);
        txn.open_table(crate::tables::META).unwrap().insert(crate::tables::META_SCHEMA, row.as_slice()).unwrap();
        txn.commit().unwrap();
        drop(db);
        let refused = Store::open(dir.path(), &Options::default());
        assert!(matches!(refused, Err(OpenError::Newer { found: 2, .. })), "{refused:?}");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 3);
    }
}

#[test]
fn a_network_that_cannot_be_read_is_never_taken_for_none() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path());
    commit(&store, |batch| {
        batch.network(&AdapterName::new("stick"), &DriverRecord::new(vec![1; 16]));
    })
    .unwrap();
    store.close();
    let change = |row: &[u8]| {
        let db = redb::Database::open(dir.path().join("core.redb")).unwrap();
        let txn = db.begin_write().unwrap();
        txn.open_table(crate::tables::NETWORKS).unwrap().insert("stick", row).unwrap();
        txn.commit().unwrap();
    };
    for damaged in [&[][..], &[9], &[1, 0xFF]] {
        change(damaged);
        let refused = Store::open(dir.path(), &Options::default());
        assert!(matches!(&refused, Err(OpenError::Damaged { reason, .. }) if reason.contains("stick")), "{refused:?}");
    }
    let whole = DriverRecord::new(vec![2; 16]);
    change(&crate::row::write_network(&whole));
    assert_eq!(open(dir.path()).1.networks, [(AdapterName::new("stick"), whole)]);
}

#[test]
fn a_queue_that_is_full_refuses_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path());
    // The writer is held up by the first batch's callback.
    let (go, wait_here) = channel::<()>();
    store.commit(Batch::new(), Box::new(move |_| wait_here.recv().unwrap()));
    let (tell, told) = channel();
    for _ in 0..QUEUE + 300 {
        let tell = tell.clone();
        store.commit(Batch::new(), Box::new(move |result| tell.send(result).unwrap()));
    }
    assert_eq!(told.recv().unwrap(), Err(CommitError::Busy(QUEUE)));
    go.send(()).unwrap();
    drop(tell);
    let accepted = told.iter().flatten().count();
    assert!(accepted >= QUEUE - 1, "{accepted}");
}
