//! What the engine says and permits, for a small house.

use std::cell::Cell;
use std::collections::BTreeSet;

use home::lock::Bolt;
use home::{
    Action, AdapterName, AdapterStatus, Capability, CentiCelsius, CommandId, Description, Event, Ieee, Input, Origin,
    Power, Reading, Report, State, Timestamp, Wish,
};
use summary::{Act, Acted, Answer, Contact, Face, Intent, Pin, Reported, Unlock};

use super::*;
use crate::{Disclosure, Permitted, Policy};

const FRONT: Ieee = Ieee(0x11);
const BACK: Ieee = Ieee(0x12);
const HALL: Ieee = Ieee(0x21);
const EXAMPLE: &str = include_str!("../../testdata/example.toml");
/// A beat of both audiences of the example.
const START: u64 = 1_800_000_000;

fn at(seconds: u64) -> Now {
    Now { wall: Timestamp((START + seconds) * 1000), up: Duration::from_secs(1000 + seconds) }
}

fn house() -> State {
    let stick = AdapterName::new("stick");
    let mut state = State::restore(at(0), vec![stick.clone()], Vec::new());
    let status = AdapterStatus::Online { channel: 15, pan_id: 1, firmware: "test".to_owned() };
    state.apply(at(0), Input::Event(Event::Adapter { adapter: stick.clone(), status }));
    let devices =
        [(FRONT, "front", Capability::Lock), (BACK, "back", Capability::Lock), (HALL, "hall", Capability::Thermostat)];
    for (device, name, capability) in devices {
        let description = Description {
            manufacturer: "m".to_owned(),
            model: "x".to_owned(),
            software: None,
            power: Power::Battery,
            capabilities: BTreeSet::from([capability]),
        };
        state.apply(at(0), Input::Event(Event::Joined { adapter: stick.clone(), device }));
        state.apply(at(0), Input::Event(Event::Described { device, description }));
        let wish = Wish::Rename { device, name: name.parse().unwrap() };
        state.apply(at(0), Input::Command(home::Command { id: CommandId(1), origin: Origin::Cli, wish }));
    }
    state
}

fn report(state: &mut State, now: Now, device: Ieee, reading: Reading) {
    state.apply(now, Input::Event(Event::Report(Report { device, readings: vec![reading], link: None })));
}

fn bolts(state: &mut State, now: Now, front: Bolt, back: Bolt) {
    report(state, now, FRONT, Reading::LockState(Some(front)));
    report(state, now, BACK, Reading::LockState(Some(back)));
}

/// The engine of the example and the house that it was applied to.
fn example() -> (Engine, State) {
    engine(EXAMPLE)
}

fn engine(text: &str) -> (Engine, State) {
    let state = house();
    let bound = Policy::parse(text).unwrap().bind(&state).unwrap();
    (Engine::new(&bound, &EndpointKey::new([7; 32])), state)
}

fn name(text: &str) -> AudienceName {
    text.parse().unwrap()
}

fn no_pin(_: &Pin) -> bool {
    panic!("no PIN was to be compared")
}

fn ask(engine: &mut Engine, audience: &str, ask: &Ask, now: Now) -> (Disclosure, Vec<Permitted>) {
    engine.answer(&name(audience), ask, now, &no_pin)
}

fn endpoints(engine: &mut Engine, audience: &str) -> Vec<summary::Endpoint> {
    match ask(engine, audience, &Ask::Discover, at(0)).0.answer() {
        Answer::Endpoints(all) => all.clone(),
        other => panic!("{other:?}"),
    }
}

fn id(engine: &mut Engine, audience: &str, alias: &str) -> summary::EndpointId {
    endpoints(engine, audience).iter().find(|e| e.alias.as_str() == alias).unwrap().id
}

fn face(engine: &mut Engine, audience: &str, alias: &str, now: Now) -> Face {
    let id = id(engine, audience, alias);
    match ask(engine, audience, &Ask::Report(vec![Some(id)]), now).0.answer() {
        Answer::Report(_, reported) => match reported.as_slice() {
            [Reported::Endpoint(endpoint)] => endpoint.face.clone(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

fn act(engine: &mut Engine, audience: &str, alias: &str, intent: Intent) -> Ask {
    Ask::Act(vec![Act { endpoint: Some(id(engine, audience, alias)), intent }])
}

fn acted(disclosure: &Disclosure) -> Acted {
    match disclosure.answer() {
        Answer::Acted(_, acted) => acted[0].clone(),
        other => panic!("{other:?}"),
    }
}

/// Asks for one thing; the answer and what is wished.
fn does(engine: &mut Engine, state: &State, audience: &str, alias: &str, intent: Intent) -> (Acted, Vec<Wish>) {
    let question = act(engine, audience, alias, intent);
    let (disclosure, permitted) = ask(engine, audience, &question, at(1));
    (acted(&disclosure), permitted.into_iter().flat_map(|p| p.into_wishes(state)).collect())
}

#[test]
fn an_audience_sees_the_house_as_it_was_at_the_beat() {
    let (mut engine, mut state) = example();
    bolts(&mut state, at(1), Bolt::Locked, Bolt::Locked);
    engine.observe(at(1), &state);
    assert_eq!(face(&mut engine, "alexa_home", "Doors", at(1)), Face::Contact(Shown::Unknown));
    engine.observe(at(890), &state);
    // What happens after the beat was not seen at it, even if nobody looked in between.
    bolts(&mut state, at(901), Bolt::Unlocked, Bolt::Locked);
    engine.observe(at(901), &state);
    assert_eq!(face(&mut engine, "alexa_home", "Doors", at(902)), Face::Contact(Shown::Known(Contact::Closed)));
    engine.observe(at(1790), &state);
    assert_eq!(face(&mut engine, "alexa_home", "Doors", at(1799)), Face::Contact(Shown::Known(Contact::Closed)));
    assert_eq!(face(&mut engine, "alexa_home", "Doors", at(1800)), Face::Contact(Shown::Known(Contact::Open)));
}

/// Else the beat that is told would tell how busy the hub was when the question came.
#[test]
fn a_question_is_answered_as_of_the_beat_before_it_was_received() {
    let (mut engine, mut state) = example();
    let question = Ask::Report(vec![Some(id(&mut engine, "alexa_home", "Doors"))]);
    for (before, bolt) in [(899, Bolt::Locked), (1799, Bolt::Unlocked)] {
        bolts(&mut state, at(before - 1), Bolt::Locked, bolt);
        engine.observe(at(before), &state);
        engine.observe(at(before + 1), &state);
    }
    let mut told = |second| match ask(&mut engine, "alexa_home", &question, at(second)).0.answer() {
        Answer::Report(tick, told) => (tick.at() - START, format!("{told:?}").contains("Known(Closed)")),
        other => panic!("{other:?}"),
    };
    let (before, last) = ((900, true), (1800, false));
    assert_eq!([1800, 1799, 900, 1801].map(&mut told), [last, before, before, last]);
}

#[test]
fn g8_a_thousand_questions_in_a_tick_have_one_answer() {
    let (mut engine, mut state) = example();
    let ids: Vec<_> = endpoints(&mut engine, "google_home").iter().map(|e| Some(e.id)).collect();
    let question = Ask::Report(ids);
    engine.observe(at(299), &state);
    let first = ask(&mut engine, "google_home", &question, at(300)).0;
    for second in 0..1000 {
        let now = at(300 + second * 299 / 1000);
        let (front, back) = if second % 2 == 0 { (Bolt::Locked, Bolt::Locked) } else { (Bolt::Jammed, Bolt::Unlocked) };
        bolts(&mut state, now, front, back);
        engine.observe(now, &state);
        assert_eq!(ask(&mut engine, "google_home", &question, now).0, first);
    }
}

/// Three bytes of state make the whole alphabet: what an audience can hear is counted beforehand.
#[test]
fn g4_an_audience_hears_one_of_finitely_many_answers() {
    let (mut engine, mut state) = example();
    let ids: Vec<_> = endpoints(&mut engine, "alexa_home").iter().map(|e| Some(e.id)).collect();
    let mut heard = BTreeSet::new();
    for round in 0..60u64 {
        let now = at(900 * round);
        for (device, number) in [(FRONT, round), (BACK, round / 4)] {
            report(&mut state, now, device, Reading::LockState(Bolt::from_code(u8::try_from(number % 5).unwrap())));
        }
        let warm = i16::try_from(round * 37 % 3000).unwrap();
        report(&mut state, now, HALL, Reading::LocalTemperature(Some(CentiCelsius(warm))));
        report(&mut state, now, HALL, Reading::OccupiedHeatingSetpoint(Some(CentiCelsius(warm))));
        engine.observe(at(900 * round + 890), &state);
        match ask(&mut engine, "alexa_home", &Ask::Report(ids.clone()), at(900 * (round + 1))).0.answer() {
            Answer::Report(_, reported) => heard.insert(format!("{reported:?}")),
            other => panic!("{other:?}"),
        };
    }
    // Of four endpoints one tells a state, and it has three: closed, open and unknown.
    assert_eq!(heard.len(), 3);
}

#[test]
fn what_is_missing_or_old_is_unknown_and_never_left_out() {
    let (mut engine, mut state) = example();
    bolts(&mut state, at(1), Bolt::Locked, Bolt::Locked);
    let mut seen = |state: &State, beat: u64| {
        engine.observe(at(beat * 900 - 1), state);
        face(&mut engine, "alexa_home", "Doors", at(beat * 900))
    };
    assert_eq!(seen(&state, 1), Face::Contact(Shown::Known(Contact::Closed)));
    state.apply(at(901), Input::Event(Event::Unreachable { device: BACK }));
    assert_eq!(seen(&state, 2), Face::Contact(Shown::Unknown));
    bolts(&mut state, at(1801), Bolt::Locked, Bolt::Locked);
    assert_eq!(seen(&state, 3), Face::Contact(Shown::Known(Contact::Closed)));
    report(&mut state, at(2701), BACK, Reading::LockState(None));
    assert_eq!(seen(&state, 4), Face::Contact(Shown::Unknown));
    state.apply(at(3601), Input::Event(Event::Left { device: BACK }));
    assert_eq!(seen(&state, 5), Face::Contact(Shown::Unknown));
    let restarted = State::restore(at(4501), Vec::new(), house_devices(&state));
    assert_eq!(seen(&restarted, 6), Face::Contact(Shown::Unknown));
}

fn house_devices(state: &State) -> Vec<home::Device> {
    state.devices().cloned().collect()
}

#[test]
fn a_device_that_takes_over_a_name_joins_no_grant() {
    let state = house();
    let bound = Policy::parse(EXAMPLE).unwrap().bind(&state).unwrap();
    let kept = Bound::from_bytes(&bound.to_bytes()).unwrap();
    assert_eq!((kept.devices().get("front"), kept.digest()), (Some(&FRONT), bound.digest()));
    assert_eq!(kept, bound);
    assert!(Bound::from_bytes(b"").is_err());
    let unbound = String::from_utf8(bound.to_bytes()).unwrap().replace("front = \"0x", "frond = \"0x");
    assert!(matches!(Bound::from_bytes(unbound.as_bytes()), Err(crate::BoundError::Unbound(name)) if name == "front"));
}

#[test]
fn unknown_devices_and_wrong_kinds_are_refused_with_their_line() {
    let text = EXAMPLE.replace("lock.back", "lock.hall").replace("thermostat.hall", "thermostat.attic");
    let errors = Policy::parse(&text).unwrap().bind(&house()).unwrap_err().to_string();
    assert!(errors.contains("line 4: \"hall\" has no lock"), "{errors}");
    assert!(errors.contains("there is no device \"attic\"; with thermostat there is hall"), "{errors}");
}

#[test]
fn g10_what_is_not_granted_is_refused_and_causes_nothing() {
    let (mut engine, state) = example();
    let refused = [
        ("alexa_home", "Doors", Intent::Lock),
        ("alexa_home", "Doors", Intent::Unlock(None)),
        ("alexa_home", "Lock up", Intent::Unlock(None)),
        ("alexa_home", "Heating", Intent::SetSetpoint(2400)),
        ("alexa_home", "Heating", Intent::SetSetpoint(1400)),
        ("alexa_home", "Heating", Intent::SetSetpoint(i32::MAX)),
        ("alexa_home", "Heating", Intent::Activate),
        ("google_home", "Comfort", Intent::SetSetpoint(2000)),
        ("google_home", "Boiler", Intent::Other),
    ];
    for (audience, alias, intent) in refused {
        let said = format!("{alias} {intent:?}");
        assert_eq!(does(&mut engine, &state, audience, alias, intent), (Acted::Refused, Vec::new()), "{said}");
    }
    let google = id(&mut engine, "google_home", "Heating");
    for endpoint in [None, Some(google), Some(summary::EndpointId([0; 16]))] {
        let question = Ask::Act(vec![Act { endpoint, intent: Intent::SetSetpoint(2000) }]);
        let (disclosure, permitted) = ask(&mut engine, "alexa_home", &question, at(1));
        assert_eq!((acted(&disclosure), permitted), (Acted::Refused, Vec::new()));
    }
}

#[test]
fn what_is_granted_becomes_a_wish() {
    let (mut engine, mut state) = example();
    report(&mut state, at(0), HALL, Reading::OccupiedHeatingSetpoint(Some(CentiCelsius(2250))));
    let heat = |centi| Wish::Act { device: HALL, action: Action::Setpoint(CentiCelsius(centi)) };
    let lock = |device| Wish::Act { device, action: Action::Lock(None) };
    let silent = Acted::Accepted { echo: None };
    let cases = [
        ("alexa_home", "Heating", Intent::SetSetpoint(2120), vec![heat(2100)]),
        ("alexa_home", "Heating", Intent::AdjustSetpoint(200), vec![heat(2300)]),
        ("alexa_home", "Heating", Intent::AdjustSetpoint(-100), vec![heat(2150)]),
        ("alexa_home", "Heating", Intent::AdjustSetpoint(i32::MIN), vec![heat(1500)]),
        ("alexa_home", "Lock up", Intent::Activate, vec![lock(FRONT), lock(BACK)]),
        (
            "alexa_home",
            "Back door",
            Intent::Unlock(None),
            vec![Wish::Act { device: BACK, action: Action::Unlock(None) }],
        ),
        ("google_home", "Doors", Intent::Lock, vec![lock(FRONT), lock(BACK)]),
        ("google_home", "Good night", Intent::Activate, vec![lock(FRONT), lock(BACK), heat(1700)]),
    ];
    for (audience, alias, intent, wishes) in cases {
        assert_eq!(does(&mut engine, &state, audience, alias, intent), (silent.clone(), wishes), "{alias}");
    }
    let (said, _) = does(&mut engine, &state, "google_home", "Heating", Intent::SetSetpoint(2040));
    assert!(matches!(said, Acted::Accepted { echo: Some(setpoint) } if setpoint.centi() == 2000));
}

#[test]
fn unlocking_by_google_takes_the_hubs_pin_and_has_an_end() {
    let (mut engine, state) = example();
    let doors = endpoints(&mut engine, "google_home");
    let lock = doors.iter().find(|e| e.alias.as_str() == "Doors").unwrap();
    assert!(
        matches!(&lock.face, Face::Lock(lock) if lock.lock && lock.unlock == Unlock::HubPin && lock.locked.is_some())
    );
    let asked = Cell::new(0);
    let mut say = |pin: Option<&str>, now: Now| {
        let intent = Intent::Unlock(pin.map(|pin| Pin::new(pin).unwrap()));
        let question = Ask::Act(vec![Act { endpoint: Some(lock.id), intent }]);
        let checks = engine.pin_to_check(&name("google_home"), &question, now).is_some();
        let before = asked.get();
        let pins = |pin: &Pin| {
            asked.set(asked.get() + 1);
            pin.reveal() == "4711"
        };
        let (disclosure, permitted) = engine.answer(&name("google_home"), &question, now, &pins);
        assert_eq!(checks, asked.get() > before);
        let wishes: Vec<_> = permitted.into_iter().flat_map(|p| p.into_wishes(&state)).collect();
        assert_eq!(matches!(acted(&disclosure), Acted::Accepted { .. }), !wishes.is_empty());
        acted(&disclosure)
    };
    let accepted = Acted::Accepted { echo: None };
    assert_eq!(say(None, at(0)), Acted::NeedsPin);
    for now in [0, 1, 2] {
        assert_eq!(say(Some("4711"), at(now)), accepted);
    }
    assert_eq!(say(Some("4711"), at(3)), Acted::Refused);
    assert_eq!(say(Some("4711"), at(600)), accepted);
    for _ in 0..5 {
        assert_eq!(say(Some("4712"), at(700)), Acted::WrongPin);
    }
    assert_eq!(say(Some("4711"), at(1300)), Acted::Refused);
    assert_eq!(say(None, at(1300)), Acted::Refused);
    assert_eq!(say(Some("4711"), at(1600)), accepted);
}

#[test]
fn one_question_compares_one_pin() {
    let (mut engine, _) = example();
    let endpoint = Some(id(&mut engine, "google_home", "Doors"));
    let unlock = |pin: &str| Act { endpoint, intent: Intent::Unlock(Pin::new(pin)) };
    let acts = (1000..1064).map(|pin| unlock(&pin.to_string())).collect();
    let asked = Cell::new(0);
    let pins = |pin: &Pin| {
        asked.set(asked.get() + 1);
        pin.reveal() == "1001"
    };
    let (disclosure, permitted) = engine.answer(&name("google_home"), &Ask::Act(acts), at(0), &pins);
    assert_eq!((asked.get(), permitted), (1, Vec::new()));
    assert_eq!(acted(&disclosure), Acted::WrongPin);
}

#[test]
fn g12_no_credential_to_speak_unasked_unless_a_summary_asks_for_it() {
    let (mut engine, state) = example();
    let answer = ask(&mut engine, "alexa_home", &Ask::Grant, at(1)).0;
    assert_eq!(answer.answer(), &Answer::Refused);
    engine.observe(at(900), &state);
    assert_eq!(engine.due_push(at(900)), Vec::new());
}

#[test]
fn what_is_pushed_is_pushed_at_every_beat_and_once() {
    let text = EXAMPLE.replacen("push = false", "push = true", 1).replacen(
        "alias = \"Doors\"",
        "alias = \"Doors\"\npush = true",
        1,
    );
    let (mut engine, mut state) = engine(&text);
    assert_eq!(ask(&mut engine, "alexa_home", &Ask::Grant, at(1)).0.answer(), &Answer::Granted);
    bolts(&mut state, at(1), Bolt::Locked, Bolt::Locked);
    let mut told = Vec::new();
    for second in (2..=2700).step_by(1) {
        engine.observe(at(second), &state);
        told.extend(engine.due_push(at(second)).into_iter().map(|disclosure| (second, disclosure)));
    }
    let times: Vec<_> = told.iter().map(|(second, _)| *second).collect();
    assert_eq!(times, [2, 900, 1800, 2700]);
    assert_eq!(told[2].1.reply_after(), Duration::from_secs(10));
    assert!(matches!(told[1].1.answer(), Answer::Report(_, all) if all.len() == 1));
    // Whoever looks too late is silent until the next beat.
    assert_eq!(engine.due_push(at(3610)), Vec::new());
}

#[test]
fn a_restart_within_a_tick_changes_no_answer() {
    let (mut before, mut state) = example();
    bolts(&mut state, at(1), Bolt::Locked, Bolt::Locked);
    before.observe(at(299), &state);
    before.observe(at(300), &state);
    let kept = before.unsaved(at(300)).unwrap();
    assert_eq!(before.unsaved(at(300)), None);
    let (mut after, _) = example();
    let started = Now { up: Duration::from_secs(3), ..at(310) };
    after.restore(started, &kept).unwrap();
    after.observe(started, &State::restore(started, Vec::new(), house_devices(&state)));
    assert!(
        matches!(face(&mut before, "google_home", "Doors", at(320)), Face::Lock(lock) if lock.locked == Some(Shown::Known(true)))
    );
    assert_eq!(face(&mut before, "google_home", "Doors", at(320)), face(&mut after, "google_home", "Doors", at(320)));
}

#[test]
fn counts_outlast_a_restart_and_snapshots_of_another_policy_do_not() {
    let (mut before, mut state) = example();
    bolts(&mut state, at(1), Bolt::Locked, Bolt::Locked);
    before.observe(at(899), &state);
    for _ in 0..3 {
        does(&mut before, &state, "alexa_home", "Back door", Intent::Unlock(None));
    }
    let kept = before.unsaved(at(900)).unwrap();
    let (mut after, _) = engine(&EXAMPLE.replacen("as = \"scene\"", "as = \"lock\"", 1));
    after.restore(at(900), &kept).unwrap();
    assert_eq!(face(&mut after, "alexa_home", "Doors", at(900)), Face::Contact(Shown::Unknown));
    assert_eq!(does(&mut after, &state, "alexa_home", "Back door", Intent::Unlock(None)).0, Acted::Refused);
    for bad in [&b""[..], b"\xff", b"format = 2", &kept[..kept.len() / 2]] {
        assert_eq!(after.restore(at(900), bad), Err(SavedError));
    }
}

/// Invariant 4.
#[test]
fn g3_without_a_policy_or_while_paused_nothing_is_said_and_nothing_done() {
    let paused = EXAMPLE.replacen("push = false", "paused = true", 1);
    for mut engine in [Engine::closed(), engine("version = 1").0, engine(&paused).0] {
        let acts = vec![Act { endpoint: None, intent: Intent::Lock }];
        for question in
            [Ask::Discover, Ask::Report(vec![None]), Ask::Act(acts), Ask::Grant, Ask::Unlink, Ask::Malformed]
        {
            let (disclosure, permitted) = ask(&mut engine, "alexa_home", &question, at(5));
            assert_eq!((disclosure.answer(), permitted), (&Answer::Refused, Vec::new()));
            assert_eq!(disclosure.reply_after(), Duration::from_millis(1500));
        }
        assert_eq!(engine.due_push(at(900)), Vec::new());
    }
}

#[test]
fn the_ledger_gets_words_and_no_reading() {
    let (mut engine, mut state) = example();
    report(&mut state, at(0), HALL, Reading::OccupiedHeatingSetpoint(Some(CentiCelsius(2150))));
    engine.observe(at(299), &state);
    let id = Some(id(&mut engine, "google_home", "Heating"));
    let told = ask(&mut engine, "google_home", &Ask::Report(vec![id, None]), at(300)).0;
    assert_eq!(told.description(), "told how Heating, an unknown endpoint is");
    let acts =
        vec![Act { endpoint: id, intent: Intent::SetSetpoint(2200) }, Act { endpoint: None, intent: Intent::Lock }];
    let (told, permitted) = ask(&mut engine, "google_home", &Ask::Act(acts), at(300));
    assert_eq!(told.description(), "asked to set Heating: permitted; lock an unknown endpoint: refused");
    assert_eq!(permitted[0].description(), "set Heating");
    let setpoint = face(&mut engine, "google_home", "Heating", at(300));
    assert!(
        matches!(setpoint, Face::Thermostat(t) if matches!(t.setpoint, Some(Shown::Known(s)) if s.centi() == 2200))
    );
}

#[test]
fn a_clock_put_back_a_little_brings_no_second_snapshot() {
    let (mut engine, mut state) = example();
    bolts(&mut state, at(1), Bolt::Locked, Bolt::Locked);
    engine.observe(at(899), &state);
    engine.observe(at(900), &state);
    bolts(&mut state, at(901), Bolt::Unlocked, Bolt::Locked);
    engine.observe(at(901), &state);
    for second in [895, 900] {
        let now = Now { up: at(902).up, ..at(second) };
        assert_eq!(face(&mut engine, "alexa_home", "Doors", now), Face::Contact(Shown::Known(Contact::Closed)));
    }
}
