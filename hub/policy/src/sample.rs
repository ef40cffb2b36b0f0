//! What a device says for a source at this moment, if it can be relied upon.

use std::borrow::Cow;
use std::time::Duration;

use home::{Availability, BoltShown, Device, Key, Now, Reading, Slot, State, lock::Bolt, thermostat::RunningState};

use crate::source::{Attribute, Tap};
use crate::value::Value;

/// Devices tell at least once a day how they are; a reading that is older is not to be relied upon.
pub(crate) const MAX_AGE: Duration = Duration::from_secs(25 * 3600);

/// The value of a source; `None` if the device is gone, out of reach, silent on it, or the value is old.
pub(crate) fn value(state: &State, now: Now, tap: Tap, max_age: Duration) -> Option<Value> {
    let device = state.device(tap.device)?;
    let slot = slot(device, tap.attribute)?;
    let fresh = device.availability == Availability::Online && !slot.stale && now.wall.since(slot.at) <= max_age;
    if !fresh {
        return None;
    }
    // A bolt that was asked to move is in doubt until it reports.
    match (tap.attribute, device.bolt()) {
        (Attribute::Bolt, BoltShown::Reported(bolt)) => Some(Value::Word(Cow::Borrowed(bolt_word(bolt)))),
        (Attribute::Bolt, _) => None,
        _ => plain(slot.reading),
    }
}

/// How long ago a source last spoke, as far as that is known. Being out of reach does not matter: age is about that.
pub(crate) fn age(state: &State, now: Now, tap: Tap) -> Option<Duration> {
    slot(state.device(tap.device)?, tap.attribute).map(|slot| now.wall.since(slot.at))
}

fn slot(device: &Device, attribute: Attribute) -> Option<&Slot> {
    let at = |key| device.slots.get(&key);
    match attribute {
        Attribute::Bolt => at(Key::LockState),
        Attribute::RoomTemperature => at(Key::LocalTemperature),
        Attribute::Setpoint => at(Key::OccupiedHeatingSetpoint),
        // Radiator valves tell how far they are open instead.
        Attribute::CallForHeat => at(Key::RunningState).or_else(|| at(Key::PiHeatingDemand)),
        Attribute::Mode => at(Key::SystemMode),
        Attribute::Temperature => at(Key::Temperature),
        Attribute::Humidity => at(Key::Humidity),
        Attribute::Contact => at(Key::Contact),
        Attribute::Battery => at(Key::Battery),
    }
}

fn plain(reading: Reading) -> Option<Value> {
    let word = |word| Value::Word(Cow::Borrowed(word));
    match reading {
        Reading::LocalTemperature(v) | Reading::Temperature(v) | Reading::OccupiedHeatingSetpoint(v) => {
            v.map(|v| Value::Number(v.0.into()))
        }
        Reading::Humidity(v) => v.map(|v| Value::Number(v.0.into())),
        Reading::Battery(v) => v.map(|v| Value::Number(i32::from(v.0) * 50)),
        Reading::SystemMode(v) => v.map(|v| word(v.word())),
        Reading::RunningState(v) => v.map(|v| Value::Flag(v == RunningState::Heat)),
        Reading::PiHeatingDemand(v) => v.map(|v| Value::Flag(v.0 > 0)),
        Reading::Contact(v) => v.map(|closed| word(if closed { "closed" } else { "open" })),
        _ => None,
    }
}

/// A bolt that is neither fully in nor out is not locked, and that is all a rule can ask.
fn bolt_word(bolt: Bolt) -> &'static str {
    match bolt {
        Bolt::Locked => "locked",
        Bolt::Unlocked => "unlocked",
        Bolt::NotFullyLocked | Bolt::Jammed => "neither",
    }
}
