//! Thermostats: reports in, setpoints out, byte for byte as captured.

use home::thermostat::{RunningState, SystemMode};
use home::{Action, CentiCelsius, DeciKelvin, Delivery, Failure, Percent, Reading};

use super::bench::*;
use super::*;

fn second() -> Duration {
    Duration::from_secs(1)
}

#[test]
fn a_captured_report_is_a_temperature() {
    let mut bench = Bench::with(&mut Model::thermostat());
    bench.frame(1, 0x0201, &[0x18, 0x2A, 0x0A, 0x00, 0x00, 0x29, 0x66, 0x08]);
    let events = bench.events();
    assert_eq!(readings(&events), [Reading::LocalTemperature(Some(CentiCelsius(2150)))]);
    let Some(Event::Report(report)) = events.first() else { panic!("{events:?}") };
    assert_eq!((report.device, report.link.map(|link| link.0)), (DEVICE, Some(180)));
    assert!(bench.request().is_none(), "the sender wants no default response");
}

#[test]
fn a_manufacturers_attribute_is_not_taken_for_the_standards() {
    let mut bench = Bench::with(&mut Model::thermostat());
    bench.pass(Duration::from_secs(60));
    bench.frame(1, 0x0201, &[0x1C, 0x46, 0x12, 0x2A, 0x0A, 0x00, 0x00, 0x29, 0x66, 0x08]);
    assert_eq!(bench.readings(), []);
}

#[test]
fn a_setpoint_goes_out_as_captured_and_is_delivered() {
    let mut bench = Bench::with(&mut Model::thermostat());
    bench.number_next(5);
    bench.act(1, Action::Setpoint(CentiCelsius(2150)));
    let (tag, frame) = bench.sent();
    assert_eq!((frame.nwk, frame.endpoint, frame.source, frame.cluster), (NWK, 1, 1, 0x0201));
    assert_eq!(frame.payload[..], [0x00, 0x05, 0x02, 0x12, 0x00, 0x29, 0x66, 0x08]);
    bench.word(tag, Ok(()));
    assert_eq!(bench.deliveries(), [], "acknowledged is not taken");
    bench.frame(1, 0x0201, &[0x18, 0x05, 0x04, 0x00]);
    assert_eq!(bench.deliveries(), [(1, Delivery::Delivered)]);
}

#[test]
fn a_setpoint_that_is_not_reported_is_read_back() {
    let mut bench = Bench::with(&mut Model::thermostat());
    bench.number_next(5);
    bench.act(1, Action::Setpoint(CentiCelsius(2150)));
    bench.frame(1, 0x0201, &[0x18, 0x05, 0x04, 0x00]);
    bench.frames();
    bench.pass(second() / 2);
    assert_eq!(bench.frames(), []);
    bench.pass(second());
    let (tag, frame) = bench.sent();
    assert_eq!(frame.payload[2..], [0x00, 0x12, 0x00]);
    bench.word(tag, Ok(()));
    bench.frame(1, 0x0201, &[0x18, frame.payload[1], 0x01, 0x12, 0x00, 0x00, 0x29, 0x66, 0x08]);
    assert_eq!(bench.readings(), [Reading::OccupiedHeatingSetpoint(Some(CentiCelsius(2150)))]);
}

#[test]
fn a_setpoint_that_is_reported_is_not_read_back() {
    let mut bench = Bench::with(&mut Model::thermostat());
    bench.number_next(5);
    bench.act(1, Action::Setpoint(CentiCelsius(2150)));
    bench.frame(1, 0x0201, &[0x18, 0x05, 0x04, 0x00]);
    bench.frame(1, 0x0201, &[0x18, 0x2B, 0x0A, 0x12, 0x00, 0x29, 0x66, 0x08]);
    bench.frames();
    bench.pass(5 * second());
    assert_eq!(bench.frames(), []);
}

#[test]
fn a_refusal_is_told_with_the_devices_own_status() {
    let mut bench = Bench::with(&mut Model::thermostat());
    for (number, payload) in [
        (1, vec![0x18, 7, 0x04, 0x87, 0x12, 0x00]),
        (2, vec![0x18, 7, 0x0B, 0x02, 0x88]),
        (3, vec![0x18, 7, 0x04, 0x00, 0x12, 0x00]),
    ] {
        bench.number_next(7);
        bench.act(number, Action::Setpoint(CentiCelsius(2000 + i16::try_from(number).unwrap())));
        bench.frame(1, 0x0201, &payload);
        bench.frames();
    }
    let expected = [
        (1, Delivery::Failed(Failure::Rejected(0x87))),
        (2, Delivery::Failed(Failure::Rejected(0x88))),
        (3, Delivery::Delivered),
    ];
    assert_eq!(bench.deliveries(), expected);
}

#[test]
fn mode_and_calibration_are_written_with_their_types() {
    let mut bench = Bench::with(&mut Model::thermostat());
    bench.act(1, Action::Mode(SystemMode::Off));
    let (tag, mode) = bench.sent();
    assert_eq!(mode.payload[2..], [0x02, 0x1C, 0x00, 0x30, 0x00]);
    bench.word(tag, Ok(()));
    bench.act(2, Action::Calibration(DeciKelvin(-15)));
    let (_, calibration) = bench.sent();
    assert_eq!(calibration.payload[2..], [0x02, 0x10, 0x00, 0x28, 0xF1]);
}

#[test]
fn all_values_come_from_one_interview() {
    let mut bench = Bench::new();
    bench.join(&mut Model::thermostat());
    let readings = bench.readings();
    for expected in [
        Reading::SystemMode(Some(SystemMode::Heat)),
        Reading::RunningState(Some(RunningState::Heat)),
        Reading::PiHeatingDemand(Some(Percent(40))),
        Reading::MaxHeatSetpointLimit(Some(CentiCelsius(3000))),
        Reading::LocalTemperatureCalibration(Some(DeciKelvin(-5))),
    ] {
        assert!(readings.contains(&expected), "{expected:?} in {readings:?}");
    }
}

#[test]
fn a_device_without_a_thermostat_can_not_be_set() {
    let mut bench = Bench::with(&mut Model::lock());
    bench.act(1, Action::Setpoint(CentiCelsius(2150)));
    assert_eq!(bench.deliveries(), [(1, Delivery::Failed(Failure::NotCapable))]);
}

#[test]
fn reading_ends_with_the_last_value() {
    let mut model = Model::thermostat();
    let mut bench = Bench::with(&mut model);
    bench.order(4, home::OrderKind::Read(DEVICE));
    bench.serve(&mut model);
    let events = bench.events();
    assert_eq!(readings(&events).len(), 8);
    assert!(matches!(events.last(), Some(Event::Delivery { delivery: Delivery::Delivered, .. })));
}
