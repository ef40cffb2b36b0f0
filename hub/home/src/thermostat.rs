//! Words of a thermostat (ZCL 8, 6.3).

/// What the owner wants a thermostat to do (attribute `SystemMode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SystemMode {
    /// No heating, no cooling; frost protection is the device's own.
    Off,
    /// Heats or cools as needed.
    Auto,
    /// Cools only.
    Cool,
    /// Heats only.
    Heat,
    /// Second heat source only.
    EmergencyHeating,
    /// Cools ahead of a planned setpoint.
    Precooling,
    /// Moves air only.
    FanOnly,
    /// Dries air.
    Dry,
    /// The device's night mode.
    Sleep,
}

/// What a thermostat does at this moment (attribute `ThermostatRunningState`, reduced to one word).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RunningState {
    /// Nothing runs.
    Idle,
    /// Heat is called for.
    Heat,
    /// Cooling is called for.
    Cool,
    /// Only the fan runs.
    FanOnly,
}

const MODES: [(SystemMode, u8, &str); 9] = [
    (SystemMode::Off, 0, "off"),
    (SystemMode::Auto, 1, "auto"),
    (SystemMode::Cool, 3, "cool"),
    (SystemMode::Heat, 4, "heat"),
    (SystemMode::EmergencyHeating, 5, "emergency_heating"),
    (SystemMode::Precooling, 6, "precooling"),
    (SystemMode::FanOnly, 7, "fan_only"),
    (SystemMode::Dry, 8, "dry"),
    (SystemMode::Sleep, 9, "sleep"),
];

impl SystemMode {
    /// The mode with this number in ZCL 8, 6.3.2.2.2.
    pub fn from_zcl(code: u8) -> Option<Self> {
        MODES.iter().find(|row| row.1 == code).map(|row| row.0)
    }

    /// Its number in ZCL 8, 6.3.2.2.2.
    pub fn to_zcl(self) -> u8 {
        MODES.iter().find(|row| row.0 == self).map_or(0, |row| row.1)
    }

    /// The mode of that name on MQTT: `off`, `auto`, `heat`, …
    pub fn from_word(word: &str) -> Option<Self> {
        MODES.iter().find(|row| row.2 == word).map(|row| row.0)
    }

    /// Its name on MQTT.
    pub fn word(self) -> &'static str {
        MODES.iter().find(|row| row.0 == self).map_or("off", |row| row.2)
    }
}

const RUNNING: [(RunningState, u8, &str); 4] = [
    (RunningState::Idle, 0, "idle"),
    (RunningState::Heat, 1, "heat"),
    (RunningState::Cool, 2, "cool"),
    (RunningState::FanOnly, 3, "fan_only"),
];

impl RunningState {
    /// Its name on MQTT.
    pub fn word(self) -> &'static str {
        RUNNING.iter().find(|row| row.0 == self).map_or("idle", |row| row.2)
    }

    /// Number under which the hub stores it.
    pub fn code(self) -> u8 {
        RUNNING.iter().find(|row| row.0 == self).map_or(0, |row| row.1)
    }

    /// The state stored under `code`.
    pub fn from_code(code: u8) -> Option<Self> {
        RUNNING.iter().find(|row| row.1 == code).map(|row| row.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mode_has_one_number_and_one_word() {
        for (mode, code, word) in MODES {
            assert_eq!((mode.to_zcl(), mode.word()), (code, word));
            assert_eq!((SystemMode::from_zcl(code), SystemMode::from_word(word)), (Some(mode), Some(mode)));
        }
        for (state, code, _) in RUNNING {
            assert_eq!(RunningState::from_code(code), Some(state));
        }
    }
}
