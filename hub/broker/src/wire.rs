//! The bytes of MQTT: where a packet ends (`frame`), what it says (`decode`), and how ours are written
//! (`encode`). The codecs are rumqttd's; what would panic in them or what they let pass is caught here.

mod decode;
mod encode;
mod frame;

pub(crate) use decode::{Connect, Inbound, Incoming, decode, decode_connect};
pub(crate) use encode::{Encoder, refuse};
#[cfg(test)]
use frame::Frame;
pub(crate) use frame::next_frame;

use thiserror::Error;

use crate::mailbox::Reason;

/// Reads what a client sends, packet by packet, as its connection does: until one is refused or the bytes end. For `drivers/fuzz`.
#[cfg(fuzzing)]
pub fn read_packets(bytes: &[u8]) {
    const MAX_PACKET: usize = 1 << 16;
    let mut buffer = bytes::BytesMut::from(bytes);
    let Ok(Some(first)) = next_frame(&mut buffer, MAX_PACKET) else { return };
    let Ok(connect) = decode_connect(first) else { return };
    while let Ok(Some(frame)) = next_frame(&mut buffer, MAX_PACKET) {
        if decode(connect.version, frame).is_err() {
            return;
        }
    }
}

/// The two protocol levels spoken here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    /// 3.1.1, level 4.
    V4,
    /// 5.0, level 5.
    V5,
}

/// Why bytes are not what MQTT allows here. All of them close the connection.
#[derive(Debug, Error)]
pub(crate) enum WireError {
    #[error("packet type or flags not allowed: {0:#04x}")]
    Header(u8),
    #[error("remaining length has more than four bytes")]
    Length,
    #[error("packet has {0} bytes, too many")]
    TooLarge(usize),
    #[error("malformed packet: {0}")]
    Malformed(#[from] rumqttd::protocol::Error),
    #[error("protocol level {0} is not spoken here")]
    Level(u8),
    #[error("not a CONNECT packet")]
    NotConnect,
    #[error("{0}")]
    Protocol(&'static str),
}

impl WireError {
    /// What a 5.0 client is told.
    pub(crate) fn reason(&self) -> Reason {
        match self {
            Self::TooLarge(_) => Reason::PacketTooLarge,
            Self::Protocol(_) | Self::NotConnect => Reason::ProtocolError,
            Self::Header(_) | Self::Length | Self::Malformed(_) | Self::Level(_) => Reason::MalformedPacket,
        }
    }
}

#[cfg(test)]
mod tests;
