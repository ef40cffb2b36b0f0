//! Orders to a running simulation, one a line, as tests and benches give them.
//!
//! Knows their words. Does not know how they are carried out.

use std::time::Duration;

use thiserror::Error;
use zigbee::zcl::door_lock::Pin;

use crate::devices::Deed;
use crate::faults::{Fault, FaultError};

/// An order.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// Tell everything, as JSON.
    Status,
    /// Keep silent for so many seconds.
    Stall(Duration),
    /// The stick is pulled out, and put back after so many seconds.
    Unplug(Duration),
    /// Change what goes wrong on the line.
    Fault(Fault),
    /// For adapter and devices.
    World(WorldOrder),
}

/// An order to adapter and devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorldOrder {
    /// The adapter restarts by itself.
    Reset,
    /// Devices report, one after the other.
    Burst {
        /// Reports in a second.
        rate: u32,
        /// For so long.
        seconds: u32,
    },
    /// For one device.
    Device {
        /// Its name.
        name: String,
        /// What it shall do.
        order: DeviceOrder,
    },
}

/// An order to one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceOrder {
    /// Set an attribute and report it.
    Report {
        /// A name, or cluster and attribute such as `0201/0012`.
        key: String,
        /// In the unit of the attribute.
        value: i64,
    },
    /// Somebody does something to it.
    Suffer(Deed),
    /// It is out of range, or back.
    Dead(bool),
    /// Check in now.
    CheckIn,
    /// Announce itself.
    Announce,
    /// Poll at this interval.
    Poll(Duration),
    /// Leave the network.
    Leave,
}

/// Why a line is no order.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ParseError {
    /// The first word is unknown.
    #[error("unknown order {0:?}; {WORDS}")]
    Word(String),
    /// Too few or too many words.
    #[error("{0:?} takes {1}")]
    Usage(&'static str, &'static str),
    /// No number.
    #[error("{0:?} is no number")]
    Number(String),
    /// Not one of two words.
    #[error("{0:?} is neither {1} nor {2}")]
    Either(String, &'static str, &'static str),
    /// No PIN. It is not repeated.
    #[error("a PIN has 4 to 8 digits")]
    Pin,
    /// No fault.
    #[error(transparent)]
    Fault(#[from] FaultError),
}

/// All orders.
const WORDS: &str = "status, report, burst, manual, keypad, program, jam, open, dead, poll, checkin, announce, leave, reset, \
                     stall, unplug, fault";

impl std::str::FromStr for Order {
    type Err = ParseError;

    fn from_str(line: &str) -> Result<Self, ParseError> {
        let words: Vec<&str> = line.split_whitespace().collect();
        Ok(match words.as_slice() {
            ["status"] => Self::Status,
            ["reset"] => Self::World(WorldOrder::Reset),
            ["stall", length] => Self::Stall(seconds(length)?),
            ["stall", ..] => return Err(ParseError::Usage("stall", "SECONDS")),
            ["unplug", length] => Self::Unplug(seconds(length)?),
            ["unplug", ..] => return Err(ParseError::Usage("unplug", "SECONDS")),
            ["fault", fault] => Self::Fault(fault.parse()?),
            ["fault", ..] => return Err(ParseError::Usage("fault", "NAME[=VALUE]")),
            ["burst", rate, seconds] => {
                Self::World(WorldOrder::Burst { rate: number(rate)?, seconds: number(seconds)? })
            }
            ["burst", ..] => return Err(ParseError::Usage("burst", "RATE SECONDS")),
            [word, rest @ ..] => Self::World(device_order(word, rest)?),
            [] => return Err(ParseError::Word(String::new())),
        })
    }
}

fn device_order(word: &str, rest: &[&str]) -> Result<WorldOrder, ParseError> {
    let (name, order) = match (word, rest) {
        ("report", [name, key, value]) => (name, DeviceOrder::Report { key: (*key).to_owned(), value: number(value)? }),
        ("report", _) => return Err(ParseError::Usage("report", "DEVICE KEY VALUE")),
        ("manual", [name, turn]) => (name, DeviceOrder::Suffer(Deed::Turn { lock: either(turn, "lock", "unlock")? })),
        ("manual", _) => return Err(ParseError::Usage("manual", "DEVICE lock|unlock")),
        ("keypad", [name, turn, user]) => {
            let (lock, user) = (either(turn, "lock", "unlock")?, number(user)?);
            (name, DeviceOrder::Suffer(Deed::Type { user, lock }))
        }
        ("keypad", _) => return Err(ParseError::Usage("keypad", "DEVICE lock|unlock USER")),
        ("program", [name, user, pin]) => {
            let pin = match *pin {
                "none" => None,
                digits => Some(Pin::new(digits, Pin::LENGTHS).map_err(|_| ParseError::Pin)?),
            };
            (name, DeviceOrder::Suffer(Deed::Program { user: number(user)?, pin }))
        }
        ("program", _) => return Err(ParseError::Usage("program", "DEVICE USER PIN|none")),
        ("jam", [name, switch]) => (name, DeviceOrder::Suffer(Deed::Jam(either(switch, "on", "off")?))),
        ("jam", _) => return Err(ParseError::Usage("jam", "DEVICE on|off")),
        ("open", [name, switch]) => (name, DeviceOrder::Suffer(Deed::Open(either(switch, "on", "off")?))),
        ("open", _) => return Err(ParseError::Usage("open", "DEVICE on|off")),
        ("dead", [name, switch]) => (name, DeviceOrder::Dead(either(switch, "on", "off")?)),
        ("dead", _) => return Err(ParseError::Usage("dead", "DEVICE on|off")),
        ("poll", [name, ms]) => (name, DeviceOrder::Poll(Duration::from_millis(number(ms)?))),
        ("poll", _) => return Err(ParseError::Usage("poll", "DEVICE MILLISECONDS")),
        ("checkin", [name]) => (name, DeviceOrder::CheckIn),
        ("checkin", _) => return Err(ParseError::Usage("checkin", "DEVICE")),
        ("announce", [name]) => (name, DeviceOrder::Announce),
        ("announce", _) => return Err(ParseError::Usage("announce", "DEVICE")),
        ("leave", [name]) => (name, DeviceOrder::Leave),
        ("leave", _) => return Err(ParseError::Usage("leave", "DEVICE")),
        _ => return Err(ParseError::Word(word.into())),
    };
    Ok(WorldOrder::Device { name: (*name).to_owned(), order })
}

fn number<T: std::str::FromStr>(word: &str) -> Result<T, ParseError> {
    word.parse().map_err(|_| bad(word))
}

fn seconds(word: &str) -> Result<Duration, ParseError> {
    Duration::try_from_secs_f64(number(word)?).map_err(|_| bad(word))
}

fn bad(word: &str) -> ParseError {
    ParseError::Number(word.into())
}

fn either(word: &str, yes: &'static str, no: &'static str) -> Result<bool, ParseError> {
    match word {
        _ if word == yes => Ok(true),
        _ if word == no => Ok(false),
        _ => Err(ParseError::Either(word.into(), yes, no)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_orders_or_say_why_not() {
        let parse = |line: &str| line.parse::<Order>();
        assert_eq!(parse("status"), Ok(Order::Status));
        assert_eq!(parse("stall 0.5"), Ok(Order::Stall(Duration::from_millis(500))));
        assert_eq!(
            parse("manual lock-1 unlock"),
            Ok(Order::World(WorldOrder::Device {
                name: "lock-1".into(),
                order: DeviceOrder::Suffer(Deed::Turn { lock: false })
            }))
        );
        assert_eq!(parse("manual lock-1 turn"), Err(ParseError::Either("turn".into(), "lock", "unlock")));
        assert_eq!(parse("burst 50"), Err(ParseError::Usage("burst", "RATE SECONDS")));
        assert_eq!(parse("stall -1"), Err(ParseError::Number("-1".into())));
        assert!(matches!(parse("dance"), Err(ParseError::Word(_))));
        assert!(matches!(parse(""), Err(ParseError::Word(_))));
    }
}
