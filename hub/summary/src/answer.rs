//! What can be said to an assistant: all of it.

use crate::endpoint::Endpoint;
use crate::setpoint::Setpoint;
use crate::tick::Tick;

/// An endpoint that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reported {
    /// As it was at the tick.
    Endpoint(Endpoint),
    /// Not there, not to be read, or not known: all the same from outside.
    Unavailable,
}

/// What becomes of something that was to be done. It is said before it is done, so it tells nothing of the house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acted {
    /// It was granted and is on its way. `echo` says back what was asked for, if the owner allowed that.
    Accepted {
        /// The setpoint that was asked for.
        echo: Option<Setpoint>,
    },
    /// It is not granted, or out of bounds, or there is no such endpoint: all the same from outside.
    Refused,
    /// The hub's PIN is needed: only where unlocking with it is granted.
    NeedsPin,
    /// That was not the PIN.
    WrongPin,
}

/// An answer, one variant for each of [`Ask`](crate::Ask)'s that gets one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// All endpoints; how they are is not told here.
    Endpoints(Vec<Endpoint>),
    /// The endpoints asked for, in the order of the question, as of the tick.
    Report(Tick, Vec<Reported>),
    /// What becomes of each of what was to be done, in the order of the question; the tick is the last one.
    Acted(Tick, Vec<Acted>),
    /// The code was taken.
    Granted,
    /// Goodbye.
    Unlinked,
    /// Not understood, not granted, or not now.
    Refused,
}
