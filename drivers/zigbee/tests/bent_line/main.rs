//! The whole driver, from bytes to events, on a line that bends and loses frames: no command is lost, none hears two ends,
//! and none holds up the next for long. One seed is one course of things; there are many.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests, outside test functions"
)]

mod house;

use std::time::Duration;

use home::{Action, CentiCelsius, Delivery, Failure, Ieee};
use house::{Fate, House};
use sim::{Kind, Scenario};

const COMMANDS: i16 = 60;
const THERMOSTATS: u16 = 10;
/// Write attributes (ZCL 8, 2.5.3), as the diary of a device calls it.
const WRITE: &str = "0201/global/02";
const UNLOCK: &str = "0101/cluster/01";

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn scenario(seed: u64) -> Scenario {
    Scenario { instant: true, still: true, bolt: ms(50), seed, ..Scenario::default() }
}

fn setpoint(centi: i16) -> Action {
    Action::Setpoint(CentiCelsius(centi))
}

/// Sixty setpoints at four a second over ten thermostats, with this on the line. Gives what became of them.
fn sixty(scenario: Scenario, fault: &str) -> (House, Vec<Fate>) {
    let mut house = House::furnished(&scenario.with(Kind::Thermostat, THERMOSTATS));
    house.tell(fault);
    for number in 0..COMMANDS {
        let device = house.devices[usize::try_from(number).unwrap() % house.devices.len()];
        house.act(device, setpoint(1000 + number));
        house.pass(ms(250));
    }
    house.pass(Duration::from_secs(60));
    let fates = std::mem::take(&mut house.fates);
    (house, fates)
}

/// How long each command took, from all seeds, the shortest first. Each must have been done.
fn times(seeds: u64, fault: &str) -> Vec<Duration> {
    let mut times = Vec::new();
    for seed in 0..seeds {
        let (mut house, fates) = sixty(scenario(seed), fault);
        for fate in &fates {
            let [(took, Delivery::Delivered)] = fate.ends[..] else { panic!("seed {seed}, {fault}: {fate:?}") };
            times.push(took);
        }
        for device in house.devices.clone() {
            let given = fates.iter().filter(|fate| fate.device == device).count();
            let heard = house.heard(device, WRITE);
            assert!(heard >= given.try_into().unwrap(), "seed {seed}: {device} heard {heard} of {given}");
        }
    }
    times.sort();
    times
}

#[test]
fn bent_frames_lose_no_setpoint_and_delay_none_by_a_second() {
    let times = times(40, "fault flip=0.02");
    let (p99, worst) = (times[times.len() * 99 / 100], times[times.len() - 1]);
    println!("{} setpoints, p99 {p99:?}, worst {worst:?}", times.len());
    assert!(worst > Duration::ZERO, "something was bent");
    assert!(p99 <= ms(500), "{p99:?}");
    assert!(worst < ms(1000), "{worst:?}");
}

#[test]
fn lost_confirms_and_answers_of_the_stick_delay_no_setpoint_by_a_second() {
    for fault in ["fault drop-confirm=0.05", "fault late-confirm=0.05", "fault drop-srsp=0.02", "fault noise=0.05"] {
        let times = times(10, fault);
        let worst = times[times.len() - 1];
        assert!(worst < ms(1000), "{fault}: {worst:?}");
    }
}

/// Setpoints that come faster than they can be done: the device ends up with the last of them, and each hears one end.
#[test]
fn of_setpoints_that_overtake_each_other_each_hears_one_end() {
    for seed in 0..40 {
        let mut house = House::furnished(&scenario(seed).with(Kind::Thermostat, 1));
        let device = house.devices[0];
        house.tell("fault flip=0.2");
        for number in 0..COMMANDS {
            house.act(device, setpoint(1000 + number));
            house.pass(ms(20));
        }
        house.pass(Duration::from_secs(30));
        house.tell("fault none");
        // The device speaks, should it be taken for asleep, and what was pending comes to an end.
        house.tell("report thermostat-1 local_temperature 1900");
        house.pass(Duration::from_secs(2 * 3600));
        for fate in &house.fates {
            let is_end = |end| matches!(end, Delivery::Delivered | Delivery::Failed(Failure::Superseded));
            assert!(matches!(fate.ends[..], [(_, end)] if is_end(end)), "seed {seed}: {fate:?}");
        }
        let last = house.fates.last().map(|fate| fate.ends[0].1);
        assert_eq!(last, Some(Delivery::Delivered), "seed {seed}");
    }
}

#[test]
fn an_unlock_is_never_sent_twice() {
    let mut unclear = 0;
    for seed in 0..20 {
        let mut house = House::furnished(&scenario(seed).with(Kind::Lock, 1));
        let lock: Ieee = house.devices[0];
        house.tell("fault flip=0.1");
        for turn in 1..=5 {
            house.act(lock, Action::Unlock(None));
            house.pass(Duration::from_secs(20));
            assert!(house.heard(lock, UNLOCK) <= turn, "seed {seed}");
        }
        house.pass(Duration::from_secs(60));
        for fate in &house.fates {
            assert!(fate.ends.len() == 1, "seed {seed}: {fate:?}");
            unclear += usize::from(fate.ends[0].1 == Delivery::Failed(Failure::Unclear));
        }
    }
    assert!(unclear > 0, "answers were lost");
}
