//! A house that talks to the store, for the budget test and the bench. Its clock is its own.

use std::path::Path;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use home::lock::Bolt;
use home::{AdapterName, CentiCelsius, Device, Ieee, LinkQuality, LogEntry, LogKind, Percent, Reading, Timestamp};
use store::{Batch, Done, Options, Store};

/// 2026-11-23 at midnight, UTC.
const START: u64 = 1_795_392_000;

/// A new store that flushes only when it is told to, with so many devices.
pub(crate) fn open(dir: &Path, devices: u64) -> Store {
    // The ratio of the defaults, 10 flushes to one of the last values; the house below says when.
    let options =
        Options { flush: Duration::from_secs(30_000), latest: Duration::from_secs(300_000), ..Options::default() };
    let (store, _) = Store::open(dir, &options).unwrap();
    let mut batch = Batch::new();
    for device in 1..=devices {
        batch.device(&Device::new(Ieee(device), AdapterName::new("stick")));
    }
    wait(|done| store.commit(batch, done));
    store
}

/// Bytes written by redb to both files.
pub(crate) fn written(store: &Store) -> u64 {
    let health = store.health();
    health.core.bytes_written + health.history.bytes_written
}

fn wait(ask: impl FnOnce(Done)) {
    let (tell, told) = channel();
    ask(Box::new(move |result| tell.send(result).unwrap()));
    told.recv().unwrap().unwrap();
}

/// So many thermostats report once a minute for so many minutes, flushed each 30 s as by default. Returns how many
/// reports that were.
pub(crate) fn thermostats(store: &Store, devices: u64, minutes: u64) -> u64 {
    let mut noise = 1u32;
    let mut next = move |below: u32| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (noise >> 16) % below
    };
    let mut reports = 0;
    for half in 0..minutes * 2 {
        // Half of them in each half of the minute, at a second of their own that jitters.
        for device in (1..=devices).filter(|device| device % 2 == half % 2) {
            let seconds = START + half * 30 + device * 29 / devices + u64::from(next(2));
            let wave = i16::try_from((half / 2 % 720).abs_diff(360)).unwrap();
            let noise: i16 = (0..4).map(|_| i16::try_from(next(3)).unwrap() - 1).sum();
            let mut readings = vec![Reading::LocalTemperature(Some(CentiCelsius(1900 + wave + noise)))];
            if next(8) == 0 {
                readings.push(Reading::PiHeatingDemand(Some(Percent(u8::try_from(next(101)).unwrap()))));
            }
            store.report(Ieee(device), Timestamp(seconds * 1000), &readings, Some(LinkQuality(120)));
            reports += 1;
        }
        wait(|done| store.flush(done));
    }
    reports
}

/// So many locks move one after the other, each made durable. Returns how long each took.
#[expect(clippy::disallowed_methods, reason = "how long a commit takes is what is measured")]
pub(crate) fn lock_events(store: &Store, events: u64) -> Vec<Duration> {
    let event = |n: u64| {
        let at = Timestamp((START + 200_000) * 1000 + n);
        let (from, to) =
            if n.is_multiple_of(2) { (Bolt::Locked, Bolt::Unlocked) } else { (Bolt::Unlocked, Bolt::Locked) };
        let mut batch = Batch::new();
        let kind = LogKind::Bolt { from: Some(from), to: Some(to) };
        batch.log(LogEntry { at, device: Some(Ieee(1)), kind });
        batch.report(Ieee(1), at, &[Reading::LockState(Some(to))], None);
        let before = Instant::now();
        wait(|done| store.commit(batch, done));
        before.elapsed()
    };
    (0..events).map(event).collect()
}
