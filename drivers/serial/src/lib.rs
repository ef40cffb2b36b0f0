//! Byte links to radio adapters: a tty or a TCP socket that is opened, pumped, lost and opened again.
//!
//! It knows ports, back-off and which adapters exist. It does not know what the bytes mean: framing, start sequence and time-outs of
//! a protocol are the driver's. Nothing here is buffered: a byte that has arrived is an event at once, a byte sent is written at once.

pub mod discover;

mod backoff;
mod link;
mod node;
mod port;
mod wire;

pub use link::{Event, Link, Lost, SendError, Writer};
pub use port::{FlowControl, ParsePortError, Port, Settings};
pub use wire::OpenError;
