//! Opens what is not a reply, once. Joins the frame's own check with the window's.

use crate::frame::{self, Kind, Message};
use crate::key::{Cipher, Direction, PairingKey};
use crate::window::{Refused, Rules, Window};

/// Opens requests at the hub, or at the relay what the hub says unasked; each at most once.
///
/// The rule, with all times in milliseconds: a message passes if it was issued
/// - not before `now - MAX_AGE_MS - skew`, for the largest `now` ever given: the relay's clock may be behind by the skew;
/// - not after `now + skew`: the relay's clock may be ahead by it;
/// - after `not_before + skew`, so that nothing which an earlier run may have opened opens again: for `skew` after a restart,
///   requests of a relay with the right time are refused;
/// - and if its id is not among those that passed and could still pass.
///
/// So a request is acted on `MAX_AGE_MS + 2 * skew` after it was made at the latest, where a carrier delays it and the relay's clock is
/// ahead. A clock of the hub that is set back by more than that refuses all until it is where it was.
#[derive(Debug)]
pub struct Opener {
    cipher: Cipher,
    kind: Kind,
    window: Window,
}

impl Opener {
    /// At the hub, for requests from the relay that has this key.
    pub fn requests(key: &PairingKey, rules: Rules) -> Self {
        Self { cipher: key.cipher(Direction::ToHub), kind: Kind::Request, window: Window::new(rules) }
    }

    /// At the relay, for what the hub that has this key says unasked.
    pub fn pushes(key: &PairingKey, rules: Rules) -> Self {
        Self { cipher: key.cipher(Direction::ToRelay), kind: Kind::Push, window: Window::new(rules) }
    }

    /// What is in these bytes, whatever they are, at `now` in milliseconds of Unix time. The second time it is an error.
    pub fn open(&mut self, frame: &[u8], now: u64) -> Result<Message, Refused> {
        let message = frame::open(&self.cipher, self.kind, None, frame)?;
        self.window.admit(message.id, message.issued, now)?;
        Ok(message)
    }
}
