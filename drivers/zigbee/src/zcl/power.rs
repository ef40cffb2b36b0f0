//! Power configuration (3.3): batteries.

/// Power configuration.
pub const CLUSTER: u16 = 0x0001;

/// Attributes. Types are those of the standard; what a device sends may differ.
pub mod attribute {
    /// Uint8, 100 mV; 0xFF unknown.
    pub const BATTERY_VOLTAGE: u16 = 0x0020;
    /// Uint8, half per cent, 0 to 200; 0xFF unknown. Some devices send whole per cent.
    pub const BATTERY_PERCENTAGE_REMAINING: u16 = 0x0021;
    /// Enum8: 2 other, 3 AA, 4 AAA, 5 C, 6 D, 7 CR2, 8 CR123A.
    pub const BATTERY_SIZE: u16 = 0x0031;
    /// Uint8, cells.
    pub const BATTERY_QUANTITY: u16 = 0x0033;
    /// Uint8, 100 mV.
    pub const BATTERY_RATED_VOLTAGE: u16 = 0x0034;
    /// Bitmap8.
    pub const BATTERY_ALARM_MASK: u16 = 0x0035;
    /// Uint8, 100 mV.
    pub const BATTERY_VOLTAGE_MIN_THRESHOLD: u16 = 0x0036;
    /// Bitmap32; any bit is a low battery.
    pub const BATTERY_ALARM_STATE: u16 = 0x003E;
}
