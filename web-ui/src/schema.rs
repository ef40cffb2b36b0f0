//! What the API answers, as types: they make the API's description, and the page's types are made from that. Nothing here
//! is ever built; Schemathesis holds the house's own answers against them.
#![expect(dead_code, reason = "descriptions: nothing reads them")]
#![expect(clippy::struct_field_names, clippy::struct_excessive_bools, reason = "the API's names")]

mod assistants;
mod devices;
mod hub;
mod people;

use std::collections::BTreeMap;

use serde::Deserialize;
use utoipa::ToSchema;

pub(crate) use assistants::{
    Applied, Changes, DirectiveName, Gateway, Grants, Head, Ledger, Paused, Policy, Preview, Rehearsal, Verdict,
};
pub(crate) use devices::{Adapters, Codes, Device, Event, History, Join, Outcome, Status};
pub(crate) use hub::{LogLine, MadeMqttUser, MqttUser, System};
pub(crate) use people::{
    Account, CodeSecret, Credential, LoggedIn, MadePerson, MadeToken, Person, PersonRole, Question, Scope, Setup, Token,
};

/// Nothing more is said.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Nothing {}

/// An error (RFC 9457).
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Problem {
    /// `about:blank`.
    r#type: String,
    /// The status in words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// Why, for people.
    detail: String,
    /// Why, for programs.
    kind: Option<Kind>,
}

/// Why a request came to nothing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// The request makes no sense.
    Invalid,
    /// What it is about does not exist.
    NotFound,
    /// It collides with something that exists.
    Conflict,
    /// It can't be done now.
    Unavailable,
    /// It was tried and failed.
    Failed,
    /// The right is missing.
    Forbidden,
    /// A fresh proof of who asks is missing or wrong: door code, passkey or password.
    Proof,
    /// The password was right; the one-time password is missing or wrong.
    SecondFactor,
    /// Somebody else changed it since it was read.
    Changed,
}

/// Outcomes by key.
pub(crate) type Outcomes = BTreeMap<String, Outcome>;
