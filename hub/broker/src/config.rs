//! The broker's limits and where they come from. Defaults fit a house on a Raspberry Pi.

use std::time::Duration;

use thiserror::Error;

use crate::topic::{TopicError, TopicSet};

/// What every message crosses between publisher and subscribers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SwitchKind {
    /// The lane through rumqttd's router; `Direct` takes over if the router keeps dying.
    #[default]
    Rumqttd,
    /// A plain call in the publisher's task.
    Direct,
}

/// Settings of the broker.
#[derive(Debug, Clone)]
pub struct Config {
    /// Connections at the same time, logged in or not.
    pub max_connections: usize,
    /// Connections at the same time from one address.
    pub max_connections_per_address: usize,
    /// Largest packet taken, in bytes without the fixed header.
    pub max_packet_size: usize,
    /// From the accepted connection to a complete login.
    pub connect_timeout: Duration,
    /// What messages cross.
    pub switch: SwitchKind,
    /// Bytes that may wait for one subscriber. Above it QoS 0 is dropped and QoS 1 and 2 hold their publisher back.
    pub max_queued_bytes: usize,
    /// Messages kept for a session whose client is away.
    pub max_queued_messages: usize,
    /// How long one subscriber may hold publishers back before it is disconnected.
    pub slow_reader_timeout: Duration,
    /// How long written bytes may lie unread before the client is disconnected.
    pub write_timeout: Duration,
    /// Filters one session may hold.
    pub max_subscriptions: usize,
    /// Sessions whose client is away; beyond it the one away longest ends.
    pub max_away_sessions: usize,
    /// Longest life of a session whose client is away (3.1.1 without clean session gets this).
    pub max_session_expiry: Duration,
    /// Retained messages taken from clients; more are delivered but not kept.
    pub max_retained: usize,
    /// Bytes of retained messages taken from clients.
    pub max_retained_bytes: usize,
    /// Filters of topics only the hub publishes to, whatever a client's rights are.
    pub reserved: Vec<String>,
    /// Filters of topics that clients may publish to although `reserved` covers them.
    pub open: Vec<String>,
    /// Filters of topics of which no message is ever kept as retained or as a will (commands): it would be heard long
    /// after it was said.
    pub never_retained: Vec<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            max_connections: 200,
            max_connections_per_address: 100,
            max_packet_size: 256 * 1024,
            connect_timeout: Duration::from_secs(5),
            switch: SwitchKind::default(),
            max_queued_bytes: 512 * 1024,
            max_queued_messages: 1000,
            slow_reader_timeout: Duration::from_secs(2),
            write_timeout: Duration::from_secs(20),
            max_subscriptions: 4096,
            max_away_sessions: 100,
            max_session_expiry: Duration::from_secs(24 * 3600),
            max_retained: 10_000,
            max_retained_bytes: 4 * 1024 * 1024,
            reserved: Vec::new(),
            open: Vec::new(),
            never_retained: Vec::new(),
        }
    }
}

/// Why the broker did not start.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// A filter in the settings is not a valid one.
    #[error("filter in `{setting}`")]
    Filter {
        /// The setting's name.
        setting: &'static str,
        /// What is wrong with it.
        source: TopicError,
    },
}

/// The topic rules of a [`Config`], checked.
#[derive(Debug, Default)]
pub(crate) struct TopicRules {
    reserved: TopicSet,
    open: TopicSet,
    never_retained: TopicSet,
}

impl TopicRules {
    pub(crate) fn new(config: &Config) -> Result<Self, ConfigError> {
        let set = |setting, filters: &[String]| {
            TopicSet::new(filters).map_err(|source| ConfigError::Filter { setting, source })
        };
        Ok(Self {
            reserved: set("reserved", &config.reserved)?,
            open: set("open", &config.open)?,
            never_retained: set("never-retained", &config.never_retained)?,
        })
    }

    /// Whether only the hub may publish to this topic. `$` topics are the broker's own (MQTT 5.0, 4.7.2).
    pub(crate) fn is_reserved(&self, name: &str) -> bool {
        name.starts_with('$') || self.reserved.contains(name) && !self.open.contains(name)
    }

    pub(crate) fn may_be_will(&self, name: &str) -> bool {
        !self.is_reserved(name) && !self.never_retained.contains(name)
    }

    pub(crate) fn may_retain(&self, name: &str) -> bool {
        !self.never_retained.contains(name)
    }
}
