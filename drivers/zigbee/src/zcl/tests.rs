use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::wire::{Field, List as Counted, WireError};

fn hex(text: &str) -> Vec<u8> {
    text.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
}

/// `text` is `frame` in both directions.
fn same(text: &str, frame: &Frame) {
    assert_eq!(frame.encode(), hex(text));
    assert_eq!(Frame::decode(&hex(text)).as_ref(), Ok(frame));
}

fn cluster<C: ClusterCommand + PartialEq + std::fmt::Debug>(text: &str, sequence: u8, command: &C) {
    let frame = Request::cluster(command).frame(sequence);
    same(text, &frame);
    assert_eq!(frame.cluster::<C>().unwrap().as_ref(), Ok(command));
}

fn global(text: &str, frame: &Frame, command: &Global) {
    same(text, frame);
    assert_eq!(frame.global().unwrap().as_ref(), Ok(command));
}

#[test]
fn lock_vectors() {
    let pin = door_lock::Pin::new("1234", door_lock::Pin::LENGTHS).unwrap();
    cluster("01 07 01 04 31 32 33 34", 7, &door_lock::ToServer::Unlock((&pin).into()));
    let record = door_lock::PinRecord {
        user: 3,
        status: door_lock::UserStatus::Enabled,
        kind: door_lock::UserType::Unrestricted,
        pin: (&pin).into(),
    };
    cluster("01 08 05 03 00 01 00 04 31 32 33 34", 8, &door_lock::ToServer::SetPin(record));
    let event = door_lock::OperationEvent {
        source: door_lock::EventSource::Manual,
        code: door_lock::OperationCode::ManualUnlock,
        user: Some(0),
        pin: Some(door_lock::SecretOctets::none()),
        time: Some(0),
        data: Some([].into()),
    };
    cluster("09 01 20 02 0E 00 00 00 00 00 00 00 00", 1, &door_lock::ToClient::OperationEvent(event));
}

#[test]
fn report_vector() {
    let report = Global::Report([AttributeRecord { attribute: 0, value: Value::enum8(1) }].into());
    let frame = Request::global(Direction::ToClient, &report).without_default_response().frame(2);
    global("18 02 0A 00 00 30 01", &frame, &report);
}

#[test]
fn configure_reporting_vectors() {
    let configure = |attribute, data_type, min, max, change| {
        let reporting = Reporting::Send { data_type, min, max, change };
        Global::ConfigureReporting([ReportingConfig { attribute, reporting }].into())
    };
    let lock = configure(door_lock::attribute::LOCK_STATE, DataType::Enum8, 0, 3600, 0);
    global("00 09 06 00 00 00 30 00 00 10 0E", &Request::global(Direction::ToServer, &lock).frame(9), &lock);
    let temperature = configure(thermostat::attribute::LOCAL_TEMPERATURE, DataType::Int16, 30, 3600, 20);
    let frame = Request::global(Direction::ToServer, &temperature).frame(10);
    global("00 0A 06 00 00 00 29 1E 00 10 0E 14 00", &frame, &temperature);
}

#[test]
fn a_setpoint_is_written_as_in_the_adapter_vector() {
    let record = AttributeRecord { attribute: 0x0012, value: Value::int16(2150) };
    let write = Global::Write([record].into());
    global("00 05 02 12 00 29 66 08", &Request::global(Direction::ToServer, &write).frame(5), &write);
}

#[test]
fn a_frame_of_a_cluster_we_do_not_know_is_a_value() {
    let frame = Frame::decode(&hex("09 01 02 00 01 02 02 00 04 00 00 00 D2")).unwrap();
    assert_eq!(frame.header.command, 2);
    assert_eq!(frame.payload, hex("00 01 02 02 00 04 00 00 00 D2"));
    assert!(frame.global().is_none());
    let other = door_lock::ToClient::decode(0x77, &frame.payload).unwrap();
    assert_eq!((other.id(), other.payload()), (0x77, frame.payload));
}

#[test]
fn a_manufacturers_extension_is_not_taken_for_the_standard() {
    let bytes = hex("0D 46 12 03 00");
    let frame = Frame::decode(&bytes).unwrap();
    assert_eq!(frame.header.manufacturer, Some(0x1246));
    assert_eq!(frame.encode(), bytes);
    assert!(frame.cluster::<thermostat::ToClient>().is_none());
}

#[test]
fn an_answer_carries_number_and_manufacturer_of_its_request() {
    let request = Frame::decode(&hex("04 46 12 2A 00 00 40")).unwrap();
    let response = Global::DefaultResponse(DefaultResponse { command: 0, status: Status::UnsupportedAttribute });
    let answer = Request::global(request.header.direction.reverse(), &response).answer(&request.header);
    assert_eq!(answer.encode(), hex("1C 46 12 2A 0B 00 86"));
}

#[test]
fn read_results_have_a_value_or_a_reason() {
    let bytes = hex("04 00 00 42 03 41 62 63 05 00 86");
    let response = Global::decode(0x01, &bytes).unwrap();
    let Global::ReadResponse(records) = &response else { panic!("not a read response") };
    assert_eq!(records[0].result.as_ref().unwrap().text().as_deref(), Some("Abc"));
    assert_eq!(records[1], ReadRecord { attribute: 5, result: Err(Status::UnsupportedAttribute) });
    assert_eq!(response.payload(), bytes);
}

#[test]
fn one_success_byte_stands_for_all() {
    let all = Global::WriteResponse(Failures(vec![]));
    assert_eq!(all.payload(), [0]);
    assert_eq!(Global::decode(0x04, &[0]), Ok(all));
    let failed = Failures(vec![ConfigureFailure { status: Status::Unreportable, direction: 0, attribute: 0x29 }]);
    assert_eq!(Global::decode(0x07, &hex("8C 00 29 00")), Ok(Global::ConfigureReportingResponse(failed)));
    assert_eq!(Global::decode(0x04, &[0x88]), Err(WireError::Short { wanted: 2, left: 0 }));
}

#[test]
fn reporting_is_told_or_refused() {
    let bytes = hex("00 00 00 00 29 1E 00 10 0E 14 00 8B 00 12 00 00 01 05 00 2C 01");
    let response = Global::decode(0x09, &bytes).unwrap();
    let Global::ReadReportingResponse(records) = &response else { panic!("not a reporting response") };
    assert_eq!(records[1].state, ReportingState::NotSet { status: Status::NotFound, direction: 0 });
    assert_eq!(records[2].state, ReportingState::Set(Reporting::Receive { timeout: 300 }));
    assert_eq!(response.payload(), bytes);
}

#[test]
fn a_week_has_the_setpoints_of_its_mode() {
    let bytes = hex("02 3E 01 68 01 34 08 28 05 40 06");
    let schedule = thermostat::WeeklySchedule::from_bytes(&bytes).unwrap();
    let morning = thermostat::Transition { minutes: 360, heat: Some(2100), cool: None };
    let evening = thermostat::Transition { minutes: 1320, heat: Some(1600), cool: None };
    assert_eq!(schedule.transitions, Counted::from([morning, evening]));
    assert_eq!(schedule.to_bytes(), bytes);
    assert!(thermostat::WeeklySchedule::from_bytes(&[11; 100]).is_err());
}

#[test]
fn clusters_speak_in_both_directions() {
    let change = thermostat::SetpointChange { mode: thermostat::SetpointMode::Heat, amount: -5 };
    cluster("01 01 00 00 FB", 1, &thermostat::ToServer::RaiseLower(change));
    let check_in = poll_control::CheckInResponse { start_fast_polling: true, timeout: 40 };
    cluster("01 02 00 01 28 00", 2, &poll_control::ToServer::CheckInResponse(check_in));
    cluster("09 03 00", 3, &poll_control::ToClient::CheckIn);
    let change = ias_zone::StatusChange {
        status: ias_zone::ZoneStatus::ALARM_1 | ias_zone::ZoneStatus::BATTERY,
        extended: Some(0),
        zone: Some(1),
        delay: Some(0),
    };
    cluster("09 04 00 09 00 00 01 00 00", 4, &ias_zone::ToClient::StatusChange(change));
    let none = ota::QueryNextImageResponse::none();
    cluster("09 05 02 98", 5, &ota::ToClient::QueryNextImageResponse(none));
    cluster("01 06 00 3C 00", 6, &identify::ToServer::Identify(60));
    cluster("09 07 00 03 01 01", 7, &alarms::ToClient::Alarm(alarms::Alarm { code: 3, cluster: 0x0101 }));
    cluster("01 08 00", 8, &basic::ToServer::ResetToFactoryDefaults);
}

#[test]
fn the_type_on_the_wire_decides() {
    let number = |text: &str| Value::from_bytes(&hex(text)).unwrap().number();
    assert_eq!(number("29 66 08"), Some(2150));
    assert_eq!(number("29 9C FF"), Some(-100));
    assert_eq!(number("29 00 80"), None);
    assert_eq!(number("28 80"), None);
    assert_eq!(number("20 FF"), None);
    assert_eq!(number("22 01 00 80"), Some(0x80_0001));
    assert_eq!(number("10 FF"), None);
    assert_eq!(number("18 FF"), Some(255));
    assert_eq!(number("39 00 00 80 3F"), None);
    assert_eq!(Value::from_bytes(&hex("27 FE FF FF FF FF FF FF FF")).unwrap().unsigned(), Some(u64::MAX - 1));
    assert_eq!(Value::int16(-1).to_bytes(), hex("29 FF FF"));
}

#[test]
fn text_is_cleaned() {
    let text = |text: &str| Value::from_bytes(&hex(text)).unwrap().text();
    assert_eq!(text("42 05 41 42 20 00 58").as_deref(), Some("AB"));
    assert_eq!(text("42 02 41 FF").as_deref(), Some("A\u{FFFD}"));
    assert_eq!(text("42 FF"), None);
    assert_eq!(Value::string(&"ä".repeat(200)).to_bytes().len(), 2 + 254);
}

#[test]
fn hostile_lists_are_refused_at_once() {
    assert_eq!(Value::from_bytes(&hex("48 00 FE FF")), Err(WireError::Value { what: "element type", value: 0 }));
    let nested: Vec<u8> = [0x4C, 0x01, 0x00].repeat(60);
    assert_eq!(Value::from_bytes(&nested), Err(WireError::Long { length: 5, limit: 4 }));
    assert!(matches!(Value::from_bytes(&hex("48 20 FE FF 01")), Err(WireError::Short { .. })));
}

#[test]
fn lists_hold_one_type() {
    let items = Some(vec![Value::uint8(1), Value::uint16(2)]);
    assert!(List::new(ListKind::Array, DataType::Uint8, items).is_err());
    assert!(Scalar::new(DataType::Uint8, 256).is_none());
}

#[test]
fn octets_do_not_show_in_debug_text() {
    let octets = Value::from_bytes(&hex("41 02 31 32")).unwrap();
    assert_eq!(format!("{octets:?}"), "Octets(Some(2) bytes)");
    assert_eq!(format!("{:?}", Value::Key([1; 16])), "Key(..)");
    assert_eq!(format!("{:?}", Value::int16(2150)), "Int16(2150)");
}

/// Payloads in which types, statuses and short lengths are likely.
fn payload() -> impl Strategy<Value = Vec<u8>> {
    let types = prop::sample::select(vec![0x10, 0x18, 0x20, 0x29, 0x30, 0x41, 0x42, 0x44, 0x48, 0x4C, 0xE2, 0xF0]);
    vec(prop_oneof![2 => any::<u8>(), 3 => 0_u8..3, 2 => types], 0..60)
}

fn survives<C: Command + PartialEq + std::fmt::Debug>(id: u8, payload: &[u8]) {
    if let Ok(command) = C::decode(id, payload) {
        assert_eq!(C::decode(command.id(), &command.payload()), Ok(command));
    }
}

proptest! {
    #[test]
    fn frames_survive(bytes in vec(any::<u8>(), 0..20)) {
        if let Ok(frame) = Frame::decode(&bytes) {
            prop_assert_eq!(Frame::decode(&frame.encode()), Ok(frame));
        }
    }

    #[test]
    fn commands_survive(id in 0_u8..0x24, payload in payload()) {
        survives::<Global>(id, &payload);
        survives::<alarms::ToServer>(id, &payload);
        survives::<alarms::ToClient>(id, &payload);
        survives::<door_lock::ToServer>(id, &payload);
        survives::<door_lock::ToClient>(id, &payload);
        survives::<ias_zone::ToServer>(id, &payload);
        survives::<ias_zone::ToClient>(id, &payload);
        survives::<identify::ToServer>(id, &payload);
        survives::<ota::ToServer>(id, &payload);
        survives::<ota::ToClient>(id, &payload);
        survives::<poll_control::ToServer>(id, &payload);
        survives::<thermostat::ToServer>(id, &payload);
        survives::<thermostat::ToClient>(id, &payload);
    }

    #[test]
    fn values_survive(data_type: u8, payload in payload()) {
        let bytes = [vec![data_type], payload].concat();
        if let Ok(value) = Value::from_bytes(&bytes) {
            prop_assert!(bytes.starts_with(&value.to_bytes()));
            let _ = (value.number(), value.unsigned(), value.text(), value.ieee(), format!("{value:?}"));
        }
    }
}
