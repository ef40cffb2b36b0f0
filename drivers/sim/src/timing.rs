//! How long things take. Durations are of simulated time.

use std::time::Duration;

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Delays of the adapter and of the air.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// From a request to its answer.
    pub answer: Duration,
    /// One message through the air.
    pub hop: Duration,
    /// From hearing a message to answering it, in a device.
    pub think: Duration,
    /// A restart of the adapter.
    pub reset: Duration,
    /// One step of forming or resuming a network.
    pub step: Duration,
    /// From the running network to its description in memory.
    pub nib_lag: Duration,
    /// Until no route is found.
    pub route: Duration,
    /// Until a listening device counts as silent.
    pub no_ack: Duration,
    /// How long the parent keeps a message for a sleeping child (macTransactionPersistenceTime of Zigbee PRO).
    pub indirect: Duration,
    /// From the opening of the network to the first join.
    pub join: Duration,
    /// From one join to the next.
    pub join_gap: Duration,
    /// From a join to the announcement.
    pub announce: Duration,
    /// From a join to the device's own requests: the time, then an image.
    pub settle: Duration,
}

impl Timing {
    /// As an adapter on a serial line and devices in a house have it.
    pub const REAL: Self = Self {
        answer: ms(1),
        hop: ms(5),
        think: ms(8),
        reset: ms(700),
        step: ms(100),
        nib_lag: ms(300),
        route: ms(100),
        no_ack: ms(60),
        indirect: ms(7680),
        join: ms(1000),
        join_gap: ms(200),
        announce: ms(50),
        settle: ms(6000),
    };

    /// For measuring a host: nobody waits for us.
    pub const INSTANT: Self = Self {
        answer: ms(0),
        hop: ms(0),
        think: ms(0),
        reset: ms(20),
        step: ms(0),
        nib_lag: ms(0),
        route: ms(1),
        no_ack: ms(5),
        indirect: ms(7680),
        join: ms(100),
        join_gap: ms(5),
        announce: ms(1),
        settle: ms(6000),
    };
}
