//! Who is there, what is served, and how often the house hears of it.

use home::Reading;

use super::bench::*;
use super::*;

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn a_silent_device_is_asked_and_missed_after_two_questions() {
    let mut model = Model::thermostat();
    let mut bench = Bench::with(&mut model);
    bench.pass(secs(500));
    assert!(bench.request().is_none());
    let mut asked = 0;
    for _ in 0..180 {
        bench.pass(secs(1));
        while let Some(request) = bench.request() {
            let Request::Data { tag, frame } = request else { continue };
            assert_eq!((frame.cluster, &frame.payload[2..]), (0x0000, &[0x00, 0x00, 0x00][..]));
            asked += 1;
            assert_eq!(bench.events(), [], "one miss is none");
            bench.word(tag, Err(SendError::NotDelivered(0xE9)));
        }
    }
    assert_eq!(asked, 2);
    assert_eq!(bench.events(), [Event::Unreachable { device: DEVICE }]);
    bench.frame(1, 0x0201, &[0x18, 0x2A, 0x0A, 0x00, 0x00, 0x29, 0x66, 0x08]);
    assert_eq!(bench.readings().len(), 1);
}

#[test]
fn a_device_that_answers_is_there() {
    let mut model = Model::thermostat();
    model.values.insert((0, 0), Value::uint8(8));
    let mut bench = Bench::with(&mut model);
    for _ in 0..100 {
        bench.pass(secs(60));
        bench.serve(&mut model);
    }
    assert!(!bench.events().iter().any(|event| matches!(event, Event::Unreachable { .. })));
    let pings = model.taken.iter().filter(|(_, bytes)| bytes[2..] == [0, 0, 0]).count();
    assert!((8..=10).contains(&pings), "{pings}");
}

#[test]
fn a_sleeping_device_is_left_to_sleep() {
    let mut bench = Bench::with(&mut Model::sleeping_thermostat());
    bench.pass(secs(100_000));
    assert!(bench.request().is_none());
    assert_eq!(bench.events(), []);
}

#[test]
fn life_signs_are_told_now_and_then() {
    let mut bench = Bench::with(&mut Model::thermostat());
    bench.pass(secs(60));
    let mut told = 0;
    for sequence in 0..100 {
        // A read of our clock says nothing about the house.
        bench.frame(1, 0x000A, &[0x10, sequence, 0x00, 0x00, 0x00]);
        told += bench.events().len();
        bench.pass(secs(1));
        bench.frames();
    }
    assert_eq!(told, 4);
}

#[test]
fn after_a_restart_locks_are_read_first_and_sleepers_when_they_speak() {
    let mut known = Vec::new();
    for (number, mut model) in [Model::thermostat(), Model::lock(), Model::contact()].into_iter().enumerate() {
        model.ieee = home::Ieee(number as u64 + 1);
        model.nwk = 0x1000 + u16::try_from(number).unwrap();
        let mut bench = Bench::new();
        bench.join(&mut model);
        let record = bench.events().into_iter().rev().find_map(|event| match event {
            Event::DeviceRecord { record, .. } => Some(record),
            _ => None,
        });
        known.push((model.ieee, record.unwrap()));
    }
    let mut bench = Bench::knowing(known);
    let clusters: Vec<_> = bench.frames().iter().map(|(cluster, _)| *cluster).collect();
    assert_eq!(clusters, [0x0101, 0x0201]);
    bench.hears(data(0x1002, 1, 0x0500, &[0x19, 0x01, 0x00, 0x01, 0x00, 0x00, 0xFF, 0x00, 0x00]));
    assert_eq!(bench.readings().first(), Some(&Reading::Contact(Some(false))));
    assert_eq!(bench.frames().iter().map(|(cluster, _)| *cluster).collect::<Vec<_>>(), [0x0500]);
}

#[test]
fn the_time_is_served_to_devices() {
    let mut bench = Bench::with(&mut Model::thermostat());
    bench.frame(1, 0x000A, &[0x00, 0x42, 0x00, 0x00, 0x00]);
    let (_, answer) = bench.sent();
    let seconds = u32::try_from(bench.now.wall.seconds() - 946_684_800).unwrap();
    let expected = [&[0x18, 0x42, 0x01, 0x00, 0x00, 0x00, 0xE2][..], &seconds.to_le_bytes()].concat();
    assert_eq!(answer.payload[..], expected);
}

#[test]
fn an_answer_does_not_wait_for_the_devices_own_answer() {
    let mut bench = Bench::with(&mut Model::thermostat());
    for (number, action) in [
        home::Action::Setpoint(home::CentiCelsius(2000)),
        home::Action::Calibration(home::DeciKelvin(1)),
        home::Action::Mode(home::thermostat::SystemMode::Off),
    ]
    .into_iter()
    .enumerate()
    {
        bench.act(number as u64, action);
        let (tag, _) = bench.sent();
        bench.word(tag, Ok(()));
    }
    bench.act(9, home::Action::Setpoint(home::CentiCelsius(2200)));
    assert!(bench.request().is_none(), "three answers are awaited: that is enough");
    bench.frame(1, 0x000A, &[0x00, 0x42, 0x00, 0x00, 0x00]);
    assert_eq!(bench.sent().1.cluster, 0x000A);
}
