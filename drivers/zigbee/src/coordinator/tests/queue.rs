//! Devices that sleep, frames that get lost, and who is served when.

use home::thermostat::SystemMode;
use home::{Action, CentiCelsius, Delivery, Failure, Ieee, OrderKind};

use super::bench::*;
use super::*;

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn setpoint(centi: i16) -> Action {
    Action::Setpoint(CentiCelsius(centi))
}

/// A valve that was just tried and slept.
fn dozing() -> Bench {
    let mut bench = Bench::with(&mut Model::sleeping_thermostat());
    // Until it is no longer taken for awake.
    bench.pass(secs(60));
    bench.number_next(5);
    bench.act(1, setpoint(2100));
    let (tag, _) = bench.sent();
    assert_eq!(bench.deliveries(), [], "whether it sleeps is not known before it was tried");
    bench.pass(secs(8));
    bench.word(tag, Err(SendError::Asleep));
    bench
}

const REPORT: [u8; 8] = [0x18, 0x2A, 0x0A, 0x00, 0x00, 0x29, 0x66, 0x08];

#[test]
fn a_setpoint_waits_until_the_device_checks_in() {
    let mut bench = dozing();
    // An hour between check-ins and a tenth, less the 8 s that the first try took.
    assert_eq!(bench.deliveries(), [(1, Delivery::Queued(secs(3960 - 8)))]);
    bench.pass(secs(60));
    assert_eq!(bench.frames(), []);
    bench.frame(1, 0x0020, &[0x09, 0x77, 0x00]);
    let frames = bench.frames();
    assert_eq!(frames.len(), 1, "one frame to a destination at once");
    assert_eq!(frames[0], (0x0020, vec![0x11, 0x77, 0x00, 0x01, 0x28, 0x00]), "stay awake");
}

#[test]
fn fast_polling_ends_as_soon_as_nothing_waits() {
    let mut model = Model::sleeping_thermostat();
    let mut bench = dozing();
    model.taken.clear();
    bench.frame(1, 0x0020, &[0x09, 0x77, 0x00]);
    bench.serve(&mut model);
    let sent: Vec<_> = model.taken.iter().map(|(cluster, bytes)| (*cluster, bytes[2])).collect();
    assert_eq!(sent, [(0x0020, 0x00), (0x0201, 0x02), (0x0020, 0x01)]);
    assert!(bench.deliveries().contains(&(1, Delivery::Delivered)));
    model.taken.clear();
    bench.frame(1, 0x0020, &[0x09, 0x78, 0x00]);
    bench.serve(&mut model);
    let expected = (0x0020, vec![0x11, 0x78, 0x00, 0x00, 0x00, 0x00]);
    assert_eq!(model.taken.last(), Some(&expected), "nothing waits: it may sleep at once");
}

#[test]
fn any_frame_shows_that_a_device_is_awake() {
    let mut bench = dozing();
    bench.frame(1, 0x0201, &REPORT);
    let (_, frame) = bench.sent();
    assert_eq!(frame.payload[2..], [0x02, 0x12, 0x00, 0x29, 0x34, 0x08]);
    assert_ne!(frame.payload[1], 5, "hours later, under a number of its own");
}

#[test]
fn of_two_setpoints_only_the_newer_waits() {
    let mut bench = dozing();
    bench.deliveries();
    bench.act(2, Action::Mode(SystemMode::Off));
    let (tag, _) = bench.sent();
    bench.word(tag, Err(SendError::Asleep));
    bench.act(3, setpoint(1900));
    let (tag, _) = bench.sent();
    bench.word(tag, Err(SendError::Asleep));
    let deliveries = bench.deliveries();
    assert!(deliveries.contains(&(1, Delivery::Failed(Failure::Superseded))), "{deliveries:?}");
    assert!(matches!(deliveries.last(), Some((3, Delivery::Queued(_)))), "{deliveries:?}");
    let mut model = Model::sleeping_thermostat();
    bench.frame(1, 0x0201, &REPORT);
    bench.serve(&mut model);
    let written: Vec<_> = model.taken.iter().map(|(_, bytes)| bytes[3]).collect();
    assert_eq!(written, [0x1C, 0x12], "the mode was asked for first");
}

#[test]
fn what_waited_too_long_is_given_up() {
    let mut bench = dozing();
    bench.deliveries();
    bench.pass(secs(3960));
    assert_eq!(bench.deliveries(), [(1, Delivery::Failed(Failure::Expired))]);
    bench.frame(1, 0x0201, &REPORT);
    assert_eq!(bench.frames(), []);
}

#[test]
fn a_device_that_takes_the_first_try_never_shows_as_waiting() {
    let mut model = Model::sleeping_thermostat();
    let mut bench = Bench::with(&mut model);
    bench.act(1, setpoint(2100));
    bench.serve(&mut model);
    assert_eq!(bench.deliveries(), [(1, Delivery::Delivered)]);
}

#[test]
fn a_lost_confirmation_holds_nothing_once_the_device_answered() {
    let mut bench = Bench::with(&mut Model::thermostat());
    bench.number_next(5);
    bench.act(1, setpoint(2100));
    let (lost, _) = bench.sent();
    bench.act(2, Action::Mode(SystemMode::Off));
    assert!(bench.request().is_none(), "one frame to a destination at once");
    bench.frame(1, 0x0201, &[0x18, 0x05, 0x04, 0x00]);
    assert_eq!(bench.deliveries(), [(1, Delivery::Delivered)]);
    assert_eq!(bench.sent().1.payload[2], 0x02, "its place is free at once");
    bench.word(lost, Err(SendError::Unclear));
    assert_eq!(bench.deliveries(), [], "the late word changes nothing");
}

#[test]
fn an_adapter_that_never_says_a_word_runs_out_of_places_and_gets_them_back() {
    let mut bench = crowd();
    for number in 1..=16 {
        act_on(&mut bench, number);
    }
    bench.frames();
    act_on(&mut bench, 17);
    assert!(bench.request().is_none(), "sixteen are under way");
    bench.pass(secs(4));
    let next = bench.hub.ncp.requests.iter().any(|r| matches!(r, Request::Data { frame, .. } if frame.nwk == 17));
    assert!(next, "their time is over");
}

#[test]
fn a_lost_answer_does_not_hold_back_the_next_command() {
    let mut bench = Bench::with(&mut Model::thermostat());
    bench.act(1, setpoint(2100));
    let (tag, _) = bench.sent();
    bench.word(tag, Ok(()));
    bench.act(2, setpoint(2200));
    assert_eq!(bench.deliveries(), [(1, Delivery::Failed(Failure::Superseded))]);
    let (tag, newer) = bench.sent();
    assert_eq!(newer.payload[6..], [0x98, 0x08]);
    bench.word(tag, Ok(()));
    bench.frame(1, 0x0201, &[0x18, newer.payload[1], 0x04, 0x00]);
    assert_eq!(bench.deliveries(), [(2, Delivery::Delivered)]);
    for _ in 0..10 {
        bench.pass(secs(1));
        let written = bench.frames().into_iter().find(|(_, bytes)| bytes[2] == 0x02);
        assert_eq!(written, None, "the older value must not come after the newer");
    }
}

#[test]
fn a_write_without_answer_is_sent_three_times() {
    let mut bench = Bench::with(&mut Model::thermostat());
    bench.act(1, setpoint(2100));
    // It answered at once so far.
    for wait in [250, 500, 3000] {
        let (tag, _) = bench.sent();
        bench.word(tag, Ok(()));
        bench.pass(Duration::from_millis(wait - 1));
        assert!(bench.request().is_none());
        bench.pass(Duration::from_millis(1));
    }
    assert_eq!(bench.deliveries(), [(1, Delivery::Failed(Failure::Unclear))]);
}

#[test]
fn a_lost_word_on_a_frame_is_not_waited_for_if_the_device_was_fast_a_moment_ago() {
    let mut bench = Bench::with(&mut Model::sleeping_thermostat());
    bench.act(1, setpoint(2100));
    let (lost, first) = bench.sent();
    bench.pass(Duration::from_millis(499));
    assert!(bench.request().is_none());
    bench.pass(Duration::from_millis(1));
    let (tag, second) = bench.sent();
    assert_eq!(first.payload, second.payload);
    bench.word(lost, Err(SendError::Unclear));
    bench.word(tag, Ok(()));
    bench.frame(1, 0x0201, &[0x18, first.payload[1], 0x04, 0x00]);
    assert_eq!(bench.deliveries(), [(1, Delivery::Delivered)]);
    // Later it may sleep.
    bench.pass(secs(62));
    bench.frames();
    bench.act(2, setpoint(2200));
    let (tag, _) = bench.sent();
    bench.pass(Duration::from_millis(8_900));
    assert!(bench.request().is_none());
    bench.word(tag, Err(SendError::Asleep));
    assert!(matches!(bench.deliveries()[..], [(2, Delivery::Queued(_))]));
}

#[test]
fn a_reply_of_which_nothing_is_heard_holds_nothing_up_and_is_no_sign_of_sleep() {
    let mut bench = Bench::with(&mut Model::sleeping_thermostat());
    bench.pass(secs(60));
    bench.frame(1, 0x000A, &[0x00, 0x42, 0x00, 0x00, 0x00]);
    let (_, reply) = bench.sent();
    assert_eq!(reply.cluster, 0x000A);
    bench.act(1, setpoint(2100));
    assert!(bench.request().is_none(), "one frame to a destination at once");
    bench.pass(secs(2));
    assert_eq!(bench.sent().1.payload[2..], [0x02, 0x12, 0x00, 0x29, 0x34, 0x08]);
    assert_eq!(bench.deliveries(), []);
}

#[test]
fn a_late_answer_to_the_first_try_counts() {
    let mut bench = Bench::with(&mut Model::thermostat());
    bench.act(1, setpoint(2100));
    let (tag, first) = bench.sent();
    bench.word(tag, Ok(()));
    bench.pass(secs(1));
    let (_, second) = bench.sent();
    assert_eq!(first.payload, second.payload);
    bench.frame(1, 0x0201, &[0x18, first.payload[1], 0x04, 0x00]);
    assert_eq!(bench.deliveries(), [(1, Delivery::Delivered)]);
}

#[test]
fn a_bad_way_is_looked_for_anew_before_the_device_is_given_up() {
    let mut bench = Bench::with(&mut Model::thermostat());
    bench.act(1, setpoint(2100));
    let mut seen = Vec::new();
    for _ in 0..10 {
        while let Some(request) = bench.request() {
            match request {
                Request::Data { tag, .. } => {
                    seen.push("frame");
                    bench.word(tag, Err(SendError::NotDelivered(0xE9)));
                }
                Request::DiscoverRoute { tag, nwk: NWK } => {
                    seen.push("route");
                    bench.word(tag, Ok(()));
                }
                Request::Zdo { tag, request: ZdoRequest::NetworkAddress { ieee: DEVICE } } => {
                    seen.push("address");
                    bench.hears(Indication::Zdo { tag, result: Err(SendError::Zdo(0x81)) });
                }
                other => panic!("{other:?}"),
            }
        }
        bench.pass(secs(1));
    }
    assert_eq!(seen, ["frame", "route", "frame", "address", "frame"]);
    assert_eq!(bench.deliveries(), [(1, Delivery::Failed(Failure::Unreachable))]);
}

/// Thirty awake devices.
fn crowd() -> Bench {
    let mut bench = Bench::new();
    for number in 1..=30 {
        let mut model = Model::thermostat();
        model.ieee = Ieee(number);
        model.nwk = u16::try_from(number).unwrap();
        bench.join(&mut model);
    }
    bench.events();
    bench
}

fn act_on(bench: &mut Bench, number: u64) {
    bench.order(number, OrderKind::Act { device: Ieee(number), action: setpoint(2100) });
}

#[test]
fn sixteen_frames_are_under_way_at_most_and_turns_are_fair() {
    let mut bench = crowd();
    for number in 1..=30 {
        act_on(&mut bench, number);
        act_on(&mut bench, number);
    }
    assert_eq!(bench.hub.ncp.requests.len(), 16);
    let mut order = Vec::new();
    while let Some(Request::Data { tag, frame }) = bench.request() {
        order.push(frame.nwk);
        bench.word(tag, Ok(()));
        assert!(bench.hub.ncp.requests.len() <= 16);
    }
    let first: Vec<_> = order.iter().take(30).copied().collect();
    assert_eq!(first, (1..=30).collect::<Vec<_>>(), "everybody once before anybody twice");
}

#[test]
fn one_dead_device_does_not_hold_back_others() {
    let mut bench = crowd();
    for number in 1..=10 {
        act_on(&mut bench, number);
    }
    let waiting: Vec<_> = bench.hub.ncp.requests.drain(..).collect();
    assert_eq!(waiting.len(), 10, "all are sent though none was confirmed");
}

#[test]
fn too_many_commands_for_one_device_are_refused() {
    let mut bench = Bench::with(&mut Model::lock());
    for slot in 0..100 {
        bench.act(u64::from(slot), Action::ClearPin { slot });
    }
    let refused = bench.deliveries();
    assert_eq!(refused.len(), 100 - 33);
    assert!(refused.iter().all(|(_, delivery)| *delivery == Delivery::Failed(Failure::Busy)));
}

#[test]
fn a_setpoint_outlives_a_stick_that_is_unplugged() {
    let mut model = Model::thermostat();
    let mut bench = Bench::with(&mut model);
    bench.act(1, setpoint(2100));
    let (tag, _) = bench.sent();
    bench.hears(Indication::Down { reason: "unplugged".to_owned() });
    bench.word(tag, Err(SendError::LinkDown));
    bench.pass(secs(3));
    assert!(bench.request().is_none());
    bench.up();
    bench.pass(secs(1));
    bench.serve(&mut model);
    assert!(bench.deliveries().contains(&(1, Delivery::Delivered)));
}

#[test]
fn a_busy_adapter_is_asked_again() {
    let mut bench = Bench::with(&mut Model::thermostat());
    bench.act(1, setpoint(2100));
    let (tag, _) = bench.sent();
    bench.word(tag, Err(SendError::Busy));
    bench.pass(secs(1));
    assert!(bench.request().is_none());
    bench.pass(secs(1));
    bench.sent();
    assert_eq!(bench.deliveries(), []);
}

#[test]
fn an_unknown_device_is_said_to_be() {
    let mut bench = Bench::new();
    bench.act(1, setpoint(2100));
    assert_eq!(bench.deliveries(), [(1, Delivery::Failed(Failure::Unreachable))]);
}
