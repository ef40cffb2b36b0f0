//! Names for things that never change: devices, adapters, commands.

use std::fmt;
use std::str::FromStr;

/// EUI-64 of a device: its identity for as long as it exists. Written `0x` and 16 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ieee(pub u64);

impl fmt::Display for Ieee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#018x}", self.0)
    }
}

impl fmt::Debug for Ieee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not `0x` followed by 16 hex digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a device address (0x and 16 hex digits): {0:?}")]
pub struct ParseIeeeError(String);

impl FromStr for Ieee {
    type Err = ParseIeeeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.strip_prefix("0x")
            .filter(|digits| digits.len() == 16 && digits.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|digits| u64::from_str_radix(digits, 16).ok())
            .map(Self)
            .ok_or_else(|| ParseIeeeError(text.chars().take(32).collect()))
    }
}

/// The owner's name for an adapter, as in `[[adapter]] name`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AdapterName(String);

impl AdapterName {
    /// Takes any text: the configuration has checked it, and it is only ever shown.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AdapterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Number of a command, unique since the daemon started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommandId(pub u64);

impl CommandId {
    /// Of an order that nobody gave: the house's own. Commands count from 1.
    pub const NOBODYS: Self = Self(0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back_as_written() {
        let ieee = Ieee(0x0011_2233_4455_6677);
        assert_eq!(ieee.to_string(), "0x0011223344556677");
        assert_eq!(ieee.to_string().parse(), Ok(ieee));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "0x", "0x1", "0011223344556677", "0x001122334455667g", "0x+011223344556677"] {
            assert!(text.parse::<Ieee>().is_err(), "{text}");
        }
    }
}
