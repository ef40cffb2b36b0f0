//! A policy that was read and found right: summaries and audiences, devices still by the names that the owner wrote.

use std::collections::BTreeMap;
use std::time::Duration;

use summary::{Alias, AudienceName, Setpoint, SetpointRange, SummaryName, Vendor, Word};

use crate::rule::Rule;
use crate::source::Source;

/// What the owner granted. Made from the text of `policy.toml`, and from nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub(crate) text: String,
    pub(crate) summaries: BTreeMap<SummaryName, Summary>,
    pub(crate) audiences: BTreeMap<AudienceName, Audience>,
}

/// A value that the owner defined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Summary {
    pub(crate) sources: Vec<Placed<Source>>,
    pub(crate) rule: Rule,
    /// What it can say besides "unknown".
    pub(crate) words: Vec<Word>,
    /// A reading that is older counts as unknown.
    pub(crate) max_age: Duration,
}

/// One linked account of an assistant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Audience {
    pub(crate) vendor: Vendor,
    /// Seconds from one beat to the next.
    pub(crate) cadence: u32,
    /// From a question to its answer, always.
    pub(crate) reply_after: Duration,
    pub(crate) paused: bool,
    pub(crate) endpoints: Vec<Endpoint>,
}

/// Something that an audience sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) alias: Alias,
    pub(crate) kind: Kind,
    /// True if its state is told at each beat without being asked for.
    pub(crate) push: bool,
}

/// What it is, and with it all that may be told of it and done with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Contact(SummaryName),
    Switch(SummaryName),
    Mode(SummaryName),
    Lock(Lock),
    Thermostat(Thermostat),
    Scene(Scene),
}

/// A lock, put together from grants with the same alias.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Lock {
    pub(crate) read: Option<SummaryName>,
    /// What it may lock; empty if it may not.
    pub(crate) closes: Vec<Placed<Target>>,
    /// What it may unlock; empty if it may not.
    pub(crate) opens: Vec<Placed<Target>>,
}

/// A setpoint to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Thermostat {
    pub(crate) targets: Vec<Placed<Target>>,
    pub(crate) range: SetpointRange,
    /// The answer says back what was asked for.
    pub(crate) echo: bool,
    /// The setpoint at the tick may be read.
    pub(crate) read: bool,
}

/// Something to start: fixed things that it does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Scene {
    pub(crate) lock: Vec<Placed<Target>>,
    pub(crate) heat: Vec<(Placed<Target>, Setpoint)>,
}

/// A device to act on, by the owner's name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Target {
    /// True for a lock, false for a thermostat.
    pub(crate) is_lock: bool,
    pub(crate) device: String,
}

/// Something and the line on which it stands. Two are the same wherever they stand.
#[derive(Debug, Clone, Eq)]
pub(crate) struct Placed<T> {
    pub(crate) line: usize,
    pub(crate) it: T,
}

impl<T: PartialEq> PartialEq for Placed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.it == other.it
    }
}

impl Policy {
    /// The text that it was read from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Those to whom anything is granted.
    pub fn audiences(&self) -> impl Iterator<Item = &AudienceName> {
        self.audiences.keys()
    }

    /// Whose assistant an audience is, and whether it is paused.
    pub fn terms(&self, audience: &AudienceName) -> Option<(Vendor, bool)> {
        self.audiences.get(audience).map(|audience| (audience.vendor, audience.paused))
    }
}

impl Kind {
    /// In which role it appears; with the audience and the alias it makes the endpoint's number.
    pub(crate) fn role(&self) -> &'static str {
        match self {
            Self::Contact(_) => "contact",
            Self::Switch(_) => "switch",
            Self::Mode(_) => "mode",
            Self::Lock(_) => "lock",
            Self::Thermostat(_) => "thermostat",
            Self::Scene(_) => "scene",
        }
    }

    /// The summary that it tells.
    pub(crate) fn reads(&self) -> Option<&SummaryName> {
        match self {
            Self::Contact(summary) | Self::Switch(summary) | Self::Mode(summary) => Some(summary),
            Self::Lock(lock) => lock.read.as_ref(),
            Self::Thermostat(_) | Self::Scene(_) => None,
        }
    }

    /// All devices that can be acted on through it.
    pub(crate) fn targets(&self) -> Vec<&Placed<Target>> {
        match self {
            Self::Contact(_) | Self::Switch(_) | Self::Mode(_) => Vec::new(),
            Self::Lock(lock) => lock.closes.iter().chain(&lock.opens).collect(),
            Self::Thermostat(thermostat) => thermostat.targets.iter().collect(),
            Self::Scene(scene) => scene.lock.iter().chain(scene.heat.iter().map(|(target, _)| target)).collect(),
        }
    }
}

impl Target {
    /// Reads `lock.front` or `thermostat.hall`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (kind, device) = text.split_once('.')?;
        let is_lock = match kind {
            "lock" => true,
            "thermostat" => false,
            _ => return None,
        };
        let plain = !device.is_empty() && !device.contains(['*', '?']);
        plain.then(|| Self { is_lock, device: device.to_owned() })
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", if self.is_lock { "lock" } else { "thermostat" }, self.device)
    }
}
