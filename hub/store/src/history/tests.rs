//! Days are rolled up once and for all, damage costs what is damaged and no more, and version 1 stays readable.

use std::fmt::Write as _;
use std::path::Path;

use home::{CentiCelsius, Key, Reading};
use redb::{ReadableTable, ReadableTableMetadata};

use super::*;
use crate::stage::{Sample, Stage};
use crate::tables::{CHUNKS, create_core, create_history};

const DAY: u32 = 86_400;
const BATH: Ieee = Ieee(1);
static CORE: crate::file::Plan =
    crate::file::Plan { name: "core.redb", cache: 1 << 20, verify: true, quick_repair: false, create: create_core };
static HISTORY: crate::file::Plan = crate::file::Plan {
    name: "history.redb",
    cache: 1 << 20,
    verify: false,
    quick_repair: false,
    create: create_history,
};

/// Both files without their threads: the tests do what the threads would.
fn shared(dir: &Path) -> Shared {
    let ((core, _), (history, opened)) = (File::open(dir, &CORE), File::open(dir, &HISTORY));
    opened.unwrap();
    Shared::new(core, history, Stage::default())
}

/// One sample every 600 s from `from` to `to`, written in blocks of ten.
fn fill(shared: &Shared, device: Ieee, from: u32, to: u32) -> Vec<(u64, Option<i32>)> {
    let mut filled = Vec::new();
    for (place, seconds) in (from..to).step_by(600).enumerate() {
        let reading = Reading::Temperature(Some(CentiCelsius(i16::try_from(place % 100).unwrap())));
        shared.stage().report(device, Timestamp(u64::from(seconds) * 1000), &[reading], None);
        filled.push((u64::from(seconds), reading.to_stored().1));
        if place % 10 == 9 {
            flush(shared).unwrap();
        }
    }
    flush(shared).unwrap();
    filled
}

fn ask(shared: &Shared, device: Ieee) -> Vec<(u64, Option<i32>)> {
    past(shared, device, Key::Temperature, 0, u32::MAX).unwrap()
}

fn rows(shared: &Shared) -> (u64, u64) {
    shared.history.read(|txn| Ok((txn.open_table(HOT)?.len()?, txn.open_table(CHUNKS)?.len()?))).unwrap()
}

#[test]
fn closed_days_become_chunks_and_read_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let shared = shared(dir.path());
    let (bath, door) = (fill(&shared, BATH, 10 * DAY, 13 * DAY), fill(&shared, Ieee(2), 12 * DAY, 13 * DAY + 7000));
    assert!(!rollup::run(&shared, 13, 400), "core does not have the last values yet");
    shared.cover(shared.stage().next());
    let before = rows(&shared);
    assert!(rollup::run(&shared, 13, 400));
    // The block with the first samples of today stays.
    assert_eq!((before.1, rows(&shared)), (0, (2, 4)));
    assert_eq!((ask(&shared, BATH), ask(&shared, Ieee(2))), (bath.clone(), door.clone()));
    assert!(rollup::run(&shared, 13, 400), "again");
    assert!(rollup::run(&shared, 14, 400), "and the next day");
    assert_eq!(rows(&shared), (0, 5));
    assert_eq!((ask(&shared, BATH), ask(&shared, Ieee(2))), (bath, door));
}

#[test]
fn late_samples_join_their_chunk() {
    let dir = tempfile::tempdir().unwrap();
    let shared = shared(dir.path());
    let mut all = fill(&shared, BATH, 10 * DAY, 11 * DAY);
    shared.cover(u64::MAX);
    assert!(rollup::run(&shared, 11, 400));
    all.extend(fill(&shared, BATH, 10 * DAY + 5, 10 * DAY + 6005));
    assert!(rollup::run(&shared, 11, 400));
    all.sort_unstable();
    assert_eq!((ask(&shared, BATH), rows(&shared)), (all, (0, 1)));
}

#[test]
fn the_oldest_days_go_whatever_the_clock_says() {
    let dir = tempfile::tempdir().unwrap();
    let shared = shared(dir.path());
    shared.cover(u64::MAX);
    let kept = fill(&shared, BATH, 10 * DAY, 14 * DAY);
    assert!(rollup::run(&shared, 40_000, 3));
    assert_eq!(ask(&shared, BATH), kept[144..]);
}

#[test]
fn many_series_are_rolled_up_in_groups() {
    let dir = tempfile::tempdir().unwrap();
    let shared = shared(dir.path());
    shared.cover(u64::MAX);
    let at = |n: u32| (u64::from(10 * DAY + n), Some(i32::from(n.to_le_bytes()[0])));
    for n in 0..20_000u32 {
        for device in 1..=5 {
            let reading = Reading::Temperature(Some(CentiCelsius(n.to_le_bytes()[0].into())));
            shared.stage().report(Ieee(device), Timestamp(at(n).0 * 1000), &[reading], None);
        }
        if n % 2000 == 1999 {
            flush(&shared).unwrap();
        }
    }
    assert!(rollup::run(&shared, 11, 400));
    let expected: Vec<_> = (0..20_000).map(at).collect();
    for device in 1..=5 {
        assert_eq!(ask(&shared, Ieee(device)), expected);
    }
}

#[test]
fn a_crash_between_leaves_the_last_values_whole() {
    let dir = tempfile::tempdir().unwrap();
    let shared = shared(dir.path());
    fill(&shared, BATH, 10 * DAY, 10 * DAY + 3000);
    // Core knows nothing newer than the second sample, and of another device everything.
    let mut latest: BTreeMap<Ieee, Latest> = [(BATH, Latest::default()), (Ieee(2), Latest::default())].into();
    latest.get_mut(&BATH).unwrap().next_sample = 2;
    latest.get_mut(&Ieee(2)).unwrap().next_sample = 77;
    let (next, damaged) = replay(&shared.history, &mut latest).unwrap();
    assert_eq!((next, damaged), (77, 0));
    let at = Timestamp(u64::from(10 * DAY + 2400) * 1000);
    assert_eq!(latest[&BATH].values[&Key::Temperature], (Some(4), at));
    assert_eq!(latest[&BATH].last_seen, Some(at));
    assert_eq!(latest[&Ieee(2)].values.len(), 0);
    // What is older than the row is not put on top of it.
    let mut newer: BTreeMap<Ieee, Latest> = [(BATH, Latest { next_sample: 5, ..Latest::default() })].into();
    assert_eq!(replay(&shared.history, &mut newer).unwrap(), (5, 0));
    assert_eq!(newer[&BATH].values.len(), 0);
}

#[test]
fn a_damaged_row_costs_itself_and_is_counted() {
    let dir = tempfile::tempdir().unwrap();
    let shared = shared(dir.path());
    shared.cover(u64::MAX);
    let all = fill(&shared, BATH, 10 * DAY, 12 * DAY);
    assert!(rollup::run(&shared, 11, 400));
    let damage = |bytes: &[u8]| {
        let mut bytes = bytes.to_vec();
        bytes[9] ^= 1;
        bytes
    };
    let mut work = |txn: &redb::WriteTransaction| {
        let (mut hot, mut chunks) = (txn.open_table(HOT)?, txn.open_table(CHUNKS)?);
        let first = hot.last()?.map(|(key, value)| (key.value(), damage(value.value()))).unwrap();
        hot.insert(first.0, first.1.as_slice())?;
        let chunk = chunks.first()?.map(|(key, value)| (key.value(), damage(value.value()))).unwrap();
        chunks.insert(chunk.0, chunk.1.as_slice())?;
        Ok(())
    };
    shared.history.write(&mut work).unwrap();
    let left = ask(&shared, BATH);
    assert!(!left.is_empty() && left.len() < all.len() - 100, "{} of {}", left.len(), all.len());
    assert!(left.iter().all(|sample| all.contains(sample)));
    assert_eq!(shared.damaged(), 2);
}

/// `UPDATE=1` writes the file anew: only for layouts that no released hub has written.
#[test]
fn blocks_and_chunks_of_version_1_stay_readable() {
    let points: Vec<chunk::Point> = vec![(100, Some(2150)), (160, Some(2149)), (221, None), (9000, Some(-5))];
    let sample = |point: &chunk::Point| Sample { device: Ieee(7), key: Key::Battery, seconds: point.0, value: point.1 };
    let samples: Vec<_> = points.iter().map(sample).collect();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/history-1.hex");
    if std::env::var_os("UPDATE").is_some() {
        let mut text = String::new();
        for (kind, bytes) in [("block", block::encode(&samples)), ("chunk", chunk::encode(&points))] {
            write!(text, "{kind} ").unwrap();
            for byte in bytes {
                write!(text, "{byte:02x}").unwrap();
            }
            text.push('\n');
        }
        std::fs::write(path, text).unwrap();
    }
    let text = std::fs::read_to_string(path).unwrap();
    let bytes = |kind: &str| -> Vec<u8> {
        let hex = text.lines().find_map(|line| line.strip_prefix(kind)).unwrap().trim();
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
    };
    let block = bytes("block");
    let read: Vec<_> = Block::open(&block).unwrap().samples().map(|(_, sample)| sample).collect();
    assert_eq!(read, samples);
    assert_eq!(chunk::decode(&bytes("chunk")), Some(points));
}
