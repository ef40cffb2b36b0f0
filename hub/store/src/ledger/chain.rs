//! The hash chain: what exactly is hashed, how an entry lies in the file, and what a head looks like on paper.
//!
//! The hash of an entry is SHA-256 over these bytes, one after the other:
//!
//! | bytes | what |
//! |---|---|
//! | 23 | `hearth-ledger-1 entry:\n` in ASCII |
//! | 8 | number, from 1, big endian as all numbers here |
//! | 8 | time, in seconds since 1970 UTC |
//! | 1 + n | length of the audience's name, then the name; length 0 without one |
//! | 1 + n | length of the kind's word, then the word ([`Kind::word`]) |
//! | 1 + n | length of the detail, then the detail in UTF-8 |
//! | 4 + n | length of the body, then the body |
//! | 32 | hash of the entry before |
//!
//! Before the first entry comes SHA-256 over `hearth-ledger-1 begin:\n` (23 bytes) and the ledger's public key (32 bytes).

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};
use summary::AudienceName;

use super::bytes::{Parts, put_long, put_short};
use super::entry::{Entry, Kind};
use super::hex;
use super::key::PublicKey;

const ENTRY: &[u8] = b"hearth-ledger-1 entry:\n";
const BEGIN: &[u8] = b"hearth-ledger-1 begin:\n";
/// The version byte of a stored entry.
const VERSION: u8 = 1;

/// A SHA-256 hash. As text 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Hash(pub(super) [u8; 32]);

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::write(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An entry of the chain by number and hash. Whoever has noted one knows everything up to it: `hearth-ledger-1 head`,
/// the number and the hash, with a blank between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The number of the entry, from 1.
    pub number: u64,
    /// Its hash.
    pub hash: Hash,
}

/// Why a text is no [`Head`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a head is `hearth-ledger-1 head`, a number and 64 hexadecimal digits")]
pub struct ParseHeadError;

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "hearth-ledger-1 head {} {}", self.number, self.hash)
    }
}

/// Taken as it is typed off: in any case, with any blanks between the words.
impl FromStr for Head {
    type Err = ParseHeadError;

    fn from_str(text: &str) -> Result<Self, ParseHeadError> {
        let text = text.to_ascii_lowercase();
        let mut words = text.split_whitespace();
        if (words.next(), words.next()) != (Some("hearth-ledger-1"), Some("head")) {
            return Err(ParseHeadError);
        }
        let number = words.next().and_then(|word| word.parse().ok()).filter(|number| *number > 0);
        let digits: String = words.collect();
        let hash = hex::read_array(&digits).map(Hash);
        number.zip(hash).map(|(number, hash)| Self { number, hash }).ok_or(ParseHeadError)
    }
}

/// An entry in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its number, from 1.
    pub number: u64,
    /// What was given.
    pub entry: Entry,
    /// The hash of the entry before.
    pub previous: Hash,
    /// Its hash, as it is stored: whether it is right is what verifying tells.
    pub hash: Hash,
}

impl Recorded {
    /// The entry that comes after `head`.
    pub(super) fn after(head: Head, entry: Entry) -> Self {
        let mut recorded = Self { number: head.number + 1, entry, previous: head.hash, hash: head.hash };
        recorded.hash = recorded.true_hash();
        recorded
    }

    /// Where the chain is with it.
    pub(super) fn head(&self) -> Head {
        Head { number: self.number, hash: self.hash }
    }

    /// The hash that it ought to have.
    pub(super) fn true_hash(&self) -> Hash {
        let mut bytes = ENTRY.to_vec();
        self.put(&mut bytes);
        Hash(Sha256::digest(&bytes).into())
    }

    /// As it lies in the file: a version byte, what is hashed without the words in front, and the hash.
    pub(super) fn to_row(&self) -> Vec<u8> {
        let mut row = vec![VERSION];
        self.put(&mut row);
        row.extend_from_slice(&self.hash.0);
        row
    }

    /// Reads what [`Self::to_row`] wrote; `None` for anything else.
    pub(super) fn from_row(row: &[u8]) -> Option<Self> {
        let (&VERSION, rest) = row.split_first()? else { return None };
        let mut parts = Parts(rest);
        let (number, at) = (parts.number()?, parts.number()?);
        let audience = audience(parts.word()?)?;
        let kind: Kind = parts.word()?.parse().ok()?;
        let detail = parts.word()?.to_owned();
        let body = parts.long()?.to_vec();
        let (previous, hash) = (Hash(parts.array()?), Hash(parts.array()?));
        let entry = Entry::any(at, audience, kind, detail, body).ok()?;
        parts.0.is_empty().then_some(Self { number, entry, previous, hash })
    }

    fn put(&self, out: &mut Vec<u8>) {
        let entry = &self.entry;
        out.extend_from_slice(&self.number.to_be_bytes());
        out.extend_from_slice(&entry.at().to_be_bytes());
        put_short(out, entry.audience().map_or("", AudienceName::as_str).as_bytes());
        put_short(out, entry.kind().word().as_bytes());
        put_short(out, entry.detail().as_bytes());
        put_long(out, entry.body());
        out.extend_from_slice(&self.previous.0);
    }
}

/// Where the chain of a ledger with this key begins: before its first entry.
pub(super) fn beginning(key: &PublicKey) -> Head {
    let hash = Sha256::new().chain_update(BEGIN).chain_update(key.0).finalize();
    Head { number: 0, hash: Hash(hash.into()) }
}

/// A name, or none for an empty text; `None` outside if it is neither.
#[expect(clippy::option_option, reason = "no name is a value, a bad one is an error")]
pub(super) fn audience(text: &str) -> Option<Option<AudienceName>> {
    if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn recorded() -> Recorded {
        let head = Head { number: 6, hash: Hash([0xAB; 32]) };
        let audience = Some("alexa_home".parse().unwrap());
        let entry = Entry::new(1_795_456_800, audience, Kind::Disclosure, "how is Doors", b"{}".to_vec()).unwrap();
        Recorded::after(head, entry)
    }

    /// The bytes of the table above, written out by hand.
    #[test]
    fn the_hash_is_over_the_bytes_of_the_table() {
        let mut bytes = b"hearth-ledger-1 entry:\n".to_vec();
        bytes.extend([0, 0, 0, 0, 0, 0, 0, 7]);
        bytes.extend([0, 0, 0, 0, 0x6B, 0x04, 0x7F, 0x20]);
        bytes.extend(b"\x0aalexa_home\x0adisclosure\x0chow is Doors\0\0\0\x02{}");
        bytes.extend([0xAB; 32]);
        assert_eq!(recorded().hash.0, <[u8; 32]>::from(Sha256::digest(&bytes)));
    }

    #[test]
    fn a_head_can_be_typed_off() {
        let head = recorded().head();
        let line = head.to_string();
        assert_eq!(line.parse(), Ok(head));
        let (words, digits) = line.split_at(line.len() - 32);
        assert_eq!(format!("  {words} {} \n", digits.to_uppercase()).parse(), Ok(head));
        for bad in ["", "hearth-ledger-1 head", &line[1..], &line[..line.len() - 1], &line.replace(" 7 ", " 0 ")] {
            assert_eq!(bad.parse::<Head>(), Err(ParseHeadError), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_row_comes_back_and_any_bytes_are_one_or_not(
            number in 1u64.., at: u64, detail in "[ -~]{0,200}", body: Vec<u8>, bytes: Vec<u8>,
        ) {
            let entry = Entry::new(at, None, Kind::Refused, detail, body).unwrap();
            let recorded = Recorded::after(Head { number: number - 1, hash: Hash([3; 32]) }, entry);
            let row = recorded.to_row();
            prop_assert_eq!(Recorded::from_row(&row), Some(recorded));
            prop_assert_eq!(Recorded::from_row(&row[..row.len() - 1]), None);
            let _ = Recorded::from_row(&bytes);
            let _ = Recorded::from_row(&[&[VERSION], &bytes[..]].concat());
        }
    }
}
