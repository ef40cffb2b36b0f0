//! Messages between the coordinator and the devices, as the network layer hands them on.
//!
//! Knows addresses and payloads. Does not know how a message reaches a sleeping device; that is `world`.

/// Network addresses from here on are broadcasts.
pub(crate) const BROADCAST: u16 = 0xFFF8;

/// What a message carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A message of the Zigbee device object, to or from endpoint 0.
    Zdo {
        /// ZDO cluster; 0x8000 is set in answers.
        cluster: u16,
        /// Number of the exchange.
        sequence: u8,
        /// What follows the number.
        payload: Vec<u8>,
    },
    /// A message of the cluster library.
    Zcl(Zcl),
}

/// A message of the cluster library between endpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zcl {
    /// Endpoint that sends.
    pub source: u8,
    /// Endpoint that gets it; 0xFF is all.
    pub destination: u8,
    /// Cluster.
    pub cluster: u16,
    /// Header and payload.
    pub frame: Vec<u8>,
}

/// From the coordinator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Downlink {
    /// Network address; see [`BROADCAST`].
    pub destination: u16,
    /// What it carries.
    pub body: Body,
    /// Names the message to its sender, who wants to know what became of it.
    pub ticket: Option<Ticket>,
}

impl Downlink {
    /// True if it goes to all.
    pub(crate) fn is_broadcast(&self) -> bool {
        self.destination >= BROADCAST
    }
}

/// What the data confirm of a message needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Ticket {
    /// Endpoint of the coordinator.
    pub endpoint: u8,
    /// Number that the host gave.
    pub transaction: u8,
    /// Life of the adapter in which it was sent: a reset forgets what is in flight.
    pub life: u32,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// The device has it.
    Done,
    /// A listening device did not acknowledge.
    NoAck,
    /// A sleeping device did not fetch it in time.
    Expired,
    /// Too many messages wait for the device.
    Overflow,
}

/// From a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Uplink {
    /// Network address of the device.
    pub source: u16,
    /// True if sent to all.
    pub broadcast: bool,
    /// What it carries.
    pub body: Body,
}
