//! What an input did to the house, for others to store, show and send.

use std::time::Duration;

use crate::command::{Action, Refusal};
use crate::event::Failure;
use crate::ids::{AdapterName, CommandId, Ieee};
use crate::lock::{Bolt, Happening, Source};
use crate::name::Name;
use crate::reading::Reading;
use crate::record::DriverRecord;
use crate::time::Timestamp;

/// One thing that changed, in the order in which it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A device's registration is new or another: store it, then show it.
    Registered(Ieee),
    /// What a driver keeps for a device is another: store it. Nothing that is shown changed.
    Recorded(Ieee),
    /// A device has another name; [`Change::Registered`] follows.
    Renamed {
        /// Which device.
        device: Ieee,
        /// What it was called before.
        from: Name,
    },
    /// A device is gone: forget it, then say so.
    Removed {
        /// Which device.
        device: Ieee,
        /// What it was called.
        name: Name,
    },
    /// A device reported values.
    Reported {
        /// Which device.
        device: Ieee,
        /// The values as they came, for the history.
        readings: Vec<Reading>,
        /// When they may be shown.
        publicity: Publicity,
    },
    /// Something else that is shown with a device changed: a pending command, doubt about the bolt, its interview.
    Shown(Ieee),
    /// An interview began, ended or was given up; [`Change::Shown`] follows.
    Interviewed(Ieee),
    /// A device came within reach or went out of it.
    Availability {
        /// Which device.
        device: Ieee,
        /// Whether it is within reach now.
        online: bool,
    },
    /// An adapter's status changed.
    Adapter(AdapterName),
    /// Keep this for the driver, durably, and confirm it.
    NetworkRecord {
        /// Whose network.
        adapter: AdapterName,
        /// What to keep.
        record: DriverRecord,
    },
    /// Time left in which devices may join.
    PermitJoin {
        /// Which network.
        adapter: AdapterName,
        /// Time left; zero when closed.
        left: Duration,
    },
    /// An entry for the log of events.
    Logged(LogEntry),
    /// Something for a driver to do.
    Order {
        /// Which adapter's driver.
        adapter: AdapterName,
        /// What to do.
        order: Order,
    },
    /// What became of a command.
    Outcome {
        /// Which command.
        command: CommandId,
        /// For which device, if for one.
        device: Option<Ieee>,
        /// What became of it.
        outcome: Outcome,
    },
}

/// When a change may be shown (invariant 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publicity {
    /// Now; it is written with the next batch.
    AtOnce,
    /// Once it is durable.
    AfterCommit,
}

/// An order to a driver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The command it comes from.
    pub command: CommandId,
    /// What to do.
    pub kind: OrderKind,
}

/// What a driver can be told to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderKind {
    /// Have a device do something.
    Act {
        /// Which device.
        device: Ieee,
        /// What.
        action: Action,
    },
    /// Read a device's values.
    Read(Ieee),
    /// Interview a device anew.
    Interview(Ieee),
    /// Send a device away and forget it.
    Remove(Ieee),
    /// Let devices join for so many seconds, 0 to 254.
    PermitJoin(u8),
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is on its way.
    Accepted,
    /// It waits for the device to wake up, at most this long.
    Pending(Duration),
    /// It was done: the device said so.
    Done,
    /// It was not tried.
    Refused(Refusal),
    /// It was tried and came to nothing.
    Failed(Failure),
}

impl Outcome {
    /// True if nothing more will come of the command.
    pub fn is_final(&self) -> bool {
        !matches!(self, Self::Accepted | Self::Pending(_))
    }
}

/// One line in the log of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// When.
    pub at: Timestamp,
    /// At which device, if at one.
    pub device: Option<Ieee>,
    /// What.
    pub kind: LogKind,
}

impl LogEntry {
    /// True for what must be on disk before anybody hears of it (invariant 2).
    pub fn is_urgent(&self) -> bool {
        !matches!(self.kind, LogKind::AdapterOnline(_) | LogKind::AdapterOffline { .. } | LogKind::CommandFailed { .. })
    }
}

/// What can stand in the log of events. No secret can.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogKind {
    /// A lock told what happened at the door.
    Lock {
        /// What happened.
        happening: Happening,
        /// By what means.
        source: Source,
        /// The lock's user slot.
        user: Option<u16>,
    },
    /// A bolt is elsewhere than it was; `None` if that was or is unknown.
    Bolt {
        /// Where it was.
        from: Option<Bolt>,
        /// Where it is.
        to: Option<Bolt>,
    },
    /// Somebody asked for something that changes who can get in.
    Commanded {
        /// The action's word.
        action: String,
        /// Who asked.
        origin: String,
    },
    /// A command came to nothing.
    CommandFailed {
        /// The action's word.
        action: String,
        /// Why.
        reason: String,
    },
    /// A device joined.
    Joined,
    /// A device left or was removed.
    Removed {
        /// What it was called.
        name: String,
    },
    /// A device was renamed.
    Renamed {
        /// Its old name.
        from: String,
        /// Its new name.
        to: String,
    },
    /// The network was opened for new devices, for so many seconds.
    PermitJoin(u8),
    /// An adapter came online.
    AdapterOnline(String),
    /// An adapter went offline.
    AdapterOffline {
        /// Which one.
        adapter: String,
        /// Why.
        reason: String,
    },
    /// An adapter holds another network than ours and was left alone.
    AdapterRefused {
        /// Which one.
        adapter: String,
        /// What differs.
        reason: String,
    },
}

impl LogKind {
    /// Its name in lists.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Lock { happening, .. } => happening.word(),
            Self::Bolt { .. } => "bolt",
            Self::Commanded { .. } => "commanded",
            Self::CommandFailed { .. } => "command_failed",
            Self::Joined => "joined",
            Self::Removed { .. } => "removed",
            Self::Renamed { .. } => "renamed",
            Self::PermitJoin(_) => "permit_join",
            Self::AdapterOnline(_) => "adapter_online",
            Self::AdapterOffline { .. } => "adapter_offline",
            Self::AdapterRefused { .. } => "adapter_refused",
        }
    }
}
