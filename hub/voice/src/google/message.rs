//! The envelopes of everything that Google is sent.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use super::device::Device;
use super::state::State;

/// A message. The order of the fields is the order of the bytes.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Message<'a> {
    #[serde(rename_all = "camelCase")]
    Answer { request_id: String, payload: Payload<'a> },
    #[serde(rename_all = "camelCase")]
    Report { request_id: String, agent_user_id: String, payload: Report<'a> },
    /// Goodbye.
    Nothing {},
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Payload<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) agent_user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error_code: Option<&'static str>,
    #[serde(flatten)]
    pub(super) body: Body<'a>,
}

/// One for each intent; the schemas want it in an error too.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Body<'a> {
    Sync { devices: Vec<Device<'a>> },
    Query { devices: ById<'a, Found<'a>> },
    Execute { commands: Vec<Command<'a>> },
    Nothing {},
}

/// How a device is that was asked for.
#[derive(Serialize)]
pub(super) struct Found<'a> {
    pub(super) online: bool,
    pub(super) status: &'static str,
    #[serde(flatten)]
    pub(super) state: State<'a>,
}

/// What becomes of all that was to be done with a device.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Command<'a> {
    pub(super) ids: [&'a str; 1],
    pub(super) status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) challenge_needed: Option<Challenge>,
}

/// What the speaker is to be asked for.
#[derive(Serialize)]
pub(super) struct Challenge {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
}

/// How a device is, unasked.
#[derive(Serialize)]
pub(crate) struct Report<'a> {
    pub(super) devices: States<'a>,
}

#[derive(Serialize)]
pub(super) struct States<'a> {
    pub(super) states: ById<'a, Told<'a>>,
}

#[derive(Serialize)]
pub(super) struct Told<'a> {
    pub(super) online: bool,
    #[serde(flatten)]
    pub(super) state: State<'a>,
}

/// An object with ids as keys, in this order; no id is there twice.
pub(super) struct ById<'a, T>(pub(super) Vec<(Cow<'a, str>, T)>);

impl<T: Serialize> Serialize for ById<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(id, value)| (id, value)))
    }
}
