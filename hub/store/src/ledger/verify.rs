//! Finds the entry that is wrong. Knows entries and keys, no file and no text: what reads those feeds this, in order.

use super::chain::{Head, Recorded, beginning};
use super::checkpoint;
use super::entry::Kind;
use super::key::PublicKey;
use super::rollup::RollUp;

/// A ledger in which nothing is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whose signature its checkpoints have.
    pub key: PublicKey,
    /// What stands for entries that are not kept any more.
    pub rollup: Option<RollUp>,
    /// How many entries are there.
    pub entries: u64,
    /// The last one; that nothing came after it, only a head that was noted elsewhere can tell.
    pub head: Head,
    /// Up to this number it is signed; 0 if nowhere. What comes after could have been written by anybody.
    pub signed: u64,
    /// What became of the head that was noted.
    pub noted: Noted,
}

/// What became of the head that was noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// None was given.
    Nothing,
    /// It is there: up to it nothing was changed since it was noted.
    Found,
    /// Its entry is among those that were rolled up: nothing can be said.
    RolledUp,
}

/// What is wrong, as far as the first wrong entry tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// There is no ledger.
    #[error("there is nothing to verify")]
    Empty,
    /// The line can't be read, or not as the ledger would have written it.
    #[error("line {line} is not what the ledger writes: the key, a roll-up or entry {number}")]
    Line {
        /// Which line, from 1.
        line: u64,
        /// The entry that ought to be there.
        number: u64,
    },
    /// The row can't be read.
    #[error("entry {number} was changed: it can't be read")]
    Row {
        /// Its number.
        number: u64,
    },
    /// It is not what its hash is of.
    #[error("entry {number} was edited: it has another hash")]
    Edited {
        /// Its number.
        number: u64,
    },
    /// It does not name the hash of the entry before: one of both was replaced.
    #[error("entry {number} does not follow the one before it: one of both was replaced")]
    Unlinked {
        /// The later one's number.
        number: u64,
    },
    /// Entries are nowhere.
    #[error("entries {first} to {last} were removed")]
    Removed {
        /// The first of them.
        first: u64,
        /// The last of them.
        last: u64,
    },
    /// Entries were moved, or one is there twice.
    #[error("entry {number} stands where entry {expected} ought to be")]
    Moved {
        /// The one that is there.
        number: u64,
        /// The one that ought to be.
        expected: u64,
    },
    /// A checkpoint that this key did not sign.
    #[error("checkpoint {number} has a wrong signature")]
    Checkpoint {
        /// Its number.
        number: u64,
    },
    /// A roll-up that this key did not sign.
    #[error("the roll-up has a wrong signature")]
    RollUp,
    /// It ends before an entry that is known to have been there.
    #[error("it ends with entry {last}, but entry {noted} was there")]
    Truncated {
        /// The last entry.
        last: u64,
        /// The one that was noted.
        noted: u64,
    },
    /// The entry of the noted head is another one: it or one before it was replaced.
    #[error("entry {number} has another hash than was noted: it or one before it was replaced")]
    Replaced {
        /// Its number.
        number: u64,
    },
}

/// Takes a ledger in, entry by entry.
#[derive(Debug)]
pub(super) struct Verifier {
    verdict: Verdict,
    noted: Option<Head>,
    /// Entries that did not come yet though later ones did. What comes now can only tell why.
    gap: Option<(u64, u64)>,
}

impl Verifier {
    /// Begins with the key and what stands for the entries before.
    pub(super) fn new(key: PublicKey, rollup: Option<RollUp>, noted: Option<Head>) -> Result<Self, Flaw> {
        if rollup.as_ref().is_some_and(|rollup| !rollup.is_signed(&key)) {
            return Err(Flaw::RollUp);
        }
        let head = rollup.as_ref().map_or_else(|| beginning(&key), |rollup| rollup.last);
        let signed = rollup.as_ref().map_or(0, |rollup| rollup.last.number);
        let ends = rollup.iter().flat_map(|rollup| [rollup.first, rollup.last]);
        let same = ends.clone().find(|end| Some(end.number) == noted.map(|noted| noted.number));
        let verdict = Verdict {
            key,
            entries: 0,
            head,
            signed,
            noted: match (noted, same) {
                (None, _) => Noted::Nothing,
                (Some(noted), Some(same)) if same == noted => Noted::Found,
                (Some(noted), Some(_)) => return Err(Flaw::Replaced { number: noted.number }),
                // Until it comes.
                (Some(_), None) => Noted::RolledUp,
            },
            rollup,
        };
        Ok(Self { verdict, noted, gap: None })
    }

    /// The number of the entry that ought to come next.
    pub(super) fn expects(&self) -> u64 {
        self.verdict.head.number.saturating_add(1)
    }

    /// Takes the next entry in.
    pub(super) fn take(&mut self, entry: &Recorded) -> Result<(), Flaw> {
        let (number, expected) = (entry.number, self.expects());
        if let Some((first, last)) = self.gap {
            let moved = Flaw::Moved { number: last + 1, expected: first };
            return if (first..=last).contains(&number) { Err(moved) } else { Ok(()) };
        }
        if entry.hash != entry.true_hash() {
            // Its number is no more to be trusted than the rest of it.
            return Err(Flaw::Edited { number: expected });
        }
        if number < expected {
            return Err(Flaw::Moved { number, expected });
        }
        if number > expected {
            self.gap = Some((expected, number - 1));
            return Ok(());
        }
        if entry.previous != self.verdict.head.hash {
            return Err(Flaw::Unlinked { number });
        }
        if entry.entry.kind() == Kind::Checkpoint {
            if !checkpoint::is_signed(entry, &self.verdict.key) {
                return Err(Flaw::Checkpoint { number });
            }
            self.verdict.signed = number;
        }
        self.verdict.entries += 1;
        self.verdict.head = entry.head();
        match self.noted {
            Some(noted) if noted.number == number && noted.hash != entry.hash => Err(Flaw::Replaced { number }),
            Some(noted) if noted.number == number => {
                self.verdict.noted = Noted::Found;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// That was all. `signed` is the number of a checkpoint that is known to have been there, or 0.
    pub(super) fn end(self, signed: u64) -> Result<Verdict, Flaw> {
        if let Some((first, last)) = self.gap {
            return Err(Flaw::Removed { first, last });
        }
        let (last, noted) = (self.verdict.head.number, self.noted.map_or(0, |noted| noted.number).max(signed));
        if last < noted { Err(Flaw::Truncated { last, noted }) } else { Ok(self.verdict) }
    }
}
