//! Poll control (3.16): when sleeping devices listen. Times are in quarter seconds.

use crate::wire::record;
use crate::zcl::command::commands;

/// Poll control.
pub const CLUSTER: u16 = 0x0020;

/// Attributes. Types are those of the standard; what a device sends may differ.
pub mod attribute {
    /// Uint32, quarter seconds; 0 is never.
    pub const CHECK_IN_INTERVAL: u16 = 0x0000;
    /// Uint32, quarter seconds.
    pub const LONG_POLL_INTERVAL: u16 = 0x0001;
    /// Uint16, quarter seconds.
    pub const SHORT_POLL_INTERVAL: u16 = 0x0002;
    /// Uint16, quarter seconds.
    pub const FAST_POLL_TIMEOUT: u16 = 0x0003;
    /// Uint32, quarter seconds.
    pub const CHECK_IN_INTERVAL_MIN: u16 = 0x0004;
    /// Uint32, quarter seconds.
    pub const LONG_POLL_INTERVAL_MIN: u16 = 0x0005;
    /// Uint16, quarter seconds.
    pub const FAST_POLL_TIMEOUT_MAX: u16 = 0x0006;
}

record! {
    /// Whether to stay awake after a check-in.
    pub struct CheckInResponse {
        /// Poll fast from now on: it costs battery, so end it with [`ToServer::FastPollStop`].
        pub start_fast_polling: bool,
        /// For at most so long, quarter seconds; 0 takes the device's own time-out.
        pub timeout: u16,
    }
}

commands! {
    /// Commands to the device.
    pub enum ToServer for CLUSTER, ToServer {
        /// Answer to a check-in.
        CheckInResponse(response: CheckInResponse) = 0x00,
        /// Sleep again.
        FastPollStop = 0x01,
        /// Time between polls at rest, quarter seconds.
        SetLongPollInterval(interval: u32) = 0x02,
        /// Time between fast polls, quarter seconds.
        SetShortPollInterval(interval: u16) = 0x03,
    }
}

commands! {
    /// Commands from the device.
    pub enum ToClient for CLUSTER, ToClient {
        /// It is awake: anything waiting?
        CheckIn = 0x00,
    }
}
