//! A copy of the core file beside it: what a card that lies about its flushes, or a slip of the hand, can cost.
//!
//! The copy is a redb file of its own, made through one read transaction: copying the live file byte by byte gives one
//! that does not open (facts: storage, 0.7).

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use home::Timestamp;
use redb::{Key, ReadTransaction, ReadableTable, TableDefinition, Value, WriteTransaction};

use crate::file::{Fault, File, Plan};
use crate::tables::{
    ARRIVALS, DEVICES, EVENTS, LATEST, META, NETWORKS, PEOPLE, RETAINED, SECRETS, SETTINGS, TOKENS, USERS, existing,
};

/// Copies that are kept; an older one makes room.
const KEPT: usize = 5;

/// Copies `core` into a directory of its own below `dir`, named after the time, and returns the copy's path.
pub(crate) fn take(core: &File, plan: &'static Plan, dir: &Path, at: Timestamp) -> Result<PathBuf, Fault> {
    let backups = dir.join("backups");
    // `2026-11-23T18:00:00.000Z` without what some file systems refuse.
    let name: String = at.to_string().chars().filter(|c| *c != ':').collect();
    let place = backups.join(name);
    DirBuilder::new().recursive(true).mode(0o700).create(&place)?;
    let (copy, opened) = File::open(&place, plan);
    opened?;
    core.read(|from| Ok(copy.write(&mut |to| copy_all(from, to))))??;
    copy.close();
    prune(&backups)?;
    Ok(copy.path().to_owned())
}

fn copy_all(from: &ReadTransaction, to: &WriteTransaction) -> Result<(), redb::Error> {
    copy_table(from, to, META)?;
    copy_table(from, to, DEVICES)?;
    copy_table(from, to, LATEST)?;
    copy_table(from, to, NETWORKS)?;
    copy_table(from, to, EVENTS)?;
    copy_table(from, to, ARRIVALS)?;
    copy_table(from, to, USERS)?;
    copy_table(from, to, PEOPLE)?;
    copy_table(from, to, TOKENS)?;
    copy_table(from, to, RETAINED)?;
    copy_table(from, to, SETTINGS)?;
    copy_table(from, to, SECRETS)
}

fn copy_table<K: Key + 'static, V: Value + 'static>(
    from: &ReadTransaction,
    to: &WriteTransaction,
    table: TableDefinition<'_, K, V>,
) -> Result<(), redb::Error> {
    let Some(rows) = existing(from, table)? else { return Ok(()) };
    let mut copy = to.open_table(table)?;
    for row in rows.iter()? {
        let (key, value) = row?;
        copy.insert(key.value(), value.value())?;
    }
    Ok(())
}

/// Removes the oldest copies; names sort by time.
fn prune(backups: &Path) -> Result<(), Fault> {
    let mut places: Vec<_> = fs::read_dir(backups)?.flatten().map(|entry| entry.path()).collect();
    places.sort();
    let surplus = places.len().saturating_sub(KEPT);
    for place in places.into_iter().take(surplus) {
        fs::remove_dir_all(place)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use home::{AdapterName, Device, Ieee, Timestamp};

    use crate::{Batch, Options, Store};

    #[test]
    fn a_copy_opens_as_a_store_of_its_own_and_old_ones_make_room() {
        let dir = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(dir.path(), &Options::default()).unwrap();
        let (done, written) = std::sync::mpsc::channel();
        let mut batch = Batch::new();
        batch.device(&Device::new(Ieee(7), AdapterName::new("stick")));
        store.commit(batch, Box::new(move |result| done.send(result).unwrap()));
        written.recv().unwrap().unwrap();
        let copies: Vec<_> = (1..=7).map(|n| store.snapshot(Timestamp(n * 1000)).unwrap()).collect();
        assert!(!copies[0].exists() && !copies[1].exists() && copies[2].exists());
        let (_, kept) = Store::open(copies[6].parent().unwrap(), &Options::default()).unwrap();
        assert_eq!(kept.devices.len(), 1);
    }
}
