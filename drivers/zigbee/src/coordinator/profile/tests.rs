//! What values mean, whatever type they came in.

use home::lock::Bolt;
use home::{BatteryHalfPercent, CentiCelsius};

use super::*;
use crate::coordinator::record::{Clusters, Endpoint};
use crate::zcl::Text;

fn reads(cluster: u16, attribute: u16, value: &Value) -> Vec<Reading> {
    let mut readings = Vec::new();
    read(cluster, attribute, value, &Kept::default(), &mut readings);
    readings
}

#[test]
fn an_unknown_temperature_is_unknown_and_never_327_degrees_below() {
    let local = |value| reads(thermostat::CLUSTER, heat::LOCAL_TEMPERATURE, &value);
    assert_eq!(local(Value::int16(2150)), [Reading::LocalTemperature(Some(CentiCelsius(2150)))]);
    assert_eq!(local(Value::int16(-500)), [Reading::LocalTemperature(Some(CentiCelsius(-500)))]);
    assert_eq!(local(Value::int16(i16::MIN)), [Reading::LocalTemperature(None)]);
    assert_eq!(local(Value::int32(-32768)), [Reading::LocalTemperature(None)]);
}

#[test]
fn the_wire_type_counts() {
    let local = |value| reads(thermostat::CLUSTER, heat::LOCAL_TEMPERATURE, &value);
    assert_eq!(local(Value::uint16(2150)), [Reading::LocalTemperature(Some(CentiCelsius(2150)))]);
    assert_eq!(local(Value::uint16(60000)), []);
    assert_eq!(local(Value::string("21.5")), []);
    let text = Text::new(crate::zcl::TextKind::Octets, None).unwrap();
    assert_eq!(local(Value::Text(text)), []);
}

#[test]
fn a_lock_says_where_its_bolt_is_or_that_it_does_not_know() {
    let state = |code| reads(door_lock::CLUSTER, lock::LOCK_STATE, &Value::enum8(code));
    assert_eq!(state(1), [Reading::LockState(Some(Bolt::Locked))]);
    assert_eq!(state(2), [Reading::LockState(Some(Bolt::Unlocked))]);
    assert_eq!(state(0), [Reading::LockState(Some(Bolt::NotFullyLocked))]);
    assert_eq!(state(0xFF), [Reading::LockState(None)]);
    assert_eq!(state(7), [Reading::LockState(None)]);
}

#[test]
fn batteries_count_half_percents_but_for_some() {
    let mut readings = Vec::new();
    let yale = Kept { model: Some("YRD210 PB".to_owned()), ..Kept::default() };
    for (kept, raw) in [(&Kept::default(), 163), (&yale, 80), (&Kept::default(), 0xFF), (&Kept::default(), 201)] {
        read(power::CLUSTER, battery::BATTERY_PERCENTAGE_REMAINING, &Value::uint8(raw), kept, &mut readings);
    }
    let charge = |raw| Reading::Battery(Some(BatteryHalfPercent(raw)));
    assert_eq!(readings, [charge(163), charge(160), Reading::Battery(None), Reading::Battery(None)]);
}

#[test]
fn only_a_contact_speaks_of_doors() {
    let status = Value::bitmap16(0x0005);
    let attribute = ias_zone::attribute::ZONE_STATUS;
    assert_eq!(
        reads(ias_zone::CLUSTER, attribute, &status),
        [Reading::Tamper(Some(true)), Reading::BatteryLow(Some(false))]
    );
    let contact = Kept { zone_type: Some(0x0015), ..Kept::default() };
    let mut readings = Vec::new();
    read(ias_zone::CLUSTER, attribute, &status, &contact, &mut readings);
    assert_eq!(readings.first(), Some(&Reading::Contact(Some(false))));
}

#[test]
fn a_deaf_attribute_says_nothing() {
    let wyze = Kept { manufacturer: Some("Yunding".to_owned()), model: Some("Ford".to_owned()), ..Kept::default() };
    let mut readings = Vec::new();
    read(door_lock::CLUSTER, lock::LOCK_STATE, &Value::enum8(1), &wyze, &mut readings);
    assert_eq!(readings, []);
}

#[test]
fn clusters_tell_what_a_device_can_do() {
    let clusters = Clusters { profile: 0x0104, device: 10, served: vec![0, 1, 0x0101], used: vec![0x0201] };
    let kept = Kept { endpoints: Some(vec![Endpoint { number: 2, clusters: Some(clusters) }]), ..Kept::default() };
    assert_eq!(capabilities(&kept), BTreeSet::from([Capability::Lock, Capability::Battery]));
}
