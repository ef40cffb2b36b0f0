//! The engine: looks at the house, remembers each audience's last beat, and answers from that alone.

mod act;
mod answer;
mod observe;
mod saved;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use home::Now;
use summary::{Ask, AudienceName, Shown, SummaryName, Tick, Vendor};

use crate::bound::Bound;
use crate::guard::Guard;
use crate::key::EndpointKey;
use crate::plan::{Plan, Seen};
use crate::rule::{Memory, Rule};
use crate::source::Tap;

pub use saved::SavedError;

/// Compares a PIN that was spoken with the hub's own. The daemon brings it: the hash is slow, and not this crate's matter.
pub trait PinCheck {
    /// True if it is the PIN.
    fn is_right(&self, pin: &summary::Pin) -> bool;
}

impl<F: Fn(&summary::Pin) -> bool> PinCheck for F {
    fn is_right(&self, pin: &summary::Pin) -> bool {
        self(pin)
    }
}

/// Decides what may be said and done. One for the house; the task that owns the house's state owns it too.
pub struct Engine {
    policy: [u8; 32],
    gauges: BTreeMap<SummaryName, Gauge>,
    seats: BTreeMap<AudienceName, Seat>,
    /// When the house was last looked at.
    looked: Option<Now>,
    /// True if what has to outlast a restart changed since it was last saved.
    unsaved: bool,
}

/// A summary, its sources, and its value when last looked at.
struct Gauge {
    taps: Vec<Tap>,
    rule: Rule,
    max_age: Duration,
    memory: Memory,
    latest: Shown<u8>,
}

/// A beat, and what is seen at it.
type Frozen = (Tick, Vec<Seen>);

/// An audience: its plan, what it would see now, and what it saw at its last beat.
struct Seat {
    plan: Plan,
    /// For each endpoint, as the house was when last looked at.
    latest: Vec<Seen>,
    /// For each endpoint, as it was at the last beat. Nothing else is ever told, but
    frozen: Option<Frozen>,
    /// the same of the beat before, to who asked while it was the last: up to this time on the steady clock.
    before: Option<(Frozen, Duration)>,
    /// The beat at which it was last told unasked.
    pushed: Option<u64>,
    guard: Guard,
}

impl Engine {
    /// An engine that grants nothing to nobody: what runs without a policy.
    pub fn closed() -> Self {
        Self { policy: [0; 32], gauges: BTreeMap::new(), seats: BTreeMap::new(), looked: None, unsaved: false }
    }

    /// An engine for an applied policy. Until the first beat after the first look every value is unknown.
    pub fn new(bound: &Bound, key: &EndpointKey) -> Self {
        let policy = bound.digest();
        let gauges = bound.policy().summaries.iter().map(|(name, summary)| (name.clone(), Gauge::new(summary, bound)));
        let seats = bound.policy().audiences.iter().map(|(name, audience)| {
            let plan = Plan::new(name, audience, bound, key);
            let latest = vec![Shown::Unknown; plan.endpoints.len()];
            let seat = Seat { plan, latest, frozen: None, before: None, pushed: None, guard: Guard::default() };
            (name.clone(), seat)
        });
        Self { policy, gauges: gauges.collect(), seats: seats.collect(), looked: None, unsaved: false }
    }

    /// Those to whom anything is granted, paused or not.
    pub fn audiences(&self) -> impl Iterator<Item = &AudienceName> {
        self.seats.keys()
    }

    /// Who of this vendor may ask: a vendor's cloud does not say for which account it asks. `None` if nobody may, or all are
    /// paused.
    pub fn audience_of(&self, vendor: Vendor) -> Option<&AudienceName> {
        let mut asking = self.seats.iter().filter(|(_, seat)| seat.plan.vendor == vendor && !seat.plan.paused);
        asking.next().map(|(name, _)| name)
    }

    /// True if it may be told unasked.
    pub fn may_push(&self, audience: &AudienceName) -> bool {
        self.seats.get(audience).is_some_and(|seat| !seat.plan.paused && seat.may_push())
    }

    /// The PIN in a question that has to be compared before it is answered, if any: so the slow hash can be computed
    /// elsewhere, and not at all while no PIN is taken.
    pub fn pin_to_check<'a>(&self, audience: &AudienceName, ask: &'a Ask, now: Now) -> Option<&'a summary::Pin> {
        let seat = self.seats.get(audience).filter(|seat| !seat.plan.paused)?;
        let Ask::Act(acts) = ask else { return None };
        act::pin(seat, acts, now)
    }
}

impl Gauge {
    fn new(summary: &crate::model::Summary, bound: &Bound) -> Self {
        let tap = |source: &crate::model::Placed<crate::source::Source>| {
            let device = bound.device(&source.it.device)?;
            Some(Tap { device, attribute: source.it.attribute })
        };
        Self {
            taps: summary.sources.iter().filter_map(tap).collect(),
            rule: summary.rule.clone(),
            max_age: summary.max_age,
            memory: Memory::default(),
            latest: Shown::Unknown,
        }
    }
}
