//! Stored values: a version byte, then CBOR with numbered fields. Knows bytes and the model; knows no file.
//!
//! A field is added by giving it the next number and the type `Option`; a number is never used twice. The version byte
//! changes only if old rows could no longer be read that way. `testdata/rows-1.hex` keeps rows of version 1 readable.

mod device;
mod event;
mod latest;
mod message;
mod person;
mod setting;
mod user;

#[cfg(test)]
mod tests;

use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

pub(crate) use device::{read_device, write_device};
pub(crate) use event::{read_event, write_event};
pub(crate) use latest::{Latest, read_latest, write_latest};
pub(crate) use message::{read_message, read_network, write_message, write_network};
pub(crate) use person::{read_person, read_session, read_token, write_person, write_session, write_token};
pub(crate) use setting::{place_of, read_setting, setting_at, write_setting};
pub(crate) use user::{read_user, write_user};

/// The version byte in front of every row.
const VERSION: u8 = 1;

/// An encoded row. It may hold keys and password hashes, so it is wiped and never prints.
pub(crate) type Row = Zeroizing<Vec<u8>>;

/// Bytes in a table that are no row of a version that is known here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RowError {
    /// Nothing, not even a version.
    #[error("an empty row")]
    Empty,
    /// Written by a later hub.
    #[error("a row of version {0}, only {VERSION} is known")]
    Version(u8),
    /// Not the CBOR that this table holds.
    #[error("an unreadable row: {0}")]
    Form(String),
    /// Well formed, but a value in it is none of the model.
    #[error("a row with {0}")]
    Value(&'static str),
}

/// Writes `fields` behind a version byte.
pub(crate) fn encode<T: Encode<()>>(fields: &T) -> Row {
    let mut bytes = Zeroizing::new(Vec::with_capacity(256));
    bytes.push(VERSION);
    // Errors are the writer's, and this one's type has no value.
    minicbor::encode(fields, &mut *bytes).expect("a Vec takes all that is written");
    bytes
}

/// Reads what [`encode`] wrote.
pub(crate) fn decode<'b, T: Decode<'b, ()>>(bytes: &'b [u8]) -> Result<T, RowError> {
    match bytes.split_first() {
        None => Err(RowError::Empty),
        Some((&VERSION, fields)) => minicbor::decode(fields).map_err(|error| RowError::Form(error.to_string())),
        Some((&version, _)) => Err(RowError::Version(version)),
    }
}

/// A single number: the schema version, a driver-independent counter.
pub(crate) fn write_number(number: u32) -> Row {
    encode(&number)
}

/// Reads what [`write_number`] wrote.
pub(crate) fn read_number(bytes: &[u8]) -> Result<u32, RowError> {
    decode(bytes)
}
