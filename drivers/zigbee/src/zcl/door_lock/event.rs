//! What the lock tells unasked (7.3.2.17). Many locks cut these frames off after any field.

use super::{EventSource, OperationCode, ProgrammingCode, SecretOctets, UserStatus, UserType};
use crate::wire::{Bytes, record};

record! {
    /// The bolt was turned, or someone was refused.
    pub struct OperationEvent {
        /// Where it began.
        pub source: EventSource,
        /// What was done or refused.
        pub code: OperationCode,
        /// Number of the user; meaningful for keypad, radio and card.
        pub user: Option<u16>,
        /// The PIN used, if the lock sends PINs.
        pub pin: Option<SecretOctets>,
        /// Local time, seconds since 2000-01-01; 0 or 0xFFFFFFFF unknown.
        pub time: Option<u32>,
        /// More, by manufacturer.
        pub data: Option<Bytes<254>>,
    }

    /// A user or a PIN was changed.
    pub struct ProgrammingEvent {
        /// Where it began.
        pub source: EventSource,
        /// What was changed.
        pub code: ProgrammingCode,
        /// Number of the user.
        pub user: Option<u16>,
        /// The PIN, if the lock sends PINs.
        pub pin: Option<SecretOctets>,
        /// Kind of the user.
        pub kind: Option<UserType>,
        /// State of the user.
        pub status: Option<UserStatus>,
        /// Local time, seconds since 2000-01-01; 0 or 0xFFFFFFFF unknown.
        pub time: Option<u32>,
        /// More, by manufacturer.
        pub data: Option<Bytes<254>>,
    }
}
