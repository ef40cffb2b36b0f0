//! The house as one value, and the two functions that change it: [`State::apply`] and [`State::tick`].

mod codes;
mod commands;
mod events;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::change::{Change, LogEntry, LogKind, Outcome};
use crate::command::Command;
use crate::device::{Adapter, Availability, Device, Pending, Target};
use crate::event::{Event, Failure};
use crate::ids::{AdapterName, CommandId, Ieee};
use crate::name::Name;
use crate::time::Now;

/// A stranger is forgotten so long after it joined and the network was closed: whoever comes by while it is open must
/// not fill it for good.
const STRANGERS_TIME: Duration = Duration::from_secs(24 * 3600);
/// So many a second: a word to one that is not there any more holds a place in the air for a while.
const STRANGERS_AT_ONCE: usize = 1;

/// All that can change the house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A fact.
    Event(Event),
    /// A wish.
    Command(Command),
}

/// The house. One task owns it (invariant 1).
#[derive(Debug, Default)]
pub struct State {
    devices: BTreeMap<Ieee, Device>,
    adapters: BTreeMap<AdapterName, Adapter>,
}

impl State {
    /// The house as it was kept: each value in it is old until its device speaks again.
    pub fn restore(now: Now, adapters: Vec<AdapterName>, devices: Vec<Device>) -> Self {
        let mut state = Self::default();
        for name in adapters {
            state.adapters.insert(name.clone(), Adapter::new(name));
        }
        for mut device in devices {
            device.slots.values_mut().for_each(|slot| slot.stale = true);
            device.availability = Availability::Offline;
            let silent_for = device.last_seen.map_or(Duration::MAX, |seen| now.wall.since(seen));
            device.stranger_until = now.up + STRANGERS_TIME;
            device.silent_at = now.up.saturating_add(device.silence().saturating_sub(silent_for));
            state.devices.insert(device.ieee, device);
        }
        state
    }

    /// All devices, by address.
    pub fn devices(&self) -> impl Iterator<Item = &Device> {
        self.devices.values()
    }

    /// The device with this address.
    pub fn device(&self, ieee: Ieee) -> Option<&Device> {
        self.devices.get(&ieee)
    }

    /// The device that the owner means: by name, else by address.
    pub fn find(&self, text: &str) -> Option<&Device> {
        self.devices
            .values()
            .find(|device| device.name.as_str() == text)
            .or_else(|| text.parse().ok().and_then(|ieee| self.devices.get(&ieee)))
    }

    /// All adapters, by name.
    pub fn adapters(&self) -> impl Iterator<Item = &Adapter> {
        self.adapters.values()
    }

    /// The adapter with this name.
    pub fn adapter(&self, name: &AdapterName) -> Option<&Adapter> {
        self.adapters.get(name)
    }

    /// Takes in one fact or wish. Never fails: what makes no sense changes nothing, or is refused in the answer.
    pub fn apply(&mut self, now: Now, input: Input) -> Vec<Change> {
        let mut changes = Vec::new();
        match input {
            Input::Event(event) => self.apply_event(now, event, &mut changes),
            Input::Command(command) => self.apply_command(now, command, &mut changes),
        }
        changes
    }

    /// Lets time pass: gives up commands whose time is up, devices that were silent too long, and strangers. Call it
    /// about once a second.
    pub fn tick(&mut self, now: Now) -> Vec<Change> {
        let mut changes = Vec::new();
        for device in self.devices.values_mut() {
            expire_pending(device, now, &mut changes);
            if device.availability == Availability::Online && device.silent_at <= now.up {
                device.availability = Availability::Offline;
                changes.push(Change::Availability { device: device.ieee, online: false });
            }
        }
        let due = self.adapters.values_mut().filter_map(|a| a.damper.take_due(now.up).then(|| a.name.clone()));
        for adapter in due.collect::<Vec<_>>() {
            self.show_adapter(now, &adapter, &mut changes);
        }
        for adapter in self.adapters.values_mut() {
            if adapter.joinable_until.is_some_and(|until| until <= now.up) {
                adapter.joinable_until = None;
                changes.push(Change::PermitJoin { adapter: adapter.name.clone(), left: Duration::ZERO });
            }
        }
        self.forget_strangers(now, &mut changes);
        changes
    }

    fn forget_strangers(&mut self, now: Now, changes: &mut Vec<Change>) {
        let adapters = &self.adapters;
        let is_open = |name: &AdapterName| adapters.get(name).is_some_and(|adapter| adapter.joinable_until.is_some());
        for device in self.devices.values_mut().filter(|device| is_open(&device.adapter)) {
            device.stranger_until = now.up + STRANGERS_TIME;
        }
        let over = |device: &&Device| device.stranger_until <= now.up && device.is_stranger();
        let over: Vec<_> = self.devices.values().filter(over).map(|d| d.ieee).take(STRANGERS_AT_ONCE).collect();
        for device in over.into_iter().filter_map(|ieee| self.devices.remove(&ieee)) {
            commands::send_away(now, CommandId::NOBODYS, &device, changes);
        }
    }

    fn name_is_free(&self, name: &Name, but_for: Ieee) -> bool {
        !self.devices.values().any(|device| device.name == *name && device.ieee != but_for)
    }
}

/// Gives up what a device did not answer for in time. A bolt that may have moved is then in doubt (invariant 3).
fn expire_pending(device: &mut Device, now: Now, changes: &mut Vec<Change>) {
    let expired: Vec<_> =
        device.pending.iter().filter(|(_, p)| p.deadline <= now.up).map(|(target, _)| *target).collect();
    for target in expired {
        let Some(pending) = device.pending.remove(&target) else { continue };
        // The driver tells when it gives up waiting; if it did not, a bolt may be on its way.
        let failure = if pending.queued && target != Target::Bolt { Failure::Expired } else { Failure::Unclear };
        fail(device, target, &pending, failure, now, changes);
    }
}

/// Ends a pending command without success.
fn fail(device: &mut Device, target: Target, pending: &Pending, failure: Failure, now: Now, changes: &mut Vec<Change>) {
    // Only an unclear end leaves the bolt in doubt: all other failures say that nothing moved.
    if target == Target::Bolt && failure == Failure::Unclear {
        device.bolt_doubted = true;
    }
    changes.push(Change::Outcome {
        command: pending.command,
        device: Some(device.ieee),
        outcome: Outcome::Failed(failure),
    });
    let kind = LogKind::CommandFailed { action: pending.action.word().to_owned(), reason: failure.to_string() };
    changes.push(Change::Logged(LogEntry { at: now.wall, device: Some(device.ieee), kind }));
    changes.push(Change::Shown(device.ieee));
}
