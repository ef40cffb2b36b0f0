//! Relative humidity measurement (4.7).

/// Relative humidity measurement.
pub const CLUSTER: u16 = 0x0405;

/// Attributes. Types are those of the standard; what a device sends may differ.
pub mod attribute {
    /// Uint16, 0.01 %; 0xFFFF unknown.
    pub const MEASURED_VALUE: u16 = 0x0000;
    /// Uint16, 0.01 %.
    pub const MIN_MEASURED_VALUE: u16 = 0x0001;
    /// Uint16, 0.01 %.
    pub const MAX_MEASURED_VALUE: u16 = 0x0002;
    /// Uint16, 0.01 %.
    pub const TOLERANCE: u16 = 0x0003;
}
