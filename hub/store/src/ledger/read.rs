//! What is read from the ledger file: pages for people, blocks for exports and for verifying. All bounded.

use std::sync::Arc;

use redb::ReadTransaction;
use summary::AudienceName;

use super::chain::{Head, Recorded};
use super::entry::Kind;
use super::key::PublicKey;
use super::rollup::RollUp;
use super::tail::{newest, read_key, read_mark, read_rollup};
use crate::file::{Fault, File};
use crate::tables::ENTRIES;

/// Entries on a page at most.
pub const MAX_PAGE: usize = 100;
/// Rows that one page looks at, at most.
const LOOKED: usize = 4096;
/// Entries in a block.
const BLOCK: usize = 64;

/// Why the ledger can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The disk failed, or a row that everything hangs on is damaged.
    #[error("can't read the ledger: {0}")]
    File(String),
    /// While it was read in blocks, the entries that would have come next were rolled up.
    #[error("entries were rolled up meanwhile; begin again")]
    RolledUp,
}

impl From<Fault> for ReadError {
    fn from(fault: Fault) -> Self {
        Self::File(fault.to_string())
    }
}

/// Which entries are wanted; by default all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those of this audience.
    pub audience: Option<AudienceName>,
    /// Only those of this kind.
    pub kind: Option<Kind>,
}

impl Filter {
    fn wants(&self, entry: &Recorded) -> bool {
        let audience = self.audience.as_ref().is_none_or(|audience| entry.entry.audience() == Some(audience));
        audience && self.kind.is_none_or(|kind| entry.entry.kind() == kind)
    }
}

/// Some entries, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The entries; perhaps fewer than were asked for, even none, although there are more.
    pub entries: Vec<Recorded>,
    /// Ask again for entries before this number; `None` if there are no more.
    pub more: Option<u64>,
    /// Rows on the way that could not be read. Verifying tells which.
    pub damaged: u64,
}

/// Entries below the number `before`, newest first, at most `limit` and at most [`MAX_PAGE`].
pub(super) fn page(file: &File, before: Option<u64>, limit: usize, filter: &Filter) -> Result<Page, ReadError> {
    let page = file.read(|txn| {
        let mut page = Page::default();
        for (looked, row) in txn.open_table(ENTRIES)?.range(..before.unwrap_or(u64::MAX))?.rev().enumerate() {
            let (number, row) = row?;
            if looked == LOOKED || page.entries.len() == limit.min(MAX_PAGE) {
                page.more = Some(number.value() + 1);
                break;
            }
            match Recorded::from_row(row.value()) {
                Some(entry) => page.entries.extend(Some(entry).filter(|entry| filter.wants(entry))),
                None => page.damaged += 1,
            }
        }
        Ok(page)
    })?;
    Ok(page)
}

/// The entry with this number, if it is kept and can be read.
pub(super) fn entry(file: &File, number: u64) -> Result<Option<Recorded>, ReadError> {
    let row = file.read(|txn| Ok(txn.open_table(ENTRIES)?.get(number)?.map(|row| row.value().to_vec())))?;
    Ok(row.and_then(|row| Recorded::from_row(&row)))
}

/// The last entry's number and hash; `None` in an empty ledger.
pub(super) fn head(file: &File) -> Result<Option<Head>, ReadError> {
    let last = file.read(|txn| newest(&txn.open_table(ENTRIES)?))?;
    Ok(last.map(|last| last.head()))
}

/// What an export begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Opening {
    pub(super) key: PublicKey,
    pub(super) rollup: Option<RollUp>,
    /// The number of the last checkpoint, as noted beside the entries; 0 without one.
    pub(super) signed: u64,
}

/// The whole ledger from the oldest entry on, in blocks, each read for itself so that the writer can use pages again.
#[derive(Debug)]
pub(super) struct Blocks {
    file: Arc<File>,
    next: u64,
}

/// A row with the number under which it was found.
pub(super) type Found = (u64, Option<Recorded>);

impl Blocks {
    /// Begins; `None` in an empty ledger.
    pub(super) fn open(file: Arc<File>) -> Result<Option<(Opening, Self)>, ReadError> {
        let opening = file.read(|txn| {
            let Some(key) = read_key(txn)? else { return Ok(None) };
            let signed = read_mark(txn)?.map_or(0, |mark| mark.signed);
            Ok(Some(Opening { key: key.public(), rollup: read_rollup(txn)?, signed }))
        })?;
        Ok(opening.map(|opening| {
            let next = opening.rollup.as_ref().map_or(1, |rollup| rollup.last.number + 1);
            (opening, Self { file, next })
        }))
    }

    /// The next block; empty at the end.
    pub(super) fn next(&mut self) -> Result<Vec<Found>, ReadError> {
        let (found, rolled) = self.file.read(|txn| Ok((block(txn, self.next)?, read_rollup(txn)?)))?;
        if rolled.is_some_and(|rollup| rollup.last.number >= self.next) {
            return Err(ReadError::RolledUp);
        }
        if let Some((last, _)) = found.last() {
            self.next = last.saturating_add(1);
        }
        Ok(found)
    }
}

fn block(txn: &ReadTransaction, from: u64) -> Result<Vec<Found>, redb::Error> {
    let mut found = Vec::with_capacity(BLOCK);
    for row in txn.open_table(ENTRIES)?.range(from..)?.take(BLOCK) {
        let (number, row) = row?;
        found.push((number.value(), Recorded::from_row(row.value())));
    }
    Ok(found)
}
