//! The three table shapes of this crate: records of named fields, open code lists, bit sets.

/// A struct whose layout on the wire is its fields in the order written.
macro_rules! record {
    ($($(#[$meta:meta])* pub struct $name:ident { $($(#[$field_meta:meta])* pub $field:ident: $ty:ty,)* })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name { $($(#[$field_meta])* pub $field: $ty,)* }

        impl $crate::wire::Field for $name {
            const MAX: usize = 0_usize $(.saturating_add(<$ty as $crate::wire::Field>::MAX))*;

            fn read(reader: &mut $crate::wire::Reader<'_>) -> Result<Self, $crate::wire::WireError> {
                Ok(Self { $($field: $crate::wire::Field::read(reader)?,)* })
            }

            fn write(&self, writer: &mut $crate::wire::Writer) {
                $($crate::wire::Field::write(&self.$field, writer);)*
            }
        }
    )+};
}

/// An enum of the codes we know; any other code is `Other` and survives a round trip.
macro_rules! codes {
    ($($(#[$meta:meta])* pub enum $name:ident: $int:ty { $($(#[$code_meta:meta])* $code:ident = $value:literal,)* })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$code_meta])* $code,)*
            /// A code not in this list.
            Other($int),
        }

        impl From<$int> for $name {
            fn from(value: $int) -> Self {
                match value {
                    $($value => Self::$code,)*
                    other => Self::Other(other),
                }
            }
        }

        impl From<$name> for $int {
            fn from(code: $name) -> Self {
                match code {
                    $($name::$code => $value,)*
                    $name::Other(other) => other,
                }
            }
        }

        impl $crate::wire::Field for $name {
            const MAX: usize = size_of::<$int>();

            fn read(reader: &mut $crate::wire::Reader<'_>) -> Result<Self, $crate::wire::WireError> {
                <$int as $crate::wire::Field>::read(reader).map(Self::from)
            }

            fn write(&self, writer: &mut $crate::wire::Writer) {
                $crate::wire::Field::write(&<$int>::from(*self), writer);
            }
        }
    )+};
}

/// A set of bits, of which the ones we know have names.
macro_rules! bits {
    ($($(#[$meta:meta])* pub struct $name:ident: $int:ty { $($(#[$bit_meta:meta])* $bit:ident = $value:expr,)* })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $name(pub $int);

        impl $name {
            $($(#[$bit_meta])* pub const $bit: Self = Self($value);)*

            /// True if every bit of `other` is set.
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }
        }

        impl std::ops::BitOr for $name {
            type Output = Self;

            fn bitor(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }
        }

        impl $crate::wire::Field for $name {
            const MAX: usize = size_of::<$int>();

            fn read(reader: &mut $crate::wire::Reader<'_>) -> Result<Self, $crate::wire::WireError> {
                <$int as $crate::wire::Field>::read(reader).map(Self)
            }

            fn write(&self, writer: &mut $crate::wire::Writer) {
                $crate::wire::Field::write(&self.0, writer);
            }
        }
    )+};
}

pub(crate) use {bits, codes, record};
