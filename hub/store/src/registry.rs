//! The writer of the core file: takes all that is queued, commits it as one, then tells everybody.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use home::{LogEntry, Timestamp};
use redb::{ReadableTable, ReadableTableMetadata, TableDefinition, WriteTransaction};

use crate::batch::{Batch, CommitError, Done, Register, Stored};
use crate::row::{read_event, write_event, write_message};
use crate::shared::Shared;
use crate::stage::Rider;
use crate::tables::{ARRIVALS, DEVICES, EVENTS, LATEST, NETWORKS, PEOPLE, RETAINED, SESSIONS, TOKENS, USERS};

/// Batches that go into one commit at most.
const GROUP: usize = 256;
/// Old log entries removed by one commit at most.
const PRUNE: u64 = 256;

/// What the writer is asked for.
pub(crate) enum Request {
    /// Make this durable.
    Commit(Batch, Done),
    /// Write what waits, and all changed last values if `latest`.
    Tick { latest: bool, done: Option<Done> },
}

/// Serves requests until nobody is left who could send one, then writes what waits.
pub(crate) fn run(shared: &Arc<Shared>, requests: &Receiver<Request>, keep_events: u64) {
    while let Ok(first) = requests.recv() {
        let group = std::iter::once(first).chain(requests.try_iter()).take(GROUP).collect();
        serve(shared, group, keep_events);
    }
    serve(shared, vec![Request::Tick { latest: true, done: None }], keep_events);
}

fn serve(shared: &Shared, group: Vec<Request>, keep_events: u64) {
    let (mut batches, mut waiting, mut all) = (Vec::new(), Vec::new(), false);
    for request in group {
        match request {
            Request::Commit(batch, done) => {
                batches.push(batch);
                waiting.push(done);
            }
            Request::Tick { latest, done } => {
                all |= latest;
                waiting.extend(done);
            }
        }
    }
    let written = write(shared, &batches, all, keep_events);
    for done in waiting {
        done(written.clone());
    }
}

/// One commit of all batches and of what rides along.
fn write(shared: &Shared, batches: &[Batch], all: bool, keep_events: u64) -> Result<(), CommitError> {
    let devices: BTreeSet<_> = batches.iter().flat_map(Batch::devices).collect();
    let rider = shared.stage().ride(devices, all);
    let idle = batches.iter().all(Batch::is_empty)
        && rider.latest.is_empty()
        && rider.entries.is_empty()
        && rider.retained.is_empty();
    let written = if idle { Ok(()) } else { shared.core.write(&mut |txn| store(txn, batches, &rider, keep_events)) };
    match written {
        Ok(()) => {
            if let Some(next) = rider.covers {
                shared.cover(next);
            }
            Ok(())
        }
        Err(fault) => {
            shared.stage().unride(rider);
            Err(CommitError::Failed(fault.to_string()))
        }
    }
}

fn store(txn: &WriteTransaction, batches: &[Batch], rider: &Rider, keep_events: u64) -> Result<(), redb::Error> {
    for change in batches.iter().flat_map(|batch| &batch.changes) {
        match change {
            Stored::Device(ieee, row) => {
                txn.open_table(DEVICES)?.insert(ieee.0, row.as_slice())?;
            }
            Stored::Forget(ieee) => {
                txn.open_table(DEVICES)?.remove(ieee.0)?;
                txn.open_table(LATEST)?.remove(ieee.0)?;
            }
            Stored::Network(adapter, row) => {
                txn.open_table(NETWORKS)?.insert(adapter.as_str(), row.as_slice())?;
            }
            Stored::Keep(register, key, row) => {
                txn.open_table(table_of(*register))?.insert(key.as_str(), row.as_slice())?;
            }
            Stored::Drop(register, key) => {
                txn.open_table(table_of(*register))?.remove(key.as_str())?;
            }
            Stored::Entry(entry) => add_entry(txn, entry)?,
        }
    }
    ride(txn, rider)?;
    if rider.covers.is_some() { prune(txn, keep_events) } else { Ok(()) }
}

fn table_of(register: Register) -> TableDefinition<'static, &'static str, &'static [u8]> {
    match register {
        Register::Users => USERS,
        Register::People => PEOPLE,
        Register::Tokens => TOKENS,
        Register::Sessions => SESSIONS,
    }
}

/// Each table is opened only if there is something for it: opening it costs pages (facts: storage, 1).
fn ride(txn: &WriteTransaction, rider: &Rider) -> Result<(), redb::Error> {
    for entry in &rider.entries {
        add_entry(txn, entry)?;
    }
    if !rider.retained.is_empty() {
        let mut table = txn.open_table(RETAINED)?;
        for (topic, message) in &rider.retained {
            match message {
                Some(message) => drop(table.insert(topic.as_str(), write_message(message).as_slice())?),
                None => drop(table.remove(topic.as_str())?),
            }
        }
    }
    if !rider.latest.is_empty() {
        let mut table = txn.open_table(LATEST)?;
        for (device, row) in &rider.latest {
            table.insert(device.0, row.as_slice())?;
        }
    }
    Ok(())
}

/// Adds an entry after those of the same millisecond. One that is there already, word for word, is the same entry.
fn add_entry(txn: &WriteTransaction, entry: &LogEntry) -> Result<(), redb::Error> {
    let mut table = txn.open_table(EVENTS)?;
    let row = write_event(entry);
    let mut number = 0;
    for known in table.range((entry.at.0, 0)..=(entry.at.0, u32::MAX))? {
        let (key, value) = known?;
        if value.value() == row.as_slice() {
            return Ok(());
        }
        number = key.value().1.saturating_add(1);
    }
    table.insert((entry.at.0, number), row.as_slice())?;
    let mut arrivals = txn.open_table(ARRIVALS)?;
    let arrival = arrivals.last()?.map_or(0, |(newest, _)| newest.value() + 1);
    arrivals.insert(arrival, (entry.at.0, number))?;
    Ok(())
}

/// Removes the entries beyond `keep` that came first. Neither by age nor by their times: a clock that starts in 1970
/// must not empty the log, nor make what just happened the oldest of it.
fn prune(txn: &WriteTransaction, keep: u64) -> Result<(), redb::Error> {
    let mut events = txn.open_table(EVENTS)?;
    let excess = events.len()?.saturating_sub(keep);
    if excess > 0 {
        let mut arrivals = txn.open_table(ARRIVALS)?;
        for _ in 0..excess.min(PRUNE) {
            let Some((_, first)) = arrivals.pop_first()? else { break };
            events.remove(first.value())?;
        }
    }
    Ok(())
}

/// The newest `limit` entries, newest first, of one device or of all; and how many rows could not be read.
pub(crate) fn events(
    txn: &redb::ReadTransaction,
    limit: usize,
    device: Option<home::Ieee>,
) -> Result<(Vec<LogEntry>, u64), redb::Error> {
    let (mut found, mut damaged) = (Vec::new(), 0);
    for row in txn.open_table(EVENTS)?.range::<(u64, u32)>(..)?.rev() {
        if found.len() >= limit {
            break;
        }
        let (key, value) = row?;
        match read_event(Timestamp(key.value().0), value.value()) {
            Ok(entry) if device.is_none_or(|ieee| entry.device == Some(ieee)) => found.push(entry),
            Ok(_) => {}
            Err(_) => damaged += 1,
        }
    }
    Ok((found, damaged))
}
