//! What the owner calls a device. A name is one MQTT topic level, so what may stand in it is bounded here, once.

use std::fmt;
use std::str::FromStr;

use crate::ids::Ieee;

/// A device's name: 1 to 64 bytes, one topic level, never an address of another device.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

/// Why a text can't be a device's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing but white space.
    #[error("a name needs at least one character")]
    Empty,
    /// More than 64 bytes.
    #[error("a name has at most 64 bytes, this one has {0}")]
    Long(usize),
    /// `/`, `+`, `#`, `$` at the start, or a control character: MQTT gives them a meaning.
    #[error("a name can't contain {0:?}")]
    Character(char),
    /// `bridge` is the hub's own topic; an address stands for the device that has it.
    #[error("the name {0:?} is taken by the hub itself")]
    Reserved(String),
}

impl Name {
    /// The name a device has until its owner gives one: its address.
    pub fn of_address(ieee: Ieee) -> Self {
        Self(ieee.to_string())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        if text.len() > 64 {
            return Err(NameError::Long(text.len()));
        }
        if text.starts_with('$') {
            return Err(NameError::Character('$'));
        }
        if let Some(bad) = text.chars().find(|c| matches!(c, '/' | '+' | '#') || c.is_control() || is_invisible(*c)) {
            return Err(NameError::Character(bad));
        }
        if text.eq_ignore_ascii_case("bridge") || text.parse::<Ieee>().is_ok() {
            return Err(NameError::Reserved(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }
}

/// Characters that change how their neighbours look: two names that look alike must be alike.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_pass() {
        for text in ["Küche", "front door", "bath_1", "0x12"] {
            assert_eq!(text.parse::<Name>().unwrap().as_str(), text);
        }
    }

    #[test]
    fn names_that_would_change_a_topic_are_refused() {
        let refused =
            ["", "  ", "a/b", "a+", "#", "$SYS", "bridge", "Bridge", "0x0011223344556677", "a\u{202e}b", "a\0b"];
        for text in refused {
            assert!(text.parse::<Name>().is_err(), "{text:?}");
        }
        assert!("x".repeat(65).parse::<Name>().is_err());
    }
}
