//! Seeded leaks: what a careless hub would add to an answer, from the state of the house. Each must be found.

use home::{Availability, BoltShown, Device, Key, Reading, State, lock::Bolt};
use policy::Disclosure;
use summary::{Acted, Answer, AudienceName, Contact, Face, Reported, Setpoint, SetpointRange, Shown, Thermostat, Tick};

use crate::run::Moment;
use crate::scene::{BACK, FRONT, GRANTED, HALL};

/// What leaves, and when: milliseconds after the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) at: u64,
    pub(crate) audience: AudienceName,
    pub(crate) answer: Answer,
}

/// What an honest hub sends.
pub(crate) fn honest(disclosure: &Disclosure, moment: &Moment<'_>) -> Sent {
    let delay = u64::try_from(disclosure.reply_after().as_millis()).unwrap();
    Sent { at: moment.from + delay, audience: disclosure.audience().clone(), answer: disclosure.answer().clone() }
}

/// A way of not being honest.
pub(crate) type Leak = fn(&mut Sent, &Moment<'_>);

pub(crate) const LEAKS: [(&str, Leak); 14] = [
    ("the time of the last report instead of the tick", raw_time),
    ("the number of devices", device_count),
    ("an unknown endpoint is left out", omission),
    ("endpoints in the order in which devices were heard", order),
    ("the setpoint more precisely than granted", precision),
    ("a refusal because the lock is locked already", refusal),
    ("a refusal because the device is out of reach", offline_refusal),
    ("an answer that is late when a device is out of reach", latency),
    ("how the door is now instead of at the tick", present),
    ("another error for a device that left", error_kind),
    ("the setpoint at which a change ends", echo),
    ("a sign of a restart", restart),
    ("a property more than was granted", extra_property),
    ("a sign of what a device is fed by", health),
];

fn reported(sent: &mut Sent) -> Option<&mut Vec<Reported>> {
    if let Answer::Report(_, reported) = &mut sent.answer { Some(reported) } else { None }
}

fn acted(sent: &mut Sent) -> Option<&mut Vec<Acted>> {
    if let Answer::Acted(_, acted) = &mut sent.answer { Some(acted) } else { None }
}

fn is_away(state: &State, device: home::Ieee) -> bool {
    state.device(device).is_none_or(|device| device.availability == Availability::Offline)
}

fn is_locked(state: &State, device: home::Ieee) -> bool {
    state.device(device).map(Device::bolt) == Some(BoltShown::Reported(Bolt::Locked))
}

fn setpoint(state: &State) -> Option<i16> {
    match state.device(HALL)?.reading(Key::OccupiedHeatingSetpoint)? {
        Reading::OccupiedHeatingSetpoint(value) => value.map(|value| value.0),
        _ => None,
    }
}

/// As precise as the type can be made to say.
fn precise(centi: i16) -> Option<Setpoint> {
    SetpointRange::new(400, 3500, 50).unwrap().at(centi.into())
}

fn raw_time(sent: &mut Sent, moment: &Moment<'_>) {
    let seen = moment.state.device(FRONT).and_then(|device| device.last_seen).map_or(0, home::Timestamp::seconds);
    if let Answer::Report(tick, _) = &mut sent.answer {
        *tick = Tick::before(seen, 1);
    }
}

fn device_count(sent: &mut Sent, moment: &Moment<'_>) {
    if let Answer::Endpoints(all) = &mut sent.answer {
        let first = all[0].clone();
        all.extend(moment.state.devices().map(|_| first.clone()));
    }
}

fn omission(sent: &mut Sent, moment: &Moment<'_>) {
    if is_away(moment.state, BACK) {
        reported(sent).and_then(Vec::pop);
    }
}

fn order(sent: &mut Sent, moment: &Moment<'_>) {
    let seen = |device| moment.state.device(device).and_then(|device| device.last_seen);
    if seen(FRONT) > seen(BACK) {
        reported(sent).unwrap_or(&mut Vec::new()).reverse();
    }
}

fn precision(sent: &mut Sent, moment: &Moment<'_>) {
    for one in reported(sent).into_iter().flatten() {
        if let Reported::Endpoint(endpoint) = one
            && let Face::Thermostat(Thermostat { setpoint: Some(Shown::Known(shown)), .. }) = &mut endpoint.face
            && let Some(exact) = setpoint(moment.state).and_then(precise)
        {
            *shown = exact;
        }
    }
}

fn refusal(sent: &mut Sent, moment: &Moment<'_>) {
    if is_locked(moment.state, FRONT) {
        acted(sent).into_iter().flatten().for_each(|acted| *acted = Acted::Refused);
    }
}

fn offline_refusal(sent: &mut Sent, moment: &Moment<'_>) {
    if is_away(moment.state, HALL) {
        acted(sent).into_iter().flatten().for_each(|acted| *acted = Acted::Refused);
    }
}

fn latency(sent: &mut Sent, moment: &Moment<'_>) {
    sent.at += u64::from(is_away(moment.state, FRONT));
}

fn present(sent: &mut Sent, moment: &Moment<'_>) {
    let locked = is_locked(moment.state, FRONT) && is_locked(moment.state, BACK);
    for one in reported(sent).into_iter().flatten() {
        if let Reported::Endpoint(endpoint) = one
            && let Face::Contact(Shown::Known(contact)) = &mut endpoint.face
        {
            *contact = if locked { Contact::Closed } else { Contact::Open };
        }
    }
}

fn error_kind(sent: &mut Sent, moment: &Moment<'_>) {
    if GRANTED.iter().any(|device| moment.state.device(*device).is_none()) {
        reported(sent).into_iter().flatten().for_each(|one| *one = Reported::Unavailable);
    }
}

fn echo(sent: &mut Sent, moment: &Moment<'_>) {
    for one in acted(sent).into_iter().flatten() {
        if let Acted::Accepted { echo } = one {
            *echo = setpoint(moment.state).and_then(precise);
        }
    }
}

fn restart(sent: &mut Sent, moment: &Moment<'_>) {
    if moment.restarts > 0 {
        sent.answer = Answer::Unlinked;
    }
}

fn extra_property(sent: &mut Sent, moment: &Moment<'_>) {
    for one in reported(sent).into_iter().flatten() {
        if let Reported::Endpoint(endpoint) = one
            && let Face::Lock(lock) = &mut endpoint.face
        {
            lock.lock = !is_locked(moment.state, FRONT);
        }
    }
}

fn health(sent: &mut Sent, moment: &Moment<'_>) {
    let away = GRANTED.iter().filter(|device| is_away(moment.state, **device)).count();
    if let Answer::Endpoints(all) = &mut sent.answer {
        all.rotate_left(away);
    }
}
