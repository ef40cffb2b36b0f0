//! What the hub itself serves to devices, and what it answers to commands that it does not know.
//!
//! Pure: a frame and the time in, an answer out. What a frame means to the house stands elsewhere.

use home::Timestamp;

use crate::wire::Many;
use crate::zcl::{
    Command, DefaultResponse, Direction, Frame, Global, Header, ReadRecord, Request, Scope, Status, Value, alarms,
    basic, door_lock, ias_zone, ota, poll_control, time,
};

/// Seconds from 1970 to 2000, where the time of ZCL begins (2.6.2.16).
const ZCL_EPOCH: u64 = 946_684_800;
/// Master, synchronised: the hub has the time from its operating system.
const TIME_STATUS: u8 = 0x03;
/// "Unknown" for times of 32 bits.
const NO_TIME: u32 = u32::MAX;
/// ZCL revision 8.
const ZCL_VERSION: u8 = 8;

/// The answer to a device's command: its own, else a default response where one is due.
pub(super) fn answer(cluster: u16, frame: &Frame, broadcast: bool, wall: Timestamp) -> Option<Frame> {
    if broadcast || is_answer(cluster, &frame.header) {
        return None;
    }
    let status = match reply(cluster, frame, wall) {
        Ok(request) => return Some(request.answer(&frame.header)),
        Err(status) => status,
    };
    if status.is_success() && frame.header.disable_default_response {
        return None;
    }
    let response = DefaultResponse { command: frame.header.command, status };
    Some(Request::global(frame.header.direction.reverse(), &Global::DefaultResponse(response)).answer(&frame.header))
}

/// The specific answer to a command, or the status of a default response.
fn reply(cluster: u16, frame: &Frame, wall: Timestamp) -> Result<Request, Status> {
    let back = frame.header.direction.reverse();
    if let Some(global) = frame.global() {
        return match global.map_err(|_| Status::Malformed)? {
            Global::Report(_) => Err(Status::Success),
            Global::Read(attributes) if frame.header.direction == Direction::ToServer => {
                let records: Vec<_> =
                    attributes.iter().map(|attribute| (*attribute, read(cluster, *attribute, wall))).collect();
                if records.iter().all(|(_, result)| matches!(result, Err(Status::UnsupportedCluster))) {
                    return Err(Status::UnsupportedCluster);
                }
                let records = records.into_iter().map(|(attribute, result)| ReadRecord { attribute, result });
                let records = Many::new(records.collect::<Vec<_>>()).map_err(|_| Status::InsufficientSpace)?;
                Ok(Request::global(back, &Global::ReadResponse(records)))
            }
            _ if serves(cluster) => Err(Status::UnsupportedGeneralCommand),
            _ => Err(Status::UnsupportedCluster),
        };
    }
    if cluster == ota::CLUSTER
        && let Some(Ok(ota::ToServer::QueryNextImage(_))) = frame.cluster()
    {
        let none = ota::QueryNextImageResponse::none();
        return Ok(Request::cluster(&ota::ToClient::QueryNextImageResponse(none)));
    }
    Err(if !knows(cluster) {
        Status::UnsupportedCluster
    } else if is_known(cluster, frame) {
        Status::Success
    } else {
        Status::UnsupportedCommand
    })
}

/// True for clusters of which the hub is a server.
fn serves(cluster: u16) -> bool {
    [basic::CLUSTER, time::CLUSTER].contains(&cluster)
}

/// True for clusters whose commands the hub takes.
fn knows(cluster: u16) -> bool {
    let heard = [ias_zone::CLUSTER, door_lock::CLUSTER, alarms::CLUSTER, poll_control::CLUSTER, ota::CLUSTER];
    serves(cluster) || heard.contains(&cluster)
}

/// True for commands from devices that the hub takes.
fn is_known(cluster: u16, frame: &Frame) -> bool {
    match cluster {
        ias_zone::CLUSTER => matches!(frame.cluster::<ias_zone::ToClient>(), Some(Ok(c)) if c.id() <= 1),
        door_lock::CLUSTER => matches!(frame.header.command, 0x20 | 0x21),
        alarms::CLUSTER => matches!(frame.cluster::<alarms::ToClient>(), Some(Ok(alarms::ToClient::Alarm(_)))),
        _ => false,
    }
}

/// True for answers: they are never answered, or two hubs would never stop.
fn is_answer(cluster: u16, header: &Header) -> bool {
    match header.scope {
        Scope::Global => matches!(header.command, 0x01 | 0x04 | 0x07 | 0x09 | 0x0B | 0x0D),
        // A lock's answers have the numbers of our commands; its own begin at 0x20.
        Scope::Cluster => {
            cluster == door_lock::CLUSTER && header.direction == Direction::ToClient && header.command < 0x20
        }
    }
}

/// An attribute of the hub itself.
fn read(cluster: u16, attribute: u16, wall: Timestamp) -> Result<Value, Status> {
    match cluster {
        time::CLUSTER => read_time(attribute, wall),
        basic::CLUSTER => match attribute {
            basic::attribute::ZCL_VERSION => Ok(Value::uint8(ZCL_VERSION)),
            basic::attribute::MANUFACTURER_NAME | basic::attribute::MODEL_IDENTIFIER => Ok(Value::string("Hearth")),
            basic::attribute::POWER_SOURCE => Ok(Value::enum8(basic::PowerSource::Mains.into())),
            _ => Err(Status::UnsupportedAttribute),
        },
        _ => Err(Status::UnsupportedCluster),
    }
}

/// The time as devices know it. The driver knows no time zone: zone and daylight saving read as UTC.
fn read_time(attribute: u16, wall: Timestamp) -> Result<Value, Status> {
    use time::attribute::{
        DST_END, DST_SHIFT, DST_START, LOCAL_TIME, STANDARD_TIME, TIME, TIME_STATUS as STATUS, TIME_ZONE,
    };
    let seconds = wall.seconds().checked_sub(ZCL_EPOCH).and_then(|seconds| u32::try_from(seconds).ok());
    let seconds = seconds.unwrap_or(NO_TIME);
    Ok(match attribute {
        TIME => Value::utc(seconds),
        STATUS => Value::bitmap8(TIME_STATUS),
        TIME_ZONE | DST_SHIFT => Value::int32(0),
        DST_START | DST_END => Value::uint32(NO_TIME),
        STANDARD_TIME | LOCAL_TIME => Value::uint32(seconds),
        _ => return Err(Status::UnsupportedAttribute),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WALL: Timestamp = Timestamp((ZCL_EPOCH + 0x1234_5678) * 1000);

    fn answered(cluster: u16, bytes: &[u8]) -> Option<Vec<u8>> {
        answer(cluster, &Frame::decode(bytes).unwrap(), false, WALL).map(|frame| frame.encode())
    }

    #[test]
    fn a_device_can_ask_for_the_time() {
        let bytes = answered(0x000A, &[0x00, 0x42, 0x00, 0x00, 0x00, 0x02, 0x00, 0x09, 0x09]).unwrap();
        let expected = [
            0x18, 0x42, 0x01, 0x00, 0x00, 0x00, 0xE2, 0x78, 0x56, 0x34, 0x12, 0x02, 0x00, 0x00, 0x2B, 0, 0, 0, 0, 0x09,
            0x09, 0x86,
        ];
        assert_eq!(bytes, expected);
    }

    #[test]
    fn a_clock_that_was_not_set_is_no_time() {
        let frame = Frame::decode(&[0x00, 1, 0x00, 0x00, 0x00]).unwrap();
        let bytes = answer(0x000A, &frame, false, Timestamp(5)).unwrap().encode();
        assert_eq!(bytes.get(7..), Some(&[0xFF, 0xFF, 0xFF, 0xFF][..]));
    }

    #[test]
    fn there_is_no_image() {
        let query = [0x01, 0x07, 0x01, 0x00, 0x5F, 0x11, 0x02, 0x00, 0x01, 0x00, 0x00, 0x00];
        assert_eq!(answered(0x0019, &query), Some(vec![0x19, 0x07, 0x02, 0x98]));
    }

    #[test]
    fn what_is_unknown_is_said_to_be() {
        assert_eq!(answered(0x0006, &[0x01, 0x05, 0x02]), Some(vec![0x18, 0x05, 0x0B, 0x02, 0xC3]));
        assert_eq!(answered(0x0101, &[0x09, 0x05, 0x77]), Some(vec![0x18, 0x05, 0x0B, 0x77, 0x81]).map(to_server));
        assert_eq!(answered(0x0006, &[0x00, 0x05, 0x00, 0x00, 0x00]), Some(vec![0x18, 0x05, 0x0B, 0x00, 0xC3]));
    }

    fn to_server(mut bytes: Vec<u8>) -> Vec<u8> {
        bytes[0] = 0x10;
        bytes
    }

    #[test]
    fn default_responses_keep_to_their_rules() {
        let report = [0x08, 0x2A, 0x0A, 0x00, 0x00, 0x29, 0x66, 0x08];
        assert_eq!(answered(0x0201, &report), Some(vec![0x10, 0x2A, 0x0B, 0x0A, 0x00]));
        let mut silent = report;
        silent[0] = 0x18;
        assert_eq!(answered(0x0201, &silent), None, "the sender wants errors only");
        let frame = Frame::decode(&report).unwrap();
        assert_eq!(answer(0x0201, &frame, true, WALL), None, "it was sent to many");
        assert_eq!(answered(0x0201, &[0x08, 0x2A, 0x0B, 0x00, 0x00]), None, "an answer is not answered");
        assert_eq!(answered(0x0101, &[0x09, 0x2A, 0x01, 0x00]), None, "nor a lock's");
    }
}
