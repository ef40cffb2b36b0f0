//! Facts: the only thing that changes what is shown of a device.

use super::codes;
use super::commands::{answer_time, forget};
use super::{STRANGERS_TIME, State, fail};
use crate::change::{Change, LogEntry, LogKind, Outcome, Publicity};
use crate::device::{Adapter, AdapterStatus, Availability, Device, Interview, Slot, Target};
use crate::event::{Delivery, Event, Failure, Report};
use crate::ids::{AdapterName, CommandId, Ieee};
use crate::lock::Bolt;
use crate::reading::Reading;
use crate::time::Now;

impl State {
    pub(super) fn apply_event(&mut self, now: Now, event: Event, changes: &mut Vec<Change>) {
        match event {
            Event::Adapter { adapter, status } => self.adapter_is(now, &adapter, status, changes),
            Event::NetworkRecord { adapter, record } => changes.push(Change::NetworkRecord { adapter, record }),
            Event::PermitJoin { adapter, left } => {
                if let Some(known) = self.adapters.get_mut(&adapter) {
                    known.joinable_until = (!left.is_zero()).then(|| now.up + left);
                    changes.push(Change::PermitJoin { adapter, left });
                }
            }
            Event::Joined { adapter, device } => self.joined(now, adapter, device, changes),
            Event::Left { device } => {
                if let Some(gone) = self.devices.remove(&device) {
                    forget(now, &gone, changes);
                }
            }
            Event::Delivery { command, delivery } => self.delivered(now, command, delivery, changes),
            Event::Interview { device, progress } => self.with(device, |d| interviewed(d, progress, changes)),
            Event::Described { device, description } => self.with(device, |d| {
                d.description = Some(description);
                d.silent_at = now.up + d.silence();
                changes.push(Change::Registered(device));
            }),
            Event::DeviceRecord { device, record } => self.with(device, |d| {
                if d.record.as_ref() != Some(&record) {
                    d.record = Some(record);
                    changes.push(Change::Recorded(device));
                }
            }),
            Event::Report(report) => self.with(report.device, |d| reported(d, now, report, changes)),
            Event::Unreachable { device } => self.with(device, |d| unavailable(d, changes)),
            Event::Lock { device, happening, source, user } => self.with(device, |d| {
                let kind = LogKind::Lock { happening, source, user };
                changes.push(Change::Logged(LogEntry { at: now.wall, device: Some(d.ieee), kind }));
                codes::programmed(d, happening, source, user, changes);
            }),
            Event::CodeLimits { device, limits } => self.with(device, |d| {
                if d.codes.limits.replace(limits) != Some(limits) {
                    changes.push(Change::Registered(device));
                }
            }),
            Event::Code { device, slot, state } => self.with(device, |d| codes::told(d, slot, state, changes)),
        }
    }

    /// Does `act` with a device that is known; a fact about an unknown one is no fact of this house.
    fn with(&mut self, ieee: Ieee, act: impl FnOnce(&mut Device)) {
        if let Some(device) = self.devices.get_mut(&ieee) {
            act(device);
        }
    }

    fn joined(&mut self, now: Now, adapter: AdapterName, ieee: Ieee, changes: &mut Vec<Change>) {
        if let Some(device) = self.devices.get_mut(&ieee) {
            if device.adapter != adapter {
                device.adapter = adapter;
                changes.push(Change::Registered(ieee));
            }
            heard(device, now, changes);
            return;
        }
        let mut device = Device::new(ieee, adapter);
        device.stranger_until = now.up + STRANGERS_TIME;
        changes.push(Change::Logged(LogEntry { at: now.wall, device: Some(ieee), kind: LogKind::Joined }));
        changes.push(Change::Registered(ieee));
        heard(&mut device, now, changes);
        self.devices.insert(ieee, device);
    }

    fn adapter_is(&mut self, now: Now, name: &AdapterName, status: AdapterStatus, changes: &mut Vec<Change>) {
        let adapter = self.adapters.entry(name.clone()).or_insert_with(|| Adapter::new(name.clone()));
        if adapter.status == status {
            return;
        }
        let is_away = |status: &AdapterStatus| !matches!(status, AdapterStatus::Online { .. });
        let loss = !is_away(&adapter.status) && is_away(&status);
        if is_away(&status) {
            adapter.joinable_until = None;
        }
        adapter.status = status;
        if adapter.damper.change(now.up, loss) {
            self.show_adapter(now, name, changes);
        }
    }

    /// Shows how an adapter is, and with it who is within reach. One that flaps is shown seldom: a message for each
    /// device and a line in the log at each turn would drown everything else.
    pub(super) fn show_adapter(&mut self, now: Now, name: &AdapterName, changes: &mut Vec<Change>) {
        let Some(adapter) = self.adapters.get_mut(name) else { return };
        let adapter_text = name.to_string();
        // Another reason for the same trouble is shown, but nothing new has happened.
        let kind = match &adapter.status {
            same if same.word() == adapter.shown => None,
            AdapterStatus::Starting => None,
            AdapterStatus::Online { .. } => Some(LogKind::AdapterOnline(adapter_text)),
            AdapterStatus::Offline { reason } => {
                Some(LogKind::AdapterOffline { adapter: adapter_text, reason: reason.clone() })
            }
            AdapterStatus::Refused { reason } => {
                Some(LogKind::AdapterRefused { adapter: adapter_text, reason: reason.clone() })
            }
        };
        let online = matches!(adapter.status, AdapterStatus::Online { .. });
        adapter.shown = adapter.status.word();
        changes.extend(kind.map(|kind| Change::Logged(LogEntry { at: now.wall, device: None, kind })));
        changes.push(Change::Adapter(name.clone()));
        for device in self.devices.values_mut().filter(|d| d.adapter == *name) {
            if online && device.silent_at > now.up {
                available(device, changes);
            } else {
                unavailable(device, changes);
            }
        }
    }

    fn delivered(&mut self, now: Now, command: CommandId, delivery: Delivery, changes: &mut Vec<Change>) {
        let waiting = self.devices.values_mut().find_map(|device| {
            let target = device.pending.iter().find(|(_, p)| p.command == command).map(|(target, _)| *target)?;
            Some((device, target))
        });
        let Some((device, target)) = waiting else {
            // Orders that are not pending with a device (read, interview, permit join) answer for themselves.
            let outcome = match delivery {
                Delivery::Queued(left) => Outcome::Pending(left),
                Delivery::Delivered => Outcome::Done,
                Delivery::Failed(failure) => Outcome::Failed(failure),
            };
            changes.push(Change::Outcome { command, device: None, outcome });
            return;
        };
        match delivery {
            Delivery::Queued(left) => {
                if let Some(pending) = device.pending.get_mut(&target) {
                    pending.queued = true;
                    // It may be sent in the last moment, and then needs its time as any other.
                    pending.deadline = now.up.saturating_add(left).saturating_add(answer_time(target));
                }
                changes.push(Change::Outcome { command, device: Some(device.ieee), outcome: Outcome::Pending(left) });
                changes.push(Change::Shown(device.ieee));
            }
            // A lock's answer may only mean "accepted", and after an unclear end nobody knows where the bolt is:
            // its report or the deadline decides.
            Delivery::Delivered | Delivery::Failed(Failure::Unclear) if target == Target::Bolt => {}
            Delivery::Delivered => {
                if let Some(pending) = device.pending.remove(&target) {
                    codes::done(device, pending.action, changes);
                }
                changes.push(Change::Outcome { command, device: Some(device.ieee), outcome: Outcome::Done });
                changes.push(Change::Shown(device.ieee));
            }
            Delivery::Failed(failure) => {
                if let Some(pending) = device.pending.remove(&target) {
                    fail(device, target, &pending, failure, now, changes);
                }
            }
        }
    }
}

fn interviewed(device: &mut Device, progress: Interview, changes: &mut Vec<Change>) {
    if device.interview == progress {
        return;
    }
    let was_done = device.interview == Interview::Done;
    let new_word = device.interview.word() != progress.word();
    device.interview = progress;
    if new_word {
        changes.push(Change::Interviewed(device.ieee));
    }
    if device.interview == Interview::Done || was_done {
        changes.push(Change::Registered(device.ieee));
    }
    changes.push(Change::Shown(device.ieee));
}

/// Notes that a device was heard.
fn heard(device: &mut Device, now: Now, changes: &mut Vec<Change>) {
    device.last_seen = Some(now.wall);
    device.silent_at = now.up + device.silence();
    available(device, changes);
}

fn available(device: &mut Device, changes: &mut Vec<Change>) {
    if device.availability == Availability::Offline {
        device.availability = Availability::Online;
        changes.push(Change::Availability { device: device.ieee, online: true });
    }
}

fn unavailable(device: &mut Device, changes: &mut Vec<Change>) {
    if device.availability == Availability::Online {
        device.availability = Availability::Offline;
        changes.push(Change::Availability { device: device.ieee, online: false });
    }
}

fn reported(device: &mut Device, now: Now, report: Report, changes: &mut Vec<Change>) {
    heard(device, now, changes);
    device.link = report.link.or(device.link);
    let mut publicity = Publicity::AtOnce;
    for reading in &report.readings {
        let before = device.slots.insert(reading.key(), Slot { reading: *reading, at: now.wall, stale: false });
        if let Reading::LockState(bolt) = *reading {
            publicity = Publicity::AfterCommit;
            bolt_reported(device, now, before.map(|slot| slot.reading), bolt, changes);
        }
    }
    changes.push(Change::Reported { device: device.ieee, readings: report.readings, publicity });
}

/// Takes in where a bolt says it is: logs a move, ends the doubt, and ends the command that it answers.
fn bolt_reported(device: &mut Device, now: Now, before: Option<Reading>, to: Option<Bolt>, changes: &mut Vec<Change>) {
    use crate::command::Action;
    let from = match before {
        Some(Reading::LockState(bolt)) => bolt,
        _ => None,
    };
    if from != to || device.bolt_doubted {
        let kind = LogKind::Bolt { from, to };
        changes.push(Change::Logged(LogEntry { at: now.wall, device: Some(device.ieee), kind }));
    }
    device.bolt_doubted = false;
    let Some(pending) = device.pending.get(&Target::Bolt) else { return };
    let answered = match (&pending.action, to) {
        (Action::Lock(_), Some(Bolt::Locked)) | (Action::Unlock(_), Some(Bolt::Unlocked)) => Some(Outcome::Done),
        (_, Some(Bolt::Jammed)) => Some(Outcome::Failed(Failure::LockRefused)),
        // Still where it was, or on its way: the bolt has until the deadline.
        _ => None,
    };
    if let Some(outcome) = answered {
        let command = pending.command;
        device.pending.remove(&Target::Bolt);
        changes.push(Change::Outcome { command, device: Some(device.ieee), outcome });
    }
}
