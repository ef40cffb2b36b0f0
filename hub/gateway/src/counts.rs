//! What was carried and what was dropped, as numbers. Knows nothing of either.

use std::sync::atomic::{AtomicU64, Ordering};

/// Since the gateway started.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Frames handed to the hub's socket.
    pub(crate) requests: Count,
    /// Answers handed to the broker.
    pub(crate) replies: Count,
    /// Messages of the broker that are no frame with a way back.
    pub(crate) no_frame: Count,
    /// Frames that came faster than the hub takes them.
    pub(crate) too_fast: Count,
    /// Replies and pushes with nowhere to go: a wrong route, or no broker.
    pub(crate) undelivered: Count,
    /// Connections to the broker that were lost or could not be made.
    pub(crate) lost: Count,
    /// Frames that nobody asked for, handed to the broker.
    pub(crate) pushes: Count,
}

/// One number that grows.
#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Counts {
    /// In the order of the fields, as a status record tells them.
    pub(crate) fn all(&self) -> [u64; 7] {
        let Self { requests, replies, no_frame, too_fast, undelivered, lost, pushes } = self;
        [requests, replies, no_frame, too_fast, undelivered, lost, pushes].map(Count::get)
    }
}
