//! What is read when the house starts.

use std::collections::BTreeMap;

use home::{AdapterName, Ieee};
use redb::ReadTransaction;

use crate::file::{Fault, File};
use crate::history;
use crate::model::{Kept, People};
use crate::row::{self, Latest, RowError};
use crate::stage::Stage;
use crate::tables::{DEVICES, LATEST, NETWORKS, PEOPLE, RETAINED, SESSIONS, TOKENS, USERS, existing};

/// Everything that was kept, the stage that goes on from there, and how many rows could not be read.
pub(crate) fn load(core: &File, history: &File) -> Result<(Kept, Stage, u64), Fault> {
    let mut damaged = 0;
    let mut kept = core.read(|txn| read_kept(txn, &mut damaged))?;
    let mut latest = core.read(|txn| read_latest(txn, &mut damaged))?;
    // A device without a row of last values gets one, so that the history's are put on top of it.
    for device in &kept.devices {
        latest.entry(device.ieee).or_default();
    }
    let next = match history::replay(history, &mut latest) {
        Ok((next, blocks)) => {
            damaged += blocks;
            next
        }
        Err(fault) => {
            tracing::error!(error = %fault, "the last values may be up to some minutes old: no history to read");
            latest.values().map(|latest| latest.next_sample).max().unwrap_or_default()
        }
    };
    for device in &mut kept.devices {
        if let Some(latest) = latest.get(&device.ieee) {
            device.slots = latest.slots();
            device.link = latest.link;
            device.last_seen = latest.last_seen;
        }
    }
    Ok((kept, Stage::new(next, latest), damaged))
}

fn read_kept(txn: &ReadTransaction, damaged: &mut u64) -> Result<Kept, redb::Error> {
    let mut kept = Kept::default();
    for row in txn.open_table(DEVICES)?.range::<u64>(..)? {
        let (ieee, value) = row?;
        kept.devices.extend(readable("device", row::read_device(Ieee(ieee.value()), value.value()), damaged));
    }
    for row in txn.open_table(NETWORKS)?.range::<&str>(..)? {
        let (name, value) = row?;
        let name = AdapterName::new(name.value());
        // Not left out like other rows: for an adapter without a network the house would form another one.
        let record = row::read_network(value.value())
            .map_err(|error| redb::Error::Corrupted(format!("the network of adapter {name}: {error}")))?;
        kept.networks.push((name, record));
    }
    for row in txn.open_table(USERS)?.range::<&str>(..)? {
        let (name, value) = row?;
        kept.users.extend(readable("user", row::read_user(name.value(), value.value()), damaged));
    }
    for row in txn.open_table(RETAINED)?.range::<&str>(..)? {
        let (topic, value) = row?;
        kept.retained.extend(readable("retained message", row::read_message(topic.value(), value.value()), damaged));
    }
    kept.people = read_people(txn, damaged)?;
    Ok(kept)
}

/// People, tokens and sessions. A file of an earlier hub has none of these tables.
fn read_people(txn: &ReadTransaction, damaged: &mut u64) -> Result<People, redb::Error> {
    let mut people = People::default();
    if let Some(table) = existing(txn, PEOPLE)? {
        for row in table.range::<&str>(..)? {
            let (name, value) = row?;
            people.people.extend(readable("person", row::read_person(name.value(), value.value()), damaged));
        }
    }
    if let Some(table) = existing(txn, TOKENS)? {
        for row in table.range::<&str>(..)? {
            let (id, value) = row?;
            people.tokens.extend(readable("token", row::read_token(id.value(), value.value()), damaged));
        }
    }
    if let Some(table) = existing(txn, SESSIONS)? {
        for row in table.range::<&str>(..)? {
            let (_, value) = row?;
            people.sessions.extend(readable("session", row::read_session(value.value()), damaged));
        }
    }
    Ok(people)
}

fn read_latest(txn: &ReadTransaction, damaged: &mut u64) -> Result<BTreeMap<Ieee, Latest>, redb::Error> {
    let mut latest = BTreeMap::new();
    for row in txn.open_table(LATEST)?.range::<u64>(..)? {
        let (ieee, value) = row?;
        let read = readable("last values", row::read_latest(value.value()), damaged);
        latest.extend(read.map(|read| (Ieee(ieee.value()), read)));
    }
    Ok(latest)
}

/// A row that can't be read is left where it is, said once, and counted.
fn readable<T>(what: &str, row: Result<T, RowError>, damaged: &mut u64) -> Option<T> {
    row.inspect_err(|error| {
        *damaged += 1;
        tracing::error!(row = what, %error, "a stored row was left out");
    })
    .ok()
}
