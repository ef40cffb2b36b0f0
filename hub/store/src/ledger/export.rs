//! The ledger as text, one JSON object a line, for people and for other programs; and back.
//!
//! - Line 1: `{"hearth_ledger":1,"key":"…"}`, the public key in hexadecimal digits.
//! - If entries were rolled up: `{"rolled_up":{…}}` with what [`super::rollup`] signs, and its signature.
//! - Then the entries, oldest first: `number`, `at`, `audience` (a name or null), `kind`, `detail`, `body` (the bytes as
//!   text) or `body_hex` (where they are none in UTF-8), `previous`, `hash`. A checkpoint's `body_hex` is described in
//!   [`super::checkpoint`], the hash in [`super::chain`].
//!
//! An entry that can't be read is a line that says so, which no verification passes.
//!
//! There is one way to write each line, fields in this order and without blanks, and a line that is written otherwise
//! is a changed line.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};

use serde::{Deserialize, Serialize};
use summary::AudienceName;

use super::chain::{Hash, Head, Recorded, audience};
use super::entry::Entry;
use super::hex;
use super::key::PublicKey;
use super::read::{Blocks, Opening, ReadError};
use super::rollup::{Counts, RollUp};
use super::verify::{Flaw, Verdict, Verifier};

/// A line is no longer than this, in bytes: a body of control characters takes six for each.
const LINE: u64 = 256 * 1024;
/// The version of the format.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OpeningLine {
    hearth_ledger: u32,
    key: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RollUpLine {
    rolled_up: RolledUp,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RolledUp {
    first: u64,
    first_hash: String,
    last: u64,
    last_hash: String,
    first_at: u64,
    last_at: u64,
    counts: Vec<Count>,
    signature: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Count {
    audience: Option<String>,
    kind: String,
    entries: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryLine {
    number: u64,
    at: u64,
    audience: Option<String>,
    kind: String,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_hex: Option<String>,
    previous: String,
    hash: String,
}

/// The lines of an export, each with its line feed, read from the file as they are asked for.
#[derive(Debug)]
pub struct Export {
    blocks: Option<Blocks>,
    lines: VecDeque<String>,
}

impl Export {
    pub(super) fn new(opened: Option<(Opening, Blocks)>) -> Self {
        let Some((opening, blocks)) = opened else { return Self { blocks: None, lines: VecDeque::new() } };
        let mut lines = VecDeque::from([write_opening(&opening.key)]);
        lines.extend(opening.rollup.as_ref().map(write_rollup));
        Self { blocks: Some(blocks), lines }
    }
}

impl Iterator for Export {
    type Item = Result<String, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.lines.is_empty()
            && let Some(mut blocks) = self.blocks.take()
        {
            let found = match blocks.next() {
                Ok(found) => found,
                Err(error) => return Some(Err(error)),
            };
            if !found.is_empty() {
                self.blocks = Some(blocks);
            }
            let unreadable = |number: u64| format!("{{\"number\":{number},\"unreadable\":true}}\n");
            let lines =
                found.into_iter().map(|(number, entry)| entry.map_or_else(|| unreadable(number), |e| write_entry(&e)));
            self.lines.extend(lines);
        }
        self.lines.pop_front().map(Ok)
    }
}

/// Why an export can't be told to be sound.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// It can't be read to its end.
    #[error("can't read the export: {0}")]
    Input(#[from] io::Error),
    /// It can be read, and something is wrong with it.
    #[error(transparent)]
    Flaw(#[from] Flaw),
}

/// Verifies an export, also against a head that was noted.
pub fn verify_export(mut input: impl BufRead, noted: Option<Head>) -> Result<Verdict, VerifyError> {
    let mut line = Vec::new();
    if !next_line(&mut input, &mut line)? {
        return Err(Flaw::Empty.into());
    }
    let key = read_opening(&line).ok_or(Flaw::Line { line: 1, number: 1 })?;
    let mut more = next_line(&mut input, &mut line)?;
    let rollup = if more { read_rollup(&line) } else { None };
    let mut count = 2;
    if rollup.is_some() {
        more = next_line(&mut input, &mut line)?;
        count += 1;
    }
    let mut verifier = Verifier::new(key, rollup, noted)?;
    while more {
        let entry = read_entry(&line).ok_or(Flaw::Line { line: count, number: verifier.expects() })?;
        verifier.take(&entry)?;
        more = next_line(&mut input, &mut line)?;
        count += 1;
    }
    Ok(verifier.end(0)?)
}

/// Reads a line into `line`, or the beginning of one that is too long; false at the end.
fn next_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    Ok(input.by_ref().take(LINE).read_until(b'\n', line)? > 0)
}

fn write_line(fields: &impl Serialize) -> String {
    let mut line = serde_json::to_string(fields).expect("numbers and text with field names are JSON");
    line.push('\n');
    line
}

/// What a line says, if it is written as it would be here.
fn read_line<'l, T: Serialize + Deserialize<'l>>(line: &'l [u8]) -> Option<T> {
    let fields: T = serde_json::from_slice(line).ok()?;
    (write_line(&fields).as_bytes() == line).then_some(fields)
}

fn write_opening(key: &PublicKey) -> String {
    write_line(&OpeningLine { hearth_ledger: VERSION, key: key.to_string() })
}

fn read_opening(line: &[u8]) -> Option<PublicKey> {
    let OpeningLine { hearth_ledger: VERSION, key } = read_line(line)? else { return None };
    key.parse().ok()
}

fn write_rollup(rollup: &RollUp) -> String {
    let counts = rollup.counts.iter().map(|((audience, kind), entries)| Count {
        audience: audience.as_ref().map(AudienceName::to_string),
        kind: kind.word().to_owned(),
        entries: *entries,
    });
    let rolled_up = RolledUp {
        first: rollup.first.number,
        first_hash: rollup.first.hash.to_string(),
        last: rollup.last.number,
        last_hash: rollup.last.hash.to_string(),
        first_at: rollup.first_at,
        last_at: rollup.last_at,
        counts: counts.collect(),
        signature: hex::write(&rollup.signature),
    };
    write_line(&RollUpLine { rolled_up })
}

fn read_rollup(line: &[u8]) -> Option<RollUp> {
    let RollUpLine { rolled_up: fields } = read_line(line)?;
    let mut counts = Counts::new();
    for count in fields.counts {
        counts.insert((audience(&count.audience.unwrap_or_default())?, count.kind.parse().ok()?), count.entries);
    }
    let rollup = RollUp {
        first: Head { number: fields.first, hash: read_hash(&fields.first_hash)? },
        last: Head { number: fields.last, hash: read_hash(&fields.last_hash)? },
        first_at: fields.first_at,
        last_at: fields.last_at,
        counts,
        signature: hex::read_array(&fields.signature)?,
    };
    // Counts have one order too, and an audience is no empty text.
    (write_rollup(&rollup).as_bytes() == line).then_some(rollup)
}

fn write_entry(recorded: &Recorded) -> String {
    let entry = &recorded.entry;
    let body = std::str::from_utf8(entry.body()).ok().map(str::to_owned);
    write_line(&EntryLine {
        number: recorded.number,
        at: entry.at(),
        audience: entry.audience().map(AudienceName::to_string),
        kind: entry.kind().word().to_owned(),
        detail: entry.detail().to_owned(),
        body_hex: body.is_none().then(|| hex::write(entry.body())),
        body,
        previous: recorded.previous.to_string(),
        hash: recorded.hash.to_string(),
    })
}

fn read_entry(line: &[u8]) -> Option<Recorded> {
    let fields: EntryLine = read_line(line)?;
    let body = match (fields.body, fields.body_hex) {
        (Some(text), None) => text.into_bytes(),
        (None, Some(digits)) => hex::read(&digits)?,
        _ => return None,
    };
    let audience = audience(&fields.audience.unwrap_or_default())?;
    let entry = Entry::any(fields.at, audience, fields.kind.parse().ok()?, fields.detail, body).ok()?;
    let (previous, hash) = (read_hash(&fields.previous)?, read_hash(&fields.hash)?);
    let recorded = Recorded { number: fields.number, entry, previous, hash };
    (write_entry(&recorded).as_bytes() == line).then_some(recorded)
}

fn read_hash(text: &str) -> Option<Hash> {
    hex::read_array(text).map(Hash)
}
