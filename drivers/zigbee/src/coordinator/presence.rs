//! Who is there: devices that ought to hear us are asked when they are silent.

use std::time::Duration;

use home::{Event, Ieee, Now};

use super::core::{Core, Due};
use super::interview::read_job;
use super::job::{Answer, Purpose, Rank};
use super::rule::{Class, Miss};
use crate::zcl::{basic, door_lock};

/// How often the hub looks.
const LOOK: Duration = Duration::from_secs(60);
/// How long a device may be silent before it is asked (3c, availability).
const SILENCE: Duration = Duration::from_secs(600);
/// How many questions in a row go unanswered before a device counts as out of reach.
const MISSES: u8 = 2;

impl Core {
    /// The network runs: what may have changed unheard is read. Locks at once, what sleeps when it speaks, the rest as
    /// there is room.
    pub(super) fn welcome(&mut self, now: Now) {
        let all: Vec<_> = self.registry.all().map(|(ieee, _)| ieee).collect();
        for ieee in all {
            let Some(device) = self.registry.get_mut(ieee) else { continue };
            (device.heard, device.told, device.missed) = (now.up, None, 0);
            device.to_refresh = true;
            let is_lock = device.kept.endpoint_of(door_lock::CLUSTER).is_some();
            if device.kept.finished && (is_lock || !device.kept.is_sleepy()) {
                self.refresh(ieee);
            }
            self.resume(now, ieee);
        }
        self.agenda.set(now.up + LOOK, Due::Presence);
    }

    /// Asks those who were silent for long.
    pub(super) fn look_who_is_silent(&mut self, now: Now) {
        self.agenda.set(now.up + LOOK, Due::Presence);
        if self.running.is_none() {
            return;
        }
        let silent: Vec<_> = self
            .registry
            .all()
            .filter(|(_, device)| !device.kept.is_sleepy() && device.heard + SILENCE <= now.up)
            .map(|(ieee, device)| (ieee, device.kept.endpoint_of(basic::CLUSTER).unwrap_or(1)))
            .collect();
        for (ieee, endpoint) in silent {
            let version = vec![basic::attribute::ZCL_VERSION];
            let mut job = read_job(endpoint, basic::CLUSTER, version, Rank::Background, Purpose::Ping);
            job.class = Class::Ping;
            self.air.push(ieee, job);
        }
    }

    /// Counts what a device that ought to hear us did not answer.
    pub(super) fn count_miss(&mut self, ieee: Ieee, purpose: &Purpose, result: &Result<Answer, Miss>) {
        let Some(device) = self.registry.get_mut(ieee) else { return };
        // Silence after an acknowledgement is no absence, but for the question that is asked to hear anything at all.
        let missed = match result {
            Err(Miss::Unreachable) => true,
            Err(Miss::Unclear) => *purpose == Purpose::Ping,
            _ => false,
        };
        if device.kept.is_sleepy() || !missed {
            return;
        }
        device.missed = device.missed.saturating_add(1);
        if device.missed == MISSES {
            // The next frame is news.
            device.told = None;
            self.tell(Event::Unreachable { device: ieee });
        }
    }
}
