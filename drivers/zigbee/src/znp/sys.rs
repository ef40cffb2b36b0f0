//! SYS: reset, version, non-volatile memory.

use crate::wire::{Bytes, bits, codes, record};
use crate::znp::Status;

codes! {
    /// How to reset.
    pub enum ResetType: u8 {
        /// Hardware reset, may enter the boot loader.
        Hard = 0,
        /// Restart of the firmware.
        Soft = 1,
    }

    /// Why the NCP restarted.
    pub enum ResetReason: u8 {
        /// Power was applied.
        PowerUp = 0,
        /// Reset pin or soft reset.
        External = 1,
        /// Watchdog.
        Watchdog = 2,
    }

    /// Generation of the stack.
    pub enum Product: u8 {
        /// Z-Stack Home 1.2, too old for us.
        Home12 = 0,
        /// Z-Stack 3.x.0, on chips of the years from 2018 on.
        ZStack3x0 = 1,
        /// Z-Stack 3.0.x, on older chips.
        ZStack30x = 2,
    }
}

bits! {
    /// Subsystems that the firmware was built with.
    pub struct Capabilities: u16 {
        /// SYS.
        SYS = 0x0001,
        /// MAC.
        MAC = 0x0002,
        /// NWK.
        NWK = 0x0004,
        /// AF.
        AF = 0x0008,
        /// ZDO.
        ZDO = 0x0010,
        /// SAPI.
        SAPI = 0x0020,
        /// UTIL.
        UTIL = 0x0040,
        /// Application configuration.
        APP_CNF = 0x0400,
        /// Green power.
        GP = 0x0200,
        /// ZOAD.
        ZOAD = 0x1000,
    }
}

record! {
    /// Firmware version.
    pub struct Version {
        /// Revision of the transport.
        pub transport: u8,
        /// Generation of the stack.
        pub product: Product,
        /// First number of the release.
        pub major: u8,
        /// Second number.
        pub minor: u8,
        /// Third number.
        pub maintenance: u8,
        /// Build date as a decimal number, such as 20230507; absent on old builds.
        pub revision: Option<u32>,
        /// Kind of boot loader.
        pub bootloader_build: Option<u8>,
        /// Revision of the boot loader.
        pub bootloader_revision: Option<u32>,
    }

    /// The NCP restarted.
    pub struct ResetInd {
        /// Why.
        pub reason: ResetReason,
        /// Revision of the transport.
        pub transport: u8,
        /// Generation of the stack.
        pub product: Product,
        /// First number of the release.
        pub major: u8,
        /// Second number.
        pub minor: u8,
        /// Hardware revision or third number, by build.
        pub hardware: u8,
    }

    /// Create an item of non-volatile memory if it is not there. Status 9 means created.
    pub struct NvItemInit {
        /// Item id; see `nv`.
        pub id: u16,
        /// Length of the item in bytes.
        pub length: u16,
        /// First bytes of its value.
        pub value: Bytes<245>,
    }

    /// Read from an item.
    pub struct NvRead {
        /// Item id; see `nv`.
        pub id: u16,
        /// First byte to read.
        pub offset: u8,
    }

    /// What was read.
    pub struct NvValue {
        /// 0 if read.
        pub status: Status,
        /// Value from the offset on, at most 248 bytes.
        pub value: Bytes<248>,
    }

    /// Write into an item that exists.
    pub struct NvWrite {
        /// Item id; see `nv`.
        pub id: u16,
        /// First byte to write.
        pub offset: u8,
        /// Bytes to write.
        pub value: Bytes<246>,
    }

    /// Read from an item beyond the first 255 bytes.
    pub struct NvReadExt {
        /// Item id; see `nv`.
        pub id: u16,
        /// First byte to read.
        pub offset: u16,
    }

    /// Delete an item.
    pub struct NvDelete {
        /// Item id; see `nv`.
        pub id: u16,
        /// Length as [`NvLength`](super::Sreq::NvLength) gives it; another is refused.
        pub length: u16,
    }

    /// Name of an item in extended memory.
    pub struct NvKey {
        /// System; 1 is Z-Stack.
        pub system: u8,
        /// Item within the system.
        pub item: u16,
        /// Row within the item.
        pub sub: u16,
    }

    /// Create an item in extended memory.
    pub struct Nv2Create {
        /// Its name.
        pub key: NvKey,
        /// Length in bytes.
        pub length: u32,
    }

    /// Read from extended memory.
    pub struct Nv2Read {
        /// Name of the item.
        pub key: NvKey,
        /// First byte to read.
        pub offset: u16,
        /// Bytes to read.
        pub length: u8,
    }

    /// Write into extended memory.
    pub struct Nv2Write {
        /// Name of the item.
        pub key: NvKey,
        /// First byte to write.
        pub offset: u16,
        /// Bytes to write.
        pub value: Bytes<242>,
    }

    /// Create or replace an item in extended memory.
    pub struct Nv2Update {
        /// Name of the item.
        pub key: NvKey,
        /// Its whole value.
        pub value: Bytes<244>,
    }

    /// Set a parameter of the radio stack.
    pub struct StackTune {
        /// 0 transmit power in dBm, 1 receiver on when idle.
        pub operation: u8,
        /// Its value.
        pub value: i8,
    }

    /// The NCP did not understand a request.
    pub struct RpcError {
        /// What it did not understand.
        pub code: RpcErrorCode,
        /// First command byte of the request.
        pub cmd0: u8,
        /// Second command byte of the request.
        pub cmd1: u8,
    }
}

codes! {
    /// What the NCP did not understand.
    pub enum RpcErrorCode: u8 {
        /// No such subsystem in this build.
        Subsystem = 1,
        /// No such command.
        Command = 2,
        /// A parameter out of range.
        Parameter = 3,
        /// Too few or too many bytes.
        Length = 4,
    }
}
