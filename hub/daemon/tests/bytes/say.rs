//! From a vendor's body to the body that answers it: read it, ask the policy, write what it lets out.

use std::time::Duration;

use policy::Permitted;
use summary::Vendor;
use voice::MessageKey;

use crate::hub::Hub;

/// What comes of a body.
pub(crate) struct Said {
    pub(crate) body: Vec<u8>,
    /// When it leaves, after the body was received.
    pub(crate) after: Duration,
    pub(crate) permitted: Vec<Permitted>,
}

/// The hub comes to a body that was received at a moment, then or later.
pub(crate) fn say(hub: &mut Hub<'_>, times: (u64, u64), vendor: Vendor, body: &[u8]) -> Said {
    let request = voice::Request::parse(vendor, body);
    let audience = hub.engine.audience_of(vendor).unwrap().clone();
    let (disclosure, permitted) = hub.asked(times, &audience, request.ask());
    let body = voice::render(&request, disclosure.answer(), &keys(vendor));
    Said { body, after: disclosure.reply_after(), permitted }
}

/// One key for each audience.
pub(crate) fn keys(vendor: Vendor) -> MessageKey {
    MessageKey::new([if vendor == Vendor::Alexa { 1 } else { 2 }; 32])
}
