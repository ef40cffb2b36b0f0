//! Devices and adapters as the house knows them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::codes::Codes;
use crate::command::Action;
use crate::damper::Damper;
use crate::ids::{AdapterName, CommandId, Ieee};
use crate::lock::Bolt;
use crate::name::Name;
use crate::reading::{Capability, Key, Reading};
use crate::record::DriverRecord;
use crate::time::Timestamp;
use crate::units::{CentiCelsius, LinkQuality};

/// How a device is fed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Power {
    /// By the mains: it hears us always.
    Mains,
    /// By a battery: it sleeps.
    Battery,
    /// It did not say.
    Unknown,
}

/// What an interview found out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// Who made it, in its own words. Comes by radio: never trust it as markup.
    pub manufacturer: String,
    /// What model it is, in its own words.
    pub model: String,
    /// Its software, if it told.
    pub software: Option<String>,
    /// How it is fed.
    pub power: Power,
    /// What it can do.
    pub capabilities: BTreeSet<Capability>,
}

/// How far the interview of a device is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Interview {
    /// Not begun.
    Waiting,
    /// Under way; the step in a word.
    Running(&'static str),
    /// The device is known.
    Done,
    /// Given up for now; the step at which it stopped. It goes on when the device speaks again.
    Failed(&'static str),
}

impl Interview {
    /// How far it is, in a word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running(_) => "running",
            Self::Done => "done",
            Self::Failed(_) => "failed",
        }
    }
}

/// One value, with its age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// The value.
    pub reading: Reading,
    /// When the device reported it.
    pub at: Timestamp,
    /// True if it is from before the last start of the daemon (invariant 3).
    pub stale: bool,
}

/// Whether a device is within reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability {
    /// It was heard within the time in which it ought to speak.
    Online,
    /// It was not, or its adapter is gone.
    Offline,
}

/// What a pending command is about; there is at most one for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// The setpoint.
    Setpoint,
    /// The mode.
    Mode,
    /// The calibration.
    Calibration,
    /// The bolt.
    Bolt,
    /// A PIN slot.
    Slot(u16),
    /// All PIN slots, which are read.
    Codes,
}

/// A command that a device has not answered for yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Which command.
    pub command: CommandId,
    /// What was asked for.
    pub action: Action,
    /// True once the driver said that it waits for the device to wake up.
    pub queued: bool,
    /// When it is given up, on the steady clock.
    pub(crate) deadline: Duration,
}

/// A device of the house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its identity.
    pub ieee: Ieee,
    /// The adapter that hears it.
    pub adapter: AdapterName,
    /// What the owner calls it.
    pub name: Name,
    /// The room it stands in.
    pub room: Option<Name>,
    /// What it is, once interviewed.
    pub description: Option<Description>,
    /// How far its interview is.
    pub interview: Interview,
    /// What its driver keeps for it.
    pub record: Option<DriverRecord>,
    /// Its values.
    pub slots: BTreeMap<Key, Slot>,
    /// Its PIN codes, if it is a lock.
    pub codes: Codes,
    /// How well it was last heard.
    pub link: Option<LinkQuality>,
    /// When it was last heard.
    pub last_seen: Option<Timestamp>,
    /// Whether it is within reach.
    pub availability: Availability,
    /// What it was asked for and has not answered.
    pub pending: BTreeMap<Target, Pending>,
    /// True if a bolt command ran out of time since the bolt's last report: nobody knows where the bolt is.
    pub(crate) bolt_doubted: bool,
    /// When it counts as silent, on the steady clock.
    pub(crate) silent_at: Duration,
    /// When it is forgotten if it is a stranger still, on the steady clock.
    pub(crate) stranger_until: Duration,
}

impl Device {
    /// A device of which nothing is known but its address.
    pub fn new(ieee: Ieee, adapter: AdapterName) -> Self {
        Self {
            ieee,
            adapter,
            name: Name::of_address(ieee),
            room: None,
            description: None,
            interview: Interview::Waiting,
            record: None,
            slots: BTreeMap::new(),
            codes: Codes::default(),
            link: None,
            last_seen: None,
            availability: Availability::Offline,
            pending: BTreeMap::new(),
            bolt_doubted: false,
            silent_at: Duration::ZERO,
            stranger_until: Duration::ZERO,
        }
    }

    /// Whether it can do this.
    pub fn can(&self, capability: Capability) -> bool {
        self.description.as_ref().is_some_and(|d| d.capabilities.contains(&capability))
    }

    /// True if it joined and nobody knows what it is: it never told, and its owner gave it neither name nor room.
    pub(crate) fn is_stranger(&self) -> bool {
        let unknown = self.description.is_none() && self.interview != Interview::Done;
        unknown && self.room.is_none() && self.name == Name::of_address(self.ieee)
    }

    /// Its last reported value for `key`.
    pub fn reading(&self, key: Key) -> Option<Reading> {
        self.slots.get(&key).map(|slot| slot.reading)
    }

    /// Where its bolt is as far as anybody may be told (invariant 3).
    pub fn bolt(&self) -> BoltShown {
        let reported = match self.reading(Key::LockState) {
            Some(Reading::LockState(bolt)) => bolt,
            _ => None,
        };
        match self.pending.get(&Target::Bolt).map(|p| &p.action) {
            Some(Action::Lock(_)) => BoltShown::Locking,
            Some(Action::Unlock(_)) => BoltShown::Unlocking,
            _ if self.bolt_doubted => BoltShown::Unknown,
            _ => reported.map_or(BoltShown::Unknown, BoltShown::Reported),
        }
    }

    /// The lowest and the highest setpoint that it takes: its own limits, else a span that suits every room.
    pub fn setpoint_limits(&self) -> (CentiCelsius, CentiCelsius) {
        let min = match self.reading(Key::MinHeatSetpointLimit) {
            Some(Reading::MinHeatSetpointLimit(Some(limit))) => limit,
            _ => CentiCelsius(500),
        };
        let max = match self.reading(Key::MaxHeatSetpointLimit) {
            Some(Reading::MaxHeatSetpointLimit(Some(limit))) => limit,
            _ => CentiCelsius(3500),
        };
        (min, max)
    }

    /// How long it may be silent before it counts as out of reach: 25 h for what sleeps, else three missed
    /// 10-minute questions (the values Zigbee users know from availability checks elsewhere).
    pub(crate) fn silence(&self) -> Duration {
        match self.description.as_ref().map(|d| d.power) {
            Some(Power::Mains) => Duration::from_secs(30 * 60),
            _ => Duration::from_secs(25 * 3600),
        }
    }
}

/// Where a bolt is, as shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoltShown {
    /// The lock said so.
    Reported(Bolt),
    /// Asked to lock, no report yet.
    Locking,
    /// Asked to unlock, no report yet.
    Unlocking,
    /// The lock never said, said it does not know, or did not report in time.
    Unknown,
}

impl BoltShown {
    /// Its name in `lock_state`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reported(bolt) => bolt.word(),
            Self::Locking => "locking",
            Self::Unlocking => "unlocking",
            Self::Unknown => "unknown",
        }
    }
}

/// A radio adapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adapter {
    /// The owner's name for it.
    pub name: AdapterName,
    /// How it is.
    pub status: AdapterStatus,
    /// Until when devices may join, on the steady clock.
    pub(crate) joinable_until: Option<Duration>,
    /// The word of the status that was last shown, which is an older one while the adapter flaps.
    pub(crate) shown: &'static str,
    /// How often a change is shown.
    pub(crate) damper: Damper,
}

impl Adapter {
    /// An adapter that was not heard yet.
    pub fn new(name: AdapterName) -> Self {
        let status = AdapterStatus::Starting;
        Self { name, shown: status.word(), status, joinable_until: None, damper: Damper::default() }
    }

    /// Time left in which devices may join, counted from `up` on the steady clock.
    pub fn joinable(&self, up: Duration) -> Duration {
        self.joinable_until.map_or(Duration::ZERO, |until| until.saturating_sub(up))
    }
}

/// How an adapter is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdapterStatus {
    /// Being opened or initialised.
    Starting,
    /// Its network runs.
    Online {
        /// Radio channel, 11 to 26.
        channel: u8,
        /// PAN id.
        pan_id: u16,
        /// Firmware in the adapter's own words.
        firmware: String,
    },
    /// The port is gone or the adapter is silent.
    Offline {
        /// Why.
        reason: String,
    },
    /// It holds another network than ours, or firmware that we can't drive. It was left as it is (invariant 9).
    Refused {
        /// What differs and what the owner can do, one line a field.
        reason: String,
    },
}

impl AdapterStatus {
    /// How it is, in a word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Online { .. } => "online",
            Self::Offline { .. } => "offline",
            Self::Refused { .. } => "refused",
        }
    }
}
