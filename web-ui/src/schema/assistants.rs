//! What voice assistants hear.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

/// What a policy grants, in English sentences.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Grants {
    grants: Vec<String>,
}

/// The policy in force.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Policy {
    /// Whether there is one.
    applied: bool,
    text: String,
    grants: Vec<String>,
    audiences: Vec<Audience>,
}

/// Somebody who may hear something.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Audience {
    name: String,
    vendor: Vendor,
    paused: bool,
}

/// Whose assistant it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Vendor {
    Alexa,
    Google,
}

/// What differs between two policies.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Changes {
    changes: Vec<Difference>,
    widens: bool,
}

/// One difference.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Difference {
    direction: Direction,
    what: String,
}

/// Whether more or less leaves the house.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Direction {
    Widens,
    Narrows,
    Same,
}

/// What became of a policy that was to be put into force.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Applied {
    applied: bool,
    changes: Vec<Difference>,
    widens: bool,
    /// The code to give if it is meant.
    #[schema(required)]
    confirm: Option<String>,
    grants: Vec<String>,
}

/// The very bytes that an assistant gets now.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Preview {
    audience: String,
    vendor: Vendor,
    messages: Vec<Message>,
}

/// A question and its answer, as text.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Message {
    question: String,
    answer: String,
}

/// Something that can be asked as an assistant would.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct DirectiveName {
    id: u32,
    title: String,
}

/// What an assistant would have got.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Rehearsal {
    audience: String,
    question: String,
    answer: String,
    /// The ledger's entry of it.
    #[schema(required)]
    entry: Option<u64>,
}

/// How the way to the assistants is.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Gateway {
    state: GatewayState,
    configured: bool,
    paired: bool,
    paused: bool,
    #[schema(required)]
    socket: Option<String>,
    audiences: Vec<String>,
    /// Whether a PIN for unlocking is set.
    pin: bool,
    /// What the gateway says of its relay; nothing while none is connected.
    #[schema(required, value_type = Option<BTreeMap<String, Value>>)]
    relay: Option<BTreeMap<String, Value>>,
    counts: BTreeMap<String, u64>,
    #[schema(required)]
    problem: Option<String>,
}

/// The gateway's state in a word.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GatewayState {
    NoPolicy,
    NoSocket,
    NotPaired,
    Paused,
    Waiting,
    Connected,
    Broken,
}

/// Whether all disclosures are paused.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Paused {
    paused: bool,
}

/// Entries of the ledger, newest first.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Ledger {
    entries: Vec<Entry>,
    /// Where older ones begin: give it as `before`.
    #[schema(required)]
    more: Option<u64>,
    damaged: u64,
}

/// One entry.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Entry {
    number: u64,
    #[schema(format = DateTime)]
    at: String,
    #[schema(required)]
    audience: Option<String>,
    kind: String,
    detail: String,
    /// The bytes that left, as text.
    #[schema(required)]
    body: Option<String>,
}

/// The last entry's number and hash.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Head {
    #[schema(required)]
    head: Option<String>,
}

/// Whether the ledger is what it was.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Verdict {
    sound: bool,
    #[schema(required)]
    flaw: Option<String>,
    entries: u64,
    #[schema(required)]
    head: Option<String>,
    signed: u64,
    rolled_up: u64,
    #[schema(required)]
    noted: Option<Noted>,
    #[schema(required)]
    key: Option<String>,
}

/// What was found of a head that was noted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Noted {
    Nothing,
    Found,
    RolledUp,
}
