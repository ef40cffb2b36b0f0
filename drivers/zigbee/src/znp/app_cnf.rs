//! Application configuration: commissioning of the base device behaviour, install codes.

use crate::wire::{Field, Ieee, Reader, WireError, Writer, bits, codes, record};

codes! {
    /// State of a commissioning.
    pub enum BdbStatus: u8 {
        /// Done.
        Success = 0,
        /// Under way.
        InProgress = 1,
        /// Not in a network.
        NoNetwork = 2,
        /// The key exchange with the trust centre failed.
        KeyExchangeFailure = 7,
        /// The network could not be formed; also what a coordinator that has one answers.
        FormationFailure = 8,
        /// The network of before is running again.
        NetworkRestored = 13,
        /// Failed.
        Failure = 14,
    }
}

bits! {
    /// What to commission.
    pub struct BdbMode: u8 {
        /// Touchlink as initiator.
        TOUCHLINK = 0x01,
        /// Join or open the network.
        STEERING = 0x02,
        /// Form a network.
        FORMATION = 0x04,
        /// Find and bind.
        FINDING_AND_BINDING = 0x08,
    }
}

record! {
    /// Channels for commissioning.
    pub struct BdbSetChannel {
        /// True for the primary set.
        pub primary: bool,
        /// Bits 11 to 26.
        pub channels: u32,
    }

    /// How a commissioning goes.
    pub struct BdbNotification {
        /// State.
        pub status: BdbStatus,
        /// Mode that this is about; absent on some builds.
        pub mode: Option<BdbMode>,
        /// Modes still to come; absent on some builds.
        pub remaining: Option<BdbMode>,
    }
}

/// Expect a device with a secret of its own.
#[derive(Clone, PartialEq, Eq)]
pub enum InstallCode {
    /// 16 bytes of code with 2 of CRC, as printed on the device.
    Code(Ieee, [u8; 18]),
    /// Key derived from it.
    Key(Ieee, [u8; 16]),
}

impl std::fmt::Debug for InstallCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(ieee, _) => write!(f, "Code({ieee}, ..)"),
            Self::Key(ieee, _) => write!(f, "Key({ieee}, ..)"),
        }
    }
}

impl Field for InstallCode {
    const MAX: usize = 1 + 8 + 18;

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let format = u8::read(reader)?;
        let ieee = Ieee::read(reader)?;
        match format {
            1 => Ok(Self::Code(ieee, reader.array()?)),
            2 => Ok(Self::Key(ieee, reader.array()?)),
            other => Err(WireError::Value { what: "install code format", value: other.into() }),
        }
    }

    fn write(&self, writer: &mut Writer) {
        match self {
            Self::Code(ieee, code) => {
                1_u8.write(writer);
                ieee.write(writer);
                code.write(writer);
            }
            Self::Key(ieee, key) => {
                2_u8.write(writer);
                ieee.write(writer);
                key.write(writer);
            }
        }
    }
}
