//! The laws of the house: nothing is shown that a device did not report.

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::change::Publicity;
use crate::codes::{Drift, Limits, SlotState};
use crate::command::{Action, Origin, Refusal, Wish};
use crate::device::{AdapterStatus, BoltShown, Description, Power, Slot};
use crate::event::{Delivery, Report};
use crate::ids::CommandId;
use crate::lock::Bolt;
use crate::reading::{Capability, Key, Reading};
use crate::thermostat::SystemMode;
use crate::time::Timestamp;
use crate::units::CentiCelsius;

const LOCK: Ieee = Ieee(1);
const VALVE: Ieee = Ieee(2);

fn start() -> Now {
    Now { wall: Timestamp(1_800_000_000_000), up: Duration::ZERO }
}

fn stick() -> AdapterName {
    AdapterName::new("stick")
}

fn online() -> AdapterStatus {
    AdapterStatus::Online { channel: 15, pan_id: 0x1a62, firmware: "test".to_owned() }
}

fn described(device: Ieee, capability: Capability) -> Event {
    let description = Description {
        manufacturer: "m".to_owned(),
        model: "x".to_owned(),
        software: None,
        power: Power::Battery,
        capabilities: BTreeSet::from([capability]),
    };
    Event::Described { device, description }
}

/// A house with a lock and a valve, both heard and known.
fn house() -> State {
    let mut state = State::restore(start(), vec![stick()], Vec::new());
    let facts = [
        Event::Adapter { adapter: stick(), status: online() },
        Event::Joined { adapter: stick(), device: LOCK },
        Event::Joined { adapter: stick(), device: VALVE },
        described(LOCK, Capability::Lock),
        described(VALVE, Capability::Thermostat),
    ];
    for fact in facts {
        state.apply(start(), Input::Event(fact));
    }
    state
}

fn act(id: u64, device: Ieee, action: Action) -> Input {
    let wish = Wish::Act { device, action };
    Input::Command(Command { id: CommandId(id), origin: Origin::Cli, wish })
}

fn report(device: Ieee, reading: Reading) -> Input {
    Input::Event(Event::Report(Report { device, readings: vec![reading], link: None }))
}

fn outcomes(changes: &[Change]) -> Vec<&Outcome> {
    changes.iter().filter_map(|c| if let Change::Outcome { outcome, .. } = c { Some(outcome) } else { None }).collect()
}

#[test]
fn a_lock_is_locking_until_it_says_locked() {
    let mut state = house();
    state.apply(start(), report(LOCK, Reading::LockState(Some(Bolt::Unlocked))));
    let changes = state.apply(start(), act(7, LOCK, Action::Lock(None)));
    assert_eq!(outcomes(&changes), [&Outcome::Accepted]);
    assert_eq!(state.device(LOCK).unwrap().bolt(), BoltShown::Locking);

    let answered = Event::Delivery { command: CommandId(7), delivery: Delivery::Delivered };
    state.apply(start(), Input::Event(answered));
    assert_eq!(state.device(LOCK).unwrap().bolt(), BoltShown::Locking, "an answer is not a report");

    let changes = state.apply(start(), report(LOCK, Reading::LockState(Some(Bolt::Locked))));
    assert_eq!(outcomes(&changes), [&Outcome::Done]);
    assert_eq!(state.device(LOCK).unwrap().bolt(), BoltShown::Reported(Bolt::Locked));
}

#[test]
fn a_lock_that_does_not_report_in_time_is_unknown_until_it_does() {
    let mut state = house();
    state.apply(start(), report(LOCK, Reading::LockState(Some(Bolt::Locked))));
    state.apply(start(), act(7, LOCK, Action::Unlock(None)));
    let late = start().after(Duration::from_secs(26));
    let changes = state.tick(late);
    assert_eq!(outcomes(&changes), [&Outcome::Failed(Failure::Unclear)]);
    assert_eq!(state.device(LOCK).unwrap().bolt(), BoltShown::Unknown);
    state.apply(late, report(LOCK, Reading::LockState(Some(Bolt::Locked))));
    assert_eq!(state.device(LOCK).unwrap().bolt(), BoltShown::Reported(Bolt::Locked));
}

#[test]
fn an_unlock_that_was_sent_at_the_end_of_its_wait_is_unclear_and_not_expired() {
    let mut state = house();
    state.apply(start(), report(LOCK, Reading::LockState(Some(Bolt::Locked))));
    state.apply(start(), act(7, LOCK, Action::Unlock(None)));
    let waits = Event::Delivery { command: CommandId(7), delivery: Delivery::Queued(Duration::from_secs(15)) };
    state.apply(start(), Input::Event(waits));
    assert!(state.tick(start().after(Duration::from_secs(16))).is_empty(), "it may be on its way");
    assert_eq!(state.device(LOCK).unwrap().bolt(), BoltShown::Unlocking);
    let changes = state.tick(start().after(Duration::from_secs(41)));
    assert_eq!(outcomes(&changes), [&Outcome::Failed(Failure::Unclear)]);
    assert_eq!(state.device(LOCK).unwrap().bolt(), BoltShown::Unknown);
}

#[test]
fn what_was_asked_of_a_device_that_is_gone_ends() {
    let leave = Input::Event(Event::Left { device: VALVE });
    let wish = Wish::Remove { device: VALVE };
    let remove = Input::Command(Command { id: CommandId(2), origin: Origin::Cli, wish });
    for gone in [leave, remove] {
        let mut state = house();
        state.apply(start(), act(1, VALVE, Action::Setpoint(CentiCelsius(2000))));
        let changes = state.apply(start(), gone);
        assert_eq!(outcomes(&changes).first(), Some(&&Outcome::Failed(Failure::Removed)));
    }
}

#[test]
fn what_a_bolt_does_is_durable_before_it_is_shown() {
    let mut state = house();
    let changes = state.apply(start(), report(LOCK, Reading::LockState(Some(Bolt::Jammed))));
    assert!(changes.iter().any(|c| matches!(c, Change::Reported { publicity: Publicity::AfterCommit, .. })));
    assert!(changes.iter().any(|c| matches!(c, Change::Logged(entry) if entry.is_urgent())));
}

#[test]
fn the_newest_setpoint_wins_and_the_older_one_says_so() {
    let mut state = house();
    state.apply(start(), act(1, VALVE, Action::Setpoint(CentiCelsius(2000))));
    let changes = state.apply(start(), act(2, VALVE, Action::Setpoint(CentiCelsius(2100))));
    assert_eq!(outcomes(&changes), [&Outcome::Failed(Failure::Superseded), &Outcome::Accepted]);
}

#[test]
fn a_setpoint_outside_of_the_limits_is_refused_with_the_limits() {
    let mut state = house();
    state.apply(start(), report(VALVE, Reading::MaxHeatSetpointLimit(Some(CentiCelsius(2800)))));
    let changes = state.apply(start(), act(1, VALVE, Action::Setpoint(CentiCelsius(2850))));
    let [Outcome::Refused(refusal)] = outcomes(&changes)[..] else { panic!("{changes:?}") };
    assert_eq!(refusal.to_string(), "28.5 °C is outside of 5 to 28 °C");
    assert!(!changes.iter().any(|c| matches!(c, Change::Order { .. })));
}

#[test]
fn a_lock_is_not_commanded_through_a_lost_adapter_and_nothing_is_kept_for_later() {
    let mut state = house();
    let lost = AdapterStatus::Offline { reason: "unplugged".to_owned() };
    let changes = state.apply(start(), Input::Event(Event::Adapter { adapter: stick(), status: lost }));
    let gone = changes.iter().filter(|c| matches!(c, Change::Availability { online: false, .. })).count();
    assert_eq!(gone, 2);
    let changes = state.apply(start(), act(1, LOCK, Action::Unlock(None)));
    assert!(matches!(outcomes(&changes)[..], [Outcome::Refused(_)]));
    assert!(state.device(LOCK).unwrap().pending.is_empty());
}

#[test]
fn a_lost_adapter_is_logged_once_whatever_reasons_follow() {
    let mut state = house();
    let mut logged = |reason: &str| {
        let status = AdapterStatus::Offline { reason: reason.to_owned() };
        let changes = state.apply(start(), Input::Event(Event::Adapter { adapter: stick(), status }));
        changes.iter().filter(|c| matches!(c, Change::Logged(_))).count()
    };
    assert_eq!((logged("port gone"), logged("no such file"), logged("no such file")), (1, 0, 0));
    let AdapterStatus::Offline { reason } = &state.adapter(&stick()).unwrap().status else { panic!() };
    assert_eq!(reason, "no such file");
}

#[test]
fn strangers_are_forgotten_a_day_after_the_network_was_closed() {
    let hours = |hours: u64| start().after(Duration::from_secs(hours * 3600));
    let event = |state: &mut State, now, event| state.apply(now, Input::Event(event));
    let mut state = house();
    let named = Ieee(100);
    for number in 100..400 {
        event(&mut state, start(), Event::Joined { adapter: stick(), device: Ieee(number) });
    }
    let wish = Wish::Rename { device: named, name: "attic".parse().unwrap() };
    state.apply(start(), Input::Command(Command { id: CommandId(1), origin: Origin::Cli, wish }));
    let left = Duration::from_secs(254);
    event(&mut state, hours(23), Event::PermitJoin { adapter: stick(), left });
    state.tick(hours(23));
    assert!(state.tick(hours(46)).iter().all(|change| !matches!(change, Change::Removed { .. })), "not a day yet");
    event(&mut state, hours(46), Event::Joined { adapter: stick(), device: Ieee(500) });
    let sent_away = |state: &mut State, now| {
        let orders = state.tick(now).iter().filter(|change| matches!(change, Change::Order { .. })).count();
        assert!(orders <= 1, "the air is for everybody");
        orders
    };
    assert_eq!((0..310).map(|_| sent_away(&mut state, hours(47))).sum::<usize>(), 299);
    assert!(state.device(Ieee(500)).is_some(), "it joined an hour ago");
    assert_eq!(sent_away(&mut state, hours(70)), 1);
    let left: Vec<_> = state.devices().map(|device| device.ieee).collect();
    assert_eq!(left, [LOCK, VALVE, named]);
}

/// What is shown of an adapter: lines in the log, and availability of the lock.
fn shown(changes: &[Change]) -> (usize, usize) {
    let lines = changes.iter().filter(|c| matches!(c, Change::Logged(_))).count();
    let turns = changes.iter().filter(|c| matches!(c, Change::Availability { device: LOCK, .. })).count();
    (lines, turns)
}

#[test]
fn an_adapter_that_flaps_is_shown_seldom_and_at_last_as_it_is() {
    let mut state = house();
    let lost = || AdapterStatus::Offline { reason: "a loose contact".to_owned() };
    let turn = |state: &mut State, now, status| {
        let mut changes = state.tick(now);
        changes.extend(state.apply(now, Input::Event(Event::Adapter { adapter: stick(), status })));
        shown(&changes)
    };
    let mut now = start();
    let mut seen = Vec::new();
    for number in 0..6001 {
        now = start().after(Duration::from_millis(100 * number));
        seen.push(turn(&mut state, now, if number % 2 == 0 { lost() } else { online() }));
    }
    assert_eq!(seen[..6], [(1, 1), (1, 1), (1, 1), (1, 1), (1, 1), (0, 0)], "three times at once");
    let all = seen.iter().fold((0, 0), |(lines, turns), (line, turn)| (lines + line, turns + turn));
    assert!(all.0 <= 5 + 20 && all.1 <= 5 + 20, "once in 30 s of ten minutes: {all:?}");
    assert_eq!(state.apply(now, act(1, LOCK, Action::Lock(None))).len(), 1, "a command goes by what is true: refused");
    now = now.after(Duration::from_secs(30));
    state.tick(now);
    assert_eq!(state.device(LOCK).unwrap().availability, Availability::Offline);

    now = now.after(Duration::from_secs(60));
    assert_eq!(turn(&mut state, now, online()), (1, 1), "after a calm minute at once again");
    assert_eq!(turn(&mut state, now, lost()), (1, 1));
}

#[test]
fn after_a_restart_values_are_old_and_the_device_is_away_until_its_adapter_is_back() {
    let mut before = house();
    before.apply(start(), report(VALVE, Reading::LocalTemperature(Some(CentiCelsius(2000)))));
    let kept: Vec<_> = before.devices().cloned().collect();
    let mut state = State::restore(start(), vec![stick()], kept);
    let valve = state.device(VALVE).unwrap();
    assert!(valve.slots[&Key::LocalTemperature].stale);
    assert_eq!(valve.availability, Availability::Offline);
    state.apply(start(), Input::Event(Event::Adapter { adapter: stick(), status: online() }));
    assert_eq!(state.device(VALVE).unwrap().availability, Availability::Online);
    state.apply(start(), report(VALVE, Reading::LocalTemperature(Some(CentiCelsius(2000)))));
    assert!(!state.device(VALVE).unwrap().slots[&Key::LocalTemperature].stale);
}

#[test]
fn a_silent_device_is_away_after_its_time() {
    let mut state = house();
    assert!(state.tick(start().after(Duration::from_secs(24 * 3600))).is_empty());
    let changes = state.tick(start().after(Duration::from_secs(26 * 3600)));
    assert_eq!(changes.len(), 2);
}

#[test]
fn two_devices_never_have_one_name() {
    let mut state = house();
    let rename = |id, device| {
        let wish = Wish::Rename { device, name: "door".parse().unwrap() };
        Input::Command(Command { id: CommandId(id), origin: Origin::Cli, wish })
    };
    assert_eq!(outcomes(&state.apply(start(), rename(1, LOCK))), [&Outcome::Done]);
    assert!(matches!(outcomes(&state.apply(start(), rename(2, VALVE)))[..], [Outcome::Refused(_)]));
    assert_eq!(state.find("door").unwrap().ieee, LOCK);
    assert_eq!(state.find("0x0000000000000002").unwrap().ieee, VALVE);
}

/// Whose a code is, what the hub did, what the lock says, and what differs.
type Shown<'a> = (Option<&'a str>, SlotState, Option<SlotState>, Option<Drift>);

fn code(state: &State, slot: u16) -> Option<Shown<'_>> {
    let code = state.find("0x0000000000000001").unwrap().codes.get(slot)?;
    Some((code.name.as_ref().map(Name::as_str), code.hub, code.lock, code.drift()))
}

/// Asks the lock for something that it takes.
fn done(state: &mut State, id: u64, action: Action) {
    let wish = Wish::Act { device: LOCK, action };
    let command = Command { id: CommandId(id), origin: Origin::Cli, wish };
    state.apply(start(), Input::Command(command));
    let delivery = Event::Delivery { command: CommandId(id), delivery: Delivery::Delivered };
    let changes = state.apply(start(), Input::Event(delivery));
    assert_eq!(outcomes(&changes), [&Outcome::Done]);
    assert!(changes.contains(&Change::Registered(LOCK)), "it is stored");
}

#[test]
fn what_the_hub_put_into_a_slot_and_what_the_lock_says_do_not_mix() {
    use SlotState::{Disabled, Empty, Enabled};
    let mut state = house();
    let says = |state: &mut State, told| {
        state.apply(start(), Input::Event(Event::Code { device: LOCK, slot: 3, state: told }))
    };
    let pin = crate::lock::Pin::new("4711").unwrap();
    done(&mut state, 1, Action::SetPin { slot: 3, pin: pin.clone(), name: Some("Anna".parse().unwrap()) });
    assert_eq!(code(&state, 3), Some((Some("Anna"), Enabled, None, None)));
    says(&mut state, Enabled);
    assert!(!says(&mut state, Enabled).contains(&Change::Registered(LOCK)), "nothing new is not stored");
    assert_eq!(code(&state, 3), Some((Some("Anna"), Enabled, Some(Enabled), None)));
    // Disabled at the lock, and by the hub.
    says(&mut state, Disabled);
    assert_eq!(code(&state, 3).unwrap().3, Some(Drift::Disabled));
    done(&mut state, 2, Action::DisablePin { slot: 3 });
    assert_eq!(code(&state, 3).unwrap().3, None);
    // Another PIN at the keypad; a PIN by the hub ends that, and enables the slot.
    let happening = crate::lock::Happening::PinChanged;
    let event = |source| Event::Lock { device: LOCK, happening, source, user: Some(3) };
    state.apply(start(), Input::Event(event(crate::lock::Source::Radio)));
    assert_eq!(code(&state, 3).unwrap().3, None, "that was the hub");
    state.apply(start(), Input::Event(event(crate::lock::Source::Keypad)));
    assert_eq!(code(&state, 3).unwrap().3, Some(Drift::Changed));
    done(&mut state, 3, Action::SetPin { slot: 3, pin, name: None });
    assert_eq!(code(&state, 3), Some((Some("Anna"), Enabled, None, None)), "what it said before says nothing now");
    // Removed by the hub, as the lock confirmed; it may say otherwise later.
    done(&mut state, 4, Action::ClearPin { slot: 3 });
    assert_eq!(code(&state, 3), None);
    says(&mut state, Enabled);
    assert_eq!(code(&state, 3), Some((None, Empty, Some(Enabled), Some(Drift::Foreign))));
    says(&mut state, Empty);
    assert_eq!(code(&state, 3), None);
}

#[test]
fn a_slot_or_pin_that_the_lock_does_not_take_is_refused() {
    let mut state = house();
    let limits = Limits { first: 1, slots: 3, pin_min: 6, pin_max: 8 };
    state.apply(start(), Input::Event(Event::CodeLimits { device: LOCK, limits }));
    let mut try_out = |action| {
        let command = Command { id: CommandId(1), origin: Origin::Cli, wish: Wish::Act { device: LOCK, action } };
        state.apply(start(), Input::Command(command))
    };
    for slot in [0, 4, u16::MAX] {
        let refused = Outcome::Refused(Refusal::NoSlot { slot, first: 1, last: 3 });
        assert_eq!(outcomes(&try_out(Action::ClearPin { slot })), [&refused]);
    }
    let short = Action::SetPin { slot: 1, pin: crate::lock::Pin::new("4711").unwrap(), name: None };
    assert_eq!(outcomes(&try_out(short)), [&Outcome::Refused(Refusal::PinLength { min: 6, max: 8 })]);
}

fn any_action() -> impl Strategy<Value = Action> {
    prop_oneof![
        any::<i16>().prop_map(|v| Action::Setpoint(CentiCelsius(v))),
        Just(Action::Mode(SystemMode::Off)),
        Just(Action::Lock(None)),
        Just(Action::Unlock(None)),
        any::<u16>().prop_map(|slot| Action::ClearPin { slot }),
    ]
}

fn any_command() -> impl Strategy<Value = Input> {
    let device = (1u64..4).prop_map(Ieee);
    let wish = prop_oneof![
        (device.clone(), any_action()).prop_map(|(device, action)| Wish::Act { device, action }),
        device.clone().prop_map(|device| Wish::Read { device }),
        device.clone().prop_map(|device| Wish::Interview { device }),
        (any::<bool>(), any::<u8>())
            .prop_map(|(all, seconds)| Wish::PermitJoin { adapter: (!all).then(stick), seconds }),
    ];
    (any::<u64>(), wish)
        .prop_map(|(id, wish)| Input::Command(Command { id: CommandId(id % 8), origin: Origin::Cli, wish }))
}

fn any_event() -> impl Strategy<Value = Input> {
    let device = (1u64..4).prop_map(Ieee);
    let delivery = prop_oneof![
        Just(Delivery::Delivered),
        (0u64..100).prop_map(|s| Delivery::Queued(Duration::from_secs(s))),
        Just(Delivery::Failed(Failure::Unclear)),
        Just(Delivery::Failed(Failure::Unreachable)),
    ];
    let status = prop_oneof![Just(online()), Just(AdapterStatus::Offline { reason: String::new() })];
    prop_oneof![
        (device.clone(), 1u8..=16, proptest::option::of(any::<i32>())).prop_map(|(device, key, value)| {
            let reading = Reading::from_stored(Key::from_code(key).unwrap(), value);
            Event::Report(Report { device, readings: vec![reading], link: None })
        }),
        device.clone().prop_map(|device| Event::Joined { adapter: stick(), device }),
        device.clone().prop_map(|device| Event::Left { device }),
        device.clone().prop_map(|device| Event::Unreachable { device }),
        (0u64..8, delivery).prop_map(|(id, delivery)| Event::Delivery { command: CommandId(id), delivery }),
        status.prop_map(|status| Event::Adapter { adapter: stick(), status }),
    ]
    .prop_map(Input::Event)
}

fn slots(state: &State) -> Vec<(Ieee, Vec<Slot>)> {
    state.devices().map(|d| (d.ieee, d.slots.values().copied().collect())).collect()
}

proptest! {
    /// Invariant 3: a command alone never changes a reported value, and no input panics.
    #[test]
    fn a_command_alone_changes_no_reported_value(
        inputs in proptest::collection::vec((prop_oneof![any_command(), any_event()], 0u64..40), 0..60),
    ) {
        let (mut state, mut now) = (house(), start());
        for (input, seconds) in inputs {
            now = now.after(Duration::from_secs(seconds));
            let before = slots(&state);
            state.tick(now);
            prop_assert_eq!(&slots(&state), &before, "time alone changes no value");
            let is_command = matches!(input, Input::Command(_));
            state.apply(now, input);
            if is_command {
                prop_assert_eq!(&slots(&state), &before);
            }
        }
    }

    /// Every accepted command that concerns a device ends: done, failed or superseded, at the latest when time is up.
    #[test]
    fn every_command_ends(inputs in proptest::collection::vec(prop_oneof![any_command(), any_event()], 0..60)) {
        let mut state = house();
        for input in inputs {
            state.apply(start(), input);
        }
        state.tick(start().after(Duration::from_secs(200)));
        prop_assert!(state.devices().all(|device| device.pending.is_empty()));
    }
}
