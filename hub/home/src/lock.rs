//! Words of a door lock (ZCL 8, 7.3), and the PIN, which never prints.

use std::fmt;

use zeroize::Zeroizing;

/// Where a lock says its bolt is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bolt {
    /// Neither fully in nor fully out.
    NotFullyLocked,
    /// Out: the door is locked.
    Locked,
    /// In: the door can be opened.
    Unlocked,
    /// The bolt is stuck.
    Jammed,
}

const BOLTS: [(Bolt, u8, &str); 4] = [
    (Bolt::NotFullyLocked, 0, "not_fully_locked"),
    (Bolt::Locked, 1, "locked"),
    (Bolt::Unlocked, 2, "unlocked"),
    (Bolt::Jammed, 3, "jammed"),
];

impl Bolt {
    /// Its name in `lock_state`.
    pub fn word(self) -> &'static str {
        BOLTS.iter().find(|row| row.0 == self).map_or("unknown", |row| row.2)
    }

    /// Number under which the hub stores it; 0 to 2 as in ZCL 8, 7.3.2.2.1.
    pub fn code(self) -> u8 {
        BOLTS.iter().find(|row| row.0 == self).map_or(0, |row| row.1)
    }

    /// The state stored under `code`.
    pub fn from_code(code: u8) -> Option<Self> {
        BOLTS.iter().find(|row| row.1 == code).map(|row| row.0)
    }
}

/// Who or what moved a bolt, or tried to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The keypad at the door.
    Keypad,
    /// The radio: usually this hub.
    Radio,
    /// A hand or a key at the lock.
    Manual,
    /// A tag.
    Rfid,
    /// The lock did not say.
    Unknown,
}

impl Source {
    /// Its name in events.
    pub fn word(self) -> &'static str {
        match self {
            Self::Keypad => "keypad",
            Self::Radio => "rf",
            Self::Manual => "manual",
            Self::Rfid => "rfid",
            Self::Unknown => "unknown",
        }
    }
}

/// What happened at a lock (operation and programming event notifications, ZCL 8, 7.3.2.17.38 and .39).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// Locked, by whatever means.
    Locked,
    /// Unlocked, by whatever means.
    Unlocked,
    /// Locking was refused: wrong PIN or outside the user's schedule.
    LockRefused,
    /// Unlocking was refused: wrong PIN or outside the user's schedule.
    UnlockRefused,
    /// The lock locked itself.
    AutoLocked,
    /// A person without right of access used the keypad.
    NonAccessUser,
    /// A PIN was added in this slot.
    PinAdded,
    /// The PIN in this slot was deleted.
    PinDeleted,
    /// The PIN in this slot was changed.
    PinChanged,
    /// The master code was changed.
    MasterChanged,
    /// The bolt got stuck.
    Jammed,
    /// Somebody tampers with the lock.
    Tampered,
    /// Something else; the lock's own number.
    Other(u8),
}

impl Happening {
    /// Its name in events.
    pub fn word(self) -> &'static str {
        match self {
            Self::Locked => "lock",
            Self::Unlocked => "unlock",
            Self::LockRefused => "lock_refused",
            Self::UnlockRefused => "unlock_refused",
            Self::AutoLocked => "auto_lock",
            Self::NonAccessUser => "non_access_user",
            Self::PinAdded => "pin_added",
            Self::PinDeleted => "pin_deleted",
            Self::PinChanged => "pin_changed",
            Self::MasterChanged => "master_changed",
            Self::Jammed => "jammed",
            Self::Tampered => "tampered",
            Self::Other(_) => "other",
        }
    }
}

/// A PIN: 4 to 8 ASCII digits. It is wiped from memory when dropped and never prints.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(Zeroizing<String>);

/// The text is no PIN. It does not say which text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a PIN has 4 to 8 digits")]
pub struct PinError;

impl Pin {
    /// The fewest and the most digits.
    pub const LENGTHS: (u8, u8) = (4, 8);

    /// Takes 4 to 8 ASCII digits (ZCL 8, 7.3.2.12: default minimum and maximum PIN length).
    pub fn new(text: &str) -> Result<Self, PinError> {
        let fits = (4..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if fits { Ok(Self(Zeroizing::new(text.to_owned()))) } else { Err(PinError) }
    }

    /// The digits, for the frame that carries them.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_has_four_to_eight_digits_and_does_not_print() {
        for bad in ["", "123", "123456789", "12a4", "１２３４"] {
            assert_eq!(Pin::new(bad), Err(PinError));
        }
        let shown = format!("{:?} {}", Pin::new("4711").unwrap(), PinError);
        assert!(!shown.contains("4711"));
    }

    #[test]
    fn every_bolt_has_one_number() {
        for (bolt, code, _) in BOLTS {
            assert_eq!((bolt.code(), Bolt::from_code(code)), (code, Some(bolt)));
        }
    }
}
