//! The relay's side: seals requests, opens the replies to them.

use crate::frame::{self, Frame, Kind, Message, OpenError, RequestId, SealError, Vendor};
use crate::key::{Cipher, Direction, PairingKey};

/// Speaks to the hub with which the key is shared. What was asked is for the caller to remember, by its [`RequestId`].
#[derive(Debug)]
pub struct Relay {
    to_hub: Cipher,
    to_relay: Cipher,
}

impl Relay {
    /// For the hub that has this key.
    pub fn new(key: &PairingKey) -> Self {
        Self { to_hub: key.cipher(Direction::ToHub), to_relay: key.cipher(Direction::ToRelay) }
    }

    /// A request, and the name by which its reply is known. `now` in milliseconds of Unix time.
    pub fn seal_request(&self, vendor: Vendor, body: &[u8], now: u64) -> Result<(Frame, RequestId), SealError> {
        let id = RequestId::random()?;
        Ok((frame::seal(&self.to_hub, Kind::Request, (id, now, vendor), body)?, id))
    }

    /// The reply to this request; the reply to another one is an error. Open one reply for a request, then forget its id.
    pub fn open_reply(&self, request: RequestId, frame: &[u8]) -> Result<Message, OpenError> {
        frame::open(&self.to_relay, Kind::Reply, Some(request), frame)
    }
}
