//! The door to the assistants from outside: the real daemon with the simulated home, a gateway that is either the test's own
//! hand or the real one, and with it a TLS broker and the relay.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "helpers of tests fail the test"
)]

#[path = "../../../gateway/tests/support/mod.rs"]
mod line;
#[path = "../support/mod.rs"]
mod support;

mod capture;
mod chain;
mod door;
mod kill;
mod outward;
mod policy;
mod push;
mod scene;
mod vendor;
