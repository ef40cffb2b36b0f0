//! What the hub says and hears on MQTT: topics, payloads, requests. Pure functions; the house decides when.

pub(crate) mod bridge;
pub(crate) mod discovery;
pub(crate) mod set;
pub(crate) mod topics;
