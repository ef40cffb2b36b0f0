//! Every table of both files, and the schema version. What the values mean is in `row` and in `history`.
//!
//! Keys are plain integers, tuples of them, or text; values are bytes that begin with a version (facts: redb's own
//! encoding of richer types changes between its major versions), or the key of another table.

use redb::{TableDefinition, WriteTransaction};

/// Version of the set of tables. A file with a greater one is refused, one with a smaller one is migrated.
pub(crate) const SCHEMA: u32 = 1;

/// Both files: facts about the file itself, by name.
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
/// Core: retained MQTT messages of clients, by topic.
pub(crate) const RETAINED: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("retained");

/// History: blocks of samples as they came, by the number of the first sample.
pub(crate) const HOT: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("hot");
/// History: one day of one series, by day since 1970, device address and key code. Days come first, so that a day's
/// roll-up writes neighbouring pages and pruning is one range.
pub(crate) const CHUNKS: TableDefinition<'_, (u32, u64, u8), &[u8]> = TableDefinition::new("chunks");

/// Makes the tables of a new core file.
pub(crate) fn create_core(txn: &WriteTransaction) -> Result<(), redb::Error> {
    txn.open_table(DEVICES)?;
    txn.open_table(LATEST)?;
    txn.open_table(NETWORKS)?;
    txn.open_table(EVENTS)?;
    txn.open_table(ARRIVALS)?;
    txn.open_table(USERS)?;
    txn.open_table(RETAINED)?;
    Ok(())
}

/// Makes the tables of a new history file.
pub(crate) fn create_history(txn: &WriteTransaction) -> Result<(), redb::Error> {
    txn.open_table(HOT)?;
    txn.open_table(CHUNKS)?;
    Ok(())
}
