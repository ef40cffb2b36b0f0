//! TI's Monitor and Test framing: `FE | length | type and subsystem | id | data | FCS`.
//!
//! Knows frames and how to find them in a noisy stream. Does not know what a command means; see `znp`.

mod decoder;

use std::fmt;

pub use decoder::{Decoder, Stats};
use thiserror::Error;

use crate::wire::{Bytes, Field, codes};

/// The most data bytes in one frame.
pub const MAX_DATA: usize = 250;

/// First byte of each frame.
const START: u8 = 0xFE;

/// Bytes around the data: start, length, two of command, FCS.
const OVERHEAD: usize = 5;

/// What a frame is in the exchange: bits 7 to 5 of the first command byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Poll; not used on a serial line.
    Poll,
    /// Request that is answered by an `Srsp` of the same subsystem and id.
    Sreq,
    /// Message without answer, in either direction.
    Areq,
    /// Answer to an `Sreq`.
    Srsp,
}

codes! {
    /// The part of the firmware that a command is for: bits 4 to 0 of the first command byte.
    pub enum Subsystem: u8 {
        /// Errors of the command interpreter itself.
        Rpc = 0,
        /// System: reset, version, non-volatile memory.
        Sys = 1,
        /// IEEE 802.15.4 MAC.
        Mac = 2,
        /// Application framework: data to and from endpoints.
        Af = 4,
        /// Zigbee device object: network management.
        Zdo = 5,
        /// Simple API.
        Sapi = 6,
        /// Utilities: device information, association table.
        Util = 7,
        /// Debug output.
        Debug = 8,
        /// Application.
        App = 9,
        /// Application configuration: commissioning, install codes.
        AppCnf = 15,
        /// Green power.
        GreenPower = 21,
    }
}

/// Which command a frame carries, apart from its direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Command {
    /// The part of the firmware.
    pub subsystem: Subsystem,
    /// Number within the subsystem.
    pub id: u8,
}

impl Command {
    /// A command by its two numbers.
    pub const fn new(subsystem: Subsystem, id: u8) -> Self {
        Self { subsystem, id }
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:#04x}", self.subsystem, self.id)
    }
}

/// Data that no frame can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{0} bytes of data, a frame holds {MAX_DATA}")]
pub struct TooLong(pub usize);

/// One frame. Its data may be a key or a PIN, so the debug text shows only their number.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Frame {
    kind: Kind,
    command: Command,
    data: Bytes<MAX_DATA>,
}

impl Frame {
    /// A frame of at most [`MAX_DATA`] bytes of data.
    pub fn new(kind: Kind, command: Command, data: impl Into<Vec<u8>>) -> Result<Self, TooLong> {
        let data = data.into();
        let length = data.len();
        let data = Bytes::new(data).map_err(|_| TooLong(length))?;
        Ok(Self { kind, command, data })
    }

    /// Request, answer or message.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Which command.
    pub fn command(&self) -> Command {
        self.command
    }

    /// What follows the command.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// The bytes for the line, with start byte and FCS.
    pub fn encode(&self) -> Vec<u8> {
        let kind = match self.kind {
            Kind::Poll => 0,
            Kind::Sreq => 0x20,
            Kind::Areq => 0x40,
            Kind::Srsp => 0x60,
        };
        let mut counted = self.data.to_bytes();
        counted.splice(1..1, [kind | (u8::from(self.command.subsystem) & 0x1F), self.command.id]);
        let sum = check(&counted);
        [&[START], counted.as_slice(), &[sum]].concat()
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {} [{} bytes]", self.kind, self.command, self.data.len())
    }
}

/// The frame check sequence: XOR of everything from the length on.
fn check<'a>(bytes: impl IntoIterator<Item = &'a u8>) -> u8 {
    bytes.into_iter().fold(0, |sum, byte| sum ^ byte)
}

#[cfg(test)]
mod tests;
