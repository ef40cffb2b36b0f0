//! Values of every data type (2.6.2), read after the type that precedes them.

use std::fmt;

use crate::wire::{Field, Ieee, Reader, WireError, Writer};
use crate::zcl::{DataType, Scalar, Shape};

/// How deep lists may stand in lists. No cluster goes beyond 2; a hostile frame could go to 80.
const MAX_DEPTH: usize = 4;

/// A value with its type. On the wire the type comes first.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// Type 0, no data.
    Empty,
    /// Numbers, bits, times, addresses.
    Scalar(Scalar),
    /// Bytes or text.
    Text(Text),
    /// Values of one type.
    List(List),
    /// Values of several types; `None` is the invalid structure.
    Struct(Option<Vec<Value>>),
    /// A key.
    Key([u8; 16]),
}

/// The four string types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextKind {
    /// Bytes, at most 254.
    Octets,
    /// Text, at most 254 bytes.
    Text,
    /// Bytes, at most 65534.
    LongOctets,
    /// Text, at most 65534 bytes.
    LongText,
}

/// A string, or the invalid string.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Text {
    kind: TextKind,
    bytes: Option<Vec<u8>>,
}

impl Text {
    /// A string within the limit of its kind; `None` is the invalid string.
    pub fn new(kind: TextKind, bytes: Option<Vec<u8>>) -> Result<Self, WireError> {
        let limit = match kind {
            TextKind::Octets | TextKind::Text => 0xFE,
            TextKind::LongOctets | TextKind::LongText => 0xFFFE,
        };
        match bytes.as_ref().map(Vec::len) {
            Some(length) if length > limit => Err(WireError::Long { length, limit }),
            _ => Ok(Self { kind, bytes }),
        }
    }

    /// The bytes as they are.
    pub fn bytes(&self) -> Option<&[u8]> {
        self.bytes.as_deref()
    }

    /// Text up to the first NUL, trimmed, with bad UTF-8 replaced: devices pad their names with anything.
    pub fn text(&self) -> Option<String> {
        let bytes = self.bytes.as_deref()?.split(|byte| *byte == 0).next()?;
        Some(String::from_utf8_lossy(bytes).trim().to_owned())
    }
}

/// The three list types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ListKind {
    /// In order.
    Array,
    /// Each once.
    Set,
    /// In no order.
    Bag,
}

/// Values of one type, or the invalid list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct List {
    kind: ListKind,
    element: DataType,
    items: Option<Vec<Value>>,
}

impl List {
    /// Values that all have the type `element`; `None` is the invalid list.
    pub fn new(kind: ListKind, element: DataType, items: Option<Vec<Value>>) -> Result<Self, WireError> {
        let items = items.map(count_fits).transpose()?;
        let stray =
            items.iter().flatten().find(|item| item.data_type() != element || item.data_type() == DataType::NoData);
        match stray {
            Some(stray) => Err(WireError::Value { what: "element type", value: u8::from(stray.data_type()).into() }),
            None => Ok(Self { kind, element, items }),
        }
    }

    /// The values.
    pub fn items(&self) -> Option<&[Value]> {
        self.items.as_deref()
    }
}

fn count_fits(items: Vec<Value>) -> Result<Vec<Value>, WireError> {
    const LIMIT: usize = 0xFFFE;
    if items.len() > LIMIT { Err(WireError::Long { length: items.len(), limit: LIMIT }) } else { Ok(items) }
}

macro_rules! constructors {
    ($($(#[$meta:meta])* $name:ident($ty:ty) = $data_type:ident;)*) => {
        /// Scalars of the types that clusters use.
        impl Value {
            $($(#[$meta])*
            pub fn $name(value: $ty) -> Self {
                Self::Scalar(Scalar::fitting(DataType::$data_type, value.into()))
            })*
        }
    };
}
constructors! {
    /// 0 or 1.
    bool(bool) = Bool;
    /// Set of 8 bits.
    bitmap8(u8) = Bitmap8;
    /// Set of 16 bits.
    bitmap16(u16) = Bitmap16;
    /// Set of 32 bits.
    bitmap32(u32) = Bitmap32;
    /// Unsigned, 8 bits.
    uint8(u8) = Uint8;
    /// Unsigned, 16 bits.
    uint16(u16) = Uint16;
    /// Unsigned, 32 bits.
    uint32(u32) = Uint32;
    /// One of a list, 8 bits.
    enum8(u8) = Enum8;
    /// One of a list, 16 bits.
    enum16(u16) = Enum16;
    /// Seconds since 2000-01-01.
    utc(u32) = Utc;
}

impl Value {
    /// Signed, 8 bits.
    pub fn int8(value: i8) -> Self {
        Self::Scalar(Scalar::fitting(DataType::Int8, value.cast_unsigned().into()))
    }

    /// Signed, 16 bits.
    pub fn int16(value: i16) -> Self {
        Self::Scalar(Scalar::fitting(DataType::Int16, value.cast_unsigned().into()))
    }

    /// Signed, 32 bits.
    pub fn int32(value: i32) -> Self {
        Self::Scalar(Scalar::fitting(DataType::Int32, value.cast_unsigned().into()))
    }

    /// An IEEE address.
    pub fn address(value: Ieee) -> Self {
        Self::Scalar(Scalar::fitting(DataType::Ieee, value.0))
    }

    /// Text of at most 254 bytes; longer text is cut between characters.
    pub fn string(text: &str) -> Self {
        let cut = text.get(..text.floor_char_boundary(0xFE)).unwrap_or_default();
        Self::Text(Text { kind: TextKind::Text, bytes: Some(cut.into()) })
    }

    /// Type on the wire.
    pub fn data_type(&self) -> DataType {
        match self {
            Self::Empty => DataType::NoData,
            Self::Scalar(scalar) => scalar.data_type(),
            Self::Text(Text { kind: TextKind::Octets, .. }) => DataType::Octets,
            Self::Text(Text { kind: TextKind::Text, .. }) => DataType::Text,
            Self::Text(Text { kind: TextKind::LongOctets, .. }) => DataType::LongOctets,
            Self::Text(Text { kind: TextKind::LongText, .. }) => DataType::LongText,
            Self::List(List { kind: ListKind::Array, .. }) => DataType::Array,
            Self::List(List { kind: ListKind::Set, .. }) => DataType::Set,
            Self::List(List { kind: ListKind::Bag, .. }) => DataType::Bag,
            Self::Struct(_) => DataType::Struct,
            Self::Key(_) => DataType::Key,
        }
    }

    /// The number of a scalar; `None` for a non-value. See [`Scalar::number`].
    pub fn number(&self) -> Option<i64> {
        self.scalar()?.number()
    }

    /// The number of an unsigned scalar. See [`Scalar::unsigned`].
    pub fn unsigned(&self) -> Option<u64> {
        self.scalar()?.unsigned()
    }

    /// The address. See [`Scalar::ieee`].
    pub fn ieee(&self) -> Option<Ieee> {
        self.scalar()?.ieee()
    }

    /// The text, cleaned. See [`Text::text`].
    pub fn text(&self) -> Option<String> {
        if let Self::Text(text) = self { text.text() } else { None }
    }

    fn scalar(&self) -> Option<Scalar> {
        if let Self::Scalar(scalar) = self { Some(*scalar) } else { None }
    }

    /// Reads a value whose type was read before.
    pub fn read_as(data_type: DataType, reader: &mut Reader<'_>) -> Result<Self, WireError> {
        read(data_type, reader, MAX_DEPTH)
    }

    /// Writes the value without its type.
    pub fn write_bare(&self, writer: &mut Writer) {
        match self {
            Self::Empty => {}
            Self::Scalar(scalar) => writer.uint(scalar.bits(), scalar.data_type().width().unwrap_or_default()),
            Self::Text(text) => write_text(text, writer),
            Self::List(list) => {
                list.element.write(writer);
                write_count(list.items.as_deref(), writer);
                list.items.iter().flatten().for_each(|item| item.write_bare(writer));
            }
            Self::Struct(items) => {
                write_count(items.as_deref(), writer);
                items.iter().flatten().for_each(|item| item.write(writer));
            }
            Self::Key(key) => key.write(writer),
        }
    }
}

impl Field for Value {
    /// Long strings and lists have no bound that a frame could hold.
    const MAX: usize = usize::MAX;

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let data_type = DataType::read(reader)?;
        Self::read_as(data_type, reader)
    }

    fn write(&self, writer: &mut Writer) {
        self.data_type().write(writer);
        self.write_bare(writer);
    }
}

fn read(data_type: DataType, reader: &mut Reader<'_>, depth: usize) -> Result<Value, WireError> {
    let unknown = WireError::Value { what: "data type", value: u8::from(data_type).into() };
    match data_type.shape().ok_or(unknown)? {
        Shape::Empty => Ok(Value::Empty),
        Shape::Scalar(width) => Ok(Value::Scalar(Scalar::fitting(data_type, reader.uint(width)?))),
        Shape::Text(_) => read_text(data_type, reader),
        Shape::Key => reader.array().map(Value::Key),
        Shape::List | Shape::Struct if depth == 0 => Err(WireError::Long { length: MAX_DEPTH + 1, limit: MAX_DEPTH }),
        Shape::List => {
            let element = DataType::read(reader)?;
            if element == DataType::NoData {
                // Nothing would bound the count.
                return Err(WireError::Value { what: "element type", value: 0 });
            }
            let kind = match data_type {
                DataType::Set => ListKind::Set,
                DataType::Bag => ListKind::Bag,
                _ => ListKind::Array,
            };
            let items = read_items(reader, |reader| read(element, reader, depth - 1))?;
            Ok(Value::List(List { kind, element, items }))
        }
        Shape::Struct => read_items(reader, |reader| {
            let data_type = DataType::read(reader)?;
            read(data_type, reader, depth - 1)
        })
        .map(Value::Struct),
    }
}

fn read_items(
    reader: &mut Reader<'_>,
    mut item: impl FnMut(&mut Reader<'_>) -> Result<Value, WireError>,
) -> Result<Option<Vec<Value>>, WireError> {
    match u16::read(reader)? {
        u16::MAX => Ok(None),
        count => (0..count).map(|_| item(reader)).collect::<Result<_, _>>().map(Some),
    }
}

fn read_text(data_type: DataType, reader: &mut Reader<'_>) -> Result<Value, WireError> {
    let (kind, width) = match data_type {
        DataType::Octets => (TextKind::Octets, 1),
        DataType::Text => (TextKind::Text, 1),
        DataType::LongOctets => (TextKind::LongOctets, 2),
        _ => (TextKind::LongText, 2),
    };
    let length = if width == 1 { u8::read(reader)?.into() } else { u16::read(reader)? };
    let invalid = if width == 1 { 0xFF } else { 0xFFFF };
    let bytes = if length == invalid { None } else { Some(reader.take(length.into())?.into()) };
    Ok(Value::Text(Text { kind, bytes }))
}

fn write_text(text: &Text, writer: &mut Writer) {
    let width = match text.kind {
        TextKind::Octets | TextKind::Text => 1,
        TextKind::LongOctets | TextKind::LongText => 2,
    };
    writer.uint(text.bytes.as_ref().map_or(u64::MAX, |bytes| bytes.len() as u64), width);
    writer.put(text.bytes().unwrap_or_default());
}

fn write_count(items: Option<&[Value]>, writer: &mut Writer) {
    writer.uint(items.map_or(u64::MAX, |items| items.len() as u64), 2);
}

/// Bytes and keys show as their length alone: they may be secret.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "Empty"),
            Self::Scalar(scalar) => scalar.fmt(f),
            Self::Text(text) => text.fmt(f),
            Self::List(list) => list.fmt(f),
            Self::Struct(items) => write!(f, "Struct({items:?})"),
            Self::Key(_) => write!(f, "Key(..)"),
        }
    }
}

/// See [`Value`].
impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TextKind::Text | TextKind::LongText => write!(f, "{:?}({:?})", self.kind, self.text()),
            TextKind::Octets | TextKind::LongOctets => {
                write!(f, "{:?}({:?} bytes)", self.kind, self.bytes().map(<[u8]>::len))
            }
        }
    }
}
