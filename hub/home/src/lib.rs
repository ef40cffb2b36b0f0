//! The model of the house: what a device is, what it said, what was asked of it.
//!
//! Everything here is a value or a pure function. The crate does no I/O and reads no clock: time comes in as [`Now`],
//! facts come in as [`Event`], wishes as [`Command`], and [`State::apply`] answers with [`Change`]s for others to
//! store, show and send.

mod access;
mod change;
mod command;
mod damper;
mod device;
mod event;
mod ids;
mod name;
mod reading;
mod record;
mod state;
mod time;
mod units;

pub mod admin;
pub mod codes;
pub mod lock;
pub mod payload;
pub mod thermostat;

pub use access::{Access, Right, Rights, Role};
pub use change::{Change, LogEntry, LogKind, Order, OrderKind, Outcome, Publicity};
pub use command::{Action, Command, Origin, Refusal, Wish};
pub use device::{
    Adapter, AdapterStatus, Availability, BoltShown, Description, Device, Interview, Pending, Power, Slot, Target,
};
pub use event::{Delivery, Event, Failure, Report};
pub use ids::{AdapterName, CommandId, Ieee, ParseIeeeError};
pub use name::{Name, NameError};
pub use reading::{Capability, Key, Reading};
pub use record::DriverRecord;
pub use state::{Input, State};
pub use time::{Now, ParseTimestampError, Timestamp};
pub use units::{
    BatteryHalfPercent, CentiCelsius, CentiPercent, DeciKelvin, LinkQuality, MilliVolt, ParseDecimalError, Percent,
};
