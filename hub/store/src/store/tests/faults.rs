//! Disks that are full, and disks that forget.

use std::fs;
use std::os::unix::fs::FileExt;

use super::*;

fn long(at: u64) -> LogEntry {
    let kind = LogKind::Commanded { action: "x".repeat(3000), origin: "cli".to_owned() };
    LogEntry { at: Timestamp(at), device: Some(DOOR), kind }
}

fn add(store: &Store, at: u64) -> Result<(), CommitError> {
    commit(store, |batch| {
        batch.log(long(at));
    })
}

fn times(store: &Store) -> Vec<u64> {
    store.events(usize::MAX, None).unwrap().iter().rev().map(|entry| entry.at.0).collect()
}

#[test]
fn a_full_disk_loses_nothing_and_is_over_when_there_is_space() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path());
    let disk = &store.shared.core.meter().disk;
    disk.set_room(Some(40));
    let acknowledged = (1..1000).take_while(|at| add(&store, *at).is_ok()).count() as u64;
    assert!((1..999).contains(&acknowledged), "{acknowledged}");
    assert!(matches!(add(&store, 5000), Err(CommitError::Failed(_))), "and again");
    store.log(joined(BATH, 0));
    wait(|done| store.flush(done)).unwrap_err();
    // Reading goes on, what waits waits on.
    let before: Vec<_> = (0..=acknowledged).collect();
    assert_eq!(times(&store), before);
    assert!(store.health().core.trouble.is_some());

    disk.set_room(None);
    add(&store, 9999).unwrap();
    assert_eq!(store.health().core.trouble, None);
    store.close();
    let (store, _) = open(dir.path());
    let after: Vec<_> = before.into_iter().chain([9999]).collect();
    assert_eq!(times(&store), after);
}

#[test]
fn a_full_disk_keeps_samples_in_memory() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path());
    let disk = &store.shared.history.meter().disk;
    disk.set_room(Some(0));
    let mut expected = Vec::new();
    for second in 0..20_000u64 {
        store.report(BATH, Timestamp(second * 1000), &[temperature(5)], None);
        expected.push((second, Some(5)));
    }
    wait(|done| store.flush(done)).unwrap_err();
    let ask = |store: &Store| store.history(BATH, Key::LocalTemperature, Timestamp(0), ALWAYS).unwrap();
    assert_eq!(ask(&store), expected);
    assert!(store.health().history.trouble.is_some());
    disk.set_room(None);
    wait(|done| store.flush(done)).unwrap();
    let health = store.health();
    assert!(health.is_good() && health.samples_waiting == 0, "{health:?}");
    assert_eq!(ask(&store), expected);
}

/// A store with a door, a bath and some history, closed.
fn filled(dir: &Path) {
    let (store, _) = open(dir);
    commit(&store, |batch| {
        batch.device(&device(BATH)).device(&device(DOOR)).log(joined(DOOR, 5));
        batch.report(DOOR, Timestamp(6000), &[bolt(Bolt::Locked)], None);
    })
    .unwrap();
    for second in 1..3000u64 {
        store.report(BATH, Timestamp(second * 600_000), &[temperature(2150)], None);
        if second % 100 == 0 {
            wait(|done| store.flush(done)).unwrap();
        }
    }
    store.close();
}

fn is_whole(kept: &Kept) {
    assert_eq!(kept.devices.len(), 2);
    assert_eq!(kept.devices[1].reading(Key::LockState), Some(bolt(Bolt::Locked)));
    assert_eq!(kept.devices[0].reading(Key::LocalTemperature), Some(temperature(2150)));
}

#[test]
fn a_ruined_history_is_put_aside_and_the_house_starts() {
    let whole = tempfile::tempdir().unwrap();
    filled(whole.path());
    let good = fs::read(whole.path().join("history.redb")).unwrap();
    let ruins = [Vec::new(), vec![0; good.len()], vec![0xFF; 4096], good[..good.len() / 2].to_vec()];
    for ruin in ruins {
        let dir = tempfile::tempdir().unwrap();
        fs::copy(whole.path().join("core.redb"), dir.path().join("core.redb")).unwrap();
        fs::write(dir.path().join("history.redb"), &ruin).unwrap();
        let (store, kept) = open(dir.path());
        is_whole(&kept);
        let aside = store.health().history_put_aside.unwrap();
        assert_eq!(fs::read(&aside).unwrap().len(), ruin.len());
        assert!(aside.ends_with("history.redb.damaged-1") && !store.health().is_good());
        store.report(BATH, Timestamp(7000), &[temperature(1)], None);
        wait(|done| store.flush(done)).unwrap();
        assert_eq!(store.history(BATH, Key::LocalTemperature, Timestamp(0), ALWAYS), Ok(vec![(7, Some(1))]));
    }
}

/// Whatever page of the history rots, the house starts, keeps its last values, and goes on writing.
#[test]
fn a_rotten_page_of_history_stops_nothing() {
    let whole = tempfile::tempdir().unwrap();
    filled(whole.path());
    let pages = fs::metadata(whole.path().join("history.redb")).unwrap().len() / 4096;
    let mut put_aside = 0;
    for page in 0..pages {
        let dir = tempfile::tempdir().unwrap();
        for name in ["core.redb", "history.redb"] {
            fs::copy(whole.path().join(name), dir.path().join(name)).unwrap();
        }
        let file = fs::OpenOptions::new().write(true).open(dir.path().join("history.redb")).unwrap();
        let rot = if page % 2 == 0 { [0; 4096] } else { [0x5A; 4096] };
        file.write_all_at(&rot, page * 4096).unwrap();
        let (store, kept) = open(dir.path());
        is_whole(&kept);
        let _ = store.history(BATH, Key::LocalTemperature, Timestamp(0), ALWAYS);
        store.report(BATH, Timestamp(7000), &[temperature(1)], None);
        wait(|done| store.flush(done)).unwrap_or_else(|error| panic!("page {page}: {error}"));
        let past = store.history(BATH, Key::LocalTemperature, Timestamp(7000), Timestamp(7999));
        assert_eq!(past, Ok(vec![(7, Some(1))]), "page {page}");
        put_aside += usize::from(store.health().history_put_aside.is_some());
        store.close();
    }
    assert!(put_aside > 0, "no page mattered");
}

#[test]
fn a_rotten_core_is_refused_and_left_where_it_is() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path());
    let path = dir.path().join("core.redb");
    let good = fs::read(&path).unwrap();
    let text = good.windows(5).position(|window| window == b"stick").expect("the adapter's name is in a row");
    let mut rotten = good;
    rotten[text] ^= 1;
    fs::write(&path, &rotten).unwrap();
    let refused = Store::open(dir.path(), &Options::default());
    assert!(matches!(refused, Err(OpenError::Damaged { .. })), "{refused:?}");
    fs::write(&path, b"").unwrap();
    let refused = Store::open(dir.path(), &Options::default());
    assert!(matches!(refused, Err(OpenError::Damaged { .. })), "{refused:?}");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 3);
}
