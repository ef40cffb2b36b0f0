//! Code lists of the door lock cluster.

use crate::wire::codes;

codes! {
    /// Where the bolt is.
    pub enum LockState: u8 {
        /// Neither in nor out: jammed or on its way.
        NotFullyLocked = 0,
        /// Locked.
        Locked = 1,
        /// Unlocked.
        Unlocked = 2,
        /// The lock does not know.
        Undefined = 0xFF,
    }

    /// Where the door is.
    pub enum DoorState: u8 {
        /// Open.
        Open = 0,
        /// Closed.
        Closed = 1,
        /// Jammed.
        Jammed = 2,
        /// Forced open.
        ForcedOpen = 3,
        /// The sensor is out of order.
        Error = 4,
        /// The lock does not know.
        Undefined = 0xFF,
    }

    /// Who may operate the lock.
    pub enum OperatingMode: u8 {
        /// All.
        Normal = 0,
        /// The master code alone.
        Vacation = 1,
        /// Nobody from outside.
        Privacy = 2,
        /// Not by radio.
        NoRf = 3,
        /// Stays unlocked.
        Passage = 4,
    }

    /// State of a user.
    pub enum UserStatus: u8 {
        /// The number is free.
        Available = 0,
        /// May operate the lock.
        Enabled = 1,
        /// May not.
        Disabled = 3,
        /// The lock cannot tell.
        NotSupported = 0xFF,
    }

    /// Kind of a user.
    pub enum UserType: u8 {
        /// At any time.
        Unrestricted = 0,
        /// Between dates.
        YearDay = 1,
        /// At times of the week.
        WeekDay = 2,
        /// May change users.
        Master = 3,
        /// May only be told about.
        NonAccess = 4,
        /// The lock cannot tell.
        NotSupported = 0xFF,
    }

    /// Outcome of setting a PIN.
    pub enum SetPinStatus: u8 {
        /// Set.
        Success = 0,
        /// Failed.
        Failure = 1,
        /// The lock has no room.
        MemoryFull = 2,
        /// Another user has this PIN.
        Duplicate = 3,
    }

    /// Where an event began.
    pub enum EventSource: u8 {
        /// Keypad.
        Keypad = 0,
        /// Radio: this hub or another.
        Rf = 1,
        /// Key, knob, or the lock itself.
        Manual = 2,
        /// Card.
        Rfid = 3,
        /// The lock does not know.
        Indeterminate = 0xFF,
    }

    /// What was done, or refused.
    pub enum OperationCode: u8 {
        /// Something else.
        Unknown = 0x00,
        /// Locked.
        Lock = 0x01,
        /// Unlocked.
        Unlock = 0x02,
        /// Locking refused: wrong PIN or id.
        LockInvalidPin = 0x03,
        /// Locking refused: not at this time.
        LockInvalidSchedule = 0x04,
        /// Unlocking refused: wrong PIN or id.
        UnlockInvalidPin = 0x05,
        /// Unlocking refused: not at this time.
        UnlockInvalidSchedule = 0x06,
        /// Locked by one touch.
        OneTouchLock = 0x07,
        /// Locked with the key.
        KeyLock = 0x08,
        /// Unlocked with the key.
        KeyUnlock = 0x09,
        /// Locked by itself.
        AutoLock = 0x0A,
        /// Locked by schedule.
        ScheduleLock = 0x0B,
        /// Unlocked by schedule.
        ScheduleUnlock = 0x0C,
        /// Locked with the knob.
        ManualLock = 0x0D,
        /// Unlocked with the knob.
        ManualUnlock = 0x0E,
        /// A user without access was there.
        NonAccessUser = 0x0F,
    }

    /// What was changed.
    pub enum ProgrammingCode: u8 {
        /// Something else.
        Unknown = 0,
        /// The master code.
        MasterCodeChanged = 1,
        /// A PIN came.
        PinAdded = 2,
        /// A PIN went.
        PinDeleted = 3,
        /// A PIN changed.
        PinChanged = 4,
        /// A card came.
        RfidAdded = 5,
        /// A card went.
        RfidDeleted = 6,
    }
}
