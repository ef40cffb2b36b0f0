//! Where a summary takes its value from: one attribute of one device, `kind.<device>.attribute`. Knows how such a source
//! is written; what the device says is read in `sample`.

use home::thermostat::SystemMode;
use home::{Capability, Ieee};

use crate::value::{Unit, Value};

/// One attribute of one device, by the name that the owner wrote.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Source {
    /// The device's name or address.
    pub(crate) device: String,
    /// What of it.
    pub(crate) attribute: Attribute,
}

/// A source of which the device is known: what the owner's word for it meant when the policy was applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tap {
    pub(crate) device: Ieee,
    pub(crate) attribute: Attribute,
}

/// What of a device a summary may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Attribute {
    Bolt,
    RoomTemperature,
    Setpoint,
    CallForHeat,
    Mode,
    Temperature,
    Humidity,
    Contact,
    Battery,
}

/// Kind, attribute, what it is, what the device must be able to do.
const ATTRIBUTES: [(&str, &str, Attribute, Capability); 9] = [
    ("lock", "bolt", Attribute::Bolt, Capability::Lock),
    ("thermostat", "temperature", Attribute::RoomTemperature, Capability::Thermostat),
    ("thermostat", "setpoint", Attribute::Setpoint, Capability::Thermostat),
    ("thermostat", "call_for_heat", Attribute::CallForHeat, Capability::Thermostat),
    ("thermostat", "mode", Attribute::Mode, Capability::Thermostat),
    ("sensor", "temperature", Attribute::Temperature, Capability::Temperature),
    ("sensor", "humidity", Attribute::Humidity, Capability::Humidity),
    ("sensor", "contact", Attribute::Contact, Capability::Contact),
    ("sensor", "battery", Attribute::Battery, Capability::Battery),
];

/// Why a text names no source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SourceError {
    #[error("{0:?} is no source")]
    Form(String),
    #[error("{kind}s have no {attribute:?}")]
    Attribute { kind: String, attribute: String },
    #[error("{0:?} names no single device")]
    Wildcard(String),
}

impl SourceError {
    /// What the owner can do about it.
    pub(crate) fn remedy(&self) -> String {
        match self {
            Self::Form(_) => "write kind.device.attribute with lock, thermostat or sensor as kind".to_owned(),
            Self::Attribute { kind, .. } => {
                let known = ATTRIBUTES.iter().filter(|row| row.0 == kind).map(|row| row.1);
                format!("use one of {}", known.collect::<Vec<_>>().join(", "))
            }
            Self::Wildcard(_) => "name each device; no source stands for several".to_owned(),
        }
    }
}

impl Source {
    /// Reads `lock.front door.bolt`: what stands between the first and the last dot is the device.
    pub(crate) fn parse(text: &str) -> Result<Self, SourceError> {
        let form = || SourceError::Form(text.to_owned());
        let (kind, rest) = text.split_once('.').ok_or_else(form)?;
        let (device, attribute) = rest.rsplit_once('.').ok_or_else(form)?;
        if device.is_empty() || !ATTRIBUTES.iter().any(|row| row.0 == kind) {
            return Err(form());
        }
        if device.contains(['*', '?']) {
            return Err(SourceError::Wildcard(device.to_owned()));
        }
        let row = ATTRIBUTES.iter().find(|row| row.0 == kind && row.1 == attribute);
        let unknown = || SourceError::Attribute { kind: kind.to_owned(), attribute: attribute.to_owned() };
        Ok(Self { device: device.to_owned(), attribute: row.ok_or_else(unknown)?.2 })
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (kind, attribute) = self.attribute.words();
        write!(f, "{kind}.{}.{attribute}", self.device)
    }
}

impl Attribute {
    /// Its kind and its name, as the policy writes them.
    pub(crate) fn words(self) -> (&'static str, &'static str) {
        ATTRIBUTES.iter().find(|row| row.2 == self).map_or(("", ""), |row| (row.0, row.1))
    }

    /// What a device must be able to do to have it.
    pub(crate) fn needs(self) -> Capability {
        ATTRIBUTES.iter().find(|row| row.2 == self).map_or(Capability::Battery, |row| row.3)
    }

    /// What it is measured in.
    pub(crate) fn unit(self) -> Unit {
        match self {
            Self::Bolt | Self::Contact | Self::Mode => Unit::Word,
            Self::CallForHeat => Unit::Flag,
            Self::RoomTemperature | Self::Setpoint | Self::Temperature => Unit::Celsius,
            Self::Humidity | Self::Battery => Unit::Percent,
        }
    }

    /// Whether a rule can ask for this value of it.
    pub(crate) fn can_be(self, value: &Value) -> bool {
        match (self, value) {
            (Self::Bolt, Value::Word(word)) => matches!(word.as_ref(), "locked" | "unlocked"),
            (Self::Contact, Value::Word(word)) => matches!(word.as_ref(), "closed" | "open"),
            (Self::Mode, Value::Word(word)) => SystemMode::from_word(word).is_some(),
            (Self::CallForHeat, Value::Flag(_)) => true,
            _ => false,
        }
    }

    /// The values that a rule can ask for, in words.
    pub(crate) fn choices(self) -> &'static str {
        match self {
            Self::Bolt => "\"locked\" or \"unlocked\"",
            Self::Contact => "\"closed\" or \"open\"",
            Self::Mode => "a mode such as \"heat\" or \"off\"",
            Self::CallForHeat => "true or false",
            _ => "nothing: numbers take band or step",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_reads_back_as_written() {
        for text in ["lock.front.bolt", "thermostat.Küche 2.call_for_heat", "sensor.a.b.c.contact"] {
            assert_eq!(Source::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Source::parse("sensor.a.b.contact").unwrap().device, "a.b");
    }

    #[test]
    fn no_source_stands_for_several_devices() {
        for bad in ["", "lock", "lock.front", "lock..bolt", "lock.*.bolt", "camera.hall.image", "lock.front.pin", "."] {
            assert!(Source::parse(bad).is_err(), "{bad}");
        }
    }
}
