//! Simulated adapters and devices at the byte level: for tests, benches and `hearthd demo`.
//!
//! It plays the far side of a serial line: a stick with Z-Stack 3.x.0, and the thermostats, locks and sensors in its
//! radio range. It knows the wire specification and nothing of our host driver.
//!
//! From the outside in: `runner` (ports and clock), `adapter` (bytes), `line` (faults), `world` (who is where),
//! `stack` (the stick), `devices` (the house).

pub mod adapter;
mod agenda;
mod air;
pub mod control;
mod devices;
pub mod faults;
mod hex;
mod line;
mod node;
mod rng;
pub mod runner;
pub mod scenario;
mod stack;
mod timing;
mod world;

pub use adapter::Adapter;
pub use devices::{Deed, Kind};
pub use faults::Fault;
pub use runner::{Remote, Simulation, serve};
pub use scenario::Scenario;
