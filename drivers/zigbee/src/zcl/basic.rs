//! Basic (3.2): who made the device.

use crate::wire::codes;
use crate::zcl::command::commands;

/// Basic.
pub const CLUSTER: u16 = 0x0000;

/// Attributes. Types are those of the standard; what a device sends may differ.
pub mod attribute {
    /// Uint8.
    pub const ZCL_VERSION: u16 = 0x0000;
    /// Uint8.
    pub const APPLICATION_VERSION: u16 = 0x0001;
    /// Uint8.
    pub const STACK_VERSION: u16 = 0x0002;
    /// Uint8.
    pub const HW_VERSION: u16 = 0x0003;
    /// Text, may carry NULs.
    pub const MANUFACTURER_NAME: u16 = 0x0004;
    /// Text, may carry NULs.
    pub const MODEL_IDENTIFIER: u16 = 0x0005;
    /// Text.
    pub const DATE_CODE: u16 = 0x0006;
    /// Enum8, see [`PowerSource`](super::PowerSource).
    pub const POWER_SOURCE: u16 = 0x0007;
    /// Text.
    pub const SW_BUILD_ID: u16 = 0x4000;
}

codes! {
    /// How a device is powered; bit 7 adds a battery as reserve.
    pub enum PowerSource: u8 {
        /// Not told.
        Unknown = 0,
        /// Mains, one phase.
        Mains = 1,
        /// Mains, three phases.
        MainsThreePhase = 2,
        /// Battery.
        Battery = 3,
        /// Direct current.
        Dc = 4,
        /// Mains with emergency supply, always on.
        EmergencyConstant = 5,
        /// Mains with emergency supply and transfer switch.
        EmergencyTransfer = 6,
    }
}

commands! {
    /// Commands to the device.
    pub enum ToServer for CLUSTER, ToServer {
        /// All attributes of all clusters back to their defaults.
        ResetToFactoryDefaults = 0x00,
    }
}
