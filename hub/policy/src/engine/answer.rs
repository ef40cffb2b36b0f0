//! Answers, from what was frozen at the beat. Nothing here can see the house.

use std::time::Duration;

use home::Now;
use summary::{Answer, Ask, AudienceName, Endpoint, EndpointId, Reported, Shown, Tick, Vendor};

use super::{Engine, Frozen, PinCheck, Seat, act};
use crate::disclosure::Disclosure;
use crate::permitted::Permitted;

/// How long a refusal takes where no policy says how long.
const USUAL: Duration = Duration::from_millis(1500);
/// What nobody asked for leaves so long after the beat, and is left out if nobody looked in time.
const PUSH_AFTER: Duration = Duration::from_secs(10);

impl Engine {
    /// What may be said to a question, and what may be done about it. `now` is when the question was received, however much
    /// later it is answered: else a question just before a beat would tell how busy the hub was.
    ///
    /// The answer depends on the policy, the last beat and the questions before, not on the house: it is not even looked
    /// at. `pins` is asked at most once.
    pub fn answer(
        &mut self,
        audience: &AudienceName,
        ask: &Ask,
        now: Now,
        pins: &dyn PinCheck,
    ) -> (Disclosure, Vec<Permitted>) {
        self.roll(now);
        let Some(seat) = self.seats.get_mut(audience) else {
            return (refusal(audience, USUAL, "unknown"), Vec::new());
        };
        let reply_after = seat.plan.reply_after;
        if seat.plan.paused {
            return (refusal(audience, reply_after, "paused"), Vec::new());
        }
        let mut permitted = Vec::new();
        let (answer, description) = match ask {
            Ask::Discover => {
                let all: Vec<_> = seat.plan.endpoints.iter().map(|e| e.endpoint(Shown::Unknown)).collect();
                let count = all.len();
                (Answer::Endpoints(all), format!("told what there is: {count} endpoints"))
            }
            Ask::Report(ids) if ids.len() <= Ask::MOST => seat.report(ids, seat.frozen_at(now)),
            Ask::Act(acts) if acts.len() <= Ask::MOST => {
                let before = seat.guard.clone();
                let (acted, deeds, description) = act::acted(seat, audience, acts, now, pins);
                self.unsaved |= seat.guard != before;
                permitted = deeds;
                (Answer::Acted(seat.tick(seat.frozen_at(now)), acted), description)
            }
            Ask::Grant if seat.may_push() => {
                (Answer::Granted, "took the code by which it may be told unasked".to_owned())
            }
            Ask::Unlink => (Answer::Unlinked, "unlinked".to_owned()),
            Ask::Grant => (Answer::Refused, "refused the code by which it could be told unasked".to_owned()),
            Ask::Report(_) | Ask::Act(_) | Ask::Malformed => (Answer::Refused, "refused: not understood".to_owned()),
        };
        (Disclosure::new(audience.clone(), answer, reply_after, description), permitted)
    }

    /// What is to be told unasked at this beat: all that is granted so, whether it changed or not, once for each audience.
    /// To be called about once a second.
    pub fn due_push(&mut self, now: Now) -> Vec<Disclosure> {
        self.roll(now);
        let mut due = Vec::new();
        for (name, seat) in self.seats.iter_mut().filter(|(_, seat)| !seat.plan.paused && seat.may_push()) {
            let tick = seat.tick(seat.frozen.as_ref());
            let late = now.wall.0.saturating_sub(tick.at().saturating_mul(1000));
            if seat.pushed == Some(tick.at()) || u128::from(late) >= PUSH_AFTER.as_millis() {
                continue;
            }
            seat.pushed = Some(tick.at());
            self.unsaved = true;
            let ids: Vec<_> = seat.plan.endpoints.iter().filter(|e| e.push).map(|e| Some(e.id)).collect();
            let (answer, description) = seat.report(&ids, seat.frozen.as_ref());
            due.push(Disclosure::new(name.clone(), answer, PUSH_AFTER, format!("{description}, unasked")));
        }
        due
    }
}

fn refusal(audience: &AudienceName, reply_after: Duration, why: &str) -> Disclosure {
    Disclosure::new(audience.clone(), Answer::Refused, reply_after, format!("refused: {why}"))
}

impl Seat {
    /// What was frozen at the last beat; at the one before for a question that came before the last and is answered after it.
    fn frozen_at(&self, now: Now) -> Option<&Frozen> {
        let tick = Tick::before(now.wall.seconds(), self.plan.cadence);
        let before = self.before.as_ref().filter(|((before, _), until)| *before == tick && now.up < *until);
        before.map(|(before, _)| before).or(self.frozen.as_ref())
    }

    /// The beat that is told of. There is always one: each answer rolls first.
    fn tick(&self, frozen: Option<&Frozen>) -> Tick {
        frozen.map_or(Tick::before(0, self.plan.cadence), |(tick, _)| *tick)
    }

    pub(super) fn may_push(&self) -> bool {
        self.plan.vendor == Vendor::Alexa && self.plan.endpoints.iter().any(|endpoint| endpoint.push)
    }

    fn report(&self, ids: &[Option<EndpointId>], frozen: Option<&Frozen>) -> (Answer, String) {
        let all: Vec<_> = ids.iter().map(|id| id.and_then(|id| self.shown(id, frozen))).collect();
        let aliases = all.iter().map(|endpoint| endpoint.as_ref().map(|endpoint| endpoint.alias.as_str()));
        let description = format!("told how {} is", listed(aliases));
        let reported = all.into_iter().map(|endpoint| endpoint.map_or(Reported::Unavailable, Reported::Endpoint));
        (Answer::Report(self.tick(frozen), reported.collect()), description)
    }

    fn shown(&self, id: EndpointId, frozen: Option<&Frozen>) -> Option<Endpoint> {
        let place = self.plan.place(id)?;
        let seen = frozen.and_then(|(_, seen)| seen.get(place)).copied().unwrap_or(Shown::Unknown);
        Some(self.plan.endpoints.get(place)?.endpoint(seen))
    }
}

/// Some aliases in a sentence, not all of a long list.
fn listed<'a>(aliases: impl ExactSizeIterator<Item = Option<&'a str>>) -> String {
    const SHOWN: usize = 8;
    let rest = aliases.len().saturating_sub(SHOWN);
    let names: Vec<_> = aliases.take(SHOWN).map(|alias| alias.unwrap_or("an unknown endpoint")).collect();
    match (names.as_slice(), rest) {
        ([], _) => "nothing".to_owned(),
        (names, 0) => names.join(", "),
        (names, rest) => format!("{} and {rest} more", names.join(", ")),
    }
}
