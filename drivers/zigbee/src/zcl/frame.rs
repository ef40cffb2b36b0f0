//! The ZCL header (2.4.1) and frames with and without a sequence number.

use std::fmt;

use crate::wire::{Field, Reader, WireError, Writer};
use crate::zcl::{ClusterCommand, Command, Global};

/// Which id space a command belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The foundation: the same for all clusters.
    Global,
    /// The cluster of the message.
    Cluster,
}

/// Which way a command goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// To the side that holds the state.
    ToServer,
    /// From it.
    ToClient,
}

impl Direction {
    /// The way back.
    pub fn reverse(self) -> Self {
        match self {
            Self::ToServer => Self::ToClient,
            Self::ToClient => Self::ToServer,
        }
    }
}

/// What stands before each payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Header {
    /// Id space of the command.
    pub scope: Scope,
    /// Manufacturer whose extension this is.
    pub manufacturer: Option<u16>,
    /// Which way it goes.
    pub direction: Direction,
    /// True if the sender wants a default response on errors only.
    pub disable_default_response: bool,
    /// An answer carries the number of its request.
    pub sequence: u8,
    /// The command.
    pub command: u8,
}

const CLUSTER: u8 = 0x01;
const MANUFACTURER: u8 = 0x04;
const TO_CLIENT: u8 = 0x08;
const DISABLE_DEFAULT_RESPONSE: u8 = 0x10;

impl Field for Header {
    const MAX: usize = 5;

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let control = u8::read(reader)?;
        let scope = match control & 0x03 {
            0 => Scope::Global,
            CLUSTER => Scope::Cluster,
            other => return Err(WireError::Value { what: "frame type", value: other.into() }),
        };
        Ok(Self {
            scope,
            manufacturer: if control & MANUFACTURER == 0 { None } else { Some(u16::read(reader)?) },
            direction: if control & TO_CLIENT == 0 { Direction::ToServer } else { Direction::ToClient },
            disable_default_response: control & DISABLE_DEFAULT_RESPONSE != 0,
            sequence: u8::read(reader)?,
            command: u8::read(reader)?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        let bit = |set: bool, bit: u8| if set { bit } else { 0 };
        let control = bit(self.scope == Scope::Cluster, CLUSTER)
            | bit(self.manufacturer.is_some(), MANUFACTURER)
            | bit(self.direction == Direction::ToClient, TO_CLIENT)
            | bit(self.disable_default_response, DISABLE_DEFAULT_RESPONSE);
        control.write(writer);
        if let Some(manufacturer) = self.manufacturer {
            manufacturer.write(writer);
        }
        self.sequence.write(writer);
        self.command.write(writer);
    }
}

/// A frame as it travels. Its payload may hold a PIN, so the debug text shows only its length.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    /// What it is.
    pub header: Header,
    /// What it says.
    pub payload: Vec<u8>,
}

impl Frame {
    /// Reads the header; the payload is read by [`Frame::global`] or [`Frame::cluster`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(bytes);
        Ok(Self { header: Header::read(&mut reader)?, payload: reader.rest().into() })
    }

    /// The bytes for the adapter.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.header.write(&mut writer);
        writer.put(&self.payload);
        writer.into_bytes()
    }

    /// The foundation command, if it is one.
    pub fn global(&self) -> Option<Result<Global, WireError>> {
        (self.header.scope == Scope::Global).then(|| Global::decode(self.header.command, &self.payload))
    }

    /// The cluster command of the set `C`, if the frame has its direction and is no manufacturer's extension.
    /// The caller has compared the cluster of the message with [`ClusterCommand::CLUSTER`].
    pub fn cluster<C: ClusterCommand>(&self) -> Option<Result<C, WireError>> {
        let Header { scope, manufacturer, direction, .. } = self.header;
        (scope == Scope::Cluster && manufacturer.is_none() && direction == C::DIRECTION)
            .then(|| C::decode(self.header.command, &self.payload))
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} [{} bytes]", self.header, self.payload.len())
    }
}

/// A frame that has no sequence number yet.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    frame: Frame,
}

impl Request {
    /// A foundation command.
    pub fn global(direction: Direction, command: &Global) -> Self {
        Self::new(Scope::Global, direction, command)
    }

    /// A cluster command.
    pub fn cluster<C: ClusterCommand>(command: &C) -> Self {
        Self::new(Scope::Cluster, C::DIRECTION, command)
    }

    fn new(scope: Scope, direction: Direction, command: &impl Command) -> Self {
        let header = Header {
            scope,
            manufacturer: None,
            direction,
            disable_default_response: false,
            sequence: 0,
            command: command.id(),
        };
        Self { frame: Frame { header, payload: command.payload() } }
    }

    /// Makes it a manufacturer's extension.
    pub fn manufacturer(mut self, code: u16) -> Self {
        self.frame.header.manufacturer = Some(code);
        self
    }

    /// Wants a default response on errors only.
    pub fn without_default_response(mut self) -> Self {
        self.frame.header.disable_default_response = true;
        self
    }

    /// The frame under a number of its own.
    pub fn frame(mut self, sequence: u8) -> Frame {
        self.frame.header.sequence = sequence;
        self.frame
    }

    /// The frame as answer to `request`: its number and manufacturer, and no default response wanted.
    pub fn answer(mut self, request: &Header) -> Frame {
        self.frame.header.manufacturer = request.manufacturer;
        self.without_default_response().frame(request.sequence)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Header { scope, command, .. } = self.frame.header;
        write!(f, "{scope:?} {command:#04x} [{} bytes]", self.frame.payload.len())
    }
}
