//! Values of attributes as readings. The wire's type counts, not the specification's; a non-value is `None`.

use home::lock::Bolt;
use home::thermostat::{RunningState, SystemMode};
use home::{BatteryHalfPercent, CentiCelsius, CentiPercent, DeciKelvin, MilliVolt, Percent, Reading};

use super::{is_contact, quirk};
use crate::coordinator::record::Kept;
use crate::zcl::door_lock::LockState;
use crate::zcl::ias_zone::ZoneStatus;
use crate::zcl::{DataType, Value};

/// Where readings go.
type Out = Vec<Reading>;

/// A value of a type that makes no sense for the attribute.
struct NoNumber;

/// The number of a scalar, `None` for the type's non-value.
fn number(value: &Value) -> Result<Option<i64>, NoNumber> {
    match (value, value.data_type()) {
        (Value::Scalar(_), DataType::Ieee) => Err(NoNumber),
        (Value::Scalar(_), data_type) if data_type.is_float() => Err(NoNumber),
        (Value::Scalar(_), _) => Ok(value.number()),
        _ => Err(NoNumber),
    }
}

/// Adds `make` of a number that fits `T`; of a non-value it makes the device's "unknown". Another number is left out.
fn fitting<T: TryFrom<i64>>(value: &Value, make: impl FnOnce(Option<T>) -> Reading, out: &mut Out) {
    match number(value) {
        Ok(None) => out.push(make(None)),
        Ok(Some(number)) => out.extend(T::try_from(number).ok().map(|fits| make(Some(fits)))),
        Err(NoNumber) => {}
    }
}

/// 0x8000 is "unknown" whatever signed or unsigned type it came in, never -327.68 °C.
fn celsius(value: &Value, make: fn(Option<CentiCelsius>) -> Reading, out: &mut Out) {
    fitting(value, |raw: Option<i16>| make(raw.filter(|raw| *raw != i16::MIN).map(CentiCelsius)), out);
}

pub(super) fn local_temperature(value: &Value, _: &Kept, out: &mut Out) {
    celsius(value, Reading::LocalTemperature, out);
}

pub(super) fn heating_setpoint(value: &Value, _: &Kept, out: &mut Out) {
    celsius(value, Reading::OccupiedHeatingSetpoint, out);
}

pub(super) fn min_limit(value: &Value, _: &Kept, out: &mut Out) {
    celsius(value, Reading::MinHeatSetpointLimit, out);
}

pub(super) fn max_limit(value: &Value, _: &Kept, out: &mut Out) {
    celsius(value, Reading::MaxHeatSetpointLimit, out);
}

pub(super) fn temperature(value: &Value, _: &Kept, out: &mut Out) {
    celsius(value, Reading::Temperature, out);
}

pub(super) fn calibration(value: &Value, _: &Kept, out: &mut Out) {
    let make = |raw: Option<i8>| Reading::LocalTemperatureCalibration(raw.map(DeciKelvin));
    fitting(value, make, out);
}

pub(super) fn system_mode(value: &Value, _: &Kept, out: &mut Out) {
    fitting(value, |code: Option<u8>| Reading::SystemMode(code.and_then(SystemMode::from_zcl)), out);
}

/// Bits 0 and 3 heat, 1 and 4 cool, 2, 5 and 6 fan (ZCL 8, 6.3.2.2.3.6).
pub(super) fn running_state(value: &Value, _: &Kept, out: &mut Out) {
    let word = |bits: u16| match bits {
        bits if bits & 0x0009 != 0 => RunningState::Heat,
        bits if bits & 0x0012 != 0 => RunningState::Cool,
        bits if bits & 0x0064 != 0 => RunningState::FanOnly,
        _ => RunningState::Idle,
    };
    fitting(value, |bits: Option<u16>| Reading::RunningState(bits.map(word)), out);
}

pub(super) fn heating_demand(value: &Value, _: &Kept, out: &mut Out) {
    let make = |raw: Option<u8>| Reading::PiHeatingDemand(raw.filter(|raw| *raw <= 100).map(Percent));
    fitting(value, make, out);
}

pub(super) fn humidity(value: &Value, _: &Kept, out: &mut Out) {
    let make = |raw: Option<u16>| Reading::Humidity(raw.filter(|raw| *raw <= 10_000).map(CentiPercent));
    fitting(value, make, out);
}

pub(super) fn battery(value: &Value, kept: &Kept, out: &mut Out) {
    let halves = |raw: u8| if quirk(kept).whole_percent { raw.saturating_mul(2) } else { raw };
    let make = |raw: Option<u8>| Reading::Battery(raw.map(halves).filter(|raw| *raw <= 200).map(BatteryHalfPercent));
    fitting(value, make, out);
}

/// Steps of 100 mV.
pub(super) fn voltage(value: &Value, _: &Kept, out: &mut Out) {
    fitting(value, |raw: Option<u8>| Reading::Voltage(raw.map(|raw| MilliVolt(u16::from(raw) * 100))), out);
}

/// Any bit is a low battery.
pub(super) fn battery_alarm(value: &Value, _: &Kept, out: &mut Out) {
    fitting(value, |bits: Option<u32>| Reading::BatteryLow(bits.map(|bits| bits != 0)), out);
}

pub(super) fn lock_state(value: &Value, _: &Kept, out: &mut Out) {
    let bolt = |code: u8| match LockState::from(code) {
        LockState::NotFullyLocked => Some(Bolt::NotFullyLocked),
        LockState::Locked => Some(Bolt::Locked),
        LockState::Unlocked => Some(Bolt::Unlocked),
        LockState::Undefined | LockState::Other(_) => None,
    };
    fitting(value, |code: Option<u8>| Reading::LockState(code.and_then(bolt)), out);
}

pub(super) fn zone_status(value: &Value, kept: &Kept, out: &mut Out) {
    if let Ok(Some(bits)) = number(value)
        && let Ok(bits) = u16::try_from(bits)
    {
        out.extend(zone_readings(ZoneStatus(bits), kept));
    }
}

/// What the bits of a zone say. The alarm bit of a zone that is no contact says nothing about doors.
pub(in crate::coordinator) fn zone_readings(status: ZoneStatus, kept: &Kept) -> Vec<Reading> {
    let contact = is_contact(kept).then(|| Reading::Contact(Some(!status.contains(ZoneStatus::ALARM_1))));
    let tamper = Reading::Tamper(Some(status.contains(ZoneStatus::TAMPER)));
    let battery = Reading::BatteryLow(Some(status.contains(ZoneStatus::BATTERY)));
    contact.into_iter().chain([tamper, battery]).collect()
}
