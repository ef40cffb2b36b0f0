//! How a device looks to programs: the flat JSON object of `hearth/<device>` and of the API's `state`.
//!
//! Keys are the ones the field knows (DESIGN.md). A value that the device does not know is `null`. `stale` lists what
//! is from before the last start, `pending` what was asked for and not yet answered; both are absent when empty.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::command::Action;
use crate::device::{BoltShown, Device, Target};
use crate::lock::Bolt;
use crate::reading::{Capability, Reading};
use crate::units::CentiCelsius;

/// The state of a device as a JSON object.
#[derive(Debug)]
pub struct Payload<'a>(pub &'a Device);

impl Serialize for Payload<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let device = self.0;
        let mut map = serializer.serialize_map(None)?;
        for slot in device.slots.values() {
            if let Reading::LockState(_) = slot.reading {
                continue;
            }
            map.serialize_entry(slot.reading.key().word(), &Value(slot.reading))?;
        }
        if device.can(Capability::Lock) {
            let bolt = device.bolt();
            map.serialize_entry("lock_state", bolt.word())?;
            map.serialize_entry("state", &lock_word(bolt))?;
        }
        if let Some(link) = device.link {
            map.serialize_entry("linkquality", &link.0)?;
        }
        if let Some(seen) = device.last_seen {
            map.serialize_entry("last_seen", &seen.to_string())?;
        }
        let stale: Vec<_> = device.slots.iter().filter(|(_, slot)| slot.stale).map(|(key, _)| key.word()).collect();
        if !stale.is_empty() {
            map.serialize_entry("stale", &stale)?;
        }
        if device.pending.keys().any(|target| !matches!(target, Target::Slot(_))) {
            map.serialize_entry("pending", &PendingValues(device))?;
        }
        map.end()
    }
}

/// `LOCK` or `UNLOCK` where the lock said so, else nothing: neither a wish nor doubt is a state.
fn lock_word(bolt: BoltShown) -> Option<&'static str> {
    match bolt {
        BoltShown::Reported(Bolt::Locked) => Some("LOCK"),
        BoltShown::Reported(Bolt::Unlocked | Bolt::NotFullyLocked) => Some("UNLOCK"),
        BoltShown::Reported(Bolt::Jammed) | BoltShown::Locking | BoltShown::Unlocking | BoltShown::Unknown => None,
    }
}

/// What was asked for, by payload key.
struct PendingValues<'a>(&'a Device);

impl Serialize for PendingValues<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for pending in self.0.pending.values() {
            match &pending.action {
                Action::Setpoint(value) => {
                    map.serialize_entry(pending.action.word(), &Fraction { steps: value.0.into(), per_unit: 100 })?;
                }
                Action::Mode(mode) => map.serialize_entry(pending.action.word(), mode.word())?,
                Action::Calibration(value) => {
                    map.serialize_entry(pending.action.word(), &Fraction { steps: value.0.into(), per_unit: 10 })?;
                }
                Action::Lock(_) => map.serialize_entry("state", "LOCK")?,
                Action::Unlock(_) => map.serialize_entry("state", "UNLOCK")?,
                Action::SetPin { .. }
                | Action::ClearPin { .. }
                | Action::EnablePin { .. }
                | Action::DisablePin { .. }
                | Action::ReadCodes => {}
            }
        }
        map.end()
    }
}

/// A reading as a JSON value.
#[derive(Debug, Clone, Copy)]
pub struct Value(pub Reading);

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fraction = |steps: Option<i32>, per_unit| steps.map(|steps| Fraction { steps, per_unit });
        match self.0 {
            Reading::LocalTemperature(v)
            | Reading::OccupiedHeatingSetpoint(v)
            | Reading::MinHeatSetpointLimit(v)
            | Reading::MaxHeatSetpointLimit(v)
            | Reading::Temperature(v) => fraction(v.map(|v| v.0.into()), 100).serialize(serializer),
            Reading::LocalTemperatureCalibration(v) => fraction(v.map(|v| v.0.into()), 10).serialize(serializer),
            Reading::Humidity(v) => fraction(v.map(|v| v.0.into()), 100).serialize(serializer),
            Reading::Battery(v) => fraction(v.map(|v| v.0.into()), 2).serialize(serializer),
            Reading::SystemMode(v) => v.map(crate::thermostat::SystemMode::word).serialize(serializer),
            Reading::RunningState(v) => v.map(crate::thermostat::RunningState::word).serialize(serializer),
            Reading::LockState(v) => v.map_or("unknown", Bolt::word).serialize(serializer),
            Reading::PiHeatingDemand(v) => v.map(|v| v.0).serialize(serializer),
            Reading::Voltage(v) => v.map(|v| v.0).serialize(serializer),
            Reading::Contact(v) | Reading::Tamper(v) | Reading::BatteryLow(v) => v.serialize(serializer),
        }
    }
}

/// A temperature as a JSON number of degrees Celsius.
pub fn celsius(value: CentiCelsius) -> impl Serialize {
    Fraction { steps: value.0.into(), per_unit: 100 }
}

/// A decimal number that is an integer inside and a JSON number outside.
struct Fraction {
    steps: i32,
    per_unit: i32,
}

impl Serialize for Fraction {
    #[expect(clippy::float_arithmetic, reason = "JSON has only floats; this is where a quantity leaves the model")]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.steps % self.per_unit == 0 {
            return serializer.serialize_i32(self.steps / self.per_unit);
        }
        serializer.serialize_f64(f64::from(self.steps) / f64::from(self.per_unit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::Slot;
    use crate::ids::{AdapterName, Ieee};
    use crate::time::Timestamp;
    use crate::units::BatteryHalfPercent;

    #[test]
    fn a_thermostat_reads_as_the_field_expects() {
        let mut device = Device::new(Ieee(1), AdapterName::new("stick"));
        for reading in [
            Reading::LocalTemperature(Some(CentiCelsius(2150))),
            Reading::OccupiedHeatingSetpoint(Some(CentiCelsius(2000))),
            Reading::Battery(Some(BatteryHalfPercent(163))),
            Reading::Humidity(None),
        ] {
            device.slots.insert(reading.key(), Slot { reading, at: Timestamp(0), stale: false });
        }
        let json = serde_json::to_value(Payload(&device)).unwrap();
        let expected = serde_json::json!({
            "local_temperature": 21.5, "occupied_heating_setpoint": 20, "battery": 81.5, "humidity": null,
        });
        assert_eq!(json, expected);
    }

    #[test]
    fn numbers_have_no_tail() {
        for centi in -32767..=32767 {
            let text = serde_json::to_string(&Fraction { steps: centi, per_unit: 100 }).unwrap();
            assert_eq!(text, CentiCelsius(i16::try_from(centi).unwrap()).to_string());
        }
    }
}
