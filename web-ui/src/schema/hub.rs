//! The hub's machine, its log, and MQTT users.

use serde::Deserialize;
use utoipa::ToSchema;

/// The machine and what the hub takes of it. What the system does not tell is null.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct System {
    version: String,
    /// Memory in use.
    #[schema(required)]
    rss_bytes: Option<u64>,
    files_bytes: Files,
    host: Host,
}

/// Sizes of what is kept.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Files {
    #[schema(required)]
    core: Option<u64>,
    #[schema(required)]
    history: Option<u64>,
    #[schema(required)]
    ledger: Option<u64>,
}

/// The machine.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Host {
    #[schema(required)]
    os: Option<String>,
    #[schema(required)]
    kernel: Option<String>,
    machine: String,
}

/// A line of the log.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct LogLine {
    #[schema(format = DateTime)]
    at: String,
    /// `error`, `warn`, `info`, `debug`, `trace`.
    level: String,
    message: String,
}

/// Somebody who may use MQTT.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct MqttUser {
    user: String,
    preset: String,
    #[schema(format = DateTime)]
    created: String,
}

/// An MQTT user that was made.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct MadeMqttUser {
    user: String,
    preset: String,
    /// The password, if it was made up; told this once.
    password: Option<String>,
}
