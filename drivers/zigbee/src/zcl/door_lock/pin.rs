//! PINs: checked, never shown, wiped from memory after use.

use std::fmt;
use std::ops::RangeInclusive;

use thiserror::Error;
use zeroize::Zeroizing;

use crate::wire::{Field, Reader, WireError, Writer};

/// Why text is no PIN. Says nothing of the text but its length.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PinError {
    /// Too short or too long.
    #[error("a pin of {length} digits, the lock takes {least} to {most}")]
    Length {
        /// Length seen.
        length: usize,
        /// Least length.
        least: u8,
        /// Greatest length.
        most: u8,
    },
    /// Something other than 0 to 9.
    #[error("a pin has only the digits 0 to 9")]
    Digits,
}

/// A PIN of ASCII digits. Does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(Zeroizing<Vec<u8>>);

impl Pin {
    /// Lengths that a lock takes that does not tell.
    pub const LENGTHS: RangeInclusive<u8> = 4..=8;

    /// Checks `digits` against the lengths that the lock tells, or [`Pin::LENGTHS`].
    pub fn new(digits: impl AsRef<[u8]>, lengths: RangeInclusive<u8>) -> Result<Self, PinError> {
        let digits = digits.as_ref();
        let (least, most) = lengths.clone().into_inner();
        match u8::try_from(digits.len()) {
            Ok(length) if lengths.contains(&length) => {}
            _ => return Err(PinError::Length { length: digits.len(), least, most }),
        }
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(PinError::Digits);
        }
        Ok(Self(Zeroizing::new(digits.to_vec())))
    }

    /// The digits. Keep them out of logs, topics and errors.
    pub fn digits(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(..)")
    }
}

/// The octet string in which a PIN travels; empty is none. Locks send anything in it. Does not print.
///
/// A missing string reads as empty, for some senders leave it out. It is always written: some locks want it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SecretOctets(Zeroizing<Vec<u8>>);

impl SecretOctets {
    /// No PIN.
    pub fn none() -> Self {
        Self::default()
    }

    /// The octets. Keep them out of logs, topics and errors.
    pub fn octets(&self) -> &[u8] {
        &self.0
    }

    /// True if no PIN was given.
    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&Pin> for SecretOctets {
    fn from(pin: &Pin) -> Self {
        Self(pin.0.clone())
    }
}

impl From<Option<&Pin>> for SecretOctets {
    fn from(pin: Option<&Pin>) -> Self {
        pin.map(Self::from).unwrap_or_default()
    }
}

impl fmt::Debug for SecretOctets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretOctets(..)")
    }
}

/// Length of the invalid octet string.
const INVALID: u8 = 0xFF;

impl Field for SecretOctets {
    const MAX: usize = 255;

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        if reader.is_empty() {
            return Ok(Self::none());
        }
        match u8::read(reader)? {
            INVALID => Ok(Self::none()),
            length => Ok(Self(Zeroizing::new(reader.take(length.into())?.to_vec()))),
        }
    }

    fn write(&self, writer: &mut Writer) {
        writer.uint(self.0.len() as u64, 1);
        writer.put(&self.0);
    }
}
