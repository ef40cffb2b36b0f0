//! A policy made ready to answer from: endpoints with their numbers, their faces, and the addresses they act on.

use std::time::Duration;

use home::Ieee;
use summary::{
    Alias, AudienceName, Contact, Endpoint, EndpointId, Face, Lock, Mode, Setpoint, SetpointRange, Shown, SummaryName,
    Thermostat, Unlock, Vendor, Word,
};

use crate::bound::Bound;
use crate::key::EndpointKey;
use crate::model::{self, Audience, Kind, Placed, Target};
use crate::source::{Attribute, Tap};

/// A value as it was seen: the place of a word, or a setpoint in hundredths of °C.
pub(crate) type Seen = Shown<i16>;

/// What an audience may ask, and what becomes of it.
pub(crate) struct Plan {
    pub(crate) vendor: Vendor,
    pub(crate) cadence: u32,
    pub(crate) reply_after: Duration,
    pub(crate) paused: bool,
    /// By number, so their order tells nothing.
    pub(crate) endpoints: Vec<Planned>,
}

/// An endpoint.
pub(crate) struct Planned {
    pub(crate) id: EndpointId,
    pub(crate) alias: Alias,
    pub(crate) push: bool,
    /// What is to be looked at for its state; `None` if it tells none.
    pub(crate) look: Option<Look>,
    pub(crate) part: Part,
}

/// Where its state comes from.
pub(crate) enum Look {
    Summary(SummaryName),
    Setpoint { taps: Vec<Tap>, range: SetpointRange },
}

/// How it appears and what it can do.
pub(crate) enum Part {
    Contact { negative: bool },
    Switch { negative: bool },
    Mode(Vec<Word>),
    Lock { negative: bool, reads: bool, lock: Vec<Ieee>, unlock: Vec<Ieee>, how: Unlock },
    Thermostat { targets: Vec<Ieee>, range: SetpointRange, echo: bool, reads: bool },
    Scene { lock: Vec<Ieee>, heat: Vec<(Ieee, Setpoint)> },
}

impl Plan {
    pub(crate) fn new(name: &AudienceName, audience: &Audience, bound: &Bound, key: &EndpointKey) -> Self {
        let plan = |endpoint: &model::Endpoint| Planned {
            id: key.id(name, endpoint.kind.role(), &endpoint.alias),
            alias: endpoint.alias.clone(),
            push: endpoint.push,
            look: look(&endpoint.kind, bound),
            part: part(&endpoint.kind, audience.vendor, bound),
        };
        let mut endpoints: Vec<_> = audience.endpoints.iter().map(plan).collect();
        endpoints.sort_by_key(|endpoint| endpoint.id);
        let Audience { vendor, cadence, reply_after, paused, .. } = *audience;
        Self { vendor, cadence, reply_after, paused, endpoints }
    }

    /// The place of an endpoint.
    pub(crate) fn place(&self, id: EndpointId) -> Option<usize> {
        self.endpoints.binary_search_by_key(&id, |endpoint| endpoint.id).ok()
    }
}

fn look(kind: &Kind, bound: &Bound) -> Option<Look> {
    if let Kind::Thermostat(thermostat) = kind {
        let tap = |device| Tap { device, attribute: Attribute::Setpoint };
        let taps = addresses(&thermostat.targets, bound).into_iter().map(tap).collect();
        return thermostat.read.then_some(Look::Setpoint { taps, range: thermostat.range });
    }
    kind.reads().cloned().map(Look::Summary)
}

fn part(kind: &Kind, vendor: Vendor, bound: &Bound) -> Part {
    // A constant has one word only, which may be the second of the face.
    let says = |summary: &SummaryName, word: &str| {
        let words = bound.policy().summaries.get(summary).map(|summary| summary.words.as_slice());
        matches!(words, Some([one]) if one.as_str() == word)
    };
    match kind {
        Kind::Contact(summary) => Part::Contact { negative: says(summary, "open") },
        Kind::Switch(summary) => Part::Switch { negative: says(summary, "off") },
        Kind::Mode(name) => {
            let words = bound.policy().summaries.get(name).map(|summary| summary.words.clone());
            Part::Mode(words.unwrap_or_default())
        }
        Kind::Lock(lock) => Part::Lock {
            negative: lock.read.as_ref().is_some_and(|summary| says(summary, "unlocked")),
            reads: lock.read.is_some(),
            lock: addresses(&lock.closes, bound),
            unlock: addresses(&lock.opens, bound),
            how: match vendor {
                _ if lock.opens.is_empty() => Unlock::Never,
                Vendor::Alexa => Unlock::VendorPin,
                Vendor::Google => Unlock::HubPin,
            },
        },
        Kind::Thermostat(model::Thermostat { targets, range, echo, read }) => {
            Part::Thermostat { targets: addresses(targets, bound), range: *range, echo: *echo, reads: *read }
        }
        Kind::Scene(scene) => {
            let heat = scene.heat.iter().filter_map(|(target, to)| Some((bound.device(&target.it.device)?, *to)));
            Part::Scene { lock: addresses(&scene.lock, bound), heat: heat.collect() }
        }
    }
}

fn addresses(targets: &[Placed<Target>], bound: &Bound) -> Vec<Ieee> {
    targets.iter().filter_map(|target| bound.device(&target.it.device)).collect()
}

impl Planned {
    /// The endpoint as the audience sees it with this state.
    pub(crate) fn endpoint(&self, seen: Seen) -> Endpoint {
        let positive = |negative: bool| match seen {
            Shown::Known(place) => Shown::Known((place == 0) != negative),
            Shown::Unknown => Shown::Unknown,
        };
        let face = match &self.part {
            Part::Contact { negative } => Face::Contact(match positive(*negative) {
                Shown::Known(true) => Shown::Known(Contact::Closed),
                Shown::Known(false) => Shown::Known(Contact::Open),
                Shown::Unknown => Shown::Unknown,
            }),
            Part::Switch { negative } => Face::Switch(positive(*negative)),
            Part::Mode(words) => Face::Mode(Mode { words: words.clone(), at: at(seen, words.len()) }),
            Part::Lock { negative, reads, lock, how, .. } => {
                Face::Lock(Lock { locked: reads.then(|| positive(*negative)), lock: !lock.is_empty(), unlock: *how })
            }
            Part::Thermostat { range, reads, .. } => {
                Face::Thermostat(Thermostat { range: *range, setpoint: reads.then(|| setpoint(*range, seen)) })
            }
            Part::Scene { .. } => Face::Scene,
        };
        Endpoint { id: self.id, alias: self.alias.clone(), face, push: self.push }
    }
}

fn at(seen: Seen, words: usize) -> Shown<u8> {
    match seen {
        Shown::Known(place) => match u8::try_from(place) {
            Ok(place) if usize::from(place) < words => Shown::Known(place),
            _ => Shown::Unknown,
        },
        Shown::Unknown => Shown::Unknown,
    }
}

fn setpoint(range: SetpointRange, seen: Seen) -> Shown<Setpoint> {
    match seen {
        Shown::Known(centi) => range.at(centi.into()).map_or(Shown::Unknown, Shown::Known),
        Shown::Unknown => Shown::Unknown,
    }
}
