//! The envelope of everything that Alexa is sent.

use std::borrow::Cow;

use serde::Serialize;

use super::discovery::Device;
use super::property::Property;

/// A message. The order of the fields is the order of the bytes.
#[derive(Serialize)]
pub(crate) struct Message<'a> {
    pub(super) event: Event<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) context: Option<Context<'a>>,
}

#[derive(Serialize)]
pub(super) struct Event<'a> {
    pub(super) header: Header<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) endpoint: Option<Named<'a>>,
    pub(super) payload: Payload<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Header<'a> {
    pub(super) namespace: &'static str,
    pub(super) name: &'static str,
    pub(super) payload_version: &'static str,
    pub(super) message_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) correlation_token: Option<&'a str>,
}

/// Which endpoint it is about.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Named<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scope: Option<Scope>,
    pub(super) endpoint_id: Cow<'a, str>,
}

/// By what right it is sent unasked.
#[derive(Serialize)]
pub(super) struct Scope {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) token: &'static str,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Payload<'a> {
    Nothing {},
    Endpoints {
        endpoints: Vec<Device<'a>>,
    },
    Change {
        change: Change<'a>,
    },
    Started {
        cause: Cause,
        timestamp: String,
    },
    Error {
        #[serde(rename = "type")]
        kind: &'static str,
        message: &'static str,
    },
}

#[derive(Serialize)]
pub(super) struct Change<'a> {
    pub(super) cause: Cause,
    pub(super) properties: Vec<Property<'a>>,
}

#[derive(Serialize)]
pub(super) struct Cause {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
}

#[derive(Serialize)]
pub(super) struct Context<'a> {
    pub(super) properties: Vec<Property<'a>>,
}
