//! Who belongs to the network: opening it, devices that come, go, move, and speak under unknown addresses.

use std::time::Duration;

use home::{CommandId, Delivery, Event, Failure, Ieee, Interview, Now};

use super::air::Loose;
use super::core::{Core, Due};
use super::record::Kept;
use super::registry::Device;
use crate::ncp::SendError;

/// How often the time left for joining is told.
const COUNT: Duration = Duration::from_secs(10);
/// How often one unknown address is asked who it is, and how often a device that was sent away is told again.
const ASK_AGAIN: Duration = Duration::from_secs(60);
/// The most unknown addresses that are remembered.
const STRANGERS: usize = 32;
/// The most devices that are remembered as sent away.
const OUTCASTS: usize = 32;
/// A device that spoke so lately is not believed to be elsewhere on the word of another.
const FRESH: Duration = Duration::from_secs(60);

impl Core {
    /// Opens or closes the network.
    pub(super) fn permit_join(&mut self, command: CommandId, seconds: u8) {
        if self.running.is_none() {
            return self.fail(command, Failure::AdapterOffline);
        }
        self.air.push_loose(Loose::Permit { seconds, command: Some(command) });
    }

    /// The adapter opened or closed the network, or could not.
    pub(super) fn permitted(
        &mut self,
        now: Now,
        seconds: u8,
        command: Option<CommandId>,
        result: Result<(), SendError>,
    ) {
        match (result, command) {
            (Ok(()), command) => {
                self.gate.until = Some(now.up + Duration::from_secs(seconds.into()));
                self.count_down(now);
                if let Some(command) = command {
                    self.deliver(command, Delivery::Delivered);
                }
            }
            (Err(SendError::LinkDown), Some(command)) => self.fail(command, Failure::AdapterOffline),
            (Err(SendError::Busy), Some(command)) => self.fail(command, Failure::Busy),
            (Err(_), Some(command)) => self.fail(command, Failure::Unclear),
            (Err(_), None) => {}
        }
    }

    /// Tells how long devices may join.
    pub(super) fn count_down(&mut self, now: Now) {
        let Some(until) = self.gate.until else { return };
        let left = until.saturating_sub(now.up);
        self.tell(Event::PermitJoin { adapter: self.adapter.clone(), left });
        if left.is_zero() {
            self.gate.until = None;
        } else {
            self.agenda.set(now.up + left.min(COUNT), Due::Joining);
        }
    }

    /// The adapter is gone, and with it the open door.
    pub(super) fn close_joining(&mut self) {
        self.agenda.drop_all(|due| *due == Due::Joining);
        if self.gate.until.take().is_some() {
            self.tell(Event::PermitJoin { adapter: self.adapter.clone(), left: Duration::ZERO });
        }
    }

    /// A device joined or announced itself.
    pub(super) fn joined(&mut self, now: Now, ieee: Ieee, nwk: u16) {
        // Sent away, and nobody asked it back.
        if self.gate.outcasts.contains_key(&ieee) && self.gate.until.is_none() {
            self.gate.outcasts.insert(ieee, (nwk, None));
            return self.send_off(now, ieee);
        }
        self.gate.outcasts.remove(&ieee);
        self.gate.strangers.remove(&nwk);
        let is_new = self.registry.get(ieee).is_none();
        if is_new && !self.registry.add(ieee, Device::new(Kept::default(), None, now.up)) {
            // Said once: strangers can come as fast as the air carries them.
            if self.counters.turned_away == 0 {
                tracing::warn!(
                    device = %ieee,
                    "too many devices; this one and all further ones are left out: remove what is not yours (`hearth \
                     remove NAME`), or wait a day with the network closed, after which strangers are forgotten"
                );
            }
            self.counters.turned_away += 1;
            return;
        }
        self.tell(Event::Joined { adapter: self.adapter.clone(), device: ieee });
        if is_new {
            self.tell(Event::Interview { device: ieee, progress: Interview::Waiting });
        }
        self.moved(ieee, nwk);
        self.heard(now, ieee);
        self.came_back(now, ieee);
        self.resume(now, ieee);
    }

    /// A device has this short address.
    pub(super) fn moved(&mut self, ieee: Ieee, nwk: u16) {
        if self.registry.get(ieee).is_none() {
            return;
        }
        let displaced = self.registry.place(ieee, nwk);
        self.place(ieee);
        if let Some(other) = displaced {
            self.place(other);
        }
    }

    /// A device left.
    pub(super) fn left(&mut self, ieee: Ieee) {
        self.gate.gone(ieee);
        if self.forget(ieee).is_some() {
            self.tell(Event::Left { device: ieee });
        }
    }

    /// Sends a device away and forgets it. It is told again if it speaks again.
    pub(super) fn send_away(&mut self, now: Now, ieee: Ieee) {
        let Some(nwk) = self.forget(ieee).and_then(|device| device.kept.nwk) else { return };
        let outcasts = &mut self.gate.outcasts;
        if outcasts.len() >= OUTCASTS {
            let oldest = outcasts.iter().min_by_key(|(_, (_, told))| *told).map(|(oldest, _)| *oldest);
            oldest.and_then(|oldest| outcasts.remove(&oldest));
        }
        outcasts.insert(ieee, (nwk, None));
        self.send_off(now, ieee);
    }

    fn send_off(&mut self, now: Now, ieee: Ieee) {
        let Some((nwk, told)) = self.gate.outcasts.get_mut(&ieee) else { return };
        if told.is_none_or(|at| at + ASK_AGAIN <= now.up) {
            *told = Some(now.up);
            self.air.push_loose(Loose::Leave { ieee, nwk: *nwk });
        }
    }

    /// A frame came from a short address that no known device has.
    pub(super) fn stranger(&mut self, now: Now, nwk: u16) {
        self.counters.strangers += 1;
        let outcast = self.gate.outcasts.iter().find(|(_, (at, _))| *at == nwk).map(|(ieee, _)| *ieee);
        if let Some(ieee) = outcast {
            return self.send_off(now, ieee);
        }
        // 0 is the coordinator, 0xFFF8 and above are no single device (Zigbee specification, 3.6.5).
        if !(1..0xFFF8).contains(&nwk) {
            return;
        }
        self.gate.strangers.retain(|_, at| *at + ASK_AGAIN > now.up);
        if self.gate.strangers.len() < STRANGERS && !self.gate.strangers.contains_key(&nwk) {
            self.gate.strangers.insert(nwk, now.up);
            self.air.push_loose(Loose::Who(nwk));
        }
    }

    /// A stranger said which device it is. One that was heard elsewhere a moment ago is not believed to have moved.
    pub(super) fn introduced(&mut self, now: Now, ieee: Ieee, nwk: u16) {
        let elsewhere = self.registry.get(ieee).is_some_and(|device| {
            device.kept.nwk.is_some_and(|at| at != nwk) && device.told.is_some() && device.heard + FRESH > now.up
        });
        if elsewhere {
            tracing::warn!(device = %ieee, nwk, "two devices claim to be this one");
            return;
        }
        self.joined(now, ieee, nwk);
    }
}
