//! What thermostats, locks and sensors serve and report, through the adapter.

mod common;

use common::Host;
use sim::{Kind, Scenario};
use zigbee::wire::Field;
use zigbee::zcl::{
    AttributeRecord, DataType, DefaultResponse, Direction, Discover, Frame, Global, Reporting, ReportingConfig,
    Request, Status, Value, door_lock, ias_zone, ota, thermostat, time,
};

const TEMPERATURE: u16 = thermostat::attribute::LOCAL_TEMPERATURE;
const SETPOINT: u16 = thermostat::attribute::OCCUPIED_HEATING_SETPOINT;

fn ask(host: &mut Host, name: &str, cluster: u16, command: &Global) -> Vec<Frame> {
    host.heard.clear();
    host.send(name, cluster, Request::global(Direction::ToServer, command));
    host.run(2000);
    host.frames(cluster)
}

fn configure(attribute: u16, data_type: DataType, min: u16, max: u16, change: u64) -> Global {
    let reporting = Reporting::Send { data_type, min, max, change };
    Global::ConfigureReporting([ReportingConfig { attribute, reporting }].into())
}

fn reports(host: &Host, cluster: u16) -> Vec<(u16, i64)> {
    let report = |frame: Frame| match frame.global() {
        Some(Ok(Global::Report(records))) => records.into_vec(),
        _ => Vec::new(),
    };
    let records = host.frames(cluster).into_iter().flat_map(report);
    records.filter_map(|record| Some((record.attribute, record.value.number()?))).collect()
}

fn write(attribute: u16, value: Value) -> Global {
    Global::Write([AttributeRecord { attribute, value }].into())
}

#[test]
fn writing_follows_type_limits_and_access() {
    let mut host = Host::joined(&Scenario::default().with(Kind::Thermostat, 1));
    let name = "thermostat-1";
    for (attribute, value, status) in [
        (SETPOINT, Value::int16(2150), None),
        (SETPOINT, Value::int16(3001), Some(Status::InvalidValue)),
        (SETPOINT, Value::uint16(2150), Some(Status::InvalidDataType)),
        (TEMPERATURE, Value::int16(2150), Some(Status::ReadOnly)),
        (0x7777, Value::int16(2150), Some(Status::UnsupportedAttribute)),
    ] {
        let frames = ask(&mut host, name, thermostat::CLUSTER, &write(attribute, value));
        let Some(Ok(Global::WriteResponse(failures))) = frames[0].global() else { panic!("{frames:?}") };
        assert_eq!(failures.0.first().map(|failure| failure.status), status, "{attribute:04x}");
    }
    let both = Global::WriteUndivided(
        [
            AttributeRecord { attribute: SETPOINT, value: Value::int16(1900) },
            AttributeRecord { attribute: TEMPERATURE, value: Value::int16(1900) },
        ]
        .into(),
    );
    ask(&mut host, name, thermostat::CLUSTER, &both);
    assert_eq!(host.device(name)["attributes"]["0201/0012"], 2150, "all or none");
}

#[test]
fn default_responses_are_given_where_due() {
    let mut host = Host::joined(&Scenario::default().with(Kind::Thermostat, 1));
    let name = "thermostat-1";
    let mut exchange = |request: Request, cluster: u16| {
        host.heard.clear();
        host.send(name, cluster, request);
        host.run(2000);
        host.frames(cluster).first().and_then(|frame| match frame.global() {
            Some(Ok(Global::DefaultResponse(response))) => Some(response),
            _ => None,
        })
    };
    let raise = || {
        let change = thermostat::SetpointChange { mode: thermostat::SetpointMode::Heat, amount: 5 };
        Request::cluster(&thermostat::ToServer::RaiseLower(change))
    };
    let given = |status| Some(DefaultResponse { command: 0, status });
    assert_eq!(exchange(raise(), thermostat::CLUSTER), given(Status::Success));
    assert_eq!(exchange(raise().without_default_response(), thermostat::CLUSTER), None);
    assert_eq!(exchange(raise(), 0x0300), given(Status::UnsupportedCluster));
    let response = Global::DefaultResponse(DefaultResponse { command: 0, status: Status::Success });
    assert_eq!(exchange(Request::global(Direction::ToServer, &response), thermostat::CLUSTER), None);
    assert_eq!(host.device(name)["attributes"]["0201/0012"], 2100);
}

#[test]
fn reports_go_to_bindings_as_configured() {
    let mut host = Host::joined(&Scenario { still: true, ..Scenario::default() }.with(Kind::Thermostat, 1));
    let name = "thermostat-1";
    let temperature = configure(TEMPERATURE, DataType::Int16, 1, 5, 5);
    let frames = ask(&mut host, name, thermostat::CLUSTER, &temperature);
    assert_eq!(frames[0].payload, [0]);
    host.run(20_000);
    assert!(reports(&host, thermostat::CLUSTER).is_empty(), "nobody is bound");
    host.bind(name, thermostat::CLUSTER);
    host.run(20_000);
    let count = reports(&host, thermostat::CLUSTER).len();
    assert!((3..=5).contains(&count), "{count}");
    ask(&mut host, name, thermostat::CLUSTER, &configure(SETPOINT, DataType::Int16, 0, 3600, 10));
    let frames = ask(&mut host, name, thermostat::CLUSTER, &write(SETPOINT, Value::int16(2250)));
    assert_eq!(frames.len() - reports(&host, thermostat::CLUSTER).len(), 1);
    assert!(reports(&host, thermostat::CLUSTER).contains(&(SETPOINT, 2250)));
    let refused = ask(&mut host, name, thermostat::CLUSTER, &configure(TEMPERATURE, DataType::Uint16, 1, 5, 5));
    assert_eq!(refused[0].payload, [0x8D, 0x00, 0x00, 0x00]);
}

#[test]
fn attributes_are_discovered_page_by_page() {
    let mut host = Host::joined(&Scenario::default().with(Kind::Thermostat, 1));
    let mut found = Vec::new();
    let mut start = 0;
    loop {
        let discover = Global::Discover(Discover { start, count: 5 });
        let frames = ask(&mut host, "thermostat-1", thermostat::CLUSTER, &discover);
        let Some(Ok(Global::DiscoverResponse(page))) = frames[0].global() else { panic!("{frames:?}") };
        found.extend(page.attributes.iter().map(|info| info.attribute));
        if page.complete {
            break;
        }
        start = found.last().unwrap() + 1;
    }
    assert!(found.len() > 10 && found.is_sorted() && found.contains(&SETPOINT), "{found:?}");
}

#[test]
fn a_room_is_heated_when_it_is_too_cold() {
    let mut host = Host::joined(&Scenario::default().with(Kind::Thermostat, 1));
    let name = "thermostat-1";
    ask(&mut host, name, thermostat::CLUSTER, &write(SETPOINT, Value::int16(2500)));
    let before = host.device(name)["attributes"]["0201/0000"].as_i64().unwrap();
    assert_eq!(host.device(name)["attributes"]["0201/0029"], 1);
    host.run(3_600_000);
    let warm = host.device(name)["attributes"]["0201/0000"].as_i64().unwrap();
    assert!(warm > before + 200, "{before} {warm}");
    let off = u8::from(thermostat::SystemMode::Off);
    ask(&mut host, name, thermostat::CLUSTER, &write(thermostat::attribute::SYSTEM_MODE, Value::enum8(off)));
    assert_eq!(host.device(name)["attributes"]["0201/0029"], 0);
    host.run(3_600_000);
    assert!(host.device(name)["attributes"]["0201/0000"].as_i64().unwrap() < warm);
}

#[test]
fn a_lock_answers_first_and_moves_then() {
    let mut host = Host::joined(&Scenario::default().with(Kind::Lock, 1));
    host.bind("lock-1", door_lock::CLUSTER);
    ask(&mut host, "lock-1", door_lock::CLUSTER, &configure(0, DataType::Enum8, 0, 3600, 0));
    host.heard.clear();
    let unlock = door_lock::ToServer::Unlock(door_lock::SecretOctets::none());
    host.send("lock-1", door_lock::CLUSTER, Request::cluster(&unlock));
    host.run(3000);
    let frames = host.frames(door_lock::CLUSTER);
    let kinds: Vec<u8> = frames.iter().map(|frame| frame.header.command).collect();
    assert_eq!(kinds, [0x01, 0x20, 0x0A], "response, event, report");
    assert_eq!(frames[2].payload, [0x00, 0x00, 0x30, 0x02]);
    let model = host.device("lock-1")["model"].clone();
    assert_eq!(model["unlocks_that_moved_the_bolt"], 1);
    assert_eq!(host.device("lock-1")["diary"]["counts"]["0101/cluster/01"], 1);
    host.heard.clear();
    host.order("manual lock-1 lock");
    host.run(3000);
    assert!(reports(&host, door_lock::CLUSTER).contains(&(0, 1)));
    host.order("jam lock-1 on");
    host.send("lock-1", door_lock::CLUSTER, Request::cluster(&unlock));
    host.run(3000);
    assert!(reports(&host, door_lock::CLUSTER).contains(&(0, 0)));
}

#[test]
fn a_contact_enrols_and_tells_of_a_door() {
    let mut host = Host::joined(&Scenario::default().with(Kind::Contact, 1));
    host.order("open contact-1 on");
    host.run(500);
    assert!(host.frames(ias_zone::CLUSTER).is_empty(), "not enrolled");
    let zigbee::znp::Srsp::SysGetExtAddr(hub) = host.ask(&zigbee::znp::Sreq::SysGetExtAddr) else { panic!() };
    let address = write(ias_zone::attribute::IAS_CIE_ADDRESS, Value::address(hub));
    let frames = ask(&mut host, "contact-1", ias_zone::CLUSTER, &address);
    assert!(frames.iter().any(|frame| frame.header.command == 0x01), "it wants to enrol: {frames:?}");
    let response = ias_zone::EnrollResponse { code: ias_zone::EnrollCode::Success, zone: 7 };
    let enroll = ias_zone::ToServer::EnrollResponse(response);
    host.send("contact-1", ias_zone::CLUSTER, Request::cluster(&enroll));
    host.run(2000);
    host.heard.clear();
    host.order("open contact-1 on");
    host.run(500);
    let frames = host.frames(ias_zone::CLUSTER);
    let Some(Ok(ias_zone::ToClient::StatusChange(change))) = frames[0].cluster() else { panic!("{frames:?}") };
    assert_eq!((change.status, change.zone), (ias_zone::ZoneStatus::ALARM_1, Some(7)));
}

#[test]
fn devices_ask_for_the_time_and_an_image_after_joining() {
    let mut host = Host::formed(&Scenario::default().with(Kind::Sensor, 1));
    host.open(60);
    host.run(20_000);
    assert_eq!(host.frames(time::CLUSTER).len(), 1);
    let query = &host.frames(ota::CLUSTER)[0];
    assert!(matches!(query.cluster::<ota::ToServer>(), Some(Ok(ota::ToServer::QueryNextImage(_)))));
    // Hosts read the version from the client side.
    let read = Global::Read([ota::attribute::CURRENT_FILE_VERSION].into());
    host.heard.clear();
    host.send("sensor-1", ota::CLUSTER, Request::global(Direction::ToClient, &read));
    host.run(2000);
    let frames = host.frames(ota::CLUSTER);
    assert_eq!(frames[0].header.direction, Direction::ToServer);
    assert_eq!(&frames[0].payload[..4], [0x02, 0x00, 0x00, 0x23]);
}

#[test]
fn bursts_keep_their_rate_and_go_round() {
    let scenario = Scenario { instant: true, still: true, ..Scenario::default() };
    let mut host = Host::joined(&scenario.with(Kind::Thermostat, 3).with(Kind::Lock, 1));
    host.heard.clear();
    host.order("burst 5000 2");
    host.run(3000);
    let messages = host.messages();
    assert_eq!(messages.len(), 10_000);
    let mut senders: Vec<u16> = messages.iter().take(4).map(|message| message.source).collect();
    senders.sort_unstable();
    senders.dedup();
    assert_eq!(senders.len(), 4);
    let values = reports(&host, thermostat::CLUSTER);
    assert!(values.windows(2).all(|pair| pair[0].1 != pair[1].1));
    host.heard.clear();
    host.order("report thermostat-1 local_temperature 1875");
    host.run(10);
    assert_eq!(host.messages()[0].data[3..], [&[0, 0][..], &Value::int16(1875).to_bytes()].concat());
}
