//! What becomes of something that is to be done: decided by the policy and by what was asked before, never by the house.

use home::Now;
use summary::{Act, Acted, AudienceName, Intent, Pin, Unlock};

use super::{PinCheck, Seat};
use crate::guard::Guard;
use crate::permitted::{Deed, Permitted};
use crate::plan::{Part, Planned};

/// The PIN of one question and whether it is right: compared once, however often it is said.
struct Spoken<'a> {
    pins: &'a dyn PinCheck,
    heard: Option<(&'a Pin, bool)>,
}

impl<'a> Spoken<'a> {
    /// A second, other PIN in the same question is wrong without a look.
    fn is_right(&mut self, pin: &'a Pin) -> bool {
        if let Some((heard, right)) = self.heard {
            return heard == pin && right;
        }
        let right = self.pins.is_right(pin);
        self.heard = Some((pin, right));
        right
    }
}

/// The first PIN among `acts` that would be compared.
pub(super) fn pin<'a>(seat: &Seat, acts: &'a [Act], now: Now) -> Option<&'a Pin> {
    if acts.len() > summary::Ask::MOST || seat.guard.clone().is_locked_out(now.wall) {
        return None;
    }
    acts.iter().find_map(|act| match (&act.intent, &find(seat, act)?.part) {
        (Intent::Unlock(pin), Part::Lock { how: Unlock::HubPin, .. }) => pin.as_ref(),
        _ => None,
    })
}

/// The answer to each, what may be done, and a sentence for the ledger.
pub(super) fn acted(
    seat: &mut Seat,
    audience: &AudienceName,
    acts: &[Act],
    now: Now,
    pins: &dyn PinCheck,
) -> (Vec<Acted>, Vec<Permitted>, String) {
    let mut spoken = Spoken { pins, heard: None };
    let (mut answers, mut permitted, mut sentences) = (Vec::new(), Vec::new(), Vec::new());
    let mut guard = std::mem::take(&mut seat.guard);
    for act in acts {
        let endpoint = find(seat, act);
        let (answer, deed) = match endpoint {
            Some(endpoint) => decide(&endpoint.part, &act.intent, &mut guard, now, &mut spoken),
            None => (Acted::Refused, None),
        };
        let alias = endpoint.map_or("an unknown endpoint", |endpoint| endpoint.alias.as_str());
        let wish = format!("{} {alias}", verb(&act.intent));
        sentences.push(format!("{wish}: {}", word(&answer)));
        permitted.extend(deed.map(|deed| Permitted::new(audience.clone(), deed, wish)));
        answers.push(answer);
    }
    seat.guard = guard;
    sentences.truncate(8);
    (answers, permitted, format!("asked to {}", sentences.join("; ")))
}

fn find<'a>(seat: &'a Seat, act: &Act) -> Option<&'a Planned> {
    seat.plan.endpoints.get(seat.plan.place(act.endpoint?)?)
}

fn decide<'a>(
    part: &Part,
    intent: &'a Intent,
    guard: &mut Guard,
    now: Now,
    spoken: &mut Spoken<'a>,
) -> (Acted, Option<Deed>) {
    let accepted = |deed| (Acted::Accepted { echo: None }, Some(deed));
    match (part, intent) {
        (Part::Thermostat { targets, range, echo, .. }, Intent::SetSetpoint(centi)) => match range.at(*centi) {
            Some(to) => {
                let deed = Deed::Heat(targets.iter().map(|device| (*device, to)).collect());
                (Acted::Accepted { echo: echo.then_some(to) }, Some(deed))
            }
            None => (Acted::Refused, None),
        },
        // Where it ends depends on where it is, so the answer does not say; at the end of the range it stays there.
        (Part::Thermostat { targets, range, .. }, Intent::AdjustSetpoint(by)) => {
            accepted(Deed::Warm { devices: targets.clone(), by: *by, range: *range })
        }
        (Part::Lock { lock, .. }, Intent::Lock) if !lock.is_empty() => accepted(Deed::Lock(lock.clone())),
        (Part::Lock { unlock, how, .. }, Intent::Unlock(pin)) => {
            let refusal = match how {
                Unlock::Never => Some(Acted::Refused),
                Unlock::VendorPin => None,
                Unlock::HubPin => not_let_in(pin.as_ref(), guard, now, spoken),
            };
            match refusal {
                Some(refusal) => (refusal, None),
                None if guard.unlock(now.wall) => accepted(Deed::Unlock(unlock.clone())),
                None => (Acted::Refused, None),
            }
        }
        (Part::Scene { lock, heat }, Intent::Activate) => {
            accepted(Deed::Scene { lock: lock.clone(), heat: heat.clone() })
        }
        _ => (Acted::Refused, None),
    }
}

/// Why whoever says this PIN is not let in; `None` if it is the PIN.
fn not_let_in<'a>(pin: Option<&'a Pin>, guard: &mut Guard, now: Now, spoken: &mut Spoken<'a>) -> Option<Acted> {
    if guard.is_locked_out(now.wall) {
        return Some(Acted::Refused);
    }
    let Some(pin) = pin else { return Some(Acted::NeedsPin) };
    let right = spoken.is_right(pin);
    guard.pin(right, now.wall);
    (!right).then_some(Acted::WrongPin)
}

fn verb(intent: &Intent) -> &'static str {
    match intent {
        Intent::SetSetpoint(_) => "set",
        Intent::AdjustSetpoint(_) => "make warmer or colder",
        Intent::Lock => "lock",
        Intent::Unlock(_) => "unlock",
        Intent::Activate => "start",
        Intent::Other => "do something else with",
    }
}

fn word(answer: &Acted) -> &'static str {
    match answer {
        Acted::Accepted { .. } => "permitted",
        Acted::Refused => "refused",
        Acted::NeedsPin => "the PIN is needed",
        Acted::WrongPin => "wrong PIN",
    }
}
