//! Who stands outside: for how long they may come in, who was asked, who was sent away.

use std::collections::BTreeMap;
use std::time::Duration;

use home::Ieee;

/// What is known of those who do not belong.
#[derive(Debug, Default)]
pub(super) struct Gate {
    /// Until when devices may join, on the steady clock.
    pub(super) until: Option<Duration>,
    /// When unknown addresses were last asked who they are.
    pub(super) strangers: BTreeMap<u16, Duration>,
    /// Devices that were told to leave and have not confirmed: where they were, and when they were told.
    pub(super) outcasts: BTreeMap<Ieee, (u16, Option<Duration>)>,
}

impl Gate {
    /// A device that was sent away is gone.
    pub(super) fn gone(&mut self, ieee: Ieee) {
        self.outcasts.remove(&ieee);
    }
}
