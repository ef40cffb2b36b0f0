//! What the hub says: replies, and what was not asked for. Opens nothing.

use crate::frame::{self, Frame, Kind, Message, RequestId, SealError, Vendor};
use crate::key::{Cipher, Direction, PairingKey};

/// Seals what the hub says. Keeps nothing of it.
#[derive(Debug)]
pub struct Hub {
    cipher: Cipher,
}

impl Hub {
    /// For the relay that has this key.
    pub fn new(key: &PairingKey) -> Self {
        Self { cipher: key.cipher(Direction::ToRelay) }
    }

    /// The reply to `request`, which opens only for who waits for it. `now` in milliseconds of Unix time.
    pub fn seal_reply(&self, request: &Message, body: &[u8], now: u64) -> Result<Frame, SealError> {
        frame::seal(&self.cipher, Kind::Reply, (request.id, now, request.vendor), body)
    }

    /// What the hub says unasked. `now` in milliseconds of Unix time.
    pub fn seal_push(&self, vendor: Vendor, body: &[u8], now: u64) -> Result<Frame, SealError> {
        frame::seal(&self.cipher, Kind::Push, (RequestId::random()?, now, vendor), body)
    }
}
