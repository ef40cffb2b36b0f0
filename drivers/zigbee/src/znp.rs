//! The commands of a TI Zigbee network processor, typed, for both ends of the line.
//!
//! Knows ids and layouts (Z-Stack Monitor and Test API). Does not know when to send what.

pub mod af;
pub mod app_cnf;
mod message;
pub mod nv;
pub mod status;
pub mod sys;
mod table;
pub mod util;
pub mod zdo;

pub use message::DecodeError;
pub use status::Status;
pub use table::{Areq, Sreq, Srsp};

#[cfg(test)]
mod tests;
