//! Where the ledger goes on: read from the file when the writer starts and after each fault, and checked meanwhile.

use minicbor::{Decode, Encode};
use redb::{ReadTransaction, ReadableTable};
use zeroize::Zeroizing;

use super::chain::{Head, Recorded, beginning};
use super::key::Key;
use super::rollup::RollUp;
use crate::file::{Fault, File};
use crate::row::{self, Row, RowError};
use crate::tables::{ENTRIES, KEYS, MARKS};

/// The name of the secret key in [`KEYS`].
pub(super) const SIGNING: &str = "signing";
/// The name of [`Mark`] in [`MARKS`].
pub(super) const MARK: &str = "signed";
/// The name of the [`RollUp`] in [`MARKS`].
pub(super) const ROLLUP: &str = "rollup";
/// A checkpoint is at every number that this divides.
pub(super) const EVERY: u64 = 256;
/// Entries since the last checkpoint that are read at start at most: those that share its transaction may follow it.
const RECENT: u64 = EVERY * 2;

/// The writer's place.
#[derive(Debug, Clone)]
pub(super) struct Tail {
    pub(super) key: Key,
    pub(super) place: Place,
}

/// The numbers in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// The last entry; number 0 before the first.
    pub(super) head: Head,
    /// Its time.
    pub(super) at: u64,
    /// The number of the last checkpoint, or 0.
    pub(super) signed: u64,
    /// The first entry that is kept; 1 before the first.
    pub(super) first: u64,
    /// Bytes of all rows that are kept.
    pub(super) bytes: u64,
}

/// What is noted along with each checkpoint, so that a start need not read further back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub(super) struct Mark {
    /// The number of the last checkpoint.
    #[n(0)]
    pub(super) signed: u64,
    /// The number of the last entry when this was written.
    #[n(1)]
    pub(super) through: u64,
    /// Bytes of all rows up to there.
    #[n(2)]
    pub(super) bytes: u64,
}

impl Mark {
    /// As a row.
    pub(super) fn to_row(self) -> Row {
        row::encode(&self)
    }

    fn from_row(bytes: &[u8]) -> Result<Self, RowError> {
        row::decode(bytes)
    }
}

/// Reads where the ledger goes on. An empty one gets a new key, which is not in the file yet.
pub(super) fn load(file: &File) -> Result<Tail, Fault> {
    let found = file.read(|txn| {
        let key = read_key(txn)?;
        let entries = txn.open_table(ENTRIES)?;
        let Some(last) = newest(&entries)? else { return Ok((key, None)) };
        let first = entries.first()?.map_or(1, |(number, _)| number.value());
        let mark = read_mark(txn)?.unwrap_or(Mark { signed: 0, through: 0, bytes: 0 });
        let bytes = mark.bytes + recent(&entries, mark.through, &last)?;
        let place = Place { head: last.head(), at: last.entry.at(), signed: mark.signed, first, bytes };
        Ok((key, Some(place)))
    })?;
    match found {
        (Some(key), Some(place)) => Ok(Tail { key, place }),
        (None, Some(_)) => Err(Fault::Damaged("the ledger's key is gone".to_owned())),
        (key, None) => {
            let key = key.map_or_else(Key::make, Ok).map_err(|error| Fault::Io(format!("no random bytes: {error}")))?;
            let place = Place { head: beginning(&key.public()), at: 0, signed: 0, first: 1, bytes: 0 };
            Ok(Tail { key, place })
        }
    }
}

/// The last entry.
pub(super) fn newest(entries: &impl ReadableTable<u64, &'static [u8]>) -> Result<Option<Recorded>, redb::Error> {
    let Some((number, row)) = entries.last()? else { return Ok(None) };
    let entry = Recorded::from_row(row.value()).filter(|entry| entry.number == number.value());
    entry.map(Some).ok_or_else(|| wrong(number.value()))
}

/// What is noted about the last checkpoint, if there is one.
pub(super) fn read_mark(txn: &ReadTransaction) -> Result<Option<Mark>, redb::Error> {
    let row = txn.open_table(MARKS)?.get(MARK)?;
    let mark = row.map(|row| Mark::from_row(row.value())).transpose();
    mark.map_err(|error| redb::Error::Corrupted(format!("the ledger's last checkpoint: {error}")))
}

/// What stands for entries that are not kept any more, if any are not.
pub(super) fn read_rollup(txn: &ReadTransaction) -> Result<Option<RollUp>, redb::Error> {
    let row = txn.open_table(MARKS)?.get(ROLLUP)?;
    row.map(|row| {
        RollUp::from_row(row.value()).ok_or_else(|| redb::Error::Corrupted("the ledger's roll-up".to_owned()))
    })
    .transpose()
}

/// The ledger's key, once it has one.
pub(super) fn read_key(txn: &ReadTransaction) -> Result<Option<Key>, redb::Error> {
    let Some(row) = txn.open_table(KEYS)?.get(SIGNING)? else { return Ok(None) };
    let seed = row.value().try_into().map(Zeroizing::<[u8; 32]>::new);
    let seed = seed.map_err(|_| redb::Error::Corrupted("the ledger's key".to_owned()))?;
    Ok(Some(Key::from_seed(&seed)))
}

/// Bytes of the rows after `through`, which have to be a chain that ends with `last`.
fn recent(entries: &impl ReadableTable<u64, &'static [u8]>, through: u64, last: &Recorded) -> Result<u64, redb::Error> {
    if last.number < through || last.number - through > RECENT {
        return Err(wrong(last.number));
    }
    let (mut before, mut bytes) = (None, 0);
    for row in entries.range(through.max(1)..)? {
        let (number, row) = row?;
        let entry = Recorded::from_row(row.value()).filter(|entry| entry.hash == entry.true_hash());
        let entry = entry.filter(|entry| match before {
            None => entry.number == through.max(1),
            Some(before) => follows(entry, before),
        });
        before = Some(entry.ok_or_else(|| wrong(number.value()))?.head());
        if number.value() > through {
            bytes += row.value().len() as u64;
        }
    }
    Ok(bytes)
}

fn follows(entry: &Recorded, before: Head) -> bool {
    (entry.number, entry.previous) == (before.number + 1, before.hash)
}

/// The end of the ledger is not what the ledger wrote: nothing may be put behind it.
fn wrong(number: u64) -> redb::Error {
    redb::Error::Corrupted(format!("the ledger was changed at entry {number} or just before it"))
}
