//! What a device can say: one typed variant a key, `None` where the device said "no value".

use crate::lock::Bolt;
use crate::thermostat::{RunningState, SystemMode};
use crate::units::{BatteryHalfPercent, CentiCelsius, CentiPercent, DeciKelvin, MilliVolt, Percent};

/// What a device can do. Link quality comes with every frame and is no capability of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Capability {
    /// Keeps a room at a temperature.
    Thermostat,
    /// Moves a bolt.
    Lock,
    /// Measures air temperature.
    Temperature,
    /// Measures relative humidity.
    Humidity,
    /// Knows whether a door or window is open.
    Contact,
    /// Runs on a battery whose charge it reports.
    Battery,
}

const CAPABILITIES: [(Capability, u8, &str); 6] = [
    (Capability::Thermostat, 1, "thermostat"),
    (Capability::Lock, 2, "lock"),
    (Capability::Temperature, 3, "temperature"),
    (Capability::Humidity, 4, "humidity"),
    (Capability::Contact, 5, "contact"),
    (Capability::Battery, 6, "battery"),
];

impl Capability {
    /// Its name in lists.
    pub fn word(self) -> &'static str {
        CAPABILITIES.iter().find(|row| row.0 == self).map_or("", |row| row.2)
    }

    /// Number under which the hub stores it.
    pub fn code(self) -> u8 {
        CAPABILITIES.iter().find(|row| row.0 == self).map_or(0, |row| row.1)
    }

    /// The capability stored under `code`.
    pub fn from_code(code: u8) -> Option<Self> {
        CAPABILITIES.iter().find(|row| row.1 == code).map(|row| row.0)
    }
}

/// Names of readings: the payload keys of MQTT and the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// Room temperature as the thermostat measures it.
    LocalTemperature,
    /// Temperature that is kept while somebody is at home.
    OccupiedHeatingSetpoint,
    /// What the thermostat is told to do.
    SystemMode,
    /// What the thermostat does.
    RunningState,
    /// How far the valve is open.
    PiHeatingDemand,
    /// Lowest setpoint that the thermostat takes.
    MinHeatSetpointLimit,
    /// Highest setpoint that the thermostat takes.
    MaxHeatSetpointLimit,
    /// Correction of the measured temperature.
    LocalTemperatureCalibration,
    /// Where the bolt is.
    LockState,
    /// Air temperature of a sensor.
    Temperature,
    /// Relative humidity of a sensor.
    Humidity,
    /// True while the door or window is closed.
    Contact,
    /// True while somebody tampers with the device.
    Tamper,
    /// Charge of the battery.
    Battery,
    /// True if the device calls its battery low.
    BatteryLow,
    /// Tension of the battery.
    Voltage,
}

const KEYS: [(Key, u8, &str); 16] = [
    (Key::LocalTemperature, 1, "local_temperature"),
    (Key::OccupiedHeatingSetpoint, 2, "occupied_heating_setpoint"),
    (Key::SystemMode, 3, "system_mode"),
    (Key::RunningState, 4, "running_state"),
    (Key::PiHeatingDemand, 5, "pi_heating_demand"),
    (Key::MinHeatSetpointLimit, 6, "min_heat_setpoint_limit"),
    (Key::MaxHeatSetpointLimit, 7, "max_heat_setpoint_limit"),
    (Key::LocalTemperatureCalibration, 8, "local_temperature_calibration"),
    (Key::LockState, 9, "lock_state"),
    (Key::Temperature, 10, "temperature"),
    (Key::Humidity, 11, "humidity"),
    (Key::Contact, 12, "contact"),
    (Key::Tamper, 13, "tamper"),
    (Key::Battery, 14, "battery"),
    (Key::BatteryLow, 15, "battery_low"),
    (Key::Voltage, 16, "voltage"),
];

impl Key {
    /// Every key, in the order of their numbers.
    pub fn all() -> impl Iterator<Item = Self> {
        KEYS.iter().map(|row| row.0)
    }

    /// Its name on MQTT and in the API.
    pub fn word(self) -> &'static str {
        KEYS.iter().find(|row| row.0 == self).map_or("", |row| row.2)
    }

    /// The key of that name.
    pub fn from_word(word: &str) -> Option<Self> {
        KEYS.iter().find(|row| row.2 == word).map(|row| row.0)
    }

    /// Number under which the hub stores it; never given to another key.
    pub fn code(self) -> u8 {
        KEYS.iter().find(|row| row.0 == self).map_or(0, |row| row.1)
    }

    /// The key stored under `code`.
    pub fn from_code(code: u8) -> Option<Self> {
        KEYS.iter().find(|row| row.1 == code).map(|row| row.0)
    }
}

/// One value that a device reported; `None` is the device's own "unknown" (a ZCL non-value).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// See [`Key::LocalTemperature`].
    LocalTemperature(Option<CentiCelsius>),
    /// See [`Key::OccupiedHeatingSetpoint`].
    OccupiedHeatingSetpoint(Option<CentiCelsius>),
    /// See [`Key::SystemMode`].
    SystemMode(Option<SystemMode>),
    /// See [`Key::RunningState`].
    RunningState(Option<RunningState>),
    /// See [`Key::PiHeatingDemand`].
    PiHeatingDemand(Option<Percent>),
    /// See [`Key::MinHeatSetpointLimit`].
    MinHeatSetpointLimit(Option<CentiCelsius>),
    /// See [`Key::MaxHeatSetpointLimit`].
    MaxHeatSetpointLimit(Option<CentiCelsius>),
    /// See [`Key::LocalTemperatureCalibration`].
    LocalTemperatureCalibration(Option<DeciKelvin>),
    /// See [`Key::LockState`].
    LockState(Option<Bolt>),
    /// See [`Key::Temperature`].
    Temperature(Option<CentiCelsius>),
    /// See [`Key::Humidity`].
    Humidity(Option<CentiPercent>),
    /// See [`Key::Contact`].
    Contact(Option<bool>),
    /// See [`Key::Tamper`].
    Tamper(Option<bool>),
    /// See [`Key::Battery`].
    Battery(Option<BatteryHalfPercent>),
    /// See [`Key::BatteryLow`].
    BatteryLow(Option<bool>),
    /// See [`Key::Voltage`].
    Voltage(Option<MilliVolt>),
}

impl Reading {
    /// What this is a value of.
    pub fn key(self) -> Key {
        self.to_stored().0
    }

    /// The key and the value as one integer in the unit's smallest step: what the store and the history keep.
    pub fn to_stored(self) -> (Key, Option<i32>) {
        match self {
            Self::LocalTemperature(v) => (Key::LocalTemperature, v.map(|v| v.0.into())),
            Self::OccupiedHeatingSetpoint(v) => (Key::OccupiedHeatingSetpoint, v.map(|v| v.0.into())),
            Self::SystemMode(v) => (Key::SystemMode, v.map(|v| v.to_zcl().into())),
            Self::RunningState(v) => (Key::RunningState, v.map(|v| v.code().into())),
            Self::PiHeatingDemand(v) => (Key::PiHeatingDemand, v.map(|v| v.0.into())),
            Self::MinHeatSetpointLimit(v) => (Key::MinHeatSetpointLimit, v.map(|v| v.0.into())),
            Self::MaxHeatSetpointLimit(v) => (Key::MaxHeatSetpointLimit, v.map(|v| v.0.into())),
            Self::LocalTemperatureCalibration(v) => (Key::LocalTemperatureCalibration, v.map(|v| v.0.into())),
            Self::LockState(v) => (Key::LockState, v.map(|v| v.code().into())),
            Self::Temperature(v) => (Key::Temperature, v.map(|v| v.0.into())),
            Self::Humidity(v) => (Key::Humidity, v.map(|v| v.0.into())),
            Self::Contact(v) => (Key::Contact, v.map(i32::from)),
            Self::Tamper(v) => (Key::Tamper, v.map(i32::from)),
            Self::Battery(v) => (Key::Battery, v.map(|v| v.0.into())),
            Self::BatteryLow(v) => (Key::BatteryLow, v.map(i32::from)),
            Self::Voltage(v) => (Key::Voltage, v.map(|v| v.0.into())),
        }
    }

    /// The reading that [`Reading::to_stored`] wrote. A number outside of the unit's range becomes "unknown".
    pub fn from_stored(key: Key, value: Option<i32>) -> Self {
        fn narrow<T: TryFrom<i32>>(value: Option<i32>) -> Option<T> {
            value.and_then(|v| T::try_from(v).ok())
        }
        let celsius = || narrow(value).map(CentiCelsius);
        let flag = || value.map(|v| v != 0);
        match key {
            Key::LocalTemperature => Self::LocalTemperature(celsius()),
            Key::OccupiedHeatingSetpoint => Self::OccupiedHeatingSetpoint(celsius()),
            Key::SystemMode => Self::SystemMode(narrow(value).and_then(SystemMode::from_zcl)),
            Key::RunningState => Self::RunningState(narrow(value).and_then(RunningState::from_code)),
            Key::PiHeatingDemand => Self::PiHeatingDemand(narrow(value).map(Percent)),
            Key::MinHeatSetpointLimit => Self::MinHeatSetpointLimit(celsius()),
            Key::MaxHeatSetpointLimit => Self::MaxHeatSetpointLimit(celsius()),
            Key::LocalTemperatureCalibration => Self::LocalTemperatureCalibration(narrow(value).map(DeciKelvin)),
            Key::LockState => Self::LockState(narrow(value).and_then(Bolt::from_code)),
            Key::Temperature => Self::Temperature(celsius()),
            Key::Humidity => Self::Humidity(narrow(value).map(CentiPercent)),
            Key::Contact => Self::Contact(flag()),
            Key::Tamper => Self::Tamper(flag()),
            Key::Battery => Self::Battery(narrow(value).map(BatteryHalfPercent)),
            Key::BatteryLow => Self::BatteryLow(flag()),
            Key::Voltage => Self::Voltage(narrow(value).map(MilliVolt)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_key_has_one_number_and_one_word() {
        for (key, code, word) in KEYS {
            assert_eq!((Key::from_code(code), Key::from_word(word)), (Some(key), Some(key)));
            assert_eq!(Reading::from_stored(key, None).key(), key);
        }
    }

    proptest! {
        #[test]
        fn what_was_stored_comes_back(code in 1u8..=16, value in proptest::option::of(any::<i32>())) {
            let read = Reading::from_stored(Key::from_code(code).unwrap(), value);
            let (key, kept) = read.to_stored();
            prop_assert_eq!(Reading::from_stored(key, kept), read);
        }
    }
}
