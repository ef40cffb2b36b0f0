//! Door lock (7.3). User numbers are those of the lock: some count from 0, some from 1.

mod codes;
mod event;
mod pin;

pub use codes::{
    DoorState, EventSource, LockState, OperatingMode, OperationCode, ProgrammingCode, SetPinStatus, UserStatus,
    UserType,
};
pub use event::{OperationEvent, ProgrammingEvent};
pub use pin::{Pin, PinError, SecretOctets};

use crate::wire::record;
use crate::zcl::Status;
use crate::zcl::command::commands;

/// Door lock.
pub const CLUSTER: u16 = 0x0101;

/// Attributes. Types are those of the standard; what a device sends may differ.
pub mod attribute {
    /// Enum8, see [`LockState`](super::LockState).
    pub const LOCK_STATE: u16 = 0x0000;
    /// Enum8: 0 dead bolt, 1 magnetic, 2 other, 3 mortise, 4 rim, 5 latch bolt, 6 cylinder.
    pub const LOCK_TYPE: u16 = 0x0001;
    /// Bool.
    pub const ACTUATOR_ENABLED: u16 = 0x0002;
    /// Enum8, see [`DoorState`](super::DoorState).
    pub const DOOR_STATE: u16 = 0x0003;
    /// Uint16.
    pub const NUMBER_OF_USERS: u16 = 0x0011;
    /// Uint16.
    pub const NUMBER_OF_PIN_USERS: u16 = 0x0012;
    /// Uint16.
    pub const NUMBER_OF_RFID_USERS: u16 = 0x0013;
    /// Uint8, 8 if absent.
    pub const MAX_PIN_LENGTH: u16 = 0x0017;
    /// Uint8, 4 if absent.
    pub const MIN_PIN_LENGTH: u16 = 0x0018;
    /// Bool.
    pub const ENABLE_LOGGING: u16 = 0x0020;
    /// Text.
    pub const LANGUAGE: u16 = 0x0021;
    /// Uint32, seconds; 0 off.
    pub const AUTO_RELOCK_TIME: u16 = 0x0023;
    /// Uint8: 0 silent, 1 low, 2 high.
    pub const SOUND_VOLUME: u16 = 0x0024;
    /// Enum8, see [`OperatingMode`](super::OperatingMode).
    pub const OPERATING_MODE: u16 = 0x0025;
    /// Bitmap16.
    pub const SUPPORTED_OPERATING_MODES: u16 = 0x0026;
    /// Uint8.
    pub const WRONG_CODE_ENTRY_LIMIT: u16 = 0x0030;
    /// Uint8, seconds.
    pub const USER_CODE_TEMPORARY_DISABLE_TIME: u16 = 0x0031;
    /// Bool.
    pub const SEND_PIN_OVER_THE_AIR: u16 = 0x0032;
    /// Bool.
    pub const REQUIRE_PIN_FOR_RF_OPERATION: u16 = 0x0033;
    /// Enum8: 0 network, 1 APS.
    pub const SECURITY_LEVEL: u16 = 0x0034;
    /// Bitmap16.
    pub const ALARM_MASK: u16 = 0x0040;
    /// Bitmap16.
    pub const KEYPAD_OPERATION_EVENT_MASK: u16 = 0x0041;
    /// Bitmap16.
    pub const RF_OPERATION_EVENT_MASK: u16 = 0x0042;
    /// Bitmap16.
    pub const MANUAL_OPERATION_EVENT_MASK: u16 = 0x0043;
    /// Bitmap16.
    pub const RFID_OPERATION_EVENT_MASK: u16 = 0x0044;
    /// Bitmap16.
    pub const KEYPAD_PROGRAMMING_EVENT_MASK: u16 = 0x0045;
    /// Bitmap16.
    pub const RF_PROGRAMMING_EVENT_MASK: u16 = 0x0046;
    /// Bitmap16.
    pub const RFID_PROGRAMMING_EVENT_MASK: u16 = 0x0047;
}

record! {
    /// Unlock, and lock again after a time.
    pub struct UnlockWithTimeout {
        /// Seconds.
        pub timeout: u16,
        /// PIN, or none.
        pub pin: SecretOctets,
    }

    /// A user's PIN, in either direction.
    pub struct PinRecord {
        /// Number of the user.
        pub user: u16,
        /// State of the user.
        pub status: UserStatus,
        /// Kind of the user.
        pub kind: UserType,
        /// The PIN, or none.
        pub pin: SecretOctets,
    }

    /// State of a user.
    pub struct UserStatusRecord {
        /// Number of the user.
        pub user: u16,
        /// State; only enabled and disabled can be set.
        pub status: UserStatus,
    }

    /// Kind of a user.
    pub struct UserTypeRecord {
        /// Number of the user.
        pub user: u16,
        /// Kind.
        pub kind: UserType,
    }
}

commands! {
    /// Commands to the lock. Their answers have the same ids.
    pub enum ToServer for CLUSTER, ToServer {
        /// Lock.
        Lock(pin: SecretOctets) = 0x00,
        /// Unlock.
        Unlock(pin: SecretOctets) = 0x01,
        /// Lock if unlocked and the other way round.
        Toggle(pin: SecretOctets) = 0x02,
        /// Unlock, and lock again after a time.
        UnlockWithTimeout(unlock: UnlockWithTimeout) = 0x03,
        /// Ask for an entry of the log; 0 is the newest.
        GetLogRecord(index: u16) = 0x04,
        /// Set a user's PIN.
        SetPin(record: PinRecord) = 0x05,
        /// Ask for a user's PIN.
        GetPin(user: u16) = 0x06,
        /// Remove a user's PIN.
        ClearPin(user: u16) = 0x07,
        /// Remove all PINs.
        ClearAllPins = 0x08,
        /// Enable or disable a user.
        SetUserStatus(record: UserStatusRecord) = 0x09,
        /// Ask for a user's state.
        GetUserStatus(user: u16) = 0x0A,
        /// Set a user's kind.
        SetUserType(record: UserTypeRecord) = 0x14,
        /// Ask for a user's kind.
        GetUserType(user: u16) = 0x15,
    }
}

commands! {
    /// Commands from the lock. Success means accepted: the bolt's state is told by [`attribute::LOCK_STATE`].
    pub enum ToClient for CLUSTER, ToClient {
        /// Will lock or not.
        LockResponse(status: Status) = 0x00,
        /// Will unlock or not.
        UnlockResponse(status: Status) = 0x01,
        /// Will turn or not.
        ToggleResponse(status: Status) = 0x02,
        /// Will unlock or not.
        UnlockWithTimeoutResponse(status: Status) = 0x03,
        /// Set or not.
        SetPinResponse(status: SetPinStatus) = 0x05,
        /// The user's PIN.
        GetPinResponse(record: PinRecord) = 0x06,
        /// Removed or not.
        ClearPinResponse(status: Status) = 0x07,
        /// Removed or not.
        ClearAllPinsResponse(status: Status) = 0x08,
        /// Set or not.
        SetUserStatusResponse(status: Status) = 0x09,
        /// The user's state.
        GetUserStatusResponse(record: UserStatusRecord) = 0x0A,
        /// Set or not.
        SetUserTypeResponse(status: Status) = 0x14,
        /// The user's kind.
        GetUserTypeResponse(record: UserTypeRecord) = 0x15,
        /// The bolt was turned, or someone was refused.
        OperationEvent(event: OperationEvent) = 0x20,
        /// A user or a PIN was changed.
        ProgrammingEvent(event: ProgrammingEvent) = 0x21,
    }
}

#[cfg(test)]
mod tests;
