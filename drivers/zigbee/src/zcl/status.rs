//! Status codes (2.6.3).

use crate::wire::codes;

codes! {
    /// Outcome of a ZCL command.
    pub enum Status: u8 {
        /// Done.
        Success = 0x00,
        /// Failed.
        Failure = 0x01,
        /// The sender may not do this.
        NotAuthorized = 0x7E,
        /// The payload does not have the layout of the command.
        Malformed = 0x80,
        /// No such command in this cluster.
        UnsupportedCommand = 0x81,
        /// No such foundation command; older devices.
        UnsupportedGeneralCommand = 0x82,
        /// No such command of this manufacturer; older devices.
        UnsupportedManufacturerCommand = 0x83,
        /// No such foundation command of this manufacturer; older devices.
        UnsupportedManufacturerGeneralCommand = 0x84,
        /// A field is out of range.
        InvalidField = 0x85,
        /// No such attribute.
        UnsupportedAttribute = 0x86,
        /// The value is out of range.
        InvalidValue = 0x87,
        /// The attribute cannot be written.
        ReadOnly = 0x88,
        /// The device has no room.
        InsufficientSpace = 0x89,
        /// Exists already; older devices.
        Duplicate = 0x8A,
        /// Not there.
        NotFound = 0x8B,
        /// The attribute cannot be reported.
        Unreportable = 0x8C,
        /// The data type is wrong.
        InvalidDataType = 0x8D,
        /// The attribute cannot be read.
        WriteOnly = 0x8F,
        /// Timed out.
        Timeout = 0x94,
        /// Aborted.
        Abort = 0x95,
        /// No such image.
        NoImageAvailable = 0x98,
        /// The device is busy.
        Busy = 0x9C,
        /// No such cluster.
        UnsupportedCluster = 0xC3,
    }
}

impl Status {
    /// True for [`Status::Success`].
    pub fn is_success(self) -> bool {
        self == Self::Success
    }
}
