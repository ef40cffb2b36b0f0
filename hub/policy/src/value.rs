//! A value of a source as rules compare it. In memory only: no type here can be written anywhere.

use std::borrow::Cow;

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// A word of a closed list, such as `locked`.
    Word(Cow<'static, str>),
    /// True or false.
    Flag(bool),
    /// A number in hundredths of its unit.
    Number(i32),
}

/// What a source is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Word,
    Flag,
    Celsius,
    Percent,
}

impl Unit {
    /// Lowest and highest number that makes sense, in hundredths; `None` if it is not counted.
    pub(crate) fn span(self) -> Option<(i32, i32)> {
        match self {
            Self::Celsius => Some((-5_000, 10_000)),
            Self::Percent => Some((0, 10_000)),
            Self::Word | Self::Flag => None,
        }
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Number(_) => f.write_str("a number"),
        }
    }
}
