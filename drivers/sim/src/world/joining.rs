//! Devices come into the network while it is open, one after the other, and leave it.

use std::time::Duration;

use super::{Due, World};

impl World {
    /// Lets those outside come in a while after the network opened.
    pub(super) fn plan_joins(&mut self, now: Duration) {
        self.agenda.retain(|due| !matches!(due, Due::Join(_)));
        let outside = self.seats.iter().enumerate().filter(|(_, seat)| !seat.device.is_joined() && !seat.device.dead);
        let mut at = now + self.timing.join;
        for (index, _) in outside {
            self.agenda.push(at, Due::Join(index));
            at += self.timing.join_gap;
        }
    }

    /// One device joins.
    pub(super) fn join(&mut self, now: Duration, index: usize) {
        if !self.stack.is_open(now) {
            return;
        }
        let short = self.stack.free_address();
        let hub = self.stack.nv().ieee();
        let Some(seat) = self.seats.get_mut(index) else { return };
        seat.device.join(now, short, hub, self.timing.settle);
        let ieee = seat.device.node().ieee;
        self.stack.handle_join(now, short, ieee);
        self.agenda.push(now + self.timing.announce, Due::Announce(index));
    }

    /// One device leaves, for good or to come back at once.
    pub(super) fn leave(&mut self, now: Duration, index: usize, rejoin: bool) {
        let Some(seat) = self.seats.get_mut(index).filter(|seat| seat.device.is_joined()) else { return };
        let node = seat.device.node();
        let (short, ieee) = (node.short, node.ieee);
        if rejoin {
            self.agenda.push(now + self.timing.announce, Due::Announce(index));
        } else {
            self.forget(now, index);
        }
        self.stack.handle_leave(now, short, ieee, rejoin);
    }
}
