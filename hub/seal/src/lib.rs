//! What the hub and its relay say to each other, sealed: whoever carries a frame, the gateway, the broker, the network, learns
//! that there was one and when, and can drop it. It cannot read it, change it, answer for it or play it again.
//!
//! - Each frame has [`FRAME`] bytes, in both directions, whatever is in it.
//! - The key is made at pairing ([`PairingKey`]); each direction has a key of its own, so a frame sent back opens nothing.
//! - A request opens once, within a few seconds, and never over a restart of the hub ([`Opener`] states the rule).
//! - A reply opens only for whoever still waits for the answer to that very request.
//!
//! The crate knows no message of an assistant, does no I/O but asking the system for randomness, and reads no clock: time is an
//! argument, in milliseconds of Unix time.

mod frame;
mod hub;
mod key;
mod opener;
mod relay;
mod window;

pub use frame::{FRAME, Frame, MAX_BODY, Message, OpenError, RequestId, SealError, Vendor};
pub use hub::Hub;
pub use key::{KeyTextError, NoRandomness, PairingKey};
pub use opener::Opener;
pub use relay::Relay;
pub use window::{MAX_AGE_MS, MAX_SKEW_MS, MAX_WAITING, Refused, Rules};
