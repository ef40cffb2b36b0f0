//! What every device has: Basic, Power Configuration, Identify.

use zigbee::zcl::{Frame, Request, Status, Value, basic, identify, power};

use super::attribute::Attribute;
use super::model::{Reaction, Scene};

/// Name and maker of a kind of device.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Make {
    /// Maker.
    pub manufacturer: &'static str,
    /// Model.
    pub model: &'static str,
    /// Manufacturer code.
    pub code: u16,
}

/// Attributes of Basic and Identify, and of Power Configuration if it has a battery, at so many half per cent.
pub(crate) fn attributes(make: Make, battery: Option<u8>) -> Vec<Attribute> {
    let source = if battery.is_some() { basic::PowerSource::Battery } else { basic::PowerSource::Mains };
    let basic = |id, value| Attribute::new(basic::CLUSTER, id, value);
    let mut attributes = vec![
        basic(basic::attribute::ZCL_VERSION, Value::uint8(8)),
        basic(basic::attribute::APPLICATION_VERSION, Value::uint8(3)),
        basic(basic::attribute::STACK_VERSION, Value::uint8(2)),
        basic(basic::attribute::HW_VERSION, Value::uint8(1)),
        basic(basic::attribute::MANUFACTURER_NAME, Value::string(make.manufacturer)),
        basic(basic::attribute::MODEL_IDENTIFIER, Value::string(make.model)),
        basic(basic::attribute::DATE_CODE, Value::string("20260401")),
        basic(basic::attribute::POWER_SOURCE, Value::enum8(source.into())),
        basic(basic::attribute::SW_BUILD_ID, Value::string("1.4.2")),
        Attribute::new(identify::CLUSTER, identify::attribute::IDENTIFY_TIME, Value::uint16(0)).writable(),
    ];
    if let Some(half_percent) = battery {
        let power = |id, value| Attribute::new(power::CLUSTER, id, value);
        attributes.extend([
            power(power::attribute::BATTERY_VOLTAGE, Value::uint8(29)).reported(),
            power(power::attribute::BATTERY_PERCENTAGE_REMAINING, Value::uint8(half_percent)).reported(),
            power(power::attribute::BATTERY_SIZE, Value::enum8(3)).writable(),
            power(power::attribute::BATTERY_QUANTITY, Value::uint8(2)).writable(),
            power(power::attribute::BATTERY_ALARM_STATE, Value::bitmap32(0)).reported(),
        ]);
    }
    attributes
}

/// Takes a command of one of these clusters.
pub(crate) fn command(scene: &mut Scene<'_>, cluster: u16, frame: &Frame) -> Option<Reaction> {
    const TIME: (u16, u16) = (identify::CLUSTER, identify::attribute::IDENTIFY_TIME);
    match cluster {
        basic::CLUSTER => match frame.cluster::<basic::ToServer>()? {
            Ok(basic::ToServer::ResetToFactoryDefaults) => Some(Reaction::Status(Status::Success)),
            _ => None,
        },
        identify::CLUSTER => match frame.cluster::<identify::ToServer>()? {
            Ok(identify::ToServer::Identify(seconds)) => {
                scene.attributes.set_number(TIME, seconds.into());
                Some(Reaction::Status(Status::Success))
            }
            Ok(identify::ToServer::Query) => Some(match u16::try_from(scene.attributes.number(TIME)) {
                Ok(0) | Err(_) => Reaction::Status(Status::Success),
                Ok(seconds) => Reaction::Answer(Request::cluster(&identify::ToClient::QueryResponse(seconds))),
            }),
            Ok(identify::ToServer::Other(..)) => None,
            Err(_) => Some(Reaction::Status(Status::Malformed)),
        },
        _ => None,
    }
}
