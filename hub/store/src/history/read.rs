//! Past values of one series, from memory and from both tables.

use home::{Ieee, Key};
use redb::{ReadTransaction, ReadableTable};

use super::block::Block;
use super::chunk::{self, Point};
use super::rollup::day;
use crate::file::Fault;
use crate::shared::Shared;
use crate::stage::Sample;
use crate::tables::{CHUNKS, HOT};

/// How many samples [`crate::Store::history`] returns at most: the newest ones.
pub const MAX_SAMPLES: usize = 100_000;

/// What is asked for.
struct Question {
    device: Ieee,
    key: Key,
    /// Seconds since 1970.
    from: u32,
    /// Seconds since 1970; included.
    to: u32,
}

impl Question {
    fn wants(&self, sample: &Sample) -> bool {
        sample.device == self.device && sample.key == self.key && (self.from..=self.to).contains(&sample.seconds)
    }
}

/// The samples of a series from `from` to `to`, in seconds since 1970, both included, by time.
pub(crate) fn past(
    shared: &Shared,
    device: Ieee,
    key: Key,
    from: u32,
    to: u32,
) -> Result<Vec<(u64, Option<i32>)>, Fault> {
    let question = Question { device, key, from, to };
    // Memory first: what moves to the disk meanwhile is then seen twice, and told apart below, but never missed.
    let mut found: Vec<Point> = {
        let mut stage = shared.stage();
        stage.samples().1.iter().filter(|sample| question.wants(sample)).map(|s| (s.seconds, s.value)).collect()
    };
    let mut damaged = 0;
    shared.history.read(|txn| {
        damaged += hot(txn, &question, &mut found)?;
        damaged += chunks(txn, &question, &mut found)?;
        Ok(())
    })?;
    shared.count_damaged(damaged);
    found.sort_by_key(|point| point.0);
    found.dedup();
    let surplus = found.len().saturating_sub(MAX_SAMPLES);
    Ok(found.into_iter().skip(surplus).map(|(seconds, value)| (seconds.into(), value)).collect())
}

/// What is in blocks, in the order in which it came. Returns how many were damaged.
fn hot(txn: &ReadTransaction, question: &Question, found: &mut Vec<Point>) -> Result<u64, redb::Error> {
    let mut damaged = 0;
    for row in txn.open_table(HOT)?.range::<u64>(..)? {
        match Block::open(row?.1.value()) {
            Some(block) if block.last < question.from || question.to < block.first => {}
            Some(block) => {
                let wanted = block.samples().map(|(_, sample)| sample).filter(|sample| question.wants(sample));
                found.extend(wanted.map(|sample| (sample.seconds, sample.value)));
            }
            None => damaged += 1,
        }
    }
    Ok(damaged)
}

/// What is in chunks, newest day first until there is enough. Returns how many were damaged.
fn chunks(txn: &ReadTransaction, question: &Question, found: &mut Vec<Point>) -> Result<u64, redb::Error> {
    let chunks = txn.open_table(CHUNKS)?;
    let mut damaged = 0;
    let (first, last) = (chunks.first()?, chunks.last()?);
    let (Some((first, _)), Some((last, _))) = (first, last) else { return Ok(0) };
    let days = day(question.from).max(first.value().0)..=day(question.to).min(last.value().0);
    for day in days.rev() {
        if found.len() >= MAX_SAMPLES {
            break;
        }
        let Some(bytes) = chunks.get((day, question.device.0, question.key.code()))? else { continue };
        match chunk::decode(bytes.value()) {
            Some(points) => {
                found.extend(points.into_iter().filter(|point| (question.from..=question.to).contains(&point.0)));
            }
            None => damaged += 1,
        }
    }
    Ok(damaged)
}
