//! What a route needs of the one who asks.

use home::Right;

/// What a route needs of the one who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nothing: it is open to everybody who gets this far.
    Nothing,
    /// A session of one's own: no token will do.
    Session,
    /// This right on some device; the house knows on which it is asked for, and looks again.
    Device(Right),
    /// This right for the hub as a whole.
    Hub(Right),
    /// The same, or a program on this machine.
    HubOrLoopback(Right),
}
