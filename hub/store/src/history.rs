//! The writer of the history file, and the metronome of both: it wakes every `flush`, writes the samples that wait as
//! blocks in one transaction, and has the core file write what waits there.

mod bits;
mod block;
mod bytes;
mod chunk;
mod read;
mod rollup;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::Duration;

use home::{Ieee, Timestamp};

use crate::batch::{CommitError, Done};
use crate::file::{Fault, File};
use crate::registry;
use crate::row::Latest;
use crate::shared::Shared;
use crate::stage::SAMPLES_DUE;
use crate::tables::HOT;
use block::Block;

pub use read::MAX_SAMPLES;
pub(crate) use read::past;

/// What the writer is asked for.
pub(crate) enum Request {
    /// Many samples wait: write them now.
    Due,
    /// Write what waits now, and tell.
    Flush(Done),
}

/// When to do what, and how much to keep.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rhythm {
    /// Time between two flushes.
    pub(crate) flush: Duration,
    /// Every so many flushes the last values are written to core too.
    pub(crate) latest_every: u32,
    /// Days of history that are kept.
    pub(crate) days: usize,
}

/// Serves until nobody is left who could ask, then writes what waits. The core writer ends after it, because
/// `core` is the last way to reach that one.
pub(crate) fn run(
    shared: &Arc<Shared>,
    requests: &Receiver<Request>,
    core: &SyncSender<registry::Request>,
    rhythm: Rhythm,
) {
    let mut rolled = None;
    for flushes in 1u32.. {
        let (done, last) = match requests.recv_timeout(rhythm.flush) {
            Ok(Request::Due) | Err(RecvTimeoutError::Timeout) => (None, false),
            Ok(Request::Flush(done)) => (Some(done), false),
            Err(RecvTimeoutError::Disconnected) => (None, true),
        };
        let written = flush(shared);
        let done = match (written, done) {
            (Ok(()), done) => done,
            (Err(fault), done) => {
                if let Some(done) = done {
                    done(Err(CommitError::Failed(fault.to_string())));
                }
                None
            }
        };
        let latest = last || flushes % rhythm.latest_every == 0;
        if core.send(registry::Request::Tick { latest, done }).is_err() || last {
            return;
        }
        let today = rollup::day(shared.stage().now);
        if today > 0 && rolled != Some(today) && rollup::run(shared, today, rhythm.days) {
            rolled = Some(today);
        }
    }
}

/// Writes all samples that wait in one transaction; they stay if it fails.
fn flush(shared: &Shared) -> Result<(), Fault> {
    let (blocks, next) = {
        let mut stage = shared.stage();
        let (first, samples) = stage.samples();
        let numbered = (first..).step_by(SAMPLES_DUE).zip(samples.chunks(SAMPLES_DUE));
        (numbered.map(|(first, samples)| (first, block::encode(samples))).collect::<Vec<_>>(), stage.next())
    };
    if blocks.is_empty() {
        return Ok(());
    }
    let mut store = |txn: &redb::WriteTransaction| {
        let mut hot = txn.open_table(HOT)?;
        for (first, block) in &blocks {
            hot.insert(first, block.as_slice())?;
        }
        Ok(())
    };
    let written = match shared.history.write(&mut store) {
        Err(Fault::Damaged(what)) => put_aside(shared, &what).and_then(|()| shared.history.write(&mut store)),
        other => other,
    };
    if written.is_ok() {
        shared.stage().written(next);
    }
    written
}

fn put_aside(shared: &Shared, what: &str) -> Result<(), Fault> {
    shared.set_aside(move_aside(&shared.history, what)?);
    Ok(())
}

fn move_aside(file: &File, what: &str) -> Result<PathBuf, Fault> {
    let aside = file.move_aside()?;
    tracing::error!(file = %aside.display(), error = what, "the history file was damaged and put aside");
    Ok(aside)
}

/// Opens the history file. Damage must not keep the house from starting: a damaged file is put aside, and one that
/// can't be read now is tried again with each flush. Only a file of a later hub, or one in use, is an error.
pub(crate) fn open(file: &File, opened: Result<(), Fault>) -> Result<Option<PathBuf>, Fault> {
    match opened {
        Ok(()) => Ok(None),
        Err(Fault::Damaged(what)) => move_aside(file, &what).map(Some),
        Err(fault @ (Fault::Newer(_) | Fault::Held)) => Err(fault),
        Err(fault) => {
            tracing::error!(error = %fault, "the history file can't be opened for now");
            Ok(None)
        }
    }
}

/// Puts the samples that a crash kept from the last values on top of them. Returns the number for the next sample and
/// how many blocks were damaged.
pub(crate) fn replay(file: &File, latest: &mut BTreeMap<Ieee, Latest>) -> Result<(u64, u64), Fault> {
    let mut next = latest.values().map(|latest| latest.next_sample).max().unwrap_or_default();
    let mut damaged = 0;
    file.read(|txn| {
        for row in txn.open_table(HOT)?.range::<u64>(..)? {
            let (first, bytes) = row?;
            let Some(block) = Block::open(bytes.value()) else {
                damaged += 1;
                continue;
            };
            next = next.max(first.value().saturating_add(block.count));
            for (place, sample) in block.samples() {
                let Some(device) = latest.get_mut(&sample.device) else { continue };
                if first.value().saturating_add(place) >= device.next_sample {
                    let at = Timestamp(u64::from(sample.seconds) * 1000);
                    device.values.insert(sample.key, (sample.value, at));
                    device.last_seen = device.last_seen.max(Some(at));
                }
            }
        }
        Ok(())
    })?;
    Ok((next, damaged))
}
