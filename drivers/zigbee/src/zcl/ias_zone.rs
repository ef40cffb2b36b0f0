//! IAS zone (8.2): contacts, motion, smoke, water.

use crate::wire::{bits, codes, record};
use crate::zcl::command::commands;

/// IAS zone.
pub const CLUSTER: u16 = 0x0500;

/// Attributes. Types are those of the standard; what a device sends may differ.
pub mod attribute {
    /// Enum8: 0 not enrolled, 1 enrolled.
    pub const ZONE_STATE: u16 = 0x0000;
    /// Enum16, see [`ZoneType`](super::ZoneType).
    pub const ZONE_TYPE: u16 = 0x0001;
    /// Bitmap16, see [`ZoneStatus`](super::ZoneStatus).
    pub const ZONE_STATUS: u16 = 0x0002;
    /// IEEE address to which the device reports; writing it starts enrolment.
    pub const IAS_CIE_ADDRESS: u16 = 0x0010;
    /// Uint8; 0xFF unknown.
    pub const ZONE_ID: u16 = 0x0011;
}

codes! {
    /// What a zone watches.
    pub enum ZoneType: u16 {
        /// Presence.
        Motion = 0x000D,
        /// Door or window.
        Contact = 0x0015,
        /// Fire.
        Fire = 0x0028,
        /// Water.
        Water = 0x002A,
        /// Carbon monoxide.
        CarbonMonoxide = 0x002B,
        /// Shock or tilt.
        Vibration = 0x002D,
        /// Remote control.
        RemoteControl = 0x010F,
        /// Key fob.
        KeyFob = 0x0115,
        /// Keypad.
        Keypad = 0x021D,
        /// Siren.
        Siren = 0x0225,
    }

    /// Answer to an enrolment.
    pub enum EnrollCode: u8 {
        /// Enrolled.
        Success = 0,
        /// This type is not wanted.
        NotSupported = 1,
        /// Not now.
        NoPermit = 2,
        /// Too many zones.
        TooMany = 3,
    }
}

bits! {
    /// State of a zone.
    pub struct ZoneStatus: u16 {
        /// First sensor: open, moving, burning, wet.
        ALARM_1 = 0x0001,
        /// Second sensor.
        ALARM_2 = 0x0002,
        /// Opened or torn off.
        TAMPER = 0x0004,
        /// Battery low.
        BATTERY = 0x0008,
        /// Reports at intervals.
        SUPERVISION = 0x0010,
        /// Tells when an alarm ends.
        RESTORE = 0x0020,
        /// Out of order.
        TROUBLE = 0x0040,
        /// Mains failed.
        AC_MAINS = 0x0080,
        /// In test.
        TEST = 0x0100,
        /// Battery is defective.
        BATTERY_DEFECT = 0x0200,
    }
}

record! {
    /// The zone's number at this hub.
    pub struct EnrollResponse {
        /// Accepted or not.
        pub code: EnrollCode,
        /// Number, 0 to 254.
        pub zone: u8,
    }

    /// A device wants to enrol.
    pub struct EnrollRequest {
        /// What it watches.
        pub zone_type: ZoneType,
        /// Manufacturer code.
        pub manufacturer: u16,
    }

    /// The state of the zone changed. Older devices leave the tail out.
    pub struct StatusChange {
        /// The state now.
        pub status: ZoneStatus,
        /// 0.
        pub extended: Option<u8>,
        /// Number from the enrolment; 0xFF before.
        pub zone: Option<u8>,
        /// Time since the change, quarter seconds.
        pub delay: Option<u16>,
    }
}

commands! {
    /// Commands to the device.
    pub enum ToServer for CLUSTER, ToServer {
        /// Answer to an enrolment; some devices want it unasked.
        EnrollResponse(response: EnrollResponse) = 0x00,
    }
}

commands! {
    /// Commands from the device.
    pub enum ToClient for CLUSTER, ToClient {
        /// The state changed.
        StatusChange(change: StatusChange) = 0x00,
        /// It wants to enrol.
        EnrollRequest(request: EnrollRequest) = 0x01,
    }
}
