//! Wishes: checked here, then passed on as orders. None of them changes a reported value (invariant 3).

use std::time::Duration;

use super::State;
use crate::change::{Change, LogEntry, LogKind, Order, OrderKind, Outcome};
use crate::command::{Action, Command, Refusal, Wish};
use crate::device::{AdapterStatus, Device, Pending, Target};
use crate::event::Failure;
use crate::ids::{AdapterName, CommandId, Ieee};
use crate::name::Name;
use crate::reading::Capability;
use crate::time::Now;

/// How long a bolt may be under way before nobody knows where it is: the driver's 15 s to reach the lock
/// (facts/zigbee.md 3c, sleepy devices) and the slowest bolt's run.
const BOLT_TIME: Duration = Duration::from_secs(25);
/// How long anything else may stay unanswered. The driver says when a sleeping device needs longer.
const ANSWER_TIME: Duration = Duration::from_secs(60);

impl State {
    pub(super) fn apply_command(&mut self, now: Now, command: Command, changes: &mut Vec<Change>) {
        let device = device_of(&command.wish);
        let id = command.id;
        let start = changes.len();
        if let Err(refusal) = self.carry_out(now, command, changes) {
            changes.truncate(start);
            changes.push(Change::Outcome { command: id, device, outcome: Outcome::Refused(refusal) });
        }
    }

    fn carry_out(&mut self, now: Now, command: Command, changes: &mut Vec<Change>) -> Result<(), Refusal> {
        let Command { id, origin, wish } = command;
        match wish {
            Wish::Act { device, action } => self.act(now, id, &origin.to_string(), device, action, changes),
            Wish::Read { device } => self.order_for(id, device, OrderKind::Read(device), changes),
            Wish::Interview { device } => self.order_for(id, device, OrderKind::Interview(device), changes),
            Wish::Remove { device } => self.remove(now, id, device, changes),
            Wish::Rename { device, name } => self.rename(now, id, device, name, changes),
            Wish::Place { device, room } => {
                self.known_mut(device)?.room = room;
                changes.push(Change::Registered(device));
                changes.push(Change::Outcome { command: id, device: Some(device), outcome: Outcome::Done });
                Ok(())
            }
            Wish::NameCode { device, slot, name } => self.name_code(id, device, slot, name, changes),
            Wish::PermitJoin { adapter, seconds } => self.permit_join(now, id, adapter, seconds, changes),
        }
    }

    fn known_mut(&mut self, ieee: Ieee) -> Result<&mut Device, Refusal> {
        self.devices.get_mut(&ieee).ok_or(Refusal::UnknownDevice(ieee))
    }

    fn is_online(&self, adapter: &AdapterName) -> bool {
        self.adapters.get(adapter).is_some_and(|a| matches!(a.status, AdapterStatus::Online { .. }))
    }

    fn act(
        &mut self,
        now: Now,
        id: CommandId,
        origin: &str,
        ieee: Ieee,
        action: Action,
        changes: &mut Vec<Change>,
    ) -> Result<(), Refusal> {
        let adapter = self.known_mut(ieee)?.adapter.clone();
        let reachable = self.is_online(&adapter);
        let device = self.known_mut(ieee)?;
        check(device, &action)?;
        // What changes who can get in never waits for an adapter to come back (invariant 10).
        if action.is_security() && !reachable {
            return Err(Refusal::AdapterOffline(adapter));
        }
        let target = target_of(&action);
        let deadline = now.up + answer_time(target);
        let pending = Pending { command: id, action: action.clone(), queued: false, deadline };
        if action.is_security() {
            let kind = LogKind::Commanded { action: action.word().to_owned(), origin: origin.to_owned() };
            changes.push(Change::Logged(LogEntry { at: now.wall, device: Some(ieee), kind }));
        }
        if let Some(older) = device.pending.insert(target, pending) {
            let outcome = Outcome::Failed(Failure::Superseded);
            changes.push(Change::Outcome { command: older.command, device: Some(ieee), outcome });
        }
        changes.push(Change::Outcome { command: id, device: Some(ieee), outcome: Outcome::Accepted });
        let order = Order { command: id, kind: OrderKind::Act { device: ieee, action } };
        changes.push(Change::Order { adapter, order });
        changes.push(Change::Shown(ieee));
        Ok(())
    }

    fn order_for(
        &mut self,
        id: CommandId,
        ieee: Ieee,
        kind: OrderKind,
        changes: &mut Vec<Change>,
    ) -> Result<(), Refusal> {
        let adapter = self.known_mut(ieee)?.adapter.clone();
        if !self.is_online(&adapter) {
            return Err(Refusal::AdapterOffline(adapter));
        }
        changes.push(Change::Outcome { command: id, device: Some(ieee), outcome: Outcome::Accepted });
        changes.push(Change::Order { adapter, order: Order { command: id, kind } });
        Ok(())
    }

    /// Forgets a device at once, and tells its driver to send it away if it can.
    fn remove(&mut self, now: Now, id: CommandId, ieee: Ieee, changes: &mut Vec<Change>) -> Result<(), Refusal> {
        let device = self.devices.remove(&ieee).ok_or(Refusal::UnknownDevice(ieee))?;
        send_away(now, id, &device, changes);
        changes.push(Change::Outcome { command: id, device: Some(ieee), outcome: Outcome::Done });
        Ok(())
    }

    fn rename(
        &mut self,
        now: Now,
        id: CommandId,
        ieee: Ieee,
        name: Name,
        changes: &mut Vec<Change>,
    ) -> Result<(), Refusal> {
        if !self.name_is_free(&name, ieee) {
            return Err(Refusal::NameTaken(name));
        }
        let device = self.known_mut(ieee)?;
        let from = std::mem::replace(&mut device.name, name.clone());
        if from != name {
            let kind = LogKind::Renamed { from: from.to_string(), to: name.to_string() };
            changes.push(Change::Logged(LogEntry { at: now.wall, device: Some(ieee), kind }));
            changes.push(Change::Renamed { device: ieee, from });
            changes.push(Change::Registered(ieee));
        }
        changes.push(Change::Outcome { command: id, device: Some(ieee), outcome: Outcome::Done });
        Ok(())
    }

    fn name_code(
        &mut self,
        id: CommandId,
        ieee: Ieee,
        slot: u16,
        name: Option<Name>,
        changes: &mut Vec<Change>,
    ) -> Result<(), Refusal> {
        let device = self.known_mut(ieee)?;
        if device.codes.get(slot).is_none() {
            return Err(Refusal::FreeSlot(slot));
        }
        if device.codes.change(slot, |code| code.name = name) {
            changes.push(Change::Registered(ieee));
        }
        changes.push(Change::Outcome { command: id, device: Some(ieee), outcome: Outcome::Done });
        Ok(())
    }

    fn permit_join(
        &mut self,
        now: Now,
        id: CommandId,
        adapter: Option<AdapterName>,
        seconds: u8,
        changes: &mut Vec<Change>,
    ) -> Result<(), Refusal> {
        if seconds > 254 {
            return Err(Refusal::JoinTime(seconds.into()));
        }
        let chosen = match adapter {
            Some(name) if !self.adapters.contains_key(&name) => return Err(Refusal::UnknownAdapter(name)),
            Some(name) => vec![name],
            None => self.adapters.keys().cloned().collect(),
        };
        let first = chosen.first().cloned().ok_or(Refusal::NoAdapter)?;
        let online: Vec<_> = chosen.into_iter().filter(|name| self.is_online(name)).collect();
        if online.is_empty() {
            return Err(Refusal::AdapterOffline(first));
        }
        if seconds > 0 {
            changes.push(Change::Logged(LogEntry { at: now.wall, device: None, kind: LogKind::PermitJoin(seconds) }));
        }
        changes.push(Change::Outcome { command: id, device: None, outcome: Outcome::Accepted });
        changes.extend(online.into_iter().map(|adapter| Change::Order {
            adapter,
            order: Order { command: id, kind: OrderKind::PermitJoin(seconds) },
        }));
        Ok(())
    }
}

/// How long a command about this may stay unanswered once it was sent.
pub(super) fn answer_time(target: Target) -> Duration {
    if target == Target::Bolt { BOLT_TIME } else { ANSWER_TIME }
}

/// Has its driver send a device away that the house forgets.
pub(super) fn send_away(now: Now, command: CommandId, device: &Device, changes: &mut Vec<Change>) {
    let order = Order { command, kind: OrderKind::Remove(device.ieee) };
    changes.push(Change::Order { adapter: device.adapter.clone(), order });
    forget(now, device, changes);
}

/// Says that a device is gone, and with it what was asked of it.
pub(super) fn forget(now: Now, device: &Device, changes: &mut Vec<Change>) {
    changes.extend(device.pending.values().map(|pending| Change::Outcome {
        command: pending.command,
        device: Some(device.ieee),
        outcome: Outcome::Failed(Failure::Removed),
    }));
    let kind = LogKind::Removed { name: device.name.to_string() };
    changes.push(Change::Logged(LogEntry { at: now.wall, device: Some(device.ieee), kind }));
    changes.push(Change::Removed { device: device.ieee, name: device.name.clone() });
}

fn device_of(wish: &Wish) -> Option<Ieee> {
    match wish {
        Wish::Act { device, .. }
        | Wish::Read { device }
        | Wish::Rename { device, .. }
        | Wish::Place { device, .. }
        | Wish::NameCode { device, .. }
        | Wish::Remove { device }
        | Wish::Interview { device } => Some(*device),
        Wish::PermitJoin { .. } => None,
    }
}

/// What an action is about, so that a newer one takes the place of an older.
fn target_of(action: &Action) -> Target {
    match action {
        Action::Setpoint(_) => Target::Setpoint,
        Action::Mode(_) => Target::Mode,
        Action::Calibration(_) => Target::Calibration,
        Action::Lock(_) | Action::Unlock(_) => Target::Bolt,
        Action::SetPin { slot, .. }
        | Action::ClearPin { slot }
        | Action::EnablePin { slot }
        | Action::DisablePin { slot } => Target::Slot(*slot),
        Action::ReadCodes => Target::Codes,
    }
}

fn check(device: &Device, action: &Action) -> Result<(), Refusal> {
    let needed = match target_of(action) {
        Target::Setpoint | Target::Mode | Target::Calibration => Capability::Thermostat,
        Target::Bolt | Target::Slot(_) | Target::Codes => Capability::Lock,
    };
    if !device.can(needed) {
        return Err(Refusal::NotCapable { name: device.name.clone(), action: action.word() });
    }
    if let Action::Setpoint(value) = *action {
        let (min, max) = device.setpoint_limits();
        if value < min || value > max {
            return Err(Refusal::OutOfRange { value, min, max });
        }
    }
    check_code(device, action)
}

/// Whether a lock takes this, as far as it told its limits.
fn check_code(device: &Device, action: &Action) -> Result<(), Refusal> {
    let (Some(slot), Some(limits)) = (action.slot(), device.codes.limits) else { return Ok(()) };
    if !limits.has(slot) {
        return Err(Refusal::NoSlot { slot, first: limits.first, last: limits.last() });
    }
    match action {
        Action::SetPin { pin, .. } if !limits.takes(pin) => {
            Err(Refusal::PinLength { min: limits.pin_min, max: limits.pin_max })
        }
        _ => Ok(()),
    }
}
