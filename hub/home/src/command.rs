//! Wishes: what people and programs ask for. A wish changes nothing by itself.

use std::fmt;

use crate::ids::{AdapterName, CommandId, Ieee};
use crate::lock::Pin;
use crate::name::Name;
use crate::thermostat::SystemMode;
use crate::units::{CentiCelsius, DeciKelvin};

/// One wish, numbered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Its number, for the answer.
    pub id: CommandId,
    /// Who asks.
    pub origin: Origin,
    /// What for.
    pub wish: Wish,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// An MQTT user.
    Mqtt(String),
    /// A person on the page.
    Page(String),
    /// The owner's command line.
    Cli,
    /// An assistant, by the name of its audience in the policy.
    Voice(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mqtt(user) => write!(f, "mqtt:{user}"),
            Self::Page(user) => write!(f, "page:{user}"),
            Self::Cli => f.write_str("cli"),
            Self::Voice(audience) => write!(f, "voice:{audience}"),
        }
    }
}

/// What can be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// That a device does something.
    Act {
        /// Which device.
        device: Ieee,
        /// What it is to do.
        action: Action,
    },
    /// That a device is asked for its values again.
    Read {
        /// Which device.
        device: Ieee,
    },
    /// That a device gets another name.
    Rename {
        /// Which device.
        device: Ieee,
        /// The new name.
        name: Name,
    },
    /// That the code in a lock's slot has another name, or none.
    NameCode {
        /// Which lock.
        device: Ieee,
        /// Which slot.
        slot: u16,
        /// Whose code it is.
        name: Option<Name>,
    },
    /// That a device stands in a room, or in none.
    Place {
        /// Which device.
        device: Ieee,
        /// The room's name.
        room: Option<Name>,
    },
    /// That a device is sent away and forgotten.
    Remove {
        /// Which device.
        device: Ieee,
    },
    /// That a device is interviewed anew.
    Interview {
        /// Which device.
        device: Ieee,
    },
    /// That new devices may join for 1 to 254 s, or, with 0, no longer.
    PermitJoin {
        /// Which network; all without one.
        adapter: Option<AdapterName>,
        /// For how many seconds, 0 to 254.
        seconds: u8,
    },
}

/// What a device can be asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Keep this temperature.
    Setpoint(CentiCelsius),
    /// Work in this mode.
    Mode(SystemMode),
    /// Correct the measured temperature by this much.
    Calibration(DeciKelvin),
    /// Lock the door.
    Lock(Option<Pin>),
    /// Unlock the door.
    Unlock(Option<Pin>),
    /// Put a PIN into a slot, as the lock numbers them.
    SetPin {
        /// The slot.
        slot: u16,
        /// The PIN.
        pin: Pin,
        /// Whose it is; without one the slot keeps the name that it has.
        name: Option<Name>,
    },
    /// Empty a slot.
    ClearPin {
        /// The slot.
        slot: u16,
    },
    /// Let the PIN in a slot open again.
    EnablePin {
        /// The slot.
        slot: u16,
    },
    /// Let the PIN in a slot open no more, and keep it.
    DisablePin {
        /// The slot.
        slot: u16,
    },
    /// Say what is in each slot.
    ReadCodes,
}

impl Action {
    /// What is asked for, in a word; no secret in it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Setpoint(_) => "occupied_heating_setpoint",
            Self::Mode(_) => "system_mode",
            Self::Calibration(_) => "local_temperature_calibration",
            Self::Lock(_) => "lock",
            Self::Unlock(_) => "unlock",
            Self::SetPin { .. } => "set_pin",
            Self::ClearPin { .. } => "clear_pin",
            Self::EnablePin { .. } => "enable_pin",
            Self::DisablePin { .. } => "disable_pin",
            Self::ReadCodes => "read_codes",
        }
    }

    /// True for what changes who can get in: it is logged, and never waits for an adapter.
    pub fn is_security(&self) -> bool {
        match self {
            Self::Lock(_) | Self::Unlock(_) => true,
            _ => self.slot().is_some(),
        }
    }

    /// The slot of a lock that it changes.
    pub fn slot(&self) -> Option<u16> {
        match self {
            Self::SetPin { slot, .. }
            | Self::ClearPin { slot }
            | Self::EnablePin { slot }
            | Self::DisablePin { slot } => Some(*slot),
            _ => None,
        }
    }
}

/// Why a wish was not even tried.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No device with this address.
    #[error("there is no device {0}")]
    UnknownDevice(Ieee),
    /// The device has no such ability.
    #[error("{name} can't do {action}")]
    NotCapable {
        /// The device's name.
        name: Name,
        /// The action's word.
        action: &'static str,
    },
    /// The value lies outside of the device's limits.
    #[error("{value} °C is outside of {min} to {max} °C")]
    OutOfRange {
        /// What was asked for.
        value: CentiCelsius,
        /// The lowest that goes.
        min: CentiCelsius,
        /// The highest that goes.
        max: CentiCelsius,
    },
    /// The lock has no such slot.
    #[error("there is no slot {slot}; this lock has {first} to {last}")]
    NoSlot {
        /// What was asked for.
        slot: u16,
        /// Its first.
        first: u16,
        /// Its last.
        last: u16,
    },
    /// The slot is free.
    #[error("there is no code in slot {0}")]
    FreeSlot(u16),
    /// The lock takes no PIN of this length. It does not say which length.
    #[error("this lock takes PINs of {min} to {max} digits")]
    PinLength {
        /// The fewest digits.
        min: u8,
        /// The most digits.
        max: u8,
    },
    /// Another device has this name.
    #[error("the name {0} is taken")]
    NameTaken(Name),
    /// No adapter with this name.
    #[error("there is no adapter {0}")]
    UnknownAdapter(AdapterName),
    /// No adapter at all.
    #[error("no adapter is configured; see [[adapter]] in the configuration")]
    NoAdapter,
    /// The adapter can't be reached now.
    #[error("the adapter {0} is offline")]
    AdapterOffline(AdapterName),
    /// It would have to wait for a disk for which too much waits.
    #[error("the disk is not keeping up, so nothing new is begun; `hearth status` says what is wrong with it")]
    DiskBehind,
    /// The network is open for 254 s at most (Zigbee, `Mgmt_Permit_Joining_req`).
    #[error("permit_join takes 0 to 254 seconds, not {0}")]
    JoinTime(u64),
}
