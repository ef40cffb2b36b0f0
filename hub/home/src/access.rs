//! Who may do what: rights, the roles that bundle them, and what is left of them on each device.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ids::Ieee;

/// One thing that somebody may do. The words are those of a token's scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Right {
    /// See what is and what was.
    Read = 1,
    /// Set temperatures and modes.
    Climate = 2,
    /// Lock doors.
    Lock = 4,
    /// Unlock doors.
    Unlock = 8,
    /// Everything about the hub itself: devices, people, codes, assistants.
    Admin = 16,
}

impl Right {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Read, Self::Climate, Self::Lock, Self::Unlock, Self::Admin];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Climate => "climate",
            Self::Lock => "lock.lock",
            Self::Unlock => "lock.unlock",
            Self::Admin => "admin",
        }
    }

    /// The right of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|right| right.word() == word)
    }
}

/// A set of rights; in JSON a list of their words.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rights(u8);

impl Rights {
    /// No right at all.
    pub const NONE: Self = Self(0);

    /// Whether `right` is among them.
    pub fn has(self, right: Right) -> bool {
        self.0 & right as u8 != 0
    }

    /// Those that are in both sets.
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Right> {
        Right::ALL.into_iter().filter(move |right| self.has(*right))
    }

    /// As one number, for the disk.
    pub fn bits(self) -> u8 {
        self.0
    }

    /// From such a number; bits that mean nothing here grant nothing.
    pub fn from_bits(bits: u8) -> Self {
        Right::ALL.into_iter().filter(|right| bits & *right as u8 != 0).collect()
    }
}

impl FromIterator<Right> for Rights {
    fn from_iter<I: IntoIterator<Item = Right>>(rights: I) -> Self {
        Self(rights.into_iter().fold(0, |bits, right| bits | right as u8))
    }
}

impl fmt::Debug for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Right::word)).finish()
    }
}

impl Serialize for Rights {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Right::word))
    }
}

impl<'de> Deserialize<'de> for Rights {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = Vec::<String>::deserialize(deserializer)?;
        words.iter().map(|word| Right::from_word(word).ok_or_else(|| D::Error::custom("not a right"))).collect()
    }
}

/// What somebody is in this house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Runs the hub.
    Admin,
    /// Lives here.
    Resident,
    /// Has what was listed, until a day that was set.
    Guest,
}

impl Role {
    /// What the role may do on a device for which nothing else is said, and with the hub.
    pub fn rights(self) -> Rights {
        match self {
            Self::Admin => Right::ALL.into_iter().collect(),
            Self::Resident => [Right::Read, Right::Climate, Right::Lock, Right::Unlock].into_iter().collect(),
            Self::Guest => Rights::NONE,
        }
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Resident => "resident",
            Self::Guest => "guest",
        }
    }
}

/// What one caller may do, device by device. The default may do nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    general: Rights,
    devices: BTreeMap<Ieee, Rights>,
}

impl Access {
    /// Everything, everywhere: whoever can open the admin socket.
    pub fn full() -> Self {
        Self::of(Role::Admin, &BTreeMap::new())
    }

    /// Of somebody with this role, `devices` replacing its rights on some devices. An admin's rights have no exceptions:
    /// who could take them back would be able to give them back. No exception gives [`Right::Admin`].
    pub fn of(role: Role, devices: &BTreeMap<Ieee, Rights>) -> Self {
        let most = Role::Resident.rights();
        let devices = devices.iter().map(|(device, rights)| (*device, rights.and(most)));
        Self { general: role.rights(), devices: if role == Role::Admin { BTreeMap::new() } else { devices.collect() } }
    }

    /// What is left of it for a token with these scopes.
    pub fn within(mut self, scopes: Rights) -> Self {
        self.general = self.general.and(scopes);
        for rights in self.devices.values_mut() {
            *rights = rights.and(scopes);
        }
        self
    }

    /// Whether this is allowed on this device.
    pub fn may(&self, right: Right, device: Ieee) -> bool {
        self.devices.get(&device).unwrap_or(&self.general).has(right)
    }

    /// Whether this is allowed for what belongs to no device, such as the hub's own state.
    pub fn may_in_general(&self, right: Right) -> bool {
        self.general.has(right)
    }

    /// Whether this is allowed for everything there is.
    pub fn may_everywhere(&self, right: Right) -> bool {
        self.general.has(right) && self.devices.values().all(|rights| rights.has(right))
    }

    /// Whether this is allowed on any device at all.
    pub fn may_somewhere(&self, right: Right) -> bool {
        self.general.has(right) || self.devices.values().any(|rights| rights.has(right))
    }

    /// What is allowed in general or on any device.
    pub fn somewhere(&self) -> Rights {
        Right::ALL.into_iter().filter(|right| self.may_somewhere(*right)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOOR: Ieee = Ieee(1);
    const VALVE: Ieee = Ieee(2);

    fn only(rights: &[Right]) -> BTreeMap<Ieee, Rights> {
        BTreeMap::from([(DOOR, rights.iter().copied().collect())])
    }

    #[test]
    fn nobody_may_do_anything_by_default() {
        for right in Right::ALL {
            assert!(!Access::default().may(right, DOOR) && !Access::default().may_somewhere(right));
            assert!(Access::full().may(right, DOOR) && Access::full().may_in_general(right));
        }
    }

    #[test]
    fn a_guest_has_what_is_listed_and_a_resident_all_but_the_exceptions() {
        let guest = Access::of(Role::Guest, &only(&[Right::Read, Right::Lock]));
        assert!(guest.may(Right::Lock, DOOR) && !guest.may(Right::Unlock, DOOR) && !guest.may(Right::Read, VALVE));
        assert!(guest.may_somewhere(Right::Read) && !guest.may_in_general(Right::Read));
        let child = Access::of(Role::Resident, &only(&[Right::Read, Right::Lock]));
        assert!(child.may(Right::Climate, VALVE) && !child.may(Right::Unlock, DOOR) && !child.may(Right::Admin, VALVE));
    }

    #[test]
    fn exceptions_make_no_admin_and_bind_none() {
        assert!(!Access::of(Role::Guest, &only(&Right::ALL)).may_somewhere(Right::Admin));
        assert!(Access::of(Role::Admin, &only(&[])).may(Right::Unlock, DOOR));
    }

    #[test]
    fn a_token_has_no_more_than_its_scopes_and_its_person() {
        let scopes = [Right::Read, Right::Unlock, Right::Admin].into_iter().collect();
        let token = Access::of(Role::Resident, &only(&[Right::Read])).within(scopes);
        assert!(token.may(Right::Read, DOOR) && !token.may(Right::Unlock, DOOR));
        assert!(token.may(Right::Unlock, VALVE) && !token.may(Right::Climate, VALVE));
        assert!(!token.may_somewhere(Right::Admin));
    }

    #[test]
    fn rights_read_back_as_written() {
        for bits in 0..=u8::MAX {
            let rights = Rights::from_bits(bits);
            assert_eq!(rights.bits(), bits & 31);
            let text = serde_json::to_string(&rights).unwrap();
            assert_eq!(serde_json::from_str::<Rights>(&text).unwrap(), rights);
        }
        assert!(serde_json::from_str::<Rights>(r#"["root"]"#).is_err());
    }
}
