//! Bounded little-endian reading and writing, and the pieces from which frame layouts are put together.
//!
//! Knows bytes, lengths and limits. Does not know any protocol: those state their layouts as [`Field`]s.

mod field;
mod list;
mod macros;

pub use field::{Bytes, Field, Rest};
pub use list::{List, Many};
pub(crate) use macros::{bits, codes, record};

/// A 64-bit IEEE address (EUI-64) of a device. Little-endian on the wire.
pub use home::Ieee;
use thiserror::Error;

/// Why bytes do not have the layout that was asked of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WireError {
    /// The bytes end inside a field.
    #[error("{wanted} bytes wanted, {left} left")]
    Short {
        /// Bytes that the field takes.
        wanted: usize,
        /// Bytes that were there.
        left: usize,
    },
    /// A list or string is longer than its place allows.
    #[error("length {length} is over the limit of {limit}")]
    Long {
        /// Length seen.
        length: usize,
        /// Greatest length allowed.
        limit: usize,
    },
    /// A field has a value that gives the rest no meaning.
    #[error("{what} cannot be {value:#x}")]
    Value {
        /// Name of the field.
        what: &'static str,
        /// Value seen.
        value: u64,
    },
}

/// Takes fields from the front of a slice.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Starts at the first byte.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Bytes not taken yet.
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    /// True at the end.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Takes `count` bytes.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], WireError> {
        let (taken, rest) =
            self.rest.split_at_checked(count).ok_or(WireError::Short { wanted: count, left: self.left() })?;
        self.rest = rest;
        Ok(taken)
    }

    /// Takes `N` bytes.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let (taken, rest) =
            self.rest.split_first_chunk::<N>().ok_or(WireError::Short { wanted: N, left: self.left() })?;
        self.rest = rest;
        Ok(*taken)
    }

    /// Takes an unsigned integer of `width` bytes, 0 to 8.
    pub fn uint(&mut self, width: usize) -> Result<u64, WireError> {
        if width > 8 {
            return Err(WireError::Long { length: width, limit: 8 });
        }
        let bytes = self.take(width)?;
        Ok(bytes.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    /// Takes everything that is left.
    pub fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.rest)
    }
}

/// Puts fields one after the other.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
    ended: bool,
}

impl Writer {
    /// An empty writer.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends bytes as they are.
    pub fn put(&mut self, bytes: &[u8]) {
        if !self.ended {
            self.bytes.extend_from_slice(bytes);
        }
    }

    /// Appends the lowest `width` bytes of `value`, 0 to 8.
    pub fn uint(&mut self, value: u64, width: usize) {
        for byte in value.to_le_bytes().into_iter().take(width) {
            self.put(&[byte]);
        }
    }

    /// Ends the record: what is written after an absent optional field is left out, for it could not be told from that field.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// What was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

#[cfg(test)]
mod tests;
