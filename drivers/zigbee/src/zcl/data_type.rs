//! Data types (2.6.2): how long their values are, and which of them counts as none.

use crate::wire::codes;

codes! {
    /// How a value is written.
    pub enum DataType: u8 {
        /// No data.
        NoData = 0x00,
        /// 8 bits without meaning.
        Data8 = 0x08,
        /// 16 bits without meaning.
        Data16 = 0x09,
        /// 24 bits without meaning.
        Data24 = 0x0A,
        /// 32 bits without meaning.
        Data32 = 0x0B,
        /// 40 bits without meaning.
        Data40 = 0x0C,
        /// 48 bits without meaning.
        Data48 = 0x0D,
        /// 56 bits without meaning.
        Data56 = 0x0E,
        /// 64 bits without meaning.
        Data64 = 0x0F,
        /// 0 or 1.
        Bool = 0x10,
        /// Set of 8 bits.
        Bitmap8 = 0x18,
        /// Set of 16 bits.
        Bitmap16 = 0x19,
        /// Set of 24 bits.
        Bitmap24 = 0x1A,
        /// Set of 32 bits.
        Bitmap32 = 0x1B,
        /// Set of 40 bits.
        Bitmap40 = 0x1C,
        /// Set of 48 bits.
        Bitmap48 = 0x1D,
        /// Set of 56 bits.
        Bitmap56 = 0x1E,
        /// Set of 64 bits.
        Bitmap64 = 0x1F,
        /// Unsigned, 8 bits.
        Uint8 = 0x20,
        /// Unsigned, 16 bits.
        Uint16 = 0x21,
        /// Unsigned, 24 bits.
        Uint24 = 0x22,
        /// Unsigned, 32 bits.
        Uint32 = 0x23,
        /// Unsigned, 40 bits.
        Uint40 = 0x24,
        /// Unsigned, 48 bits.
        Uint48 = 0x25,
        /// Unsigned, 56 bits.
        Uint56 = 0x26,
        /// Unsigned, 64 bits.
        Uint64 = 0x27,
        /// Signed, 8 bits.
        Int8 = 0x28,
        /// Signed, 16 bits.
        Int16 = 0x29,
        /// Signed, 24 bits.
        Int24 = 0x2A,
        /// Signed, 32 bits.
        Int32 = 0x2B,
        /// Signed, 40 bits.
        Int40 = 0x2C,
        /// Signed, 48 bits.
        Int48 = 0x2D,
        /// Signed, 56 bits.
        Int56 = 0x2E,
        /// Signed, 64 bits.
        Int64 = 0x2F,
        /// One of a list, 8 bits.
        Enum8 = 0x30,
        /// One of a list, 16 bits.
        Enum16 = 0x31,
        /// Half-precision float.
        Half = 0x38,
        /// Single-precision float.
        Single = 0x39,
        /// Double-precision float.
        Double = 0x3A,
        /// Bytes after an 8-bit length.
        Octets = 0x41,
        /// Text after an 8-bit length.
        Text = 0x42,
        /// Bytes after a 16-bit length.
        LongOctets = 0x43,
        /// Text after a 16-bit length.
        LongText = 0x44,
        /// Values of one type, in order.
        Array = 0x48,
        /// Values of several types.
        Struct = 0x4C,
        /// Values of one type, each once.
        Set = 0x50,
        /// Values of one type, in no order.
        Bag = 0x51,
        /// Hours, minutes, seconds, hundredths.
        TimeOfDay = 0xE0,
        /// Years since 1900, month, day, day of the week.
        Date = 0xE1,
        /// Seconds since 2000-01-01.
        Utc = 0xE2,
        /// A cluster.
        ClusterId = 0xE8,
        /// An attribute.
        AttributeId = 0xE9,
        /// An object of another building standard.
        BacnetOid = 0xEA,
        /// An IEEE address.
        Ieee = 0xF0,
        /// 128-bit key.
        Key = 0xF1,
    }
}

/// What follows a data type on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Nothing.
    Empty,
    /// So many bytes, 1 to 8.
    Scalar(usize),
    /// A length of so many bytes, then that many bytes.
    Text(usize),
    /// An element type, a 16-bit count, then values.
    List,
    /// A 16-bit count, then each value after its type.
    Struct,
    /// 16 bytes.
    Key,
}

impl DataType {
    /// What follows on the wire; `None` for types not in the standard, whose length nobody can tell.
    pub fn shape(self) -> Option<Shape> {
        let code = u8::from(self);
        Some(match code {
            0x00 => Shape::Empty,
            0x08..=0x0F | 0x18..=0x1F | 0x20..=0x27 | 0x28..=0x2F => Shape::Scalar(usize::from(code % 8) + 1),
            0x10 | 0x30 => Shape::Scalar(1),
            0x31 | 0x38 | 0xE8 | 0xE9 => Shape::Scalar(2),
            0x39 | 0xE0..=0xE2 | 0xEA => Shape::Scalar(4),
            0x3A | 0xF0 => Shape::Scalar(8),
            0x41 | 0x42 => Shape::Text(1),
            0x43 | 0x44 => Shape::Text(2),
            0x48 | 0x50 | 0x51 => Shape::List,
            0x4C => Shape::Struct,
            0xF1 => Shape::Key,
            _ => return None,
        })
    }

    /// Bytes of a scalar, 1 to 8.
    pub fn width(self) -> Option<usize> {
        match self.shape() {
            Some(Shape::Scalar(width)) => Some(width),
            _ => None,
        }
    }

    /// True if a difference of two values means something: then reporting takes a least change.
    pub fn is_analog(self) -> bool {
        matches!(u8::from(self), 0x20..=0x2F | 0x38..=0x3A | 0xE0..=0xE2)
    }

    /// True for two's complement.
    pub fn is_signed(self) -> bool {
        matches!(u8::from(self), 0x28..=0x2F)
    }

    /// True for floating point.
    pub fn is_float(self) -> bool {
        matches!(u8::from(self), 0x38..=0x3A)
    }

    /// True if `bits` is the value that stands for none.
    pub(super) fn is_non_value(self, bits: u64) -> bool {
        let Some(width) = self.width() else { return false };
        let ones = u64::MAX >> (64 - 8 * width);
        match u8::from(self) {
            0x08..=0x0F | 0x18..=0x1F | 0xEA => false,
            0x28..=0x2F => bits == ones / 2 + 1,
            // Not a number: exponent all ones and a fraction.
            0x38 => bits & 0x7FFF > 0x7C00,
            0x39 => bits & 0x7FFF_FFFF > 0x7F80_0000,
            0x3A => bits & (ones / 2) > 0x7FF0_0000_0000_0000,
            _ => bits == ones,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_follow_the_names() {
        assert_eq!(DataType::Uint24.width(), Some(3));
        assert_eq!(DataType::Bitmap64.width(), Some(8));
        assert_eq!(DataType::Int8.width(), Some(1));
        assert_eq!(DataType::Text.width(), None);
        assert_eq!(DataType::Other(0x99).shape(), None);
    }

    #[test]
    fn each_kind_has_its_own_none() {
        assert!(DataType::Int16.is_non_value(0x8000));
        assert!(!DataType::Int16.is_non_value(0xFFFF));
        assert!(DataType::Uint24.is_non_value(0xFF_FFFF));
        assert!(DataType::Bool.is_non_value(0xFF));
        assert!(DataType::Single.is_non_value(0x7FC0_0000));
        assert!(!DataType::Single.is_non_value(0x7F80_0000));
        assert!(!DataType::Bitmap8.is_non_value(0xFF));
    }

    #[test]
    fn only_measured_types_are_analog() {
        assert!(DataType::Int16.is_analog() && DataType::Utc.is_analog() && DataType::Half.is_analog());
        assert!(!DataType::Enum8.is_analog() && !DataType::Bitmap16.is_analog() && !DataType::Bool.is_analog());
    }
}
