//! A Zigbee host stack without I/O and without a clock: bytes and times come in, bytes and facts go out.
//!
//! `mt` and `znp` are the language of TI adapters, `zdo` and `zcl` that of the devices, all in both directions,
//! so that a simulator can speak the other half. `ncp` is the seam between them: `adapter` starts a network and carries
//! frames, `coordinator` knows devices and speaks to the house.

pub mod adapter;
pub mod coordinator;
pub mod mt;
pub mod ncp;
pub mod network;
pub mod wire;
pub mod zcl;
pub mod zdo;
pub mod znp;
