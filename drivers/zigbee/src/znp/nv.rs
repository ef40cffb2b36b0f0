//! Ids of items in the NCP's non-volatile memory.

/// IEEE address, 8 bytes.
pub const EXTADDR: u16 = 0x0001;
/// Startup option, 1 byte: bit 0 clears the configuration, bit 1 the network state at the next reset.
pub const STARTUP_OPTION: u16 = 0x0003;
/// Network information base; its layout depends on the chip.
pub const NIB: u16 = 0x0021;
/// Extended PAN id, 8 bytes.
pub const EXTENDED_PAN_ID: u16 = 0x002D;
/// Broadcast delivery time, 1 byte, in 100 ms.
pub const BCAST_DELIVERY_TIME: u16 = 0x0030;
/// Many-to-one routing on, 1 byte.
pub const CONCENTRATOR_ENABLE: u16 = 0x0032;
/// Seconds between many-to-one route requests, 1 byte.
pub const CONCENTRATOR_DISCOVERY: u16 = 0x0033;
/// Concentrator keeps source routes, 1 byte.
pub const CONCENTRATOR_RC: u16 = 0x0036;
/// Life of a source route, 1 byte, in seconds; 255 is for ever.
pub const SRC_RTG_EXPIRY: u16 = 0x0038;
/// Key in use: sequence number, 16 bytes of key, then frame counter on some builds.
pub const NWK_ACTIVE_KEY_INFO: u16 = 0x003A;
/// Key in reserve, as the active one.
pub const NWK_ALTERN_KEY_INFO: u16 = 0x003B;
/// Forget children that keep silent, 1 byte.
pub const NWK_CHILD_AGE_ENABLE: u16 = 0x003E;
/// Extended PAN id for APS, 8 bytes.
pub const APS_USE_EXT_PANID: u16 = 0x0047;
/// Base device behaviour says that it is in a network, 1 byte.
pub const BDB_NODE_IS_ON_A_NETWORK: u16 = 0x0055;
/// Host's own mark that it formed the network, 1 byte, [`CONFIGURED`].
pub const HAS_CONFIGURED: u16 = 0x0060;
/// Value of [`HAS_CONFIGURED`] when formed.
pub const CONFIGURED: u8 = 0x55;
/// Network key to form with, 16 bytes.
pub const PRECFGKEY: u16 = 0x0062;
/// Joining devices already have the key, 1 byte.
pub const PRECFGKEYS_ENABLE: u16 = 0x0063;
/// Security material of the first network, 8 bytes with frame counter (3.0.x).
pub const LEGACY_NWK_SEC_MATERIAL_TABLE_START: u16 = 0x0075;
/// Network key with frame counter (3.0.x).
pub const NWKKEY: u16 = 0x0082;
/// PAN id, 2 bytes; 0xFFFF lets the NCP choose.
pub const PANID: u16 = 0x0083;
/// Channel mask, 4 bytes.
pub const CHANLIST: u16 = 0x0084;
/// 0 coordinator, 1 router, 2 end device.
pub const LOGICAL_TYPE: u16 = 0x0087;
/// ZDO answers come as their own messages, 1 byte.
pub const ZDO_DIRECT_CB: u16 = 0x008F;
/// Seed of the devices' link keys, 16 bytes.
pub const TCLK_SEED: u16 = 0x0101;
/// First row of the trust centre link keys (3.0.x).
pub const LEGACY_TCLK_TABLE_START: u16 = 0x0111;

/// System id of Z-Stack in extended memory.
pub const SYSTEM_ZSTACK: u8 = 1;
/// Extended item: address manager.
pub const EX_ADDRMGR: u16 = 0x0001;
/// Extended item: trust centre link keys.
pub const EX_TCLK_TABLE: u16 = 0x0004;
/// Extended item: APS link keys.
pub const EX_APS_KEY_DATA_TABLE: u16 = 0x0006;
/// Extended item: network security material.
pub const EX_NWK_SEC_MATERIAL_TABLE: u16 = 0x0007;
