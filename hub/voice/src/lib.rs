//! What the assistants' clouds say and are told: Alexa's Smart Home API version 3 and Google's cloud-to-cloud intents, as bytes.
//!
//! A directive is read into a [`summary::Ask`], and a [`summary::Answer`] is written as the vendor wants it. The crate cannot
//! name a home, a device or a reading, so no body can hold one; it does no I/O, knows no clock and makes nothing up: the
//! same request, answer and key give the same bytes. Whether anything may be asked or told is not decided here.

mod alexa;
mod degrees;
mod google;
mod key;
mod render;
mod request;
mod time;
mod tree;

pub use key::MessageKey;
pub use render::{LARGEST_BODY, change_report, discovery_size, render};
pub use request::{GrantCode, LARGEST_REQUEST, Request};

#[cfg(test)]
mod tests;
