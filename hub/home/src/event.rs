//! Facts that drivers bring.

use std::time::Duration;

use crate::codes::{Limits, SlotState};
use crate::device::{AdapterStatus, Description, Interview};
use crate::ids::{AdapterName, CommandId, Ieee};
use crate::lock::{Happening, Source};
use crate::reading::Reading;
use crate::record::DriverRecord;
use crate::units::LinkQuality;

/// Something that happened outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// An adapter came, went, or was refused.
    Adapter {
        /// Which one.
        adapter: AdapterName,
        /// How it is now.
        status: AdapterStatus,
    },
    /// The driver wants this kept for its network; the daemon confirms once it is durable.
    NetworkRecord {
        /// Whose network.
        adapter: AdapterName,
        /// The driver's own encoding; holds the network key.
        record: DriverRecord,
    },
    /// New devices may join for so long; zero says that the network is closed again.
    PermitJoin {
        /// Which network.
        adapter: AdapterName,
        /// Time left.
        left: Duration,
    },
    /// A device joined or announced itself.
    Joined {
        /// The network it joined.
        adapter: AdapterName,
        /// Which device.
        device: Ieee,
    },
    /// An interview moved on.
    Interview {
        /// Which device.
        device: Ieee,
        /// How far it is.
        progress: Interview,
    },
    /// An interview found out what a device is.
    Described {
        /// Which device.
        device: Ieee,
        /// What it is.
        description: Description,
    },
    /// The driver wants this kept for a device.
    DeviceRecord {
        /// Which device.
        device: Ieee,
        /// The driver's own encoding.
        record: DriverRecord,
    },
    /// A device left for good.
    Left {
        /// Which device.
        device: Ieee,
    },
    /// A device said something.
    Report(Report),
    /// A device that should hear us does not answer.
    Unreachable {
        /// Which device.
        device: Ieee,
    },
    /// A lock told what happened at the door.
    Lock {
        /// Which lock.
        device: Ieee,
        /// What happened.
        happening: Happening,
        /// By what means.
        source: Source,
        /// The lock's user slot, as the lock numbers it.
        user: Option<u16>,
    },
    /// A lock told how many PINs it takes, and how long.
    CodeLimits {
        /// Which lock.
        device: Ieee,
        /// What it takes.
        limits: Limits,
    },
    /// A lock told what is in a PIN slot.
    Code {
        /// Which lock.
        device: Ieee,
        /// Which slot.
        slot: u16,
        /// What is in it.
        state: SlotState,
    },
    /// What became of an order.
    Delivery {
        /// Of which command.
        command: CommandId,
        /// How it went.
        delivery: Delivery,
    },
}

/// A frame from a device: proof of life, and perhaps values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Who speaks.
    pub device: Ieee,
    /// What it says; empty if it only showed that it is there.
    pub readings: Vec<Reading>,
    /// How well it was heard, if the radio told.
    pub link: Option<LinkQuality>,
}

/// What became of an order on its way to a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The device sleeps; the order waits for it at most this long.
    Queued(Duration),
    /// The device answered that it took the order.
    Delivered,
    /// It will not happen.
    Failed(Failure),
}

/// Why an order came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No acknowledgement from the device.
    #[error("the device does not answer")]
    Unreachable,
    /// The device did not wake up in time.
    #[error("the device did not wake up in time")]
    Expired,
    /// The device refused, with its own status (ZCL 8, 2.6.3).
    #[error("the device refused it (status {0:#04x})")]
    Rejected(u8),
    /// The lock answered that it did not do it: a wrong PIN, or not allowed now.
    #[error("the lock refused it")]
    LockRefused,
    /// It may or may not have happened; the device's own report tells, if it comes.
    #[error("no clear answer; look at the reported state")]
    Unclear,
    /// The device left or was removed meanwhile.
    #[error("the device was removed")]
    Removed,
    /// The adapter is not there.
    #[error("the adapter is offline")]
    AdapterOffline,
    /// A newer order for the same thing took its place.
    #[error("a newer command took its place")]
    Superseded,
    /// The driver has no way to do this with this device.
    #[error("this device can't do that")]
    NotCapable,
    /// Too many orders are under way.
    #[error("too many commands are waiting; try again")]
    Busy,
}
