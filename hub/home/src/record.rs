//! What a driver wants kept for itself.

use std::fmt;

use zeroize::Zeroizing;

/// Bytes that only the driver who wrote them can read, a network key among them. They never print.
#[derive(Clone, PartialEq, Eq)]
pub struct DriverRecord(Zeroizing<Vec<u8>>);

impl DriverRecord {
    /// Wraps the driver's own encoding.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, for the driver and the store.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for DriverRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DriverRecord({} bytes)", self.0.len())
    }
}
