//! MQTT 3.1.1 and 5 for the LAN: connections, sessions, matching, and the lane every message crosses.
//!
//! The codecs and the router are rumqttd's; everything a client can reach is ours, so that no input that
//! kills the router gets there (`hub/broker/README.md`). The crate knows nothing of the house: who a client
//! is ([`Authenticator`]), what it may do ([`Rights`]) and where retained messages live ([`RetainedStore`])
//! are seams for the program that holds the [`Broker`].

mod auth;
mod broker;
mod client;
mod config;
mod counters;
mod hub;
mod lane;
mod local;
mod mailbox;
mod message;
mod retained;
mod server;
mod session;
mod switch;
pub mod topic;
mod tree;
mod wire;

pub use auth::{AllowAll, Authenticator, Identity, Login, Refusal, Rights, Verdict};
pub use broker::Broker;
pub use config::{Config, ConfigError, SwitchKind};
pub use counters::Stats;
pub use hub::Client;
pub use local::{Durability, Local, Messages, Publish};
pub use message::{Message, Publisher, Qos};
pub use retained::{NoStore, RetainedMessage, RetainedStore};
#[cfg(fuzzing)]
pub use wire::read_packets;
