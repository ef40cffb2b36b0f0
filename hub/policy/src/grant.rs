//! A policy as single grants, each in a sentence that its owner understands, with what it takes to compare two of them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use home::CentiCelsius;
use summary::{SetpointRange, SummaryName, Vendor};

use crate::model::{Audience, Endpoint, Kind, Lock, Placed, Policy, Scene, Summary, Target, Thermostat};
use crate::number::spoken;
use crate::rule::Rule;

/// What tells one grant from another: audience, alias, and what about it.
pub(crate) type GrantKey = (String, String, &'static str);

/// One grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    /// What the audience may do, to stand behind "may": `hear whether Doors is open or closed`.
    pub(crate) what: String,
    pub(crate) extent: Extent,
}

/// How far it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Extent {
    /// A summary is heard so often.
    Read { summary: Summary, cadence: u32 },
    /// A setpoint of a range is heard so often.
    Setpoint { devices: BTreeSet<String>, range: SetpointRange, cadence: u32 },
    /// Setpoints of a range.
    Heat { devices: BTreeSet<String>, range: SetpointRange },
    /// Something is done with these.
    Act { devices: BTreeSet<String> },
    /// Exactly this.
    Exact,
}

impl Extent {
    /// True if whoever has `self` gets nothing that `wider` does not give.
    pub(crate) fn is_within(&self, wider: &Self) -> bool {
        match (self, wider) {
            (Self::Read { summary, cadence }, Self::Read { summary: other, cadence: often }) => {
                cadence.is_multiple_of(*often) && says_no_more(summary, other)
            }
            (
                Self::Setpoint { devices, range, cadence },
                Self::Setpoint { devices: more, range: wide, cadence: often },
            ) => devices == more && range == wide && cadence.is_multiple_of(*often),
            (Self::Heat { devices, range }, Self::Heat { devices: more, range: wide }) => {
                let coarser = range.step() >= wide.step();
                let inside = range.min().centi() >= wide.min().centi() && range.max().centi() <= wide.max().centi();
                devices.is_subset(more) && coarser && inside
            }
            (Self::Act { devices }, Self::Act { devices: more }) => devices.is_subset(more),
            _ => self == wider,
        }
    }
}

/// True if it is the same summary, or one that only changes less often. Any other change may say something new.
fn says_no_more(new: &Summary, old: &Summary) -> bool {
    let slower = match (&new.rule, &old.rule) {
        (Rule::All { is, hold }, Rule::All { is: was, hold: held })
        | (Rule::Any { is, hold }, Rule::Any { is: was, hold: held }) => is == was && hold >= held,
        (rule, other) => rule == other,
    };
    slower && new.sources == old.sources && new.words == old.words && new.max_age <= old.max_age
}

/// All grants of a policy.
pub(crate) fn grants(policy: &Policy) -> BTreeMap<GrantKey, Grant> {
    let mut all = BTreeMap::new();
    for (name, audience) in &policy.audiences {
        for endpoint in &audience.endpoints {
            let found = of_endpoint(endpoint, audience, &policy.summaries);
            let key = |topic| (name.to_string(), endpoint.alias.to_string(), topic);
            all.extend(found.into_iter().map(|(topic, grant)| (key(topic), grant)));
        }
    }
    all
}

type Topics = Vec<(&'static str, Grant)>;

fn of_endpoint(endpoint: &Endpoint, audience: &Audience, summaries: &BTreeMap<SummaryName, Summary>) -> Topics {
    let alias = endpoint.alias.as_str();
    let mut found = match &endpoint.kind {
        Kind::Contact(_) | Kind::Switch(_) | Kind::Mode(_) => Vec::new(),
        Kind::Lock(lock) => of_lock(alias, lock, audience.vendor),
        Kind::Thermostat(thermostat) => of_thermostat(alias, thermostat, audience.cadence),
        Kind::Scene(scene) => vec![("start", of_scene(alias, scene))],
    };
    if let Some(summary) = endpoint.kind.reads().and_then(|name| summaries.get(name)) {
        found.push(("hear", of_read(alias, &endpoint.kind, summary, audience.cadence)));
    }
    if endpoint.push {
        let what = format!("be told how {alias} is without asking, every {}", beat(audience.cadence));
        found.push(("push", Grant { what, extent: Extent::Exact }));
    }
    found
}

fn of_read(alias: &str, kind: &Kind, summary: &Summary, cadence: u32) -> Grant {
    let words: Vec<_> = summary.words.iter().map(summary::Word::as_str).collect();
    let states = match kind {
        Kind::Contact(_) => "open or closed".to_owned(),
        Kind::Lock(_) => "locked or unlocked".to_owned(),
        Kind::Switch(_) => "on or off".to_owned(),
        _ => either(&words, "or"),
    };
    let sources: Vec<_> = summary.sources.iter().map(|source| source.it.to_string()).collect();
    let from =
        if sources.is_empty() { "whatever happens".to_owned() } else { format!("from {}", either(&sources, "and")) };
    let what = format!("hear whether {alias} is {states} ({from}), at most every {}", beat(cadence));
    Grant { what, extent: Extent::Read { summary: summary.clone(), cadence } }
}

fn of_lock(alias: &str, lock: &Lock, vendor: Vendor) -> Topics {
    let mut found = Vec::new();
    if !lock.closes.is_empty() {
        let what = format!("lock {} as {alias}", names(&lock.closes));
        found.push(("lock", Grant { what, extent: Extent::Act { devices: devices(&lock.closes) } }));
    }
    if !lock.opens.is_empty() {
        let pin = match vendor {
            Vendor::Alexa => "with a PIN that Amazon checks and the hub never sees",
            Vendor::Google => "with the hub's PIN",
        };
        let what = format!("unlock {} as {alias}, {pin}", names(&lock.opens));
        found.push(("unlock", Grant { what, extent: Extent::Act { devices: devices(&lock.opens) } }));
    }
    found
}

fn of_thermostat(alias: &str, thermostat: &Thermostat, cadence: u32) -> Topics {
    let Thermostat { targets, range, echo, read } = thermostat;
    let (devices, range) = (devices(targets), *range);
    let what = format!(
        "set {alias} ({}) from {} to {} °C in steps of {}",
        names(targets),
        CentiCelsius(range.min().centi()),
        CentiCelsius(range.max().centi()),
        CentiCelsius(range.step())
    );
    let mut found = vec![("set", Grant { what, extent: Extent::Heat { devices: devices.clone(), range } })];
    if *echo {
        let what = format!("hear its own words back when it sets {alias}");
        found.push(("echo", Grant { what, extent: Extent::Exact }));
    }
    if *read {
        let what = format!("hear what {alias} is set to ({}), at most every {}", names(targets), beat(cadence));
        found.push(("setpoint", Grant { what, extent: Extent::Setpoint { devices, range, cadence } }));
    }
    found
}

fn of_scene(alias: &str, scene: &Scene) -> Grant {
    let lock = (!scene.lock.is_empty()).then(|| format!("lock {}", names(&scene.lock)));
    let heat = scene.heat.iter().map(|(target, to)| format!("heat {} to {} °C", target.it, CentiCelsius(to.centi())));
    let does: Vec<_> = lock.into_iter().chain(heat.clone()).collect();
    let locks = devices(&scene.lock).into_iter().map(|device| format!("lock {device}"));
    let extent = Extent::Act { devices: locks.chain(heat).collect() };
    Grant { what: format!("start {alias}: {}", either(&does, "and")), extent }
}

fn devices(targets: &[Placed<Target>]) -> BTreeSet<String> {
    targets.iter().map(|target| target.it.to_string()).collect()
}

fn names(targets: &[Placed<Target>]) -> String {
    either(&targets.iter().map(|target| target.it.to_string()).collect::<Vec<_>>(), "and")
}

/// `a, b and c`.
fn either<T: AsRef<str>>(words: &[T], last: &str) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.split_last() {
        Some((end, rest)) if !rest.is_empty() => format!("{} {last} {end}", rest.join(", ")),
        _ => words.concat(),
    }
}

fn beat(cadence: u32) -> String {
    let text = spoken(Duration::from_secs(cadence.into()));
    text.strip_prefix("1 ").map_or(text.clone(), str::to_owned)
}
