//! PIN codes of locks: what the hub did there and what the lock says, each in its own column (`crate::codes`).

use crate::change::Change;
use crate::codes::SlotState;
use crate::command::Action;
use crate::device::Device;
use crate::lock::{Happening, Source};

/// The lock says what is in a slot.
pub(super) fn told(device: &mut Device, slot: u16, state: SlotState, changes: &mut Vec<Change>) {
    if device.codes.change(slot, |code| code.lock = Some(state)) {
        changes.push(Change::Registered(device.ieee));
    }
}

/// The lock took what the hub asked for.
pub(super) fn done(device: &mut Device, action: Action, changes: &mut Vec<Change>) {
    let Some(slot) = action.slot() else { return };
    let differs = device.codes.change(slot, |code| {
        // What the lock said before the change says nothing of the slot after it.
        code.lock = None;
        match action {
            // A PIN that is set is enabled, also in a slot that was disabled.
            Action::SetPin { name, .. } => {
                code.name = name.or(code.name.take());
                (code.hub, code.changed) = (SlotState::Enabled, false);
            }
            Action::ClearPin { .. } => {
                code.name = None;
                (code.hub, code.changed) = (SlotState::Empty, false);
            }
            Action::EnablePin { .. } => code.hub = SlotState::Enabled,
            Action::DisablePin { .. } => code.hub = SlotState::Disabled,
            _ => {}
        }
    });
    if differs {
        changes.push(Change::Registered(device.ieee));
    }
}

/// Somebody changed a PIN at the lock: the slot's state stays the same, so that only this event tells.
pub(super) fn programmed(
    device: &mut Device,
    happening: Happening,
    source: Source,
    slot: Option<u16>,
    changes: &mut Vec<Change>,
) {
    let (Happening::PinAdded | Happening::PinChanged, Some(slot)) = (happening, slot) else { return };
    // The radio is this hub.
    if source == Source::Radio || device.codes.get(slot).is_none_or(|code| code.hub == SlotState::Empty) {
        return;
    }
    if device.codes.change(slot, |code| code.changed = true) {
        changes.push(Change::Registered(device.ieee));
    }
}
