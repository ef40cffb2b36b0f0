//! The start as tables: which steps, in which order, and how long each may take.

use std::fmt;
use std::time::Duration;

use crate::ncp::Network;
use crate::znp::{Sreq, nv};

/// An item that the survey reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    Mark,
    Nib,
    Key,
}

/// An item that forming writes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    /// Item id; see `nv`.
    pub(super) id: u16,
    /// Its value.
    pub(super) value: fn(&Network) -> Vec<u8>,
}

/// One step of a start.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// Which firmware.
    Version,
    /// Whether an item is there.
    Length(Item),
    /// What it says.
    Read(Item),
    /// Address and state of the adapter.
    Device,
    /// The network that runs, if one does.
    Running,
    /// The daemon keeps the network.
    Keep {
        /// As formed.
        formed: bool,
    },
    /// Forget the information base of a network that is none.
    DeleteNib,
    /// Write an item.
    Set(Setting),
    /// Restart the firmware.
    Reset,
    /// Choose the channel.
    Channels {
        /// In the first set, or none in the second.
        primary: bool,
    },
    /// Make the network.
    Form,
    /// Start the network of before.
    Startup,
    /// Until the adapter runs as coordinator.
    AwaitCoordinator,
    /// The network that runs is the one that was wanted.
    Verify,
    /// Until the network is in memory: a power cut before that would lose it.
    AwaitStored,
    /// Make room for the mark.
    CreateMark,
    /// Leave the mark.
    WriteMark,
    /// Which endpoints are open.
    Endpoints,
    /// Open the endpoint of this row.
    Register(usize),
}

const fn set(id: u16, value: fn(&Network) -> Vec<u8>) -> Step {
    Step::Set(Setting { id, value })
}

/// Look, touch nothing.
const SURVEY: &[Step] = &[
    Step::Version,
    Step::Length(Item::Mark),
    Step::Read(Item::Mark),
    Step::Length(Item::Nib),
    Step::Read(Item::Nib),
    Step::Length(Item::Key),
    Step::Read(Item::Key),
    Step::Device,
    Step::Running,
];

/// Make a network.
const FORM: &[Step] = &[
    Step::Keep { formed: false },
    Step::DeleteNib,
    set(nv::STARTUP_OPTION, |_| vec![3]),
    Step::Reset,
    set(nv::STARTUP_OPTION, |_| vec![0]),
    set(nv::LOGICAL_TYPE, |_| vec![0]),
    set(nv::ZDO_DIRECT_CB, |_| vec![1]),
    set(nv::CHANLIST, |network| mask(network).to_le_bytes().to_vec()),
    set(nv::PANID, |network| network.pan_id.to_le_bytes().to_vec()),
    set(nv::EXTENDED_PAN_ID, |network| network.extended_pan_id.to_le_bytes().to_vec()),
    set(nv::APS_USE_EXT_PANID, |network| network.extended_pan_id.to_le_bytes().to_vec()),
    set(nv::PRECFGKEYS_ENABLE, |_| vec![0]),
    set(nv::PRECFGKEY, |network| network.key.0.to_vec()),
    Step::Channels { primary: true },
    Step::Channels { primary: false },
    Step::Form,
    Step::AwaitCoordinator,
    Step::Verify,
];

/// Start a network that is there.
const RESUME: &[Step] = &[Step::Startup, Step::AwaitCoordinator, Step::Verify];

/// See a forming through.
const FINISH: &[Step] = &[Step::AwaitStored, Step::Keep { formed: true }, Step::CreateMark, Step::WriteMark];

/// What a reset undoes.
const OPEN: &[Step] = &[Step::Endpoints, Step::Register(0), Step::Register(1)];

/// The way to the judgement.
pub(super) const TO_JUDGE: &[&[Step]] = &[SURVEY];
/// The whole way if the network is there.
pub(super) const TO_RESUME: &[&[Step]] = &[SURVEY, RESUME, OPEN];
/// If its forming was cut short.
pub(super) const TO_FINISH: &[&[Step]] = &[SURVEY, RESUME, FINISH, OPEN];
/// If there is none.
pub(super) const TO_FORM: &[&[Step]] = &[SURVEY, FORM, FINISH, OPEN];

/// What a step does first.
#[derive(Debug)]
pub(super) enum Ask {
    /// Send this.
    Request(Sreq),
    /// Restart the firmware and wait for its word.
    Reset,
    /// Have this kept.
    Keep(Network),
    /// Nothing is to be done.
    Skip,
}

/// Where an answer leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// To the next step.
    Go,
    /// The same step again after so long, unless a message ends it before.
    Again(Duration),
}

/// Why a start ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The adapter can't be used as it is, and trying again would not change that.
    Refused(String),
    /// It did not work; it may the next time.
    Failed(String),
}

/// What the step is about, as in "the adapter did not answer: its firmware version".
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Version => "its firmware version",
            Self::Length(Item::Mark) | Self::Read(Item::Mark) => "the mark of its set-up",
            Self::Length(Item::Nib) | Self::Read(Item::Nib) => "its network in memory",
            Self::Length(Item::Key) | Self::Read(Item::Key) => "its network key",
            Self::Device | Self::AwaitCoordinator => "its state",
            Self::Running | Self::Verify => "its running network",
            Self::Keep { .. } => "the hub's record of the network",
            Self::DeleteNib => "clearing its network base",
            Self::Set(setting) => return write!(f, "writing item {:#06x} of its memory", setting.id),
            Self::Reset => "a reset",
            Self::Channels { .. } => "the channel",
            Self::Form => "forming a network",
            Self::Startup => "starting its network",
            Self::AwaitStored => "storing its network",
            Self::CreateMark | Self::WriteMark => "marking it as set up",
            Self::Endpoints => "its open endpoints",
            Self::Register(_) => "opening an endpoint",
        })
    }
}

impl Step {
    /// How long the step may take before the start fails; `None` is for ever.
    pub(super) fn patience(self) -> Option<Duration> {
        let seconds = match self {
            Self::Keep { .. } => return None,
            Self::Reset => 30,
            Self::AwaitStored => 20,
            Self::Verify | Self::Endpoints => 10,
            // A start of the stack, or one request whose row of `retry` bounds it.
            _ => 60,
        };
        Some(Duration::from_secs(seconds))
    }
}

/// Bit of the network's channel.
pub(super) fn mask(network: &Network) -> u32 {
    1_u32.checked_shl(network.channel.into()).unwrap_or_default()
}
