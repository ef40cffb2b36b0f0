//! What was told and is not on disk yet: samples, last values, and what may wait for the next commit. All bounded.
//!
//! Each sample has a number, counted on over restarts. A row of last values says up to which number samples are in it,
//! and a block of history begins with a known number: so after a crash the samples that a row lacks, and only those,
//! are put on top of it, whatever the wall clock did meanwhile.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use home::{Ieee, Key, LinkQuality, LogEntry, Reading, Timestamp};

use crate::model::Retained;
use crate::row::{Latest, Row, write_latest};

/// Samples that wait at most; beyond, the oldest are given up. About four hours of a hundred devices.
const SAMPLES: usize = 32_768;
/// Samples that wait before they are written ahead of time.
pub(crate) const SAMPLES_DUE: usize = 4096;
/// Log entries that wait at most; beyond, the oldest are given up.
const ENTRIES: usize = 4096;

/// One value of one series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sample {
    /// Whose.
    pub(crate) device: Ieee,
    /// Which value.
    pub(crate) key: Key,
    /// Seconds since 1970.
    pub(crate) seconds: u32,
    /// The value in its unit's smallest step.
    pub(crate) value: Option<i32>,
}

/// What waits.
#[derive(Debug, Default)]
pub(crate) struct Stage {
    /// The number of `samples[0]`.
    first: u64,
    samples: VecDeque<Sample>,
    latest: BTreeMap<Ieee, Latest>,
    /// Devices whose last values on disk are older than here.
    changed: BTreeSet<Ieee>,
    entries: VecDeque<LogEntry>,
    retained: BTreeMap<String, Option<Retained>>,
    /// Samples given up.
    pub(crate) samples_lost: u64,
    /// Log entries given up.
    pub(crate) entries_lost: u64,
    /// The newest time that was told, in seconds.
    pub(crate) now: u32,
}

/// What rides along with a commit of the core file.
#[derive(Debug, Default)]
pub(crate) struct Rider {
    /// Log entries.
    pub(crate) entries: Vec<LogEntry>,
    /// Retained messages, `None` to remove one.
    pub(crate) retained: BTreeMap<String, Option<Retained>>,
    /// Rows of last values.
    pub(crate) latest: Vec<(Ieee, Row)>,
    /// If all changed rows are in `latest`: the number up to which samples are covered by core once it is durable.
    pub(crate) covers: Option<u64>,
}

impl Stage {
    /// Starts from what is on disk; the next sample gets the number `first`.
    pub(crate) fn new(first: u64, latest: BTreeMap<Ieee, Latest>) -> Self {
        let changed = latest.keys().copied().collect();
        Self { first, latest, changed, ..Self::default() }
    }

    /// Takes in a report: its readings as samples and as last values.
    pub(crate) fn report(&mut self, device: Ieee, at: Timestamp, readings: &[Reading], link: Option<LinkQuality>) {
        let seconds = u32::try_from(at.seconds()).unwrap_or(u32::MAX);
        self.now = seconds;
        for reading in readings {
            let (key, value) = reading.to_stored();
            if self.samples.len() >= SAMPLES {
                self.samples.pop_front();
                self.first += 1;
                self.samples_lost += 1;
            }
            self.samples.push_back(Sample { device, key, seconds, value });
        }
        let latest = self.latest.entry(device).or_default();
        for reading in readings {
            let (key, value) = reading.to_stored();
            latest.values.insert(key, (value, at));
        }
        latest.link = link.or(latest.link);
        latest.last_seen = Some(at);
        self.changed.insert(device);
    }

    /// Makes sure that a registered device has a row of last values, so that samples from an earlier life of it are
    /// not taken for its own.
    pub(crate) fn register(&mut self, device: Ieee) {
        self.latest.entry(device).or_default();
    }

    /// Forgets the last values of a device.
    pub(crate) fn forget(&mut self, device: Ieee) {
        self.latest.remove(&device);
        self.changed.remove(&device);
    }

    /// Takes in a log entry that may wait.
    pub(crate) fn log(&mut self, entry: LogEntry) {
        if self.entries.len() >= ENTRIES {
            self.entries.pop_front();
            self.entries_lost += 1;
        }
        self.entries.push_back(entry);
    }

    /// Log entries that wait, newest first, of one device or of all.
    pub(crate) fn entries(&self, device: Option<Ieee>) -> Vec<LogEntry> {
        let wanted = |entry: &&LogEntry| device.is_none_or(|ieee| entry.device == Some(ieee));
        self.entries.iter().rev().filter(wanted).cloned().collect()
    }

    /// Takes in a retained message, or the removal of one. Bounded by the broker's own bound on topics.
    pub(crate) fn retain(&mut self, topic: String, message: Option<Retained>) {
        self.retained.insert(topic, message);
    }

    /// The number that the next sample gets.
    pub(crate) fn next(&self) -> u64 {
        self.first + self.samples.len() as u64
    }

    /// Samples that wait, with the number of the first.
    pub(crate) fn samples(&mut self) -> (u64, &[Sample]) {
        (self.first, self.samples.make_contiguous())
    }

    /// How many samples wait.
    pub(crate) fn waiting(&self) -> usize {
        self.samples.len()
    }

    /// Samples below this number are on disk.
    pub(crate) fn written(&mut self, next: u64) {
        let written = usize::try_from(next.saturating_sub(self.first)).unwrap_or(usize::MAX).min(self.samples.len());
        self.samples.drain(..written);
        self.first += written as u64;
    }

    /// Takes what is to ride along: what waits, the last values of `devices`, and all changed ones if `all`.
    pub(crate) fn ride(&mut self, devices: BTreeSet<Ieee>, all: bool) -> Rider {
        let next = self.next();
        let mut wanted = devices;
        if all {
            wanted.append(&mut self.changed);
        }
        let mut rows = Vec::with_capacity(wanted.len());
        for device in wanted {
            self.changed.remove(&device);
            if let Some(latest) = self.latest.get_mut(&device) {
                latest.next_sample = next;
                rows.push((device, write_latest(latest)));
            }
        }
        Rider {
            entries: self.entries.drain(..).collect(),
            retained: std::mem::take(&mut self.retained),
            latest: rows,
            covers: all.then_some(next),
        }
    }

    /// Takes back what could not be written; what came meanwhile is newer and stays.
    pub(crate) fn unride(&mut self, rider: Rider) {
        for (device, _) in rider.latest {
            if self.latest.contains_key(&device) {
                self.changed.insert(device);
            }
        }
        for (topic, message) in rider.retained {
            self.retained.entry(topic).or_insert(message);
        }
        let newer = std::mem::take(&mut self.entries);
        for entry in rider.entries.into_iter().chain(newer) {
            self.log(entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use home::{LogKind, Percent};

    use super::*;

    const BATH: Ieee = Ieee(1);

    fn report(stage: &mut Stage, at: u64) {
        stage.report(BATH, Timestamp(at * 1000), &[Reading::PiHeatingDemand(Some(Percent(1)))], None);
    }

    fn entry(at: u64) -> LogEntry {
        LogEntry { at: Timestamp(at), device: None, kind: LogKind::Joined }
    }

    #[test]
    fn samples_keep_their_numbers_when_old_ones_are_given_up_or_written() {
        let mut stage = Stage::new(100, BTreeMap::new());
        let all = SAMPLES as u64 + 10;
        (0..all).for_each(|at| report(&mut stage, at));
        assert_eq!((stage.samples_lost, stage.next(), stage.waiting()), (10, 100 + all, SAMPLES));
        let (first, samples) = stage.samples();
        assert_eq!((first, samples[0].seconds), (110, 10));
        // A flush that began before some were given up.
        stage.written(105);
        stage.written(120);
        let (first, samples) = stage.samples();
        assert_eq!((first, samples[0].seconds), (120, 20));
        stage.written(u64::MAX);
        assert_eq!((stage.waiting(), stage.next()), (0, 100 + all));
    }

    #[test]
    fn what_could_not_be_written_rides_again_but_for_what_is_newer() {
        let mut stage = Stage::default();
        let message = |payload: u8| Some(Retained { topic: "t".to_owned(), payload: vec![payload], qos: 0 });
        report(&mut stage, 1);
        stage.log(entry(1));
        stage.retain("t".to_owned(), message(1));
        stage.retain("u".to_owned(), message(1));
        let rider = stage.ride(BTreeSet::new(), true);
        assert_eq!((rider.entries.len(), rider.retained.len(), rider.latest.len(), rider.covers), (1, 2, 1, Some(1)));
        stage.log(entry(2));
        stage.retain("t".to_owned(), message(2));
        stage.unride(rider);
        let rider = stage.ride(BTreeSet::new(), true);
        assert_eq!(rider.entries, [entry(1), entry(2)]);
        assert_eq!((&rider.retained["t"], &rider.retained["u"]), (&message(2), &message(1)));
        assert_eq!(rider.latest.len(), 1);
        assert_eq!(stage.ride(BTreeSet::new(), true).latest.len(), 0);
    }

    #[test]
    fn entries_that_wait_are_bounded() {
        let mut stage = Stage::default();
        (0..5000).for_each(|at| stage.log(entry(at)));
        assert_eq!((stage.entries_lost, stage.entries(None)[0].at), (5000 - ENTRIES as u64, Timestamp(4999)));
    }
}
