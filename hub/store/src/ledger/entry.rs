//! What is written into the ledger: who was told or refused what, when, and the very bytes. Bounded, and checked when
//! made. Knows no chain and no file.

use std::fmt;
use std::str::FromStr;

use summary::AudienceName;

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Bytes that leave the house.
    Disclosure,
    /// Something that an audience asked for and may.
    Permitted,
    /// Something that an audience asked for and may not.
    Refused,
    /// A policy that came into force.
    PolicyApplied,
    /// The owner stopped all disclosures.
    Paused,
    /// The owner let them go on.
    Resumed,
    /// A relay got a key.
    Paired,
    /// A relay's key was withdrawn.
    Unpaired,
    /// The owner set another PIN. Not which.
    PinSet,
    /// The ledger signed its head. Only the ledger itself makes these.
    Checkpoint,
    /// Bytes that an audience would have got: the owner asked in its place, and nothing left the house.
    Rehearsed,
}

impl Kind {
    /// All there are. A new one comes last: roll-ups that are signed already count in this order.
    pub const ALL: [Self; 11] = [
        Self::Disclosure,
        Self::Permitted,
        Self::Refused,
        Self::PolicyApplied,
        Self::Paused,
        Self::Resumed,
        Self::Paired,
        Self::Unpaired,
        Self::PinSet,
        Self::Checkpoint,
        Self::Rehearsed,
    ];

    /// The word for it, in files, in exports and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Disclosure => "disclosure",
            Self::Permitted => "permitted",
            Self::Refused => "refused",
            Self::PolicyApplied => "policy_applied",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
            Self::Paired => "paired",
            Self::Unpaired => "unpaired",
            Self::PinSet => "pin_set",
            Self::Checkpoint => "checkpoint",
            Self::Rehearsed => "rehearsed",
        }
    }
}

/// Why a text is no [`Kind`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no kind of entry")]
pub struct ParseKindError(String);

impl FromStr for Kind {
    type Err = ParseKindError;

    fn from_str(text: &str) -> Result<Self, ParseKindError> {
        Self::ALL.into_iter().find(|kind| kind.word() == text).ok_or_else(|| ParseKindError(text.to_owned()))
    }
}

/// Why something can't be an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// More than [`Entry::BODY`] bytes.
    #[error("a body of {0} bytes, at most {most} are kept", most = Entry::BODY)]
    Body(usize),
    /// More than [`Entry::DETAIL`] bytes.
    #[error("a detail of {0} bytes, at most {most} are kept", most = Entry::DETAIL)]
    Detail(usize),
    /// A control character, which could change what a terminal shows.
    #[error("a detail can't contain {0:?}")]
    Control(char),
    /// A checkpoint from outside.
    #[error("only the ledger itself makes checkpoints")]
    Checkpoint,
}

/// Something to be kept in the ledger.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    at: u64,
    audience: Option<AudienceName>,
    kind: Kind,
    detail: String,
    body: Vec<u8>,
}

impl Entry {
    /// The longest body, in bytes: what fits a sealed frame fits here, or it could not be sent.
    pub const BODY: usize = 16 * 1024;
    /// The longest detail, in bytes.
    pub const DETAIL: usize = 255;

    /// An entry of the time `at` (seconds since 1970 UTC). `detail` says in a few words what it is about, and no more
    /// than what `body`, the exact bytes that leave, says anyway. `body` is empty where nothing leaves.
    pub fn new(
        at: u64,
        audience: Option<AudienceName>,
        kind: Kind,
        detail: impl Into<String>,
        body: Vec<u8>,
    ) -> Result<Self, EntryError> {
        let entry = Self::any(at, audience, kind, detail.into(), body)?;
        if kind == Kind::Checkpoint { Err(EntryError::Checkpoint) } else { Ok(entry) }
    }

    /// The same with a detail of any form: control characters are left out, and it is cut where it is too long. A body that
    /// is too long is left out, too; `seal` would not take it either.
    pub fn trimmed(at: u64, audience: Option<AudienceName>, kind: Kind, detail: &str, body: Vec<u8>) -> Self {
        let mut plain: String = detail.chars().filter(|c| !c.is_control()).collect();
        plain.truncate(plain.floor_char_boundary(Self::DETAIL));
        let body = if body.len() > Self::BODY { Vec::new() } else { body };
        Self { at, audience, kind, detail: plain, body }
    }

    /// The same for one that may be a checkpoint.
    pub(super) fn any(
        at: u64,
        audience: Option<AudienceName>,
        kind: Kind,
        detail: String,
        body: Vec<u8>,
    ) -> Result<Self, EntryError> {
        if body.len() > Self::BODY {
            return Err(EntryError::Body(body.len()));
        }
        if detail.len() > Self::DETAIL {
            return Err(EntryError::Detail(detail.len()));
        }
        match detail.chars().find(|c| c.is_control()) {
            Some(control) => Err(EntryError::Control(control)),
            None => Ok(Self { at, audience, kind, detail, body }),
        }
    }

    /// When it was, in seconds since 1970 UTC.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// Whom it is about; `None` for all or nobody.
    pub fn audience(&self) -> Option<&AudienceName> {
        self.audience.as_ref()
    }

    /// What it is about.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What it is about, in words.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The exact bytes that leave.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

/// The body is for the owner who asks for it, not for a log.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, audience) = (self.kind.word(), self.audience.as_ref().map_or("-", AudienceName::as_str));
        write!(f, "Entry({}, {audience}, {kind}, {:?}, {} bytes)", self.at, self.detail, self.body.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_bounded_and_no_checkpoint() {
        let entry = |kind, detail: &str, body| Entry::new(1, None, kind, detail, vec![7; body]);
        assert!(entry(Kind::Disclosure, &"d".repeat(255), Entry::BODY).is_ok());
        assert_eq!(entry(Kind::Disclosure, "", Entry::BODY + 1), Err(EntryError::Body(Entry::BODY + 1)));
        assert_eq!(entry(Kind::Disclosure, &"d".repeat(256), 0), Err(EntryError::Detail(256)));
        assert_eq!(entry(Kind::Refused, "a\u{1b}[2J", 0), Err(EntryError::Control('\u{1b}')));
        assert_eq!(entry(Kind::Checkpoint, "", 0), Err(EntryError::Checkpoint));
        let shown = format!("{:?}", Entry::new(1, None, Kind::Disclosure, "asked", b"secret".to_vec()).unwrap());
        assert_eq!(shown, "Entry(1, -, disclosure, \"asked\", 6 bytes)");
    }

    #[test]
    fn a_trimmed_entry_is_always_one() {
        let long = format!("a\u{1b}[2J{}", "ü".repeat(200));
        let entry = Entry::trimmed(1, None, Kind::Refused, &long, vec![7; Entry::BODY + 1]);
        assert!(
            entry.detail().starts_with("a[2Jü") && entry.detail().len() <= Entry::DETAIL && entry.body().is_empty()
        );
        assert_eq!(Entry::new(1, None, Kind::Refused, entry.detail(), Vec::new()), Ok(entry));
    }

    #[test]
    fn each_kind_has_its_word() {
        for kind in Kind::ALL {
            assert_eq!(kind.word().parse(), Ok(kind));
        }
        assert!("Disclosure".parse::<Kind>().is_err());
    }
}
