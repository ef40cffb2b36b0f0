//! PIN codes of a lock: what the hub put into which slot, and what the lock says of it. No PIN is kept.
//!
//! Two columns that never mix: the hub's own deeds, changed by orders that a lock confirmed, and the lock's word, changed
//! by its answers alone. Drift is computed from both.

use std::collections::BTreeMap;

use crate::lock::Pin;
use crate::name::Name;

/// What is in a slot (user status, ZCL 8, 7.3.2.16.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SlotState {
    /// Nothing.
    Empty,
    /// A PIN that opens.
    Enabled,
    /// A PIN that does not open now.
    Disabled,
}

const STATES: [(SlotState, u8, &str); 3] =
    [(SlotState::Empty, 0, "empty"), (SlotState::Enabled, 1, "enabled"), (SlotState::Disabled, 3, "disabled")];

impl SlotState {
    /// Its name.
    pub fn word(self) -> &'static str {
        STATES.iter().find(|row| row.0 == self).map_or("empty", |row| row.2)
    }

    /// Number under which the hub stores it; as in ZCL 8, 7.3.2.16.10.
    pub fn code(self) -> u8 {
        STATES.iter().find(|row| row.0 == self).map_or(0, |row| row.1)
    }

    /// The state stored under `code`.
    pub fn from_code(code: u8) -> Option<Self> {
        STATES.iter().find(|row| row.1 == code).map(|row| row.0)
    }
}

/// Where the lock's word differs from what the hub did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drift {
    /// A PIN is there that the hub did not put there.
    Foreign,
    /// The hub put one there, and the slot is empty.
    Missing,
    /// It opens, and the hub had disabled it.
    Enabled,
    /// It does not open, and the hub had it enabled.
    Disabled,
    /// Somebody changed the PIN at the lock.
    Changed,
}

impl Drift {
    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Foreign => "foreign",
            Self::Missing => "missing",
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
            Self::Changed => "changed",
        }
    }
}

/// One slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Whose it is, as the owner says.
    pub name: Option<Name>,
    /// What the hub did last to the slot and the lock confirmed.
    pub hub: SlotState,
    /// What the lock said last, if it was asked.
    pub lock: Option<SlotState>,
    /// True if its PIN was changed at the lock since the hub put one there. Only an event tells: a lock does not show PINs.
    pub changed: bool,
}

impl Code {
    const FREE: Self = Self { name: None, hub: SlotState::Empty, lock: None, changed: false };

    /// Where the lock's word differs from what the hub did.
    pub fn drift(&self) -> Option<Drift> {
        match (self.hub, self.lock) {
            (SlotState::Empty, Some(SlotState::Enabled | SlotState::Disabled)) => Some(Drift::Foreign),
            (SlotState::Enabled | SlotState::Disabled, Some(SlotState::Empty)) => Some(Drift::Missing),
            (SlotState::Disabled, Some(SlotState::Enabled)) => Some(Drift::Enabled),
            (SlotState::Enabled, Some(SlotState::Disabled)) => Some(Drift::Disabled),
            _ => self.changed.then_some(Drift::Changed),
        }
    }

    fn is_free(&self) -> bool {
        self.hub == SlotState::Empty && matches!(self.lock, None | Some(SlotState::Empty))
    }
}

/// What a lock takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The number of its first slot: 0 or 1.
    pub first: u16,
    /// How many slots it has.
    pub slots: u16,
    /// The shortest PIN, in digits.
    pub pin_min: u8,
    /// The longest PIN, in digits.
    pub pin_max: u8,
}

impl Limits {
    /// The number of its last slot.
    pub fn last(&self) -> u16 {
        self.first.saturating_add(self.slots.saturating_sub(1))
    }

    /// Whether it has this slot.
    pub fn has(&self, slot: u16) -> bool {
        slot >= self.first && slot - self.first < self.slots
    }

    /// Whether it takes a PIN of this length.
    pub fn takes(&self, pin: &Pin) -> bool {
        (usize::from(self.pin_min)..=usize::from(self.pin_max)).contains(&pin.expose().len())
    }
}

/// All slots of a lock that are in use or were.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Codes {
    /// What the lock takes, once it told.
    pub limits: Option<Limits>,
    slots: BTreeMap<u16, Code>,
}

impl Codes {
    /// The slots that are in use at the lock, or by the hub's book.
    pub fn iter(&self) -> impl Iterator<Item = (u16, &Code)> {
        self.slots.iter().map(|(slot, code)| (*slot, code))
    }

    /// One of them.
    pub fn get(&self, slot: u16) -> Option<&Code> {
        self.slots.get(&slot)
    }

    /// Changes a slot; true if it is another then. One that is free after it is not kept.
    pub(crate) fn change(&mut self, slot: u16, change: impl FnOnce(&mut Code)) -> bool {
        let before = self.slots.get(&slot).cloned();
        let mut code = before.clone().unwrap_or(Code::FREE);
        change(&mut code);
        let after = (!code.is_free()).then_some(code);
        let differs = before != after;
        match after {
            Some(code) => drop(self.slots.insert(slot, code)),
            None => drop(self.slots.remove(&slot)),
        }
        differs
    }

    /// Puts a slot as it was stored.
    pub fn restore(&mut self, slot: u16, code: Code) {
        self.change(slot, |now| *now = code);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(hub: SlotState, lock: Option<SlotState>, changed: bool) -> Code {
        Code { name: None, hub, lock, changed }
    }

    #[test]
    fn drift_is_what_the_lock_says_against_what_the_hub_did() {
        use SlotState::{Disabled, Empty, Enabled};
        let rows = [
            (Empty, Some(Enabled), false, Some(Drift::Foreign)),
            (Empty, Some(Disabled), false, Some(Drift::Foreign)),
            (Enabled, Some(Empty), true, Some(Drift::Missing)),
            (Disabled, Some(Empty), false, Some(Drift::Missing)),
            (Disabled, Some(Enabled), false, Some(Drift::Enabled)),
            (Enabled, Some(Disabled), true, Some(Drift::Disabled)),
            (Enabled, Some(Enabled), true, Some(Drift::Changed)),
            (Enabled, None, true, Some(Drift::Changed)),
            (Enabled, Some(Enabled), false, None),
            (Enabled, None, false, None),
            (Empty, Some(Empty), false, None),
        ];
        for (hub, lock, changed, drift) in rows {
            assert_eq!(code(hub, lock, changed).drift(), drift, "{hub:?} {lock:?} {changed}");
        }
    }

    #[test]
    fn a_free_slot_is_not_kept() {
        let mut codes = Codes::default();
        assert!(codes.change(3, |code| code.hub = SlotState::Enabled));
        assert!(!codes.change(3, |code| code.hub = SlotState::Enabled));
        assert!(codes.change(3, |code| code.lock = Some(SlotState::Empty)));
        assert_eq!(codes.get(3).and_then(Code::drift), Some(Drift::Missing));
        assert!(codes.change(3, |code| code.hub = SlotState::Empty));
        assert_eq!(codes.iter().count(), 0);
        assert!(!codes.change(4, |code| code.lock = Some(SlotState::Empty)));
    }

    #[test]
    fn every_state_has_one_number() {
        for (state, code, _) in STATES {
            assert_eq!((state.code(), SlotState::from_code(code)), (code, Some(state)));
        }
        assert_eq!(SlotState::from_code(2), None);
    }
}
