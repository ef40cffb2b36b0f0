//! The gateway: the one process of the hub with a way to the internet. It carries sealed frames between the hub's Unix socket and
//! the owner's MQTT broker, and can do nothing else: it has no key, no state and no word for what is in a frame.
//!
//! - Without the hub's socket there is no connection to the broker, not even an attempt: the hub opens the socket only while a policy
//!   grants something to somebody, and closes it to pause.
//! - It subscribes to `<prefix>/<id>/req` alone, and publishes to `<prefix>/<id>/rsp/<word>` and `<prefix>/<id>/push` alone.
//! - It has no last will, always pings at the same interval, and sends nothing of its own: who sees the connection learns that it
//!   is there.
//! - Whatever comes from the broker, its memory stays the same: what is no frame, or comes too fast, is dropped and counted.

mod carrier;
mod config;
mod counts;
mod record;
mod session;

pub use config::{Config, ConfigError};
pub use record::{FRAME, RECORD, ROUTE};
pub use session::run;
