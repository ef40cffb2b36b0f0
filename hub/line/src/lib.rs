//! The connection of gateway and relay to the owner's broker: MQTT 5 over TLS with a client certificate, tried again for as long as it is
//! wanted. Knows neither frame nor key, and of topics only what its [`Listener`] names.
//!
//! - No last will, no session that outlives the connection, a ping at each keep-alive.
//! - All goes out at least once and is never retained.
//! - Memory is bounded, whatever the broker sends: a message by its size, topic aliases by refusing them.

mod backoff;
mod broker;
mod connection;
mod sender;
mod tls;

pub use backoff::Backoff;
pub use broker::{Broker, BrokerError, BrokerFile, is_level};
pub use connection::{Listener, keep_up};
pub use rumqttc::v5::mqttbytes::v5::{Publish, PublishProperties};
pub use sender::{NotSent, Sender};
pub use tls::{TlsError, certificates, private_key};
