//! Every table of the three files, and the schema version. What the values mean is in `row` and in `history`.
//!
//! Keys are plain integers, tuples of them, or text; values are bytes that begin with a version (facts: redb's own
//! encoding of richer types changes between its major versions), or the key of another table.

use redb::{Key, ReadOnlyTable, ReadTransaction, TableDefinition, TableError, Value, WriteTransaction};

/// Version of the set of tables. A file with a greater one is refused, one with a smaller one is migrated.
pub(crate) const SCHEMA: u32 = 1;

/// All files: facts about the file itself, by name.
pub(crate) const META: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("meta");
/// The name of the schema version in [`META`].
pub(crate) const META_SCHEMA: &str = "schema";

/// Core: what a device is, by address.
pub(crate) const DEVICES: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("devices");
/// Core: the last values of a device, by address.
pub(crate) const LATEST: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("latest");
/// Core: what a driver keeps for its network, by the adapter's name. Holds network keys.
pub(crate) const NETWORKS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("networks");
/// Core: the log, by milliseconds since 1970 and a number that tells entries of one millisecond apart.
pub(crate) const EVENTS: TableDefinition<'_, (u64, u32), &[u8]> = TableDefinition::new("events");
/// Core: the keys of [`EVENTS`] in the order in which the entries came, which no wrong clock can change.
pub(crate) const ARRIVALS: TableDefinition<'_, u64, (u64, u32)> = TableDefinition::new("arrivals");
/// Core: MQTT users, by name.
pub(crate) const USERS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("users");
/// Core: the people of the house, by name.
pub(crate) const PEOPLE: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("people");
/// Core: tokens of programs, by their public id.
pub(crate) const TOKENS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("tokens");
/// Core: logins of browsers, by the digest of their secret in hex.
pub(crate) const SESSIONS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("sessions");
/// Core: retained MQTT messages of clients, by topic.
pub(crate) const RETAINED: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("retained");

/// Ledger: what the door goes by, by name: it changes together with the entry that tells of it.
pub(crate) const SETTINGS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("settings");
/// Ledger: the same for what nobody may see: keys, hashes of PINs, tokens.
pub(crate) const SECRETS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("secrets");

/// Ledger: the entries, by number.
pub(crate) const ENTRIES: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("entries");
/// Ledger: up to where it is signed, and what stands for entries that are not kept any more, by name.
pub(crate) const MARKS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("marks");
/// Ledger: its secret key, by name.
pub(crate) const KEYS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("keys");

/// History: blocks of samples as they came, by the number of the first sample.
pub(crate) const HOT: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("hot");
/// History: one day of one series, by day since 1970, device address and key code. Days come first, so that a day's
/// roll-up writes neighbouring pages and pruning is one range.
pub(crate) const CHUNKS: TableDefinition<'_, (u32, u64, u8), &[u8]> = TableDefinition::new("chunks");

/// A table, if the file has it: one made by an earlier hub lacks those that came since.
pub(crate) fn existing<K: Key + 'static, V: Value + 'static>(
    txn: &ReadTransaction,
    table: TableDefinition<'_, K, V>,
) -> Result<Option<ReadOnlyTable<K, V>>, redb::Error> {
    match txn.open_table(table) {
        Ok(table) => Ok(Some(table)),
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Makes the tables of a new core file.
pub(crate) fn create_core(txn: &WriteTransaction) -> Result<(), redb::Error> {
    txn.open_table(DEVICES)?;
    txn.open_table(LATEST)?;
    txn.open_table(NETWORKS)?;
    txn.open_table(EVENTS)?;
    txn.open_table(ARRIVALS)?;
    txn.open_table(USERS)?;
    txn.open_table(PEOPLE)?;
    txn.open_table(TOKENS)?;
    txn.open_table(SESSIONS)?;
    txn.open_table(RETAINED)?;
    Ok(())
}

/// Makes the tables of a new ledger file.
pub(crate) fn create_ledger(txn: &WriteTransaction) -> Result<(), redb::Error> {
    txn.open_table(ENTRIES)?;
    txn.open_table(MARKS)?;
    txn.open_table(KEYS)?;
    txn.open_table(SETTINGS)?;
    txn.open_table(SECRETS)?;
    Ok(())
}

/// Makes the tables of a new history file.
pub(crate) fn create_history(txn: &WriteTransaction) -> Result<(), redb::Error> {
    txn.open_table(HOT)?;
    txn.open_table(CHUNKS)?;
    Ok(())
}
