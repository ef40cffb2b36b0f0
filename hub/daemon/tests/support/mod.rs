//! The real daemon, the real simulator and a client on a socket, for tests and benches. Nothing here knows the inside
//! of the daemon: it starts programs, and speaks MQTT, HTTP and the admin socket with them.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test file uses its part")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::missing_panics_doc,
    reason = "helpers of tests, outside of test functions"
)]

pub mod client;
pub mod disk;
pub mod house;
pub mod hub;
pub mod process;
pub mod sim;
pub mod web;

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Long enough for a loaded machine; no test waits for it to pass.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The steady clock that all programs on this machine share (`CLOCK_MONOTONIC`).
pub fn now() -> Duration {
    Duration::try_from(clock_gettime(ClockId::Monotonic)).unwrap()
}

/// Looks again and again until there is something to see.
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = now() + PATIENCE;
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(now() < deadline, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
