//! Identify (3.5): a device shows itself.

use crate::zcl::command::commands;

/// Identify.
pub const CLUSTER: u16 = 0x0003;

/// Attributes. Types are those of the standard; what a device sends may differ.
pub mod attribute {
    /// Uint16, seconds left.
    pub const IDENTIFY_TIME: u16 = 0x0000;
}

commands! {
    /// Commands to the device.
    pub enum ToServer for CLUSTER, ToServer {
        /// Show yourself for so many seconds; 0 stops.
        Identify(seconds: u16) = 0x00,
        /// Ask who is showing itself.
        Query = 0x01,
    }
}

commands! {
    /// Commands from the device.
    pub enum ToClient for CLUSTER, ToClient {
        /// It is, for so many more seconds.
        QueryResponse(seconds: u16) = 0x00,
    }
}
