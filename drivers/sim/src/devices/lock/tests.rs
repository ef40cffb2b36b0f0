use std::time::Duration;

use zigbee::zcl::{Command, Direction};

use super::super::attribute::Attributes;
use super::super::model::Notice;
use super::*;

const BUILD: Build = Build { bolt: Duration::from_millis(500), pin_required: false, relock: 0 };

struct Bench {
    lock: Lock,
    attributes: Attributes,
    notices: Vec<Notice>,
}

impl Bench {
    fn new(build: Build) -> Self {
        let mut attributes = Attributes::default();
        attributes.extend(Lock::attributes(build));
        Self { lock: Lock::new(build), attributes, notices: Vec::new() }
    }

    fn send(&mut self, ms: u64, command: u8, payload: &[u8]) -> Vec<u8> {
        let frame = Frame::decode(&[&[0x01, 0x07, command], payload].concat()).unwrap();
        let now = Duration::from_millis(ms);
        let mut scene = Scene { now, attributes: &mut self.attributes, notices: &mut self.notices };
        match self.lock.command(&mut scene, CLUSTER, &frame) {
            Some(Reaction::Answer(request)) => request.answer(&frame.header).encode(),
            other => panic!("{other:?}"),
        }
    }

    fn at(&mut self, ms: u64) -> i64 {
        let now = Duration::from_millis(ms);
        let mut scene = Scene { now, attributes: &mut self.attributes, notices: &mut self.notices };
        self.lock.advance(&mut scene);
        self.attributes.number(STATE)
    }

    fn events(&mut self) -> Vec<ToClient> {
        let decode = |notice: Notice| {
            let frame = notice.request.frame(0);
            assert_eq!(frame.header.direction, Direction::ToClient);
            ToClient::decode(frame.header.command, &frame.payload).unwrap()
        };
        self.notices.drain(..).map(decode).collect()
    }
}

#[test]
fn the_bolt_takes_its_time_and_a_second_unlock_does_not_move_it() {
    let mut bench = Bench::new(BUILD);
    assert_eq!(bench.send(0, 0x01, &[0]), [0x19, 0x07, 0x01, 0x00]);
    assert_eq!(bench.at(499), 1, "accepted is not unlocked");
    assert_eq!(bench.at(500), 2);
    // Without the PIN field at all.
    assert_eq!(bench.send(600, 0x01, &[]), [0x19, 0x07, 0x01, 0x00]);
    assert_eq!(bench.at(1100), 2);
    assert_eq!(bench.lock.unlocks, (2, 1));
    let events = bench.events();
    assert!(matches!(&events[..], [ToClient::OperationEvent(event), _] if event.code == OperationCode::Unlock));
}

#[test]
fn a_jam_shows_as_not_fully_locked() {
    let mut bench = Bench::new(BUILD);
    bench.lock.jammed = true;
    bench.send(0, 0x01, &[0]);
    assert_eq!(bench.at(500), 0);
    assert_eq!(bench.notices.first().map(|notice| notice.cluster), Some(alarms::CLUSTER));
    assert_eq!(bench.lock.unlocks, (1, 0));
}

#[test]
fn a_required_pin_must_be_a_users() {
    let mut bench = Bench::new(Build { pin_required: true, ..BUILD });
    assert_eq!(bench.send(0, 0x01, &[0]), [0x19, 0x07, 0x01, 0x01]);
    let set = [0x03, 0x00, 0x01, 0x00, 0x04, 0x31, 0x32, 0x33, 0x34];
    assert_eq!(bench.send(0, 0x05, &set), [0x19, 0x07, 0x05, 0x00]);
    assert_eq!(bench.send(0, 0x01, &[4, 0x31, 0x32, 0x33, 0x35]), [0x19, 0x07, 0x01, 0x01]);
    assert_eq!(bench.send(0, 0x01, &[4, 0x31, 0x32, 0x33, 0x34]), [0x19, 0x07, 0x01, 0x00]);
    assert_eq!(bench.at(500), 2);
    let twice = [0x04, 0x00, 0x01, 0x00, 0x04, 0x31, 0x32, 0x33, 0x34];
    assert_eq!(bench.send(500, 0x05, &twice), [0x19, 0x07, 0x05, 0x03]);
    let saved = bench.lock.save();
    let mut other = Lock::new(BUILD);
    other.load(&saved);
    assert_eq!(other.pins.user_of(b"1234"), Some(3));
}

#[test]
fn it_locks_by_itself() {
    let mut bench = Bench::new(Build { relock: 30, ..BUILD });
    bench.send(0, 0x01, &[0]);
    bench.at(500);
    assert_eq!(bench.at(30_500), 2);
    assert_eq!(bench.at(31_000), 1);
    let mut bench = Bench::new(BUILD);
    bench.send(0, 0x03, &[5, 0, 0]);
    assert_eq!(bench.at(500), 2);
    bench.at(5500);
    assert_eq!(bench.at(6000), 1);
}
