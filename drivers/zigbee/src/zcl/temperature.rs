//! Temperature measurement (4.4).

/// Temperature measurement.
pub const CLUSTER: u16 = 0x0402;

/// Attributes. Types are those of the standard; what a device sends may differ.
pub mod attribute {
    /// Int16, 0.01 °C; 0x8000 unknown.
    pub const MEASURED_VALUE: u16 = 0x0000;
    /// Int16, 0.01 °C.
    pub const MIN_MEASURED_VALUE: u16 = 0x0001;
    /// Int16, 0.01 °C.
    pub const MAX_MEASURED_VALUE: u16 = 0x0002;
    /// Uint16, 0.01 °C.
    pub const TOLERANCE: u16 = 0x0003;
}
