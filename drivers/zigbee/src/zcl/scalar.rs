//! Values of 1 to 8 bytes with the type that the wire gave them.

use std::fmt;

use crate::wire::Ieee;
use crate::zcl::DataType;

/// One value of a scalar type. What its bits mean is up to the type on the wire, which need not be that of the standard.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scalar {
    data_type: DataType,
    bits: u64,
}

impl Scalar {
    /// `None` if the type is no scalar or the bits do not fit it.
    pub fn new(data_type: DataType, bits: u64) -> Option<Self> {
        let width = data_type.width()?;
        (bits <= u64::MAX >> (64 - 8 * width)).then_some(Self { data_type, bits })
    }

    /// For the constructors of this module's parents, whose types fit by their width.
    pub(super) const fn fitting(data_type: DataType, bits: u64) -> Self {
        Self { data_type, bits }
    }

    /// Type on the wire.
    pub fn data_type(self) -> DataType {
        self.data_type
    }

    /// The bits as they are, even if they stand for none.
    pub fn bits(self) -> u64 {
        self.bits
    }

    /// The number; `None` for the type's non-value, for floats, and above `i64::MAX`.
    pub fn number(self) -> Option<i64> {
        if self.data_type.is_float() || self.data_type.is_non_value(self.bits) {
            return None;
        }
        if self.data_type.is_signed() {
            let unused = 64 - 8 * u32::try_from(self.data_type.width()?).ok()?;
            return Some((self.bits << unused).cast_signed() >> unused);
        }
        i64::try_from(self.bits).ok()
    }

    /// The number of an unsigned type, whole range; `None` for the type's non-value.
    pub fn unsigned(self) -> Option<u64> {
        let none = self.data_type.is_float() || self.data_type.is_signed() || self.data_type.is_non_value(self.bits);
        (!none).then_some(self.bits)
    }

    /// The address, if that is what it is.
    pub fn ieee(self) -> Option<Ieee> {
        (self.data_type == DataType::Ieee).then(|| self.unsigned().map(Ieee)).flatten()
    }
}

impl fmt::Debug for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number() {
            Some(number) => write!(f, "{:?}({number})", self.data_type),
            None => write!(f, "{:?}({:#x})", self.data_type, self.bits),
        }
    }
}
