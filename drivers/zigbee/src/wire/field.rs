//! What can stand in a frame: integers, addresses, byte strings, optional tails.

use std::fmt;
use std::ops::Deref;

use super::{Ieee, Reader, WireError, Writer};

/// Something with one layout on the wire, the same in both directions.
///
/// Reading then writing gives the same bytes up to what a sender appended that we do not know;
/// writing then reading gives the same value.
pub trait Field: Sized {
    /// The most bytes that [`Field::write`] appends.
    const MAX: usize;

    /// Takes the field from the front of what is left.
    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError>;

    /// Appends the field.
    fn write(&self, writer: &mut Writer);

    /// Reads the field from the start of `bytes`. Bytes after it are ignored: newer firmware appends fields.
    fn from_bytes(bytes: &[u8]) -> Result<Self, WireError> {
        Self::read(&mut Reader::new(bytes))
    }

    /// The bytes of the field alone.
    fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.write(&mut writer);
        writer.into_bytes()
    }
}

macro_rules! integers {
    ($($ty:ty)*) => {$(
        impl Field for $ty {
            const MAX: usize = size_of::<Self>();

            fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
                reader.array().map(Self::from_le_bytes)
            }

            fn write(&self, writer: &mut Writer) {
                writer.put(&self.to_le_bytes());
            }
        }
    )*};
}
integers!(u8 u16 u32 u64 i8 i16 i32);

/// One byte; anything but 0 is true.
impl Field for bool {
    const MAX: usize = 1;

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        Ok(u8::read(reader)? != 0)
    }

    fn write(&self, writer: &mut Writer) {
        u8::from(*self).write(writer);
    }
}

impl Field for Ieee {
    const MAX: usize = 8;

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        u64::read(reader).map(Self)
    }

    fn write(&self, writer: &mut Writer) {
        self.0.write(writer);
    }
}

impl<const N: usize> Field for [u8; N] {
    const MAX: usize = N;

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.array()
    }

    fn write(&self, writer: &mut Writer) {
        writer.put(self);
    }
}

/// A field at the end that senders may leave out or cut off: then it is `None`, and so are those after it.
impl<T: Field> Field for Option<T> {
    const MAX: usize = T::MAX;

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        if reader.is_empty() {
            return Ok(None);
        }
        let mut ahead = *reader;
        let value = T::read(&mut ahead).ok();
        *reader = if value.is_some() { ahead } else { Reader::new(&[]) };
        Ok(value)
    }

    fn write(&self, writer: &mut Writer) {
        match self {
            Some(value) => value.write(writer),
            None => writer.end(),
        }
    }
}

macro_rules! byte_strings {
    ($($(#[$meta:meta])* $name:ident)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Default, PartialEq, Eq, Hash)]
        pub struct $name<const MAX: usize>(Vec<u8>);

        impl<const MAX: usize> $name<MAX> {
            /// Takes at most `MAX` bytes.
            pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, WireError> {
                let bytes = bytes.into();
                if bytes.len() > MAX {
                    return Err(WireError::Long { length: bytes.len(), limit: MAX });
                }
                Ok(Self(bytes))
            }

            /// The bytes, owned.
            pub fn into_vec(self) -> Vec<u8> {
                self.0
            }
        }

        impl<const MAX: usize, const N: usize> From<[u8; N]> for $name<MAX> {
            /// Fits, or does not compile.
            fn from(bytes: [u8; N]) -> Self {
                const { assert!(N <= MAX, "longer than the field") };
                Self(bytes.into())
            }
        }

        impl<const MAX: usize> Deref for $name<MAX> {
            type Target = [u8];

            fn deref(&self) -> &[u8] {
                &self.0
            }
        }

        /// Shows the length alone: the bytes may be a key or a PIN.
        impl<const MAX: usize> fmt::Debug for $name<MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "[{} bytes]", self.0.len())
            }
        }
    )*};
}
byte_strings! {
    /// At most `MAX` bytes (itself at most 255) after a byte with their number.
    Bytes
    /// At most `MAX` bytes up to the end of the frame.
    Rest
}

impl<const N: usize> Field for Bytes<N> {
    const MAX: usize = {
        assert!(N <= 255, "the length is one byte");
        1 + N
    };

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let length = u8::read(reader)?;
        Self::new(reader.take(length.into())?)
    }

    fn write(&self, writer: &mut Writer) {
        writer.uint(self.0.len() as u64, 1);
        writer.put(&self.0);
    }
}

impl<const N: usize> Field for Rest<N> {
    const MAX: usize = N;

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        Self::new(reader.rest())
    }

    fn write(&self, writer: &mut Writer) {
        writer.put(&self.0);
    }
}
