//! Past values of one series, from memory and from both tables.

use home::{Ieee, Key};

use super::block::Block;
use crate::file::Fault;
use crate::shared::Shared;
use crate::tables::HOT;

/// Samples that one question returns at most: the newest ones.
pub(crate) const SAMPLES_READ: usize = 100_000;

/// The samples of a series from `from` to `to`, in seconds since 1970, both included, by time.
pub(crate) fn past(
    shared: &Shared,
    device: Ieee,
    key: Key,
    from: u32,
    to: u32,
) -> Result<Vec<(u64, Option<i32>)>, Fault> {
    // Memory first: what moves to the disk meanwhile is then seen twice, and told apart below, but never missed.
    let wanted = |sample: &crate::stage::Sample| {
        sample.device == device && sample.key == key && (from..=to).contains(&sample.seconds)
    };
    let mut found: Vec<_> = {
        let mut stage = shared.stage();
        stage.samples().1.iter().filter(|sample| wanted(sample)).map(|s| (s.seconds, s.value)).collect()
    };
    let mut damaged = 0;
    shared.history.read(|txn| {
        for row in txn.open_table(HOT)?.range::<u64>(..)? {
            match Block::open(row?.1.value()) {
                Some(block) if block.last < from || to < block.first => {}
                Some(block) => {
                    found.extend(block.samples().map(|(_, s)| s).filter(wanted).map(|s| (s.seconds, s.value)));
                }
                None => damaged += 1,
            }
        }
        Ok(())
    })?;
    shared.count_damaged(damaged);
    found.sort_by_key(|(seconds, _)| *seconds);
    found.dedup();
    let surplus = found.len().saturating_sub(SAMPLES_READ);
    Ok(found.into_iter().skip(surplus).map(|(seconds, value)| (seconds.into(), value)).collect())
}
