//! Once a day: the blocks of closed days become chunks, one for each series and day, and days beyond the limit go.
//!
//! It can stop anywhere and be done again: a chunk takes in what a block has and forgets doubles, and blocks go in the
//! same transaction in which their chunks come. Memory is bounded by taking the series in groups.

use std::collections::BTreeMap;
use std::mem;

use redb::{ReadableTable, Table, WriteTransaction};

use super::block::Block;
use super::chunk::{self, Point};
use crate::file::Fault;
use crate::shared::Shared;
use crate::tables::{CHUNKS, HOT};

/// Samples that one pass over the blocks collects at most: 12 bytes each.
const GROUP: u64 = 65_536;
/// Samples of one series and day that are kept at most, the newest: more than one a second and a half.
const DAY: usize = 65_536;

/// One day of one series: day since 1970, device address, key code.
type Id = (u32, u64, u8);

/// The day of a second, both since 1970, in UTC.
pub(super) fn day(seconds: u32) -> u32 {
    seconds / 86_400
}

/// Rolls up all that is not of `today`. Returns whether that is done; if not, because core does not cover the blocks
/// yet or the disk failed, it is to be tried again.
pub(super) fn run(shared: &Shared, today: u32, keep_days: usize) -> bool {
    let covered = shared.covered();
    let closed = match shared.history.read(|txn| closed(&txn.open_table(HOT)?, today)) {
        Ok(closed) => closed,
        Err(fault) => {
            tracing::warn!(error = %fault, "closed days can't be rolled up for now");
            return false;
        }
    };
    if closed.end > covered {
        // Until core has the last values, a crash would take them from these blocks.
        return false;
    }
    let mut outcome = Outcome::default();
    let rolled = shared.history.write(&mut |txn| {
        outcome = Outcome::default();
        if !closed.blocks.is_empty() {
            outcome = roll(txn, &closed)?;
        }
        prune(txn, keep_days)
    });
    shared.count_damaged(outcome.damaged);
    shared.stage().samples_lost += outcome.lost;
    match rolled {
        Ok(()) => {
            tracing::debug!(blocks = closed.blocks.len(), series = closed.series.len(), "rolled up closed days");
            true
        }
        Err(fault) => {
            tracing::warn!(error = %fault, "closed days can't be rolled up for now");
            if let Fault::Damaged(what) = &fault
                && let Err(fault) = super::put_aside(shared, what)
            {
                tracing::error!(error = %fault, "the damaged history file could not be put aside");
            }
            false
        }
    }
}

/// What is to be rolled up.
#[derive(Debug, Default)]
struct Closed {
    /// The blocks, by the number of their first sample.
    blocks: Vec<u64>,
    /// All their samples have smaller numbers than this.
    end: u64,
    /// How many samples each series has for each day.
    series: BTreeMap<Id, u64>,
}

/// Blocks of which no part is of today. Days to come are closed as well: their clock was wrong.
fn closed(hot: &impl ReadableTable<u64, &'static [u8]>, today: u32) -> Result<Closed, redb::Error> {
    let mut closed = Closed::default();
    for row in hot.range::<u64>(..)? {
        let (first, bytes) = row?;
        // A damaged block stays where it is and is counted when somebody reads the history.
        let Some(block) = Block::open(bytes.value()) else { continue };
        if (day(block.first)..=day(block.last)).contains(&today) {
            continue;
        }
        closed.blocks.push(first.value());
        closed.end = first.value().saturating_add(block.count);
        for (_, sample) in block.samples() {
            *closed.series.entry((day(sample.seconds), sample.device.0, sample.key.code())).or_default() += 1;
        }
    }
    Ok(closed)
}

#[derive(Debug, Default)]
struct Outcome {
    damaged: u64,
    lost: u64,
}

fn roll(txn: &WriteTransaction, closed: &Closed) -> Result<Outcome, redb::Error> {
    let (mut hot, mut chunks) = (txn.open_table(HOT)?, txn.open_table(CHUNKS)?);
    let mut outcome = Outcome::default();
    let (mut group, mut samples) = (BTreeMap::new(), 0);
    for (id, count) in &closed.series {
        if samples + count > GROUP && !group.is_empty() {
            merge(&hot, &mut chunks, &closed.blocks, mem::take(&mut group), &mut outcome)?;
            samples = 0;
        }
        group.insert(*id, Vec::new());
        samples += count;
    }
    merge(&hot, &mut chunks, &closed.blocks, group, &mut outcome)?;
    for first in &closed.blocks {
        hot.remove(first)?;
    }
    Ok(outcome)
}

/// Puts the samples of the series in `group` into their chunks.
fn merge(
    hot: &Table<'_, u64, &'static [u8]>,
    chunks: &mut Table<'_, Id, &'static [u8]>,
    blocks: &[u64],
    mut group: BTreeMap<Id, Vec<Point>>,
    outcome: &mut Outcome,
) -> Result<(), redb::Error> {
    for first in blocks {
        let Some(bytes) = hot.get(first)? else { continue };
        let Some(block) = Block::open(bytes.value()) else { continue };
        for (_, sample) in block.samples() {
            let id = (day(sample.seconds), sample.device.0, sample.key.code());
            if let Some(points) = group.get_mut(&id) {
                points.push((sample.seconds, sample.value));
            }
        }
    }
    for (id, mut points) in group {
        if let Some(known) = chunks.get(id)? {
            match chunk::decode(known.value()) {
                Some(known) => points.extend(known),
                None => outcome.damaged += 1,
            }
        }
        points.sort_unstable();
        points.dedup();
        let surplus = points.len().saturating_sub(DAY);
        outcome.lost += surplus as u64;
        chunks.insert(id, chunk::encode(points.get(surplus..).unwrap_or_default()).as_slice())?;
    }
    Ok(())
}

/// Removes the oldest days beyond `keep`. Days are counted, not compared with today: a wrong clock must not empty the
/// history.
fn prune(txn: &WriteTransaction, keep: usize) -> Result<(), redb::Error> {
    let mut chunks = txn.open_table(CHUNKS)?;
    let mut days = Vec::new();
    let mut from = 0;
    while let Some(row) = chunks.range((from, 0, 0)..)?.next() {
        let day = row?.0.value().0;
        days.push(day);
        let Some(next) = day.checked_add(1) else { break };
        from = next;
    }
    let surplus = days.len().saturating_sub(keep);
    for day in days.into_iter().take(surplus) {
        chunks.retain_in((day, 0, 0)..=(day, u64::MAX, u8::MAX), |_, _| false)?;
    }
    Ok(())
}
