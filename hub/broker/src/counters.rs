//! What the broker counts. Only sums; nothing here names a user or a topic.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A snapshot of the broker's counters. All but the first five only grow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Connections open now, logged in or not.
    pub connections: u64,
    /// Clients logged in now.
    pub connected: u64,
    /// Sessions held, away ones included.
    pub sessions: u64,
    /// Retained messages held, the hub's included.
    pub retained: u64,
    /// The lane gave up on rumqttd's router and messages go direct: an alarm.
    pub lane_bypassed: bool,
    /// Connections accepted.
    pub accepted: u64,
    /// Connections closed for the total or per-address limit.
    pub refused_connections: u64,
    /// Connections whose task panicked: a defect of ours, contained.
    pub failed_connections: u64,
    /// Logins refused.
    pub refused_logins: u64,
    /// Publishes that the rules refused.
    pub refused_publishes: u64,
    /// Subscriptions that the rules refused.
    pub refused_subscriptions: u64,
    /// Clients disconnected for bytes that are not MQTT.
    pub protocol_errors: u64,
    /// Clients disconnected for not reading.
    pub slow_readers: u64,
    /// Messages taken from publishers.
    pub published: u64,
    /// Messages handed to subscribers.
    pub delivered: u64,
    /// Deliveries dropped: full queue, away client, or larger than the client takes.
    pub dropped: u64,
    /// Retained messages not kept, for the cap or the topic.
    pub retained_refused: u64,
    /// Routers started again after one died.
    pub lane_restarts: u64,
}

macro_rules! counters {
    ($($name:ident),*) => {
        #[derive(Debug, Default)]
        pub(crate) struct Counters {
            $(pub(crate) $name: Counter,)*
        }
        impl Counters {
            /// The growing part of a snapshot.
            pub(crate) fn sums(&self) -> Stats {
                Stats { $($name: self.$name.get(),)* ..Stats::default() }
            }
        }
    };
}

counters!(
    accepted,
    refused_connections,
    failed_connections,
    refused_logins,
    refused_publishes,
    refused_subscriptions,
    protocol_errors,
    slow_readers,
    published,
    delivered,
    dropped,
    retained_refused,
    lane_restarts
);

#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, n: usize) {
        self.0.fetch_add(n as u64, Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}
