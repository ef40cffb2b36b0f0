//! Seeded leaks: what a careless hub would let out with an answer, from the state of the house. Each must be found.

use home::{Availability, BoltShown, Device, Ieee, Key, Reading, State, lock::Bolt};
use serde_json::{Value, json};

use crate::scene::{BACK, FRONT, GRANTED, HALL};

/// A body on its way out.
pub(crate) struct Leaving {
    /// When, in milliseconds after the start.
    pub(crate) at: u64,
    pub(crate) body: Vec<u8>,
    /// Bytes that its frame has too many.
    pub(crate) padding: usize,
}

/// What the hub knows when it says something.
pub(crate) struct House<'a> {
    pub(crate) state: &'a State,
    pub(crate) restarts: u32,
    /// How much happened to the hub since it was made.
    pub(crate) events: u64,
    /// When the answer could have left.
    pub(crate) ready: u64,
}

/// When a careless hub might say something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Occasion {
    BoltTurned,
    Reconnect { bolt_turned: bool },
    Restart,
}

/// A way of not keeping a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leak {
    /// `timeOfSample` is when the door was last heard, not the tick.
    RawTimestamp,
    /// The measured temperature comes along with what was asked for.
    ExtraProperty,
    /// Another error for a device that is out of reach.
    ErrorKind,
    /// "It is locked already."
    AlreadyLocked,
    /// An answer that is late when a device is out of reach.
    Latency,
    /// An answer that leaves as soon as it is written.
    AsSoonAsReady,
    /// The number of devices.
    DeviceCount,
    /// Endpoints in an order that comes from the house.
    Order,
    /// The setpoint as the device said it.
    Precision,
    /// Message ids from a random number.
    RandomId,
    /// Message ids that count what happened in the house.
    CountedId,
    /// What is not known is left out.
    Omission,
    /// Why something changed.
    Cause,
    /// `EndpointHealth` from whether a device is in reach.
    Health,
    /// Google's `online` from whether a device is in reach.
    Online,
    /// How the door is now, not at the tick.
    Present,
    /// A frame as long as there is something in it.
    FrameLength,
    /// Something at the reconnect, if something changed.
    Reconnect,
    /// Something after a restart.
    Restart,
    /// A mark of a restart in the answers.
    RestartMark,
    /// Something when the bolt turns, and not at the beat.
    AtOnce,
}

impl Leak {
    pub(crate) const ALL: [Self; 21] = [
        Self::RawTimestamp,
        Self::ExtraProperty,
        Self::ErrorKind,
        Self::AlreadyLocked,
        Self::Latency,
        Self::AsSoonAsReady,
        Self::DeviceCount,
        Self::Order,
        Self::Precision,
        Self::RandomId,
        Self::CountedId,
        Self::Omission,
        Self::Cause,
        Self::Health,
        Self::Online,
        Self::Present,
        Self::FrameLength,
        Self::Reconnect,
        Self::Restart,
        Self::RestartMark,
        Self::AtOnce,
    ];

    /// Whether it makes the hub say something.
    pub(crate) fn blurts(self, occasion: Occasion) -> bool {
        match occasion {
            Occasion::BoltTurned => self == Self::AtOnce,
            Occasion::Reconnect { bolt_turned } => self == Self::Reconnect && bolt_turned,
            Occasion::Restart => self == Self::Restart,
        }
    }

    /// Adds what it lets out. The body is written anew even if nothing is added: only the house makes a difference.
    pub(crate) fn spoil(self, leaving: &mut Leaving, house: &House<'_>) {
        let mut body: Value = serde_json::from_slice(&leaving.body).unwrap();
        let away = |device| is_away(house.state, device);
        match self {
            Self::RawTimestamp => each(&mut body, "timeOfSample", &mut |time| *time = json!(heard(house.state))),
            Self::ExtraProperty => properties(&mut body, &json!({"temperature": temperature(house.state)})),
            Self::ErrorKind if away(HALL) => {
                replace(&mut body, "type", "INSUFFICIENT_PERMISSIONS", "ENDPOINT_UNREACHABLE");
                replace(&mut body, "errorCode", "notSupported", "deviceOffline");
            }
            Self::AlreadyLocked if is_locked(house.state) => replace(&mut body, "status", "PENDING", "ERROR"),
            Self::Latency => leaving.at += u64::from(away(FRONT)),
            Self::AsSoonAsReady => leaving.at = house.ready,
            Self::DeviceCount => lists(&mut body, &mut |all| {
                all.extend(house.state.devices().map(|_| json!({})));
            }),
            Self::Order => lists(&mut body, &mut |all| {
                let by = GRANTED.iter().filter(|device| away(**device)).count() % all.len().max(1);
                all.rotate_left(by);
            }),
            Self::Precision => each(&mut body, "value", &mut |value| {
                if value.is_object() {
                    *value = json!(setpoint(house.state));
                }
            }),
            Self::RandomId => each(&mut body, "messageId", &mut |id| *id = json!(random())),
            Self::CountedId => each(&mut body, "messageId", &mut |id| *id = json!(house.events)),
            Self::Omission if away(BACK) => each(&mut body, "devices", &mut |devices| {
                if let Value::Object(devices) = devices {
                    devices.retain(|_, device| device["online"] == json!(true));
                }
            }),
            Self::Cause if is_locked(house.state) => {
                replace(&mut body, "type", "PERIODIC_POLL", "PHYSICAL_INTERACTION");
            }
            Self::Health => properties(&mut body, &json!({"name": "connectivity", "value": away(BACK)})),
            Self::Online => each(&mut body, "online", &mut |online| *online = json!(!away(FRONT))),
            Self::Present if is_locked(house.state) => replace(&mut body, "value", "DETECTED", "NOT_DETECTED"),
            Self::FrameLength => leaving.padding = house.state.devices().count(),
            Self::RestartMark => body["start"] = json!(house.restarts),
            _ => {}
        }
        leaving.body = body.to_string().into_bytes();
    }
}

fn is_away(state: &State, device: Ieee) -> bool {
    state.device(device).is_none_or(|device| device.availability == Availability::Offline)
}

fn is_locked(state: &State) -> bool {
    state.device(FRONT).map(Device::bolt) == Some(BoltShown::Reported(Bolt::Locked))
}

/// Milliseconds since 1970.
fn heard(state: &State) -> u64 {
    state.device(FRONT).and_then(|device| device.last_seen).map_or(0, |seen| seen.0)
}

fn temperature(state: &State) -> Option<i16> {
    match state.device(HALL)?.reading(Key::LocalTemperature)? {
        Reading::LocalTemperature(value) => value.map(|value| value.0),
        _ => None,
    }
}

fn setpoint(state: &State) -> Option<i16> {
    match state.device(HALL)?.reading(Key::OccupiedHeatingSetpoint)? {
        Reading::OccupiedHeatingSetpoint(value) => value.map(|value| value.0),
        _ => None,
    }
}

/// Another number each time.
fn random() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0)
}

/// Changes each value of this key, however deep.
pub(crate) fn each(value: &mut Value, key: &str, change: &mut dyn FnMut(&mut Value)) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(|one| each(one, key, change)),
        Value::Object(all) => {
            for (name, one) in all {
                each(one, key, change);
                if name == key {
                    change(one);
                }
            }
        }
        _ => {}
    }
}

fn replace(body: &mut Value, key: &str, from: &str, to: &str) {
    each(body, key, &mut |value| {
        if *value == json!(from) {
            *value = json!(to);
        }
    });
}

/// A property more, where there are properties.
fn properties(body: &mut Value, property: &Value) {
    each(body, "properties", &mut |properties| {
        if let Value::Array(all) = properties {
            all.push(property.clone());
        }
    });
}

/// The list of what there is.
fn lists(body: &mut Value, change: &mut dyn FnMut(&mut Vec<Value>)) {
    for key in ["endpoints", "devices"] {
        each(body, key, &mut |list| {
            if let Value::Array(all) = list {
                change(all);
            }
        });
    }
}
