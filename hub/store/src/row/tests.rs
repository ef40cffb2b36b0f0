//! Rows come back, foreign bytes don't hurt, and rows of version 1 stay readable.

use std::fmt::Write as _;

use home::codes::{Code, Codes, Limits, SlotState};
use home::lock::{Bolt, Happening, Source};
use home::{
    AdapterName, Capability, Description, Device, DriverRecord, Ieee, Interview, Key, LinkQuality, LogEntry, LogKind,
    Power, Timestamp,
};
use proptest::prelude::*;

use super::*;
use crate::model::{PasswordHash, Retained, Setting, User, Value};

fn device() -> Device {
    let mut device = Device::new(Ieee(0x0015_8d00_0123_4567), AdapterName::new("stick"));
    device.name = "Küche".parse().unwrap();
    device.room = Some("Erdgeschoss".parse().unwrap());
    device.interview = Interview::Done;
    device.description = Some(Description {
        manufacturer: "Example".to_owned(),
        model: "TRV 1".to_owned(),
        software: Some("1.0".to_owned()),
        power: Power::Battery,
        capabilities: [Capability::Thermostat, Capability::Battery].into(),
    });
    device.record = Some(DriverRecord::new(vec![1, 2, 3]));
    device
}

fn entries() -> Vec<LogKind> {
    vec![
        LogKind::Lock { happening: Happening::Unlocked, source: Source::Keypad, user: Some(7) },
        LogKind::Lock { happening: Happening::Other(200), source: Source::Unknown, user: None },
        LogKind::Bolt { from: None, to: Some(Bolt::Locked) },
        LogKind::Commanded { action: "unlock".to_owned(), origin: "mqtt:anna".to_owned() },
        LogKind::CommandFailed { action: "lock".to_owned(), reason: "the lock refused it".to_owned() },
        LogKind::Joined,
        LogKind::Removed { name: "old".to_owned() },
        LogKind::Renamed { from: "a".to_owned(), to: "b".to_owned() },
        LogKind::PermitJoin(60),
        LogKind::AdapterOnline("stick".to_owned()),
        LogKind::AdapterOffline { adapter: "stick".to_owned(), reason: "unplugged".to_owned() },
        LogKind::AdapterRefused { adapter: "stick".to_owned(), reason: "pan id 0x1234".to_owned() },
    ]
}

fn latest() -> Latest {
    let values =
        [(Key::LocalTemperature, (Some(2150), Timestamp(1_795_456_800_123))), (Key::LockState, (None, Timestamp(5)))];
    Latest {
        next_sample: 99,
        values: values.into(),
        link: Some(LinkQuality(120)),
        last_seen: Some(Timestamp(1_795_456_800_124)),
    }
}

fn user() -> User {
    let hash = PasswordHash::new("$argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA".to_owned());
    User { name: "anna".to_owned(), preset: "admin".to_owned(), hash, created: Timestamp(1_795_456_800_000) }
}

fn message() -> Retained {
    Retained { topic: "tinker/x".to_owned(), payload: b"on".to_vec(), qos: 1 }
}

/// Each kind of row as it is written today, with what it says.
fn rows() -> Vec<(String, Row, String)> {
    let mut rows = vec![
        ("number".to_owned(), write_number(1), "1".to_owned()),
        ("device".to_owned(), write_device(&device()), shown_device(&device())),
        ("latest".to_owned(), write_latest(&latest()), format!("{:?}", latest())),
        ("user".to_owned(), write_user(&user()), shown_user(&user())),
        ("message".to_owned(), write_message(&message()), shown_message(&message())),
        ("setting".to_owned(), write_setting(&Value::new(vec![4, 5])), "[4, 5]".to_owned()),
        ("network".to_owned(), write_network(&DriverRecord::new(vec![9, 8])), "[9, 8]".to_owned()),
    ];
    for kind in entries() {
        let entry = LogEntry { at: Timestamp(7), device: Some(Ieee(1)), kind };
        rows.push(("event".to_owned(), write_event(&entry), format!("{entry:?}")));
    }
    rows
}

fn shown_device(device: &Device) -> String {
    let Device { ieee, adapter, name, room, interview, description, record, .. } = device;
    format!(
        "{ieee} {adapter} {name} {room:?} {interview:?} {description:?} {:?}",
        record.as_ref().map(DriverRecord::expose)
    )
}

fn shown_user(user: &User) -> String {
    format!("{user:?} {}", user.hash.expose())
}

fn shown_message(message: &Retained) -> String {
    format!("{message:?} {:?}", message.payload)
}

/// What a row says.
fn read(kind: &str, bytes: &[u8]) -> Result<String, RowError> {
    Ok(match kind {
        "number" => read_number(bytes)?.to_string(),
        "device" => shown_device(&read_device(device().ieee, bytes)?),
        "latest" => format!("{:?}", read_latest(bytes)?),
        "user" => shown_user(&read_user("anna", bytes)?),
        "message" => shown_message(&read_message("tinker/x", bytes)?),
        "setting" => format!("{:?}", read_setting(bytes)?.expose()),
        "network" => format!("{:?}", read_network(bytes)?.expose()),
        "event" => format!("{:?}", read_event(Timestamp(7), bytes)?),
        other => panic!("no such row: {other}"),
    })
}

#[test]
fn a_locks_codes_come_back_with_it_and_no_pin() {
    let mut lock = device();
    assert_eq!(read_device(lock.ieee, &write_device(&lock)).unwrap().codes, Codes::default());
    lock.codes.limits = Some(Limits { first: 1, slots: 30, pin_min: 4, pin_max: 8 });
    let anna = Code {
        name: Some("Anna".parse().unwrap()),
        hub: SlotState::Disabled,
        lock: Some(SlotState::Enabled),
        changed: true,
    };
    lock.codes.restore(1, anna);
    lock.codes.restore(30, Code { name: None, hub: SlotState::Empty, lock: Some(SlotState::Disabled), changed: false });
    assert_eq!(read_device(lock.ieee, &write_device(&lock)).unwrap().codes, lock.codes);
}

#[test]
fn rows_come_back_as_written() {
    for (kind, row, shown) in rows() {
        assert_eq!(read(&kind, &row), Ok(shown));
    }
}

/// `UPDATE=1` writes the file anew: only for rows that no released hub has written.
#[test]
fn rows_of_version_1_stay_readable() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/rows-1.hex");
    if std::env::var_os("UPDATE").is_some() {
        let mut text = String::new();
        for (kind, row, shown) in rows() {
            write!(text, "{kind} ").unwrap();
            row.iter().for_each(|byte| write!(text, "{byte:02x}").unwrap());
            writeln!(text, "\n    {shown}").unwrap();
        }
        std::fs::write(path, text).unwrap();
    }
    let text = std::fs::read_to_string(path).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert!(lines.len() >= 38, "the file lost rows");
    for pair in lines.chunks(2) {
        let (kind, hex) = pair[0].split_once(' ').unwrap();
        let bytes: Vec<u8> =
            (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
        assert_eq!(read(kind, &bytes).as_deref(), Ok(pair[1].trim()));
    }
}

#[test]
fn a_field_of_a_later_hub_is_passed_over() {
    let mut row = write_user(&user()).to_vec();
    assert_eq!(row[1], 0x83, "an array of three");
    row[1] = 0x84;
    row.push(0x18);
    row.push(0x2A);
    assert_eq!(read_user("anna", &row), Ok(user()));
    row[0] = 2;
    assert_eq!(read_user("anna", &row), Err(RowError::Version(2)));
}

#[test]
fn a_name_that_is_none_today_gives_way_to_the_address() {
    let ieee = device().ieee;
    let row = encode(&("stick", "a/b", Some("c/d"), true));
    let read = read_device(ieee, &row).unwrap();
    assert_eq!((read.name.as_str(), read.room), ("0x00158d0001234567", None));
}

#[test]
fn each_setting_has_a_place_of_its_own() {
    let audience = || "alexa_home".parse().unwrap();
    let settings = [
        Setting::Policy,
        Setting::Engine,
        Setting::Paused,
        Setting::Names,
        Setting::Pairing,
        Setting::Pin,
        Setting::Push(audience()),
    ];
    for setting in settings {
        let place = place_of(&setting);
        let secret = matches!(setting, Setting::Names | Setting::Pairing | Setting::Pin | Setting::Push(_));
        assert_eq!(place.secret, secret, "{setting:?}");
        assert_eq!(setting_at(secret, &place.name), Ok(setting));
        setting_at(!secret, &place.name).unwrap_err();
    }
    for bad in ["", "policy/x", "engine/x", "push/alexa_home", "pin"] {
        setting_at(false, bad).unwrap_err();
    }
}

#[test]
fn no_secret_prints() {
    let value = Value::new(b"argon2id".to_vec());
    let shown = format!("{:?} {value:?} {:?} {:?}", user(), message(), write_device(&device()).len());
    assert!(!shown.contains("argon2id") && !shown.contains("aGFz") && !shown.contains("97, 114"), "{shown}");
}

proptest! {
    #[test]
    fn any_bytes_are_a_row_or_an_error(mut bytes: Vec<u8>, versioned: bool) {
        if let (true, Some(version)) = (versioned, bytes.first_mut()) {
            *version = VERSION;
        }
        for kind in ["number", "device", "latest", "user", "message", "setting", "network", "event"] {
            let _ = read(kind, &bytes);
        }
    }

    #[test]
    fn a_changed_row_never_panics(at: usize, byte: u8) {
        for (kind, row, _) in rows() {
            let mut row = row.to_vec();
            let at = at % row.len();
            row[at] = byte;
            let _ = read(&kind, &row);
        }
    }
}
