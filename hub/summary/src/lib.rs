//! The closed alphabet between the house and a voice assistant: everything that can be said, and everything that can be
//! asked.
//!
//! A value here is one of few words or a bounded step, never a reading: no type can hold a temperature that was measured,
//! the name of a device, a time of an event or free text, except for what the owner wrote into the policy. So whoever has
//! only this crate, as `voice` has, cannot give away more than the owner listed. The crate knows no house, no vendor's
//! message and no clock.

mod answer;
mod ask;
mod endpoint;
mod name;
mod setpoint;
mod tick;

pub use answer::{Acted, Answer, Reported};
pub use ask::{Act, Ask, Intent, Pin};
pub use endpoint::{Contact, Endpoint, EndpointId, Face, Lock, Mode, ParseEndpointIdError, Shown, Thermostat, Unlock};
pub use name::{Alias, AudienceName, NameError, SummaryName, Vendor, Word};
pub use setpoint::{RangeError, Setpoint, SetpointRange};
pub use tick::Tick;
