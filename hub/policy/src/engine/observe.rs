//! Looking at the house, and freezing what was seen at each beat.

use std::time::Duration;

use home::{Now, State};
use summary::{AudienceName, SetpointRange, Shown, Tick};

use super::{Engine, Gauge, Seat};
use crate::plan::{Look, Seen};
use crate::rule::{Input, Rule};
use crate::sample;
use crate::source::Tap;
use crate::value::Value;

/// What was last seen longer ago is not how the house was at a beat: the hub stood still.
const STANDSTILL: Duration = Duration::from_secs(60);

impl Engine {
    /// Looks at the house. To be called after each change of it and about once a second.
    ///
    /// What an audience sees at a beat is what was seen at the last look before it, so it does not matter how soon after
    /// the beat the hub comes to look again.
    pub fn observe(&mut self, now: Now, state: &State) {
        self.roll(now);
        for gauge in self.gauges.values_mut() {
            let input = gauge.input(now, state);
            gauge.latest = gauge.rule.say(&input, &mut gauge.memory, now.up);
        }
        let gauges = &self.gauges;
        for seat in self.seats.values_mut() {
            for (endpoint, latest) in seat.plan.endpoints.iter().zip(&mut seat.latest) {
                *latest = match &endpoint.look {
                    Some(Look::Summary(name)) => gauges.get(name).map_or(Shown::Unknown, Gauge::seen),
                    Some(Look::Setpoint { taps, range }) => setpoint(now, state, taps, *range),
                    None => Shown::Unknown,
                };
            }
        }
        self.looked = Some(now);
    }

    /// Freezes what was last seen for each audience whose beat has come.
    pub(super) fn roll(&mut self, now: Now) {
        let still =
            |looked: Now| now.up.saturating_sub(looked.up) > STANDSTILL || now.wall.since(looked.wall) > STANDSTILL;
        let blind = self.looked.is_none_or(still);
        for seat in self.seats.values_mut() {
            self.unsaved |= seat.roll(now, blind);
        }
    }

    /// The last beat of an audience, if it has one.
    pub fn tick(&self, audience: &AudienceName, now: Now) -> Option<Tick> {
        self.seats.get(audience).map(|seat| Tick::before(now.wall.seconds(), seat.plan.cadence))
    }
}

impl Seat {
    /// True if there is a new snapshot.
    fn roll(&mut self, now: Now, blind: bool) -> bool {
        let tick = Tick::before(now.wall.seconds(), self.plan.cadence);
        if let Some((frozen, _)) = self.frozen {
            // A clock that is put back a little does not bring a second snapshot for a beat that was told.
            let back = frozen.at().saturating_sub(tick.at());
            if frozen == tick || frozen.at() > tick.at() && back <= u64::from(self.plan.cadence) {
                return false;
            }
        }
        let seen = if blind { vec![Shown::Unknown; self.latest.len()] } else { self.latest.clone() };
        self.before = self.frozen.replace((tick, seen)).map(|before| (before, now.up));
        true
    }
}

impl Gauge {
    fn input(&self, now: Now, state: &State) -> Input {
        if let (Rule::Age { .. }, [tap]) = (&self.rule, self.taps.as_slice()) {
            return sample::age(state, now, *tap).map_or(Input::Unknown, Input::Age);
        }
        let values: Option<Vec<_>> =
            self.taps.iter().map(|tap| sample::value(state, now, *tap, self.max_age)).collect();
        values.map_or(Input::Unknown, Input::Values)
    }

    fn seen(&self) -> Seen {
        match self.latest {
            Shown::Known(place) => Shown::Known(place.into()),
            Shown::Unknown => Shown::Unknown,
        }
    }
}

/// The setpoint that all have, on the nearest step of the granted range.
fn setpoint(now: Now, state: &State, taps: &[Tap], range: SetpointRange) -> Seen {
    let on_step = |tap: &Tap| match sample::value(state, now, *tap, sample::MAX_AGE)? {
        Value::Number(centi) => range.at(centi),
        Value::Word(_) | Value::Flag(_) => None,
    };
    let all: Option<Vec<_>> = taps.iter().map(on_step).collect();
    match all.as_deref() {
        Some([first, rest @ ..]) if rest.iter().all(|other| other == first) => Shown::Known(first.centi()),
        _ => Shown::Unknown,
    }
}
