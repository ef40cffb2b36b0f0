//! Fixed header: packet type, flags and remaining length (MQTT 5.0, 2.1). Only what a client may send passes.

use bytes::BytesMut;

use super::WireError;

/// One complete packet.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) bytes: BytesMut,
    pub(super) header: usize,
}

/// Packet types a client sends (MQTT 5.0, 2.1.2).
pub(crate) mod kind {
    pub(crate) const CONNECT: u8 = 1;
    pub(crate) const PUBLISH: u8 = 3;
    pub(crate) const PUBACK: u8 = 4;
    pub(crate) const PUBREC: u8 = 5;
    pub(crate) const PUBREL: u8 = 6;
    pub(crate) const PUBCOMP: u8 = 7;
    pub(crate) const SUBSCRIBE: u8 = 8;
    pub(crate) const UNSUBSCRIBE: u8 = 10;
    pub(crate) const PINGREQ: u8 = 12;
    pub(crate) const DISCONNECT: u8 = 14;
}

impl Frame {
    /// The first byte: type and flags.
    pub(crate) fn first(&self) -> u8 {
        self.bytes.first().copied().unwrap_or(0)
    }

    pub(crate) fn kind(&self) -> u8 {
        self.first() >> 4
    }

    /// All behind the fixed header.
    pub(crate) fn body(&self) -> &[u8] {
        self.bytes.get(self.header..).unwrap_or(&[])
    }
}

/// Splits the next complete packet off `buffer`; `None` if more bytes are needed. The header is judged as soon
/// as it is there, so a hostile length is refused before its bytes are awaited.
pub(crate) fn next_frame(buffer: &mut BytesMut, max_size: usize) -> Result<Option<Frame>, WireError> {
    let Some(&first) = buffer.first() else {
        return Ok(None);
    };
    check_first(first)?;
    let mut length = 0;
    for (at, byte) in buffer.iter().skip(1).take(4).enumerate() {
        length |= usize::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            if length > max_size {
                return Err(WireError::TooLarge(length));
            }
            let header = at + 2;
            let whole = header + length;
            if buffer.len() < whole {
                // Room for the whole packet at once, so that reading it does not move it over and over.
                buffer.reserve(whole - buffer.len());
                return Ok(None);
            }
            return Ok(Some(Frame { bytes: buffer.split_to(whole), header }));
        }
    }
    if buffer.len() > 4 { Err(WireError::Length) } else { Ok(None) }
}

fn check_first(first: u8) -> Result<(), WireError> {
    let flags = first & 0x0f;
    let allowed = match first >> 4 {
        kind::PUBLISH => flags & 0b0110 != 0b0110,
        kind::PUBREL | kind::SUBSCRIBE | kind::UNSUBSCRIBE => flags == 0b0010,
        kind::CONNECT | kind::PUBACK | kind::PUBREC | kind::PUBCOMP | kind::PINGREQ | kind::DISCONNECT => flags == 0,
        _ => false,
    };
    if allowed { Ok(()) } else { Err(WireError::Header(first)) }
}
