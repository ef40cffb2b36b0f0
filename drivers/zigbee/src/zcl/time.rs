//! Time (3.12), which this hub serves: schedules on devices depend on it.

/// Time.
pub const CLUSTER: u16 = 0x000A;

/// Attributes. Types are those of the standard; what a device sends may differ.
pub mod attribute {
    /// UTC: seconds since 2000-01-01 00:00 UTC.
    pub const TIME: u16 = 0x0000;
    /// Bitmap8: 1 master, 2 synchronised, 4 master for zone and daylight saving, 8 superseding.
    pub const TIME_STATUS: u16 = 0x0001;
    /// Int32, seconds east of UTC.
    pub const TIME_ZONE: u16 = 0x0002;
    /// Uint32, seconds as in `TIME`.
    pub const DST_START: u16 = 0x0003;
    /// Uint32, seconds as in `TIME`.
    pub const DST_END: u16 = 0x0004;
    /// Int32, seconds.
    pub const DST_SHIFT: u16 = 0x0005;
    /// Uint32, seconds since 2000-01-01 in standard time.
    pub const STANDARD_TIME: u16 = 0x0006;
    /// Uint32, seconds since 2000-01-01 in local time.
    pub const LOCAL_TIME: u16 = 0x0007;
    /// UTC.
    pub const LAST_SET_TIME: u16 = 0x0008;
    /// UTC.
    pub const VALID_UNTIL_TIME: u16 = 0x0009;
}
