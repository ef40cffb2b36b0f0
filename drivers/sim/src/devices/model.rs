//! What makes a device a thermostat, a lock or a sensor: a model answers the commands of its clusters and moves with time.

use std::fmt::Debug;
use std::time::Duration;

use serde_json::Value as Json;
use zigbee::wire::Ieee;
use zigbee::zcl::door_lock::Pin;
use zigbee::zcl::{Frame, Request, Status};

use super::attribute::{Attributes, Place};

/// What a model can see and do.
#[derive(Debug)]
pub struct Scene<'a> {
    /// Time since the start of the simulation.
    pub now: Duration,
    /// The device's attributes.
    pub attributes: &'a mut Attributes,
    /// What the device will tell.
    pub notices: &'a mut Vec<Notice>,
}

impl Scene<'_> {
    /// Tells all that are bound to one of these clusters; the command belongs to the first.
    pub fn tell(&mut self, clusters: &[u16], request: Request) {
        if let Some(cluster) = clusters.first() {
            self.notices.push(Notice { cluster: *cluster, to: To::Bound(clusters.into()), request });
        }
    }
}

/// Something that a device tells unasked.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Cluster of the command.
    pub cluster: u16,
    /// Who gets it.
    pub to: To,
    /// The command.
    pub request: Request,
}

/// Who gets a notice.
#[derive(Clone, Debug)]
pub enum To {
    /// Those bound to the first of these clusters that anyone is bound to.
    Bound(Vec<u16>),
    /// This endpoint of the coordinator.
    Coordinator(u8),
}

/// How a model takes a command.
#[derive(Clone, Debug)]
pub enum Reaction {
    /// With an answer of its own.
    Answer(Request),
    /// With several.
    Answers(Vec<Request>),
    /// With a default response, where one is due.
    Status(Status),
}

/// What somebody does to a device by hand, for tests and demos.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Turns the knob.
    Turn {
        /// True to lock.
        lock: bool,
    },
    /// Types a code on the keypad.
    Type {
        /// Number of the user whose code it is.
        user: u16,
        /// True to lock.
        lock: bool,
    },
    /// Programs a user's PIN on the keypad, or deletes it.
    Program {
        /// Number of the user.
        user: u16,
        /// The PIN; none deletes.
        pin: Option<Pin>,
    },
    /// Blocks the bolt, or frees it.
    Jam(bool),
    /// Opens a door or window, or closes it.
    Open(bool),
}

/// The part of a device that differs from kind to kind.
pub(crate) trait Model: Debug + Send {
    /// Takes a command of one of its clusters. What is not known here is answered as unsupported.
    fn command(&mut self, _scene: &mut Scene<'_>, _cluster: u16, _frame: &Frame) -> Option<Reaction> {
        None
    }

    /// Hears that the host wrote an attribute, from this endpoint of the coordinator whose address is `hub`.
    fn written(&mut self, _scene: &mut Scene<'_>, _place: Place, _endpoint: u8, _hub: Ieee) {}

    /// When time moves it next.
    fn deadline(&self) -> Option<Duration> {
        None
    }

    /// Moves with time.
    fn advance(&mut self, _scene: &mut Scene<'_>) {}

    /// Suffers a deed; `false` if nobody can do that to it.
    fn suffer(&mut self, _scene: &mut Scene<'_>, _deed: Deed) -> bool {
        false
    }

    /// Back to the state of the factory.
    fn forget(&mut self, _scene: &mut Scene<'_>) {}

    /// What it keeps without power, beside its attributes.
    fn save(&self) -> Json {
        Json::Null
    }

    /// Puts back what [`Model::save`] gave.
    fn load(&mut self, _saved: &Json) {}

    /// What a test may want to know of it.
    fn status(&self) -> Json {
        Json::Null
    }
}
