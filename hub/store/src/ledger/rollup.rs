//! The signed record that stands for entries too old to be kept.
//!
//! It tells number, hash and time of the first and of the last entry it stands for, and how many there were of each
//! audience and kind. The entry after the last one names that one's hash, so the chain goes on from it. Its Ed25519
//! signature is over the 24 bytes `hearth-ledger-1 rollup:\n` and then, with numbers in big endian: number (8) and hash
//! (32) of the first entry, the same of the last, time of the first (8) and of the last (8), how many counts follow (4),
//! and for each of them, by audience and in the order of [`Kind::ALL`]: the audience's name behind its length (1; 0 for
//! none, which comes first), the kind's word behind its length (1), and the number of entries (8).

use std::collections::BTreeMap;

use summary::AudienceName;

use super::bytes::{Parts, put_short};
use super::chain::{Hash, Head, Recorded, audience};
use super::entry::Kind;
use super::key::{Key, PublicKey, Signed};

const ROLLUP: &[u8] = b"hearth-ledger-1 rollup:\n";
/// The version byte of a stored roll-up.
const VERSION: u8 = 1;
/// Pairs of audience and kind that are counted apart; what comes beyond is counted without its audience.
const PAIRS: usize = 512;

/// How many entries there were, by audience and kind.
pub type Counts = BTreeMap<(Option<AudienceName>, Kind), u64>;

/// What stands for entries that are not kept any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollUp {
    /// The first of them.
    pub first: Head,
    /// The last of them.
    pub last: Head,
    /// The time of the first, in seconds since 1970 UTC.
    pub first_at: u64,
    /// The time of the last.
    pub last_at: u64,
    /// How many there were.
    pub counts: Counts,
    /// The ledger's signature over all of the above.
    pub(super) signature: Signed,
}

impl RollUp {
    /// Takes in the entry after the last one. It has to be signed anew.
    pub(super) fn add(before: Option<Self>, entry: &Recorded) -> Self {
        let (head, at) = (entry.head(), entry.entry.at());
        let mut rollup = before.unwrap_or_else(|| Self {
            first: head,
            last: head,
            first_at: at,
            last_at: at,
            counts: Counts::new(),
            signature: [0; 64],
        });
        (rollup.last, rollup.last_at) = (head, at);
        let mut pair = (entry.entry.audience().cloned(), entry.entry.kind());
        if rollup.counts.len() >= PAIRS && !rollup.counts.contains_key(&pair) {
            pair.0 = None;
        }
        *rollup.counts.entry(pair).or_default() += 1;
        rollup
    }

    /// The same, signed.
    pub(super) fn signed(mut self, key: &Key) -> Self {
        self.signature = key.sign(&self.message());
        self
    }

    /// Whether it is signed by `key`, and stands for as many entries as it says, from the first on.
    pub(super) fn is_signed(&self, key: &PublicKey) -> bool {
        let counted = self.counts.values().try_fold(0u64, |sum, count| sum.checked_add(*count));
        self.first.number == 1 && counted == Some(self.last.number) && key.verifies(&self.message(), &self.signature)
    }

    /// As it lies in the file: a version byte, what is signed without the words in front, and the signature.
    pub(super) fn to_row(&self) -> Vec<u8> {
        [&[VERSION], &self.content()[..], &self.signature].concat()
    }

    /// Reads what [`Self::to_row`] wrote; `None` for anything else.
    pub(super) fn from_row(row: &[u8]) -> Option<Self> {
        let (&VERSION, rest) = row.split_first()? else { return None };
        let mut parts = Parts(rest);
        let first = Head { number: parts.number()?, hash: Hash(parts.array()?) };
        let last = Head { number: parts.number()?, hash: Hash(parts.array()?) };
        let (first_at, last_at) = (parts.number()?, parts.number()?);
        let mut counts = Counts::new();
        for _ in 0..u32::from_be_bytes(parts.array()?) {
            let pair = (audience(parts.word()?)?, parts.word()?.parse().ok()?);
            counts.insert(pair, parts.number()?);
        }
        let signature = parts.array()?;
        parts.0.is_empty().then_some(Self { first, last, first_at, last_at, counts, signature })
    }

    fn message(&self) -> Vec<u8> {
        [ROLLUP, &self.content()].concat()
    }

    fn content(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(128 + self.counts.len() * 64);
        for head in [self.first, self.last] {
            out.extend_from_slice(&head.number.to_be_bytes());
            out.extend_from_slice(&head.hash.0);
        }
        out.extend_from_slice(&self.first_at.to_be_bytes());
        out.extend_from_slice(&self.last_at.to_be_bytes());
        out.extend_from_slice(&u32::try_from(self.counts.len()).unwrap_or(u32::MAX).to_be_bytes());
        for ((audience, kind), count) in &self.counts {
            put_short(&mut out, audience.as_ref().map_or("", AudienceName::as_str).as_bytes());
            put_short(&mut out, kind.word().as_bytes());
            out.extend_from_slice(&count.to_be_bytes());
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::entry::Entry;

    fn rolled(entries: u64) -> RollUp {
        let mut head = Head { number: 0, hash: Hash([0; 32]) };
        let mut rollup = None;
        for n in 0..entries {
            let audience = format!("a{}", n % 1000).parse().ok().filter(|_| n % 10 != 9);
            let entry = Entry::new(n, audience, Kind::Disclosure, "", Vec::new()).unwrap();
            let recorded = Recorded::after(head, entry);
            head = recorded.head();
            rollup = Some(RollUp::add(rollup, &recorded));
        }
        rollup.unwrap()
    }

    #[test]
    fn it_comes_back_and_is_signed_whole() {
        let key = Key::from_seed(&[7; 32]);
        let rollup = rolled(20).signed(&key);
        assert!(rollup.is_signed(&key.public()));
        let row = rollup.to_row();
        assert_eq!(RollUp::from_row(&row), Some(rollup));
        for at in 0..row.len() {
            let mut row = row.clone();
            row[at] ^= 1;
            assert!(RollUp::from_row(&row).is_none_or(|rollup| !rollup.is_signed(&key.public())), "byte {at}");
            assert_eq!(RollUp::from_row(&row[..at]), None);
        }
    }

    #[test]
    fn however_many_audiences_there_were_it_stays_small() {
        let rollup = rolled(5000);
        assert!(rollup.counts.len() <= PAIRS && rollup.to_row().len() < 20_000);
        assert_eq!(rollup.counts.values().sum::<u64>(), 5000);
    }
}
