//! The PINs of a lock, by user number from 0.

use std::collections::BTreeMap;
use std::ops::Not;

use serde_json::{Value as Json, json};
use zigbee::zcl::door_lock::{
    Pin, PinRecord, ProgrammingCode, SecretOctets, SetPinStatus, UserStatus, UserStatusRecord, UserType, UserTypeRecord,
};

/// Users that the lock has room for.
pub(super) const SLOTS: u16 = 10;
/// Shortest and longest PIN.
pub(super) const LENGTHS: (u8, u8) = (4, 8);

#[derive(Debug)]
struct User {
    status: UserStatus,
    kind: UserType,
    pin: Pin,
}

/// All PINs.
#[derive(Debug, Default)]
pub(super) struct Pins(BTreeMap<u16, User>);

impl Pins {
    /// The user with this PIN who may operate the lock.
    pub(super) fn user_of(&self, digits: &[u8]) -> Option<u16> {
        let fits = |user: &User| user.status == UserStatus::Enabled && user.pin.digits() == digits;
        self.0.iter().find(|(_, user)| fits(user)).map(|(number, _)| *number)
    }

    /// Sets a PIN; says what it changed, if it did.
    pub(super) fn set(&mut self, record: &PinRecord) -> (SetPinStatus, Option<ProgrammingCode>) {
        let Ok(pin) = Pin::new(record.pin.octets(), LENGTHS.0..=LENGTHS.1) else {
            return (SetPinStatus::Failure, None);
        };
        if record.user >= SLOTS {
            return (SetPinStatus::Failure, None);
        }
        if self.0.iter().any(|(number, user)| *number != record.user && user.pin == pin) {
            return (SetPinStatus::Duplicate, None);
        }
        let before = self.0.insert(record.user, User { status: record.status, kind: record.kind, pin });
        let code = if before.is_some() { ProgrammingCode::PinChanged } else { ProgrammingCode::PinAdded };
        (SetPinStatus::Success, Some(code))
    }

    /// A user's record; without `plain` the PIN is left out.
    pub(super) fn get(&self, number: u16, plain: bool) -> PinRecord {
        let pin = self.0.get(&number).filter(|_| plain).map(|user| SecretOctets::from(&user.pin));
        PinRecord {
            user: number,
            status: self.status(number).status,
            kind: self.kind(number).kind,
            pin: pin.unwrap_or_default(),
        }
    }

    /// Removes a PIN; `false` if there was none.
    pub(super) fn clear(&mut self, number: u16) -> bool {
        self.0.remove(&number).is_some()
    }

    /// Enables or disables a user; `false` if there is no such user or state.
    pub(super) fn set_status(&mut self, number: u16, status: UserStatus) -> bool {
        let known = matches!(status, UserStatus::Enabled | UserStatus::Disabled);
        known && self.0.get_mut(&number).map(|user| user.status = status).is_some()
    }

    /// Whether a user may operate the lock.
    pub(super) fn status(&self, number: u16) -> UserStatusRecord {
        let status = match self.0.get(&number) {
            Some(user) => user.status,
            None if number < SLOTS => UserStatus::Available,
            None => UserStatus::NotSupported,
        };
        UserStatusRecord { user: number, status }
    }

    /// Sets the kind of a user; `false` if there is no such user.
    pub(super) fn set_kind(&mut self, number: u16, kind: UserType) -> bool {
        self.0.get_mut(&number).map(|user| user.kind = kind).is_some()
    }

    /// What kind of user it is.
    pub(super) fn kind(&self, number: u16) -> UserTypeRecord {
        UserTypeRecord { user: number, kind: self.0.get(&number).map_or(UserType::NotSupported, |user| user.kind) }
    }

    /// Numbers of all users.
    pub(super) fn users(&self) -> Vec<u16> {
        self.0.keys().copied().collect()
    }

    /// For the file in which the simulated house is kept: it holds simulated PINs alone.
    pub(super) fn save(&self) -> Json {
        let row = |(number, user): (&u16, &User)| {
            json!([number, u8::from(user.status), u8::from(user.kind), String::from_utf8_lossy(user.pin.digits())])
        };
        self.0.iter().map(row).collect()
    }

    /// What [`Pins::save`] gave; rows that it did not give are left out.
    pub(super) fn load(saved: &Json) -> Self {
        let row = |row: &Json| {
            let byte = |index| row.get(index).and_then(Json::as_u64).and_then(|byte| u8::try_from(byte).ok());
            let number = row.get(0).and_then(Json::as_u64).and_then(|number| u16::try_from(number).ok())?;
            let digits = row.get(3)?.as_str()?;
            let pin = Pin::new(digits, LENGTHS.0..=LENGTHS.1).ok()?;
            (number >= SLOTS).not().then_some(())?;
            Some((number, User { status: byte(1)?.into(), kind: byte(2)?.into(), pin }))
        };
        Self(saved.as_array().into_iter().flatten().filter_map(row).collect())
    }
}
