//! Status bytes of the NCP, from its own layers and those of the network.

use crate::wire::codes;

codes! {
    /// Outcome of a command or of a message's delivery.
    pub enum Status: u8 {
        /// Done, or accepted.
        Success = 0x00,
        /// Failed.
        Failure = 0x01,
        /// A parameter is out of range.
        InvalidParameter = 0x02,
        /// No such item in memory; in answer to an initialisation: created.
        NvItemUninit = 0x09,
        /// The memory could not be written or read.
        NvOperFailed = 0x0A,
        /// The length is not that of the item.
        NvBadItemLength = 0x0C,
        /// Out of memory.
        MemError = 0x10,
        /// No buffer free.
        BufferFull = 0x11,
        /// Not in this build.
        UnsupportedMode = 0x12,
        /// MAC out of memory.
        MacMemError = 0x13,
        /// MAC in the wrong state.
        MacBadState = 0x19,
        /// MAC has no resources.
        MacNoResources = 0x1A,
        /// Sending was aborted.
        MacTxAborted = 0x1D,
        /// No key for the device.
        SecNoKey = 0xA1,
        /// APS failed.
        ApsFail = 0xB1,
        /// A table of APS is full.
        ApsTableFull = 0xB2,
        /// APS does not accept the request.
        ApsIllegalRequest = 0xB3,
        /// The receiver's APS did not acknowledge.
        ApsNoAck = 0xB7,
        /// No device bound.
        ApsNoBoundDevice = 0xB9,
        /// Network layer: parameter out of range.
        NwkInvalidParameter = 0xC1,
        /// Network layer: not in this state.
        NwkInvalidRequest = 0xC2,
        /// Network layer: not allowed.
        NwkNotPermitted = 0xC3,
        /// The network could not be started.
        NwkStartupFailure = 0xC4,
        /// A table of the network layer is full.
        NwkTableFull = 0xC7,
        /// The network layer does not know the device.
        NwkUnknownDevice = 0xC8,
        /// The next hop did not acknowledge.
        NwkNoAck = 0xCC,
        /// No route to the device.
        NwkNoRoute = 0xCD,
        /// The channel was never free.
        MacChannelAccessFailure = 0xE1,
        /// The neighbour did not acknowledge.
        MacNoAck = 0xE9,
        /// A sleeping child did not fetch the message in time.
        MacTransactionExpired = 0xF0,
        /// Too many messages wait for sleeping children.
        MacTransactionOverflow = 0xF1,
    }
}

impl Status {
    /// True for [`Status::Success`].
    pub fn is_success(self) -> bool {
        self == Self::Success
    }

    /// True if the NCP was out of room or the air was busy: worth the same request again after 1.5 to 2 s.
    pub fn is_transient(self) -> bool {
        matches!(
            self,
            Self::BufferFull
                | Self::MemError
                | Self::MacNoResources
                | Self::NwkTableFull
                | Self::MacChannelAccessFailure
                | Self::MacTransactionOverflow
        )
    }

    /// True if the message found no way to the device.
    pub fn is_routing(self) -> bool {
        matches!(
            self,
            Self::ApsNoAck | Self::NwkNoRoute | Self::NwkInvalidRequest | Self::MacNoAck | Self::MacTransactionExpired
        )
    }
}
