//! People, their accounts and their tokens.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Whether the hub waits for its first admin.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Setup {
    needed: bool,
}

/// Who is logged in now.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct LoggedIn {
    user: String,
}

/// What somebody is in the house.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Role)]
pub(crate) enum PersonRole {
    Admin,
    Resident,
    Guest,
}

/// One right.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = Right)]
pub(crate) enum Scope {
    #[serde(rename = "read")]
    Read,
    #[serde(rename = "climate")]
    Climate,
    #[serde(rename = "lock.lock")]
    Lock,
    #[serde(rename = "lock.unlock")]
    Unlock,
    #[serde(rename = "admin")]
    Admin,
}

/// One's own account.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Account {
    name: String,
    role: PersonRole,
    #[schema(required, format = DateTime)]
    until: Option<String>,
    /// What is allowed in general or on any device.
    rights: Vec<Scope>,
    /// What is allowed on some devices instead, by address.
    devices: BTreeMap<String, Vec<Scope>>,
    /// Whether one-time passwords are asked for.
    totp: bool,
    /// Whether there is a door code.
    pin: bool,
    passkeys: Vec<Passkey>,
    sessions: Vec<Session>,
}

/// A passkey.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Passkey {
    id: String,
    name: String,
    #[schema(format = DateTime)]
    created: String,
    #[schema(required, format = DateTime)]
    used: Option<String>,
}

/// A browser that is logged in.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Session {
    id: String,
    #[schema(format = DateTime)]
    began: String,
    #[schema(format = DateTime)]
    used: String,
    /// From which address it was begun.
    address: String,
    /// Whether it is the one that asks.
    current: bool,
}

/// A secret for an authenticator app.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CodeSecret {
    /// As people type it.
    secret: String,
    /// As a QR code tells it.
    uri: String,
}

/// A question to a passkey, for the browser's `parse…OptionsFromJSON`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Question {
    /// To be given back with the answer.
    id: String,
    #[schema(value_type = BTreeMap<String, Value>)]
    public_key: BTreeMap<String, Value>,
}

/// A passkey's answer, as the browser's `toJSON()` makes it.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Credential {
    id: String,
    #[schema(value_type = BTreeMap<String, Value>)]
    response: BTreeMap<String, Value>,
}

/// Somebody who may log in.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Person {
    name: String,
    role: PersonRole,
    #[schema(required, format = DateTime)]
    until: Option<String>,
    /// Rights on some devices, by name, in place of the role's.
    devices: BTreeMap<String, Vec<Scope>>,
    #[schema(format = DateTime)]
    created: String,
    totp: bool,
    passkeys: u32,
    pin: bool,
}

/// Somebody who was added.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct MadePerson {
    name: String,
    role: PersonRole,
    /// The password, if it was made up; told this once.
    password: Option<String>,
}

/// A program's token.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Token {
    id: String,
    name: String,
    person: String,
    scopes: Vec<Scope>,
    #[schema(format = DateTime)]
    created: String,
    #[schema(required, format = DateTime)]
    expires: Option<String>,
    /// When it was used last since the hub started.
    #[schema(required, format = DateTime)]
    used: Option<String>,
}

/// A token that was made.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct MadeToken {
    /// The secret, told this once.
    token: String,
    #[serde(flatten)]
    made: Token,
}
