//! Locks: nothing is shown that the lock did not say, nothing dangerous is sent twice.

use home::codes::{Limits, SlotState};
use home::lock::{Bolt, Happening, Pin, Source};
use home::{Action, BatteryHalfPercent, Delivery, Failure, Reading};

use super::bench::*;
use super::*;

const LOCKED: Reading = Reading::LockState(Some(Bolt::Locked));
const UNLOCKED: Reading = Reading::LockState(Some(Bolt::Unlocked));

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn unlock(pin: &str) -> Action {
    Action::Unlock(Some(Pin::new(pin).unwrap()))
}

/// A lock that may sleep: its interview is a while ago.
fn lock() -> Bench {
    let mut bench = Bench::with(&mut Model::lock());
    bench.pass(secs(60));
    bench
}

/// An unlock whose frame the lock acknowledged, and its ZCL number.
fn acknowledged(bench: &mut Bench) -> u8 {
    bench.act(1, Action::Unlock(None));
    let (tag, frame) = bench.sent();
    bench.word(tag, Ok(()));
    frame.payload[1]
}

/// True if the only thing under way is a read of the bolt's state; it is answered with `state`.
fn answers_read(bench: &mut Bench, state: u8) -> bool {
    let Some(Request::Data { tag, frame }) = bench.request() else { return false };
    bench.word(tag, Ok(()));
    let is_read = frame.payload[2..] == [0x00, 0x00, 0x00];
    bench.frame(2, 0x0101, &[0x18, frame.payload[1], 0x01, 0x00, 0x00, 0x00, 0x30, state]);
    is_read && bench.request().is_none()
}

fn reports(bench: &mut Bench, state: u8) {
    bench.frame(2, 0x0101, &[0x18, 0x2A + state, 0x0A, 0x00, 0x00, 0x30, state]);
}

#[test]
fn an_unlock_goes_out_as_captured() {
    let mut bench = lock();
    bench.number_next(7);
    bench.act(1, unlock("1234"));
    let (_, frame) = bench.sent();
    assert_eq!((frame.endpoint, frame.cluster), (2, 0x0101), "on the endpoint that has the lock");
    assert_eq!(frame.payload[..], [0x01, 0x07, 0x01, 0x04, 0x31, 0x32, 0x33, 0x34]);
    assert_eq!(frame.resend, crate::ncp::Resend::Never);
}

#[test]
fn without_a_pin_an_empty_one_is_sent() {
    let mut bench = lock();
    bench.number_next(7);
    bench.act(1, Action::Lock(None));
    assert_eq!(bench.sent().1.payload[..], [0x01, 0x07, 0x00, 0x00]);
}

#[test]
fn a_pin_is_set_as_captured_and_cleared() {
    let mut bench = lock();
    bench.number_next(8);
    bench.act(1, Action::SetPin { slot: 3, pin: Pin::new("1234").unwrap(), name: None });
    let (tag, frame) = bench.sent();
    assert_eq!(frame.payload[..], [0x01, 0x08, 0x05, 0x03, 0x00, 0x01, 0x00, 0x04, 0x31, 0x32, 0x33, 0x34]);
    bench.word(tag, Ok(()));
    bench.frame(2, 0x0101, &[0x19, 0x08, 0x05, 0x03]);
    assert_eq!(bench.deliveries(), [(1, Delivery::Failed(Failure::Rejected(3)))], "another user has it");
    bench.number_next(9);
    bench.act(2, Action::ClearPin { slot: 3 });
    assert_eq!(bench.sent().1.payload[..], [0x01, 0x09, 0x07, 0x03, 0x00]);
    bench.frame(2, 0x0101, &[0x19, 0x09, 0x07, 0x00]);
    assert_eq!(bench.deliveries(), [(2, Delivery::Delivered)]);
}

#[test]
fn an_answer_is_no_state() {
    let mut bench = lock();
    let sequence = acknowledged(&mut bench);
    bench.frame(2, 0x0101, &[0x19, sequence, 0x01, 0x00]);
    let events = bench.events();
    assert!(events.iter().any(|e| matches!(e, Event::Delivery { delivery: Delivery::Delivered, .. })));
    assert_eq!(readings(&events), []);
    reports(&mut bench, 2);
    assert_eq!(bench.readings(), [UNLOCKED]);
}

#[test]
fn a_bolt_that_does_not_report_is_read_three_times_at_most() {
    let mut bench = lock();
    let sequence = acknowledged(&mut bench);
    bench.frame(2, 0x0101, &[0x19, sequence, 0x01, 0x00]);
    bench.pass(Duration::from_millis(2900));
    assert!(bench.request().is_none());
    bench.pass(Duration::from_millis(200));
    assert!(answers_read(&mut bench, 1), "3 s: still locked");
    bench.pass(secs(5));
    assert!(answers_read(&mut bench, 1), "8 s: still locked");
    bench.pass(secs(7));
    assert!(answers_read(&mut bench, 1), "15 s: still locked");
    bench.pass(secs(50));
    assert!(bench.request().is_none());
    assert_eq!(bench.readings(), [LOCKED, LOCKED, LOCKED]);
}

#[test]
fn a_read_that_shows_the_bolt_where_it_was_wanted_is_the_last() {
    let mut bench = lock();
    let sequence = acknowledged(&mut bench);
    bench.frame(2, 0x0101, &[0x19, sequence, 0x01, 0x00]);
    bench.pass(secs(3));
    assert!(answers_read(&mut bench, 2));
    bench.pass(secs(50));
    assert!(bench.request().is_none());
    assert_eq!(bench.readings(), [UNLOCKED]);
}

#[test]
fn a_bolt_that_reports_is_not_read() {
    let mut bench = lock();
    let sequence = acknowledged(&mut bench);
    reports(&mut bench, 2);
    bench.frame(2, 0x0101, &[0x19, sequence, 0x01, 0x00]);
    bench.pass(secs(50));
    assert!(bench.request().is_none());
}

#[test]
fn an_unclear_unlock_is_read_and_never_repeated() {
    for end in [SendError::Unclear, SendError::NotDelivered(0xB7), SendError::NotDelivered(0xE9)] {
        let mut bench = lock();
        bench.act(1, unlock("1234"));
        let (tag, _) = bench.sent();
        bench.word(tag, Err(end));
        assert_eq!(bench.deliveries(), [(1, Delivery::Failed(Failure::Unclear))], "{end}");
        bench.pass(Duration::from_millis(1100));
        assert!(answers_read(&mut bench, 1), "{end}: after 1 s");
        bench.pass(secs(3));
        assert!(answers_read(&mut bench, 2), "{end}: after 4 s");
        bench.pass(secs(100));
        assert!(bench.request().is_none(), "{end}: and no more");
        assert_eq!(bench.readings(), [LOCKED, UNLOCKED]);
    }
}

#[test]
fn a_lock_that_hears_and_does_not_answer_is_unclear() {
    let mut bench = lock();
    acknowledged(&mut bench);
    bench.pass(secs(12));
    let deliveries = bench.deliveries();
    assert_eq!(deliveries, [(1, Delivery::Failed(Failure::Unclear))]);
    assert!(bench.frames().iter().all(|(_, bytes)| bytes[2] == 0x00), "only reads follow");
}

/// An unlock that waits behind a read for a lock that sleeps.
fn waiting() -> Bench {
    let mut bench = lock();
    bench.order(9, home::OrderKind::Read(DEVICE));
    let (tag, _) = bench.sent();
    bench.act(1, Action::Unlock(None));
    assert!(bench.request().is_none(), "one frame to a destination at once");
    bench.pass(secs(8));
    bench.word(tag, Err(SendError::Asleep));
    bench
}

#[test]
fn an_unlock_waits_fifteen_seconds_and_not_longer() {
    let mut bench = waiting();
    assert!(bench.deliveries().contains(&(1, Delivery::Queued(secs(7)))));
    bench.pass(secs(8));
    assert!(bench.deliveries().contains(&(1, Delivery::Failed(Failure::Expired))));
    reports(&mut bench, 1);
    assert!(bench.frames().iter().all(|(_, bytes)| bytes[0] == 0x00), "nothing but reads when it wakes up");
}

#[test]
fn an_unlock_that_was_never_sent_is_sent_when_the_lock_wakes_up() {
    let mut bench = waiting();
    reports(&mut bench, 1);
    assert_eq!(bench.sent().1.payload[2..], [0x01, 0x00]);
}

#[test]
fn an_unlock_that_expired_at_the_parent_may_have_been_heard() {
    let mut bench = lock();
    bench.act(1, Action::Unlock(None));
    let (tag, _) = bench.sent();
    bench.pass(secs(8));
    bench.word(tag, Err(SendError::Asleep));
    assert_eq!(bench.deliveries(), [(1, Delivery::Failed(Failure::Unclear))]);
    reports(&mut bench, 1);
    bench.pass(secs(60));
    let frames = bench.frames();
    assert!(!frames.is_empty() && frames.iter().all(|(_, bytes)| bytes[0] == 0x00), "the bolt is read: {frames:?}");
}

#[test]
fn without_a_network_a_lock_is_not_even_tried() {
    let mut bench = lock();
    bench.hears(Indication::Down { reason: "gone".to_owned() });
    bench.act(1, Action::Unlock(None));
    assert!(bench.deliveries().contains(&(1, Delivery::Failed(Failure::AdapterOffline))));
    bench.up();
    assert!(bench.frames().iter().all(|(_, bytes)| bytes[0] == 0x00), "nor later");
}

#[test]
fn locking_takes_the_place_of_an_unlock_that_waits() {
    let mut bench = waiting();
    bench.act(2, Action::Lock(None));
    assert!(bench.deliveries().contains(&(1, Delivery::Failed(Failure::Superseded))));
    reports(&mut bench, 2);
    assert_eq!(bench.sent().1.payload[2..], [0x00, 0x00], "lock, and only lock");
}

#[test]
fn a_refusal_is_told() {
    let mut bench = lock();
    let sequence = acknowledged(&mut bench);
    bench.frame(2, 0x0101, &[0x19, sequence, 0x01, 0x01]);
    assert_eq!(bench.deliveries(), [(1, Delivery::Failed(Failure::LockRefused))]);
    let sequence = acknowledged(&mut bench);
    bench.frame(2, 0x0101, &[0x18, sequence, 0x0B, 0x01, 0x7E]);
    assert_eq!(bench.deliveries(), [(1, Delivery::Failed(Failure::Rejected(0x7E)))]);
    bench.pass(secs(60));
    assert!(bench.request().is_none(), "nothing moved: nothing to look at");
}

#[test]
fn a_captured_event_is_logged_once_and_the_bolt_is_read() {
    let mut bench = lock();
    let event = [0x09, 0x01, 0x20, 0x02, 0x0E, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00];
    bench.frame(2, 0x0101, &event);
    bench.frame(2, 0x0101, &event);
    let events = bench.events();
    let told: Vec<_> = events.iter().filter(|event| matches!(event, Event::Lock { .. })).collect();
    let expected = Event::Lock { device: DEVICE, happening: Happening::Unlocked, source: Source::Manual, user: None };
    assert_eq!(told, [&expected]);
    assert_eq!(readings(&events), [], "an event is no state");
    assert_eq!(bench.hub.counters().echoes, 1);
    // The default response first: the sender did not forbid it.
    let (tag, response) = bench.sent();
    assert_eq!(response.payload[..], [0x10, 0x01, 0x0B, 0x20, 0x00]);
    bench.word(tag, Ok(()));
    assert!(answers_read(&mut bench, 2));
    assert_eq!(bench.readings(), [UNLOCKED]);
}

#[test]
fn keypad_users_are_told_and_cut_off_events_understood() {
    let mut bench = lock();
    bench.frame(2, 0x0101, &[0x19, 0x01, 0x20, 0x00, 0x02, 0x05, 0x00, 0x04, 0x31, 0x32, 0x33, 0x34]);
    bench.frame(2, 0x0101, &[0x19, 0x02, 0x21, 0x00, 0x02, 0x06, 0x00]);
    bench.frame(2, 0x0101, &[0x19, 0x03, 0x20, 0x00, 0x05]);
    let events = bench.events();
    let happened = |happening, user| Event::Lock { device: DEVICE, happening, source: Source::Keypad, user };
    assert!(events.contains(&happened(Happening::Unlocked, Some(5))));
    assert!(events.contains(&happened(Happening::PinAdded, Some(6))));
    assert!(events.contains(&happened(Happening::UnlockRefused, None)));
    let shown = format!("{events:?} {:?} {:?}", bench.hub, data(NWK, 2, 0x0101, &[0x31, 0x32, 0x33, 0x34]));
    assert!(!shown.contains("49, 50, 51, 52"), "{shown}");
}

#[test]
fn a_jam_stays_until_the_bolt_is_at_an_end() {
    let mut bench = lock();
    bench.frame(2, 0x0009, &[0x09, 0x01, 0x00, 0x00, 0x01, 0x01]);
    let events = bench.events();
    assert_eq!(readings(&events), [Reading::LockState(Some(Bolt::Jammed))]);
    assert!(events.iter().any(|e| matches!(e, Event::Lock { happening: Happening::Jammed, .. })));
    reports(&mut bench, 0);
    assert_eq!(bench.readings(), [Reading::LockState(Some(Bolt::Jammed))], "not fully locked is what a jam looks like");
    reports(&mut bench, 1);
    assert_eq!(bench.readings(), [LOCKED]);
}

#[test]
fn only_the_locks_own_endpoint_speaks_for_the_bolt() {
    let mut bench = lock();
    bench.frame(1, 0x0101, &[0x18, 0x2A, 0x0A, 0x00, 0x00, 0x30, 0x01]);
    bench.frame(1, 0x0101, &[0x19, 0x02, 0x20, 0x00, 0x02, 0x05, 0x00]);
    bench.frame(1, 0x0009, &[0x19, 0x03, 0x00, 0x00, 0x01, 0x01]);
    let events = bench.events();
    assert_eq!(readings(&events), []);
    assert!(!events.iter().any(|event| matches!(event, Event::Lock { .. })));
    assert_eq!(bench.hub.counters().misplaced, 3);
}

#[test]
fn a_lock_that_lost_its_mind_is_unknown() {
    let mut bench = lock();
    reports(&mut bench, 0xFF - 0x2A);
    bench.frame(2, 0x0101, &[0x18, 0x77, 0x0A, 0x00, 0x00, 0x30, 0xFF]);
    assert!(bench.readings().contains(&Reading::LockState(None)));
}

#[test]
fn its_battery_counts_in_halves() {
    let mut bench = Bench::new();
    bench.join(&mut Model::lock());
    assert!(bench.readings().contains(&Reading::Battery(Some(BatteryHalfPercent(180)))));
}

#[test]
fn no_pin_prints() {
    let mut bench = lock();
    bench.act(1, unlock("4711"));
    assert!(!format!("{:?}", bench.hub).contains("4711"));
    let shown = format!("{:?}", bench.request());
    assert!(!shown.contains("52, 55, 49, 49") && !shown.contains("4711"), "{shown}");
}

/// Answers the one question about a slot that is under way; which slot it was about.
fn answers_slot(bench: &mut Bench, status: u8) -> Option<u16> {
    let Some(Request::Data { tag, frame }) = bench.request() else { return None };
    bench.word(tag, Ok(()));
    let [0x01, sequence, 0x0A, low, high] = frame.payload[..] else { return None };
    bench.frame(2, 0x0101, &[0x19, sequence, 0x0A, low, high, status]);
    Some(u16::from_le_bytes([low, high]))
}

fn codes(events: &[Event]) -> Vec<(u16, SlotState)> {
    let code = |event: &Event| match event {
        Event::Code { slot, state, .. } => Some((*slot, *state)),
        _ => None,
    };
    events.iter().filter_map(code).collect()
}

#[test]
fn a_slot_is_disabled_and_then_read_back() {
    let mut bench = lock();
    bench.number_next(9);
    bench.act(1, Action::DisablePin { slot: 3 });
    let (tag, frame) = bench.sent();
    assert_eq!(frame.payload[..], [0x01, 0x09, 0x09, 0x03, 0x00, 0x03]);
    assert_eq!(frame.resend, crate::ncp::Resend::Never);
    bench.word(tag, Ok(()));
    bench.frame(2, 0x0101, &[0x19, 0x09, 0x09, 0x00]);
    assert_eq!(bench.deliveries(), [(1, Delivery::Delivered)]);
    assert_eq!(answers_slot(&mut bench, 3), Some(3));
    assert_eq!(codes(&bench.events()), [(3, SlotState::Disabled)]);
}

#[test]
fn a_lock_that_can_not_disable_says_so() {
    let mut bench = lock();
    bench.number_next(9);
    bench.act(1, Action::DisablePin { slot: 3 });
    let (tag, _) = bench.sent();
    bench.word(tag, Ok(()));
    bench.frame(2, 0x0101, &[0x18, 0x09, 0x0B, 0x09, 0x81]);
    assert_eq!(bench.deliveries(), [(1, Delivery::Failed(Failure::NotCapable))]);
}

#[test]
fn all_slots_are_asked_for_one_after_the_other() {
    let mut bench = lock();
    bench.number_next(9);
    bench.act(1, Action::ReadCodes);
    let (tag, frame) = bench.sent();
    assert_eq!(frame.payload[..], [0x00, 0x09, 0x00, 0x12, 0x00, 0x18, 0x00, 0x17, 0x00]);
    bench.word(tag, Ok(()));
    // Three slots, PINs of 4 to 6 digits.
    let told = [0x12, 0x00, 0x00, 0x21, 0x03, 0x00, 0x18, 0x00, 0x00, 0x20, 0x04, 0x17, 0x00, 0x00, 0x20, 0x06];
    bench.frame(2, 0x0101, &[&[0x18, 0x09, 0x01], &told[..]].concat());
    let asked: Vec<_> = [0, 1, 0xFF].map(|status| answers_slot(&mut bench, status)).into();
    assert_eq!(asked, [Some(0), Some(1), Some(2)]);
    let events = bench.events();
    let limits = Limits { first: 0, slots: 3, pin_min: 4, pin_max: 6 };
    assert!(events.iter().any(|event| matches!(event, Event::CodeLimits { limits: told, .. } if *told == limits)));
    assert_eq!(codes(&events), [(0, SlotState::Empty), (1, SlotState::Enabled)], "of one it can't tell");
    assert!(events.iter().any(|event| matches!(event, Event::Delivery { delivery: Delivery::Delivered, .. })));
}

#[test]
fn a_slot_that_was_changed_at_the_keypad_is_read() {
    let mut bench = lock();
    // Programming event: keypad, PIN added, user 4, no PIN, unrestricted, enabled, no time.
    bench.frame(2, 0x0101, &[0x09, 0x30, 0x21, 0x00, 0x02, 0x04, 0x00, 0x00, 0x00, 0x01, 0, 0, 0, 0, 0]);
    // A lock's event is answered first.
    let answered = bench.sent().0;
    bench.word(answered, Ok(()));
    assert_eq!(answers_slot(&mut bench, 1), Some(4));
    assert_eq!(codes(&bench.events()), [(4, SlotState::Enabled)]);
}
