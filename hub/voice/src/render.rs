//! The bytes that leave, whichever vendor they go to, and how many there can be.

use serde::Serialize;
use summary::{Answer, Endpoint, Tick, Vendor};

use crate::key::MessageKey;
use crate::request::{Form, Request};
use crate::{alexa, google};

/// The longest body that is ever written, in bytes: with what seals it, it fits into a frame of 16 KiB.
pub const LARGEST_BODY: usize = 16_000;

/// Writes the answer to a request. Depends on nothing else, and is total: an answer that is not one to the request, or
/// would be longer than [`LARGEST_BODY`], is refused in general words.
pub fn render(request: &Request, answer: &Answer, key: &MessageKey) -> Vec<u8> {
    let written = body(request, answer, key);
    if written.len() <= LARGEST_BODY { written } else { body(request, &Answer::Refused, key) }
}

/// How long the answer to "what is there?" is in bytes. A list for which it is more than [`LARGEST_BODY`] can't be told.
pub fn discovery_size(vendor: Vendor, endpoints: &[Endpoint]) -> usize {
    match vendor {
        Vendor::Alexa => alexa::discovery_size(endpoints),
        Vendor::Google => google::discovery_size(endpoints),
    }
}

/// Writes how an endpoint was at the tick, to be told unasked; `None` where the owner did not grant that or nothing can be
/// said. The token that Alexa's gateway wants in `scope` is not known here, so that no record holds it: `TOKEN` stands there.
pub fn change_report(vendor: Vendor, tick: Tick, endpoint: &Endpoint, key: &MessageKey) -> Option<Vec<u8>> {
    if !endpoint.push {
        return None;
    }
    let of = [tick.at().to_be_bytes().as_slice(), &endpoint.id.0].concat();
    let id = key.uuid(b"change", &of);
    match vendor {
        Vendor::Alexa => alexa::change_report(tick, endpoint, id).map(|message| bytes(&message)),
        Vendor::Google => google::report_state(endpoint, id, key.account()).map(|message| bytes(&message)),
    }
}

fn body(request: &Request, answer: &Answer, key: &MessageKey) -> Vec<u8> {
    let id = key.uuid(b"answer", &request.digest);
    match &request.form {
        Form::Alexa(form) => bytes(&alexa::answer(&request.ask, form, answer, id)),
        Form::Google(form) => bytes(&google::answer(&request.ask, form, answer, id, key.account())),
    }
}

fn bytes(message: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(message).expect("every key is a string and no number is endless")
}
