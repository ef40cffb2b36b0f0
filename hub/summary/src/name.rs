//! What the owner called things in the policy: the only text that ever leaves, and bounded.

use std::fmt;
use std::str::FromStr;

/// Why a text can't be a name of the policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing there.
    #[error("a name needs at least one character")]
    Empty,
    /// Longer than it may be.
    #[error("{text:?} is too long: at most {most} characters")]
    Long {
        /// The text.
        text: String,
        /// The most characters.
        most: usize,
    },
    /// A character that it can't have.
    #[error("{text:?} can't contain {character:?}: {allowed}")]
    Character {
        /// The text.
        text: String,
        /// The character.
        character: char,
        /// What it can have.
        allowed: &'static str,
    },
}

const SLUG: &str = "only a-z, 0-9 and _, a letter first";
const SPOKEN: &str = "only letters, digits, spaces, ' and -";

fn slug(text: &str, most: usize) -> Result<String, NameError> {
    let bad = |(at, c): &(usize, char)| !(c.is_ascii_lowercase() || *at > 0 && (c.is_ascii_digit() || *c == '_'));
    checked(text, most, text.char_indices().find(bad).map(|(_, c)| c), SLUG)
}

fn checked(text: &str, most: usize, bad: Option<char>, allowed: &'static str) -> Result<String, NameError> {
    if text.is_empty() {
        return Err(NameError::Empty);
    }
    if text.chars().count() > most {
        return Err(NameError::Long { text: text.to_owned(), most });
    }
    match bad {
        Some(character) => Err(NameError::Character { text: text.to_owned(), character, allowed }),
        None => Ok(text.to_owned()),
    }
}

macro_rules! named {
    ($(#[$doc:meta])* $name:ident, $parse:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                ($parse)(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

named!(
    /// One linked account of an assistant: 1 to 32 of a-z, 0-9 and `_`.
    AudienceName,
    |text| slug(text, 32)
);
named!(
    /// A value that the owner defined: 1 to 32 of a-z, 0-9 and `_`.
    SummaryName,
    |text| slug(text, 32)
);
named!(
    /// One of the words that a summary can say: 1 to 24 of a-z, 0-9 and `_`.
    Word,
    |text| slug(text, 24)
);
named!(
    /// What the owner says to the assistant: 1 to 40 letters, digits, spaces, `'` and `-`, no space at an end.
    Alias,
    |text: &str| {
        let bad = |c: &char| !(c.is_alphanumeric() || matches!(c, ' ' | '\'' | '-'));
        let edge = (text.trim() != text).then_some(' ');
        checked(text, 40, text.chars().find(bad).or(edge), SPOKEN)
    }
);

/// Whose assistant it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Vendor {
    /// Amazon's, Smart Home API version 3.
    Alexa,
    /// Google's, cloud-to-cloud.
    Google,
}

impl Vendor {
    /// The word for it in the policy.
    pub fn word(self) -> &'static str {
        match self {
            Self::Alexa => "alexa",
            Self::Google => "google",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_plain() {
        assert_eq!("alexa_home".parse::<AudienceName>().unwrap().as_str(), "alexa_home");
        for bad in ["", "1st", "Alexa", "a b", "a-b", "é", &"a".repeat(33)] {
            assert!(bad.parse::<AudienceName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_alias_can_be_spoken_and_hides_nothing() {
        for good in ["Doors", "Küche 2", "Anna's room", "Heating-up"] {
            assert!(good.parse::<Alias>().is_ok(), "{good}");
        }
        for bad in ["", " Doors", "Doors ", "a\u{202e}b", "<b>", "a\nb", &"a".repeat(41)] {
            assert!(bad.parse::<Alias>().is_err(), "{bad:?}");
        }
    }
}
