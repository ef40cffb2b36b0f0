//! What an audience sees of the house: endpoints, each with one face.

use std::fmt;
use std::str::FromStr;

use crate::name::{Alias, Word};
use crate::setpoint::{Setpoint, SetpointRange};

/// The opaque number of an endpoint: made from a key of the hub, so it says nothing and stays the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EndpointId(pub [u8; 16]);

/// Why a text is no [`EndpointId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an endpoint is 32 digits from 0 to f")]
pub struct ParseEndpointIdError;

impl fmt::Display for EndpointId {
    /// 32 lower-case hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for EndpointId {
    type Err = ParseEndpointIdError;

    fn from_str(text: &str) -> Result<Self, ParseEndpointIdError> {
        let is_digit = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
        if text.len() != 32 || !text.as_bytes().iter().all(is_digit) {
            return Err(ParseEndpointIdError);
        }
        let number = u128::from_str_radix(text, 16).map_err(|_| ParseEndpointIdError)?;
        Ok(Self(number.to_be_bytes()))
    }
}

/// A value as of the last tick, or that it is not known: never left out, since that would say something too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown<T> {
    /// This.
    Known(T),
    /// Sources are missing, too old or disagree with the rule.
    Unknown,
}

/// Something that is open or shut: "doors secure" is shut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contact {
    /// Shut.
    Closed,
    /// Open.
    Open,
}

/// A lock as an audience sees it. Its state is a summary, perhaps of several bolts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// Whether it is locked; `None` if the audience may not know.
    pub locked: Option<Shown<bool>>,
    /// Whether it may be locked.
    pub lock: bool,
    /// Whether it may be unlocked.
    pub unlock: Unlock,
}

/// What unlocking takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unlock {
    /// It cannot be done.
    Never,
    /// The hub's own PIN, asked for by the assistant (Google).
    HubPin,
    /// The assistant checks a PIN of its own, which the owner said to have understood (Alexa).
    VendorPin,
}

/// One word of a few, in the order of the owner's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mode {
    /// The words, 2 to 8.
    pub words: Vec<Word>,
    /// The place of the word that holds.
    pub at: Shown<u8>,
}

/// A thermostat as an audience sees it: what may be asked for, never what is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thermostat {
    /// What may be asked for.
    pub range: SetpointRange,
    /// The setpoint; `None` if the audience may not know.
    pub setpoint: Option<Shown<Setpoint>>,
}

/// How an endpoint looks, and with it what it can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Face {
    /// A contact to read.
    Contact(Shown<Contact>),
    /// A lock, to read or to turn.
    Lock(Lock),
    /// Something that is on or off, to read.
    Switch(Shown<bool>),
    /// A word of a few, to read.
    Mode(Mode),
    /// A setpoint to ask for.
    Thermostat(Thermostat),
    /// Something to start, which tells nothing.
    Scene,
}

/// Something that an audience sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Its number.
    pub id: EndpointId,
    /// What the owner calls it.
    pub alias: Alias,
    /// How it looks.
    pub face: Face,
    /// Whether the owner lets the hub tell of it unasked, at the beat.
    pub push: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_32_digits_there_and_back() {
        let id = EndpointId([0x0a; 16]);
        assert_eq!(id.to_string(), "0a".repeat(16));
        assert_eq!(id.to_string().parse(), Ok(id));
        for bad in ["", "0A", &"0A".repeat(16), &"+a".repeat(16), &"0".repeat(33)] {
            assert_eq!(bad.parse::<EndpointId>(), Err(ParseEndpointIdError), "{bad}");
        }
    }
}
