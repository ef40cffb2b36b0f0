//! Repeated fields: counted, or up to the end of the frame.

use std::ops::Deref;

use super::{Field, Reader, WireError, Writer};

macro_rules! lists {
    ($($(#[$meta:meta])* $name:ident)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name<T, const MAX: usize>(Vec<T>);

        impl<T, const MAX: usize> $name<T, MAX> {
            /// Takes at most `MAX` items.
            pub fn new(items: impl Into<Vec<T>>) -> Result<Self, WireError> {
                let items = items.into();
                if items.len() > MAX {
                    return Err(WireError::Long { length: items.len(), limit: MAX });
                }
                Ok(Self(items))
            }

            /// The items, owned.
            pub fn into_vec(self) -> Vec<T> {
                self.0
            }
        }

        impl<T, const MAX: usize> Default for $name<T, MAX> {
            fn default() -> Self {
                Self(Vec::new())
            }
        }

        impl<T, const MAX: usize, const N: usize> From<[T; N]> for $name<T, MAX> {
            /// Fits, or does not compile.
            fn from(items: [T; N]) -> Self {
                const { assert!(N <= MAX, "longer than the field") };
                Self(items.into())
            }
        }

        impl<T, const MAX: usize> Deref for $name<T, MAX> {
            type Target = [T];

            fn deref(&self) -> &[T] {
                &self.0
            }
        }

        impl<'a, T, const MAX: usize> IntoIterator for &'a $name<T, MAX> {
            type Item = &'a T;
            type IntoIter = std::slice::Iter<'a, T>;

            fn into_iter(self) -> Self::IntoIter {
                self.0.iter()
            }
        }
    )*};
}
lists! {
    /// At most `MAX` items (itself at most 255) after a byte with their number.
    List
    /// At most `MAX` items up to the end of the frame.
    Many
}

impl<T: Field, const N: usize> Field for List<T, N> {
    const MAX: usize = {
        assert!(N <= 255, "the count is one byte");
        T::MAX.saturating_mul(N).saturating_add(1)
    };

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let count = usize::from(u8::read(reader)?);
        if count > N {
            return Err(WireError::Long { length: count, limit: N });
        }
        (0..count).map(|_| T::read(reader)).collect::<Result<Vec<_>, _>>().map(Self)
    }

    fn write(&self, writer: &mut Writer) {
        writer.uint(self.0.len() as u64, 1);
        self.0.iter().for_each(|item| item.write(writer));
    }
}

impl<T: Field, const N: usize> Field for Many<T, N> {
    const MAX: usize = T::MAX.saturating_mul(N);

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let mut items = Vec::new();
        while !reader.is_empty() {
            if items.len() == N {
                return Err(WireError::Long { length: N + 1, limit: N });
            }
            items.push(T::read(reader)?);
        }
        Ok(Self(items))
    }

    fn write(&self, writer: &mut Writer) {
        self.0.iter().for_each(|item| item.write(writer));
    }
}
