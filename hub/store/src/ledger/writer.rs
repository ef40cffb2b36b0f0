//! The writer of the ledger file: takes all that is queued, chains it, commits it as one, then tells everybody.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use redb::{ReadableTable, WriteTransaction};

use super::Retention;
use super::chain::{Head, Recorded};
use super::checkpoint;
use super::entry::Entry;
use super::key::Key;
use super::rollup::RollUp;
use super::settings;
use super::tail::{self, EVERY, MARK, Mark, Place, ROLLUP, SIGNING, Tail, newest};
use crate::batch::{CommitError, Done};
use crate::file::{Fault, File};
use crate::model::{Setting, Value};
use crate::tables::{ENTRIES, KEYS, MARKS};

/// Requests that go into one commit at most.
const GROUP: usize = 64;
/// Old entries that one commit removes at most.
const ROLLED: usize = 1024;
/// A day, in seconds.
const DAY: u64 = 86_400;

/// What the writer is asked for.
pub(super) enum Request {
    /// Make these durable.
    Record(Vec<Entry>, Vec<(Setting, Option<Value>)>, Done),
    /// Sign the head, at this time.
    Sign(u64, Done),
}

/// One thing to do to the chain.
enum Step {
    Record(Entry),
    Keep(Setting, Option<Value>),
    Sign(u64),
}

/// Serves requests until nobody is left who could send one.
pub(super) fn run(file: &Arc<File>, requests: &Receiver<Request>, retention: Retention) {
    let mut known = None;
    while let Ok(first) = requests.recv() {
        let (mut steps, mut waiting) = (Vec::new(), Vec::new());
        for request in std::iter::once(first).chain(requests.try_iter()).take(GROUP) {
            let done = match request {
                Request::Record(entries, settings, done) => {
                    steps.extend(entries.into_iter().map(Step::Record));
                    steps.extend(settings.into_iter().map(|(setting, value)| Step::Keep(setting, value)));
                    done
                }
                Request::Sign(at, done) => {
                    steps.push(Step::Sign(at));
                    done
                }
            };
            waiting.push(done);
        }
        let written =
            append(file, &mut known, steps, retention).map_err(|fault| CommitError::Failed(fault.to_string()));
        for done in waiting {
            done(written.clone());
        }
    }
}

/// Chains and commits. Afterwards the tail is known only if that succeeded: a commit that failed may have landed.
fn append(file: &File, known: &mut Option<Tail>, steps: Vec<Step>, retention: Retention) -> Result<(), Fault> {
    let mut tail = known.take().map_or_else(|| tail::load(file), Ok)?;
    let plan = Plan::new(&tail, steps);
    let mut place = plan.place;
    if !plan.rows.is_empty() || !plan.settings.is_empty() {
        file.write(&mut |txn| {
            if let Some(reached) = plan.store(txn, &tail, retention)? {
                place = reached;
            }
            Ok(())
        })?;
    }
    tail.place = place;
    *known = Some(tail);
    Ok(())
}

/// What one commit adds.
struct Plan {
    rows: Vec<(u64, Vec<u8>)>,
    settings: BTreeMap<Setting, Option<Value>>,
    /// Where the chain is then, if nothing is rolled up.
    place: Place,
}

impl Plan {
    /// Chains the steps. A checkpoint is put at every [`EVERY`]th number, and before the first entry of another day.
    fn new(tail: &Tail, steps: Vec<Step>) -> Self {
        let mut plan = Self { rows: Vec::with_capacity(steps.len()), settings: BTreeMap::new(), place: tail.place };
        for step in steps {
            match step {
                Step::Sign(at) => plan.sign(&tail.key, at),
                // Of several in one commit the last holds.
                Step::Keep(setting, value) => drop(plan.settings.insert(setting, value)),
                Step::Record(entry) => {
                    let at = entry.at();
                    if at / DAY != plan.place.at / DAY {
                        plan.sign(&tail.key, at);
                    }
                    plan.push(&Recorded::after(plan.place.head, entry));
                    if (plan.place.head.number + 1).is_multiple_of(EVERY) {
                        plan.sign(&tail.key, at);
                    }
                }
            }
        }
        plan
    }

    /// Signs the head, unless it is a checkpoint itself or there is none.
    fn sign(&mut self, key: &Key, at: u64) {
        if self.place.head.number > self.place.signed {
            self.push(&checkpoint::sign(key, self.place.head, at));
            self.place.signed = self.place.head.number;
        }
    }

    fn push(&mut self, recorded: &Recorded) {
        let row = recorded.to_row();
        self.place.bytes += row.len() as u64;
        (self.place.head, self.place.at) = (recorded.head(), recorded.entry.at());
        self.rows.push((recorded.number, row));
    }

    /// Does it all in one transaction, and returns where the ledger is then; `None` if it is where it was planned to be:
    /// nothing is to be chained, or an earlier attempt of the same plan landed although it seemed to fail.
    fn store(&self, txn: &WriteTransaction, tail: &Tail, retention: Retention) -> Result<Option<Place>, redb::Error> {
        for (setting, value) in &self.settings {
            settings::write(txn, setting, value.as_ref())?;
        }
        if self.rows.is_empty() {
            return Ok(None);
        }
        let mut entries = txn.open_table(ENTRIES)?;
        let head = newest(&entries)?.map(|newest| newest.head());
        if head == Some(self.place.head) {
            return Ok(None);
        }
        let begins = tail.place.head.number == 0;
        if head != (!begins).then_some(tail.place.head) {
            return Err(redb::Error::Corrupted("somebody else wrote into the ledger".to_owned()));
        }
        for (number, row) in &self.rows {
            entries.insert(number, row.as_slice())?;
        }
        if begins {
            txn.open_table(KEYS)?.insert(SIGNING, tail.key.expose().as_slice())?;
        }
        let mut place = self.place;
        if place.signed != tail.place.signed {
            let mut marks = txn.open_table(MARKS)?;
            let before = marks.get(ROLLUP)?.and_then(|row| RollUp::from_row(row.value()));
            if let Some(rollup) = roll_up(&mut entries, &mut place, before, retention)? {
                marks.insert(ROLLUP, rollup.signed(&tail.key).to_row().as_slice())?;
            }
            let mark = Mark { signed: place.signed, through: place.head.number, bytes: place.bytes };
            marks.insert(MARK, mark.to_row().as_slice())?;
        }
        Ok(Some(place))
    }
}

/// Takes out the entries that need not be kept any more, oldest first, and returns what stands for them and those
/// before. Stops at one that does not follow the one before: it stays as evidence.
fn roll_up(
    entries: &mut redb::Table<'_, u64, &'static [u8]>,
    place: &mut Place,
    mut rollup: Option<RollUp>,
    retention: Retention,
) -> Result<Option<RollUp>, redb::Error> {
    let mut rolled = false;
    for _ in 0..ROLLED {
        let Some((number, length, sound)) = oldest(entries)? else { break };
        let before = rollup.as_ref().map(|rollup| rollup.last);
        let Some(entry) = sound.filter(|entry| goes_on(entry, number, before)) else {
            tracing::error!(number, "an old entry of the ledger was changed; it is not rolled up");
            break;
        };
        if number >= place.head.number || !retention.is_over(place, entry.entry.at()) {
            break;
        }
        entries.remove(number)?;
        rollup = Some(RollUp::add(rollup, &entry));
        (place.first, place.bytes) = (number + 1, place.bytes.saturating_sub(length));
        rolled = true;
    }
    Ok(rollup.filter(|_| rolled))
}

/// The first row that is kept: its number, its length, and the entry if it has the hash that it ought to have.
fn oldest(
    entries: &impl ReadableTable<u64, &'static [u8]>,
) -> Result<Option<(u64, u64, Option<Recorded>)>, redb::Error> {
    let Some((number, row)) = entries.first()? else { return Ok(None) };
    let sound = Recorded::from_row(row.value()).filter(|entry| entry.hash == entry.true_hash());
    Ok(Some((number.value(), row.value().len() as u64, sound)))
}

fn goes_on(entry: &Recorded, key: u64, before: Option<Head>) -> bool {
    let expected = before.map_or(1, |before| before.number + 1);
    (entry.number, key) == (expected, expected) && before.is_none_or(|before| before.hash == entry.previous)
}

impl Retention {
    /// Whether the first entry that is kept, of the time `at`, need not be any more.
    fn is_over(&self, place: &Place, at: u64) -> bool {
        let kept = place.head.number + 1 - place.first;
        let old = place.at.saturating_sub(at) > self.days.saturating_mul(DAY);
        kept > self.entries && old || place.bytes > self.bytes
    }
}
