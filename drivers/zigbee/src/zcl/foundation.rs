//! Foundation commands (2.5): attributes read, written, reported and discovered, the same for all clusters.

use crate::wire::{Field, Many, Reader, WireError, Writer, record};
use crate::zcl::command::commands;
use crate::zcl::{DataType, Status, Value};

commands! {
    /// A command of the foundation. Which way it goes stands in the header.
    pub enum Global {
        /// Read attributes.
        Read(attributes: Many<u16, 100>) = 0x00,
        /// What was read.
        ReadResponse(records: Many<ReadRecord, 100>) = 0x01,
        /// Write attributes.
        Write(records: Many<AttributeRecord, 100>) = 0x02,
        /// Write all attributes or none.
        WriteUndivided(records: Many<AttributeRecord, 100>) = 0x03,
        /// What could not be written.
        WriteResponse(failures: Failures<WriteFailure>) = 0x04,
        /// Write attributes, say nothing.
        WriteNoResponse(records: Many<AttributeRecord, 100>) = 0x05,
        /// Set when attributes are reported.
        ConfigureReporting(records: Many<ReportingConfig, 100>) = 0x06,
        /// What could not be set.
        ConfigureReportingResponse(failures: Failures<ConfigureFailure>) = 0x07,
        /// Ask when attributes are reported.
        ReadReporting(records: Many<ReportingKey, 100>) = 0x08,
        /// When they are.
        ReadReportingResponse(records: Many<ReportingRecord, 100>) = 0x09,
        /// Attributes that changed or whose time has come.
        Report(records: Many<AttributeRecord, 100>) = 0x0A,
        /// Outcome of a command that has no answer of its own.
        DefaultResponse(response: DefaultResponse) = 0x0B,
        /// Ask which attributes there are.
        Discover(discover: Discover) = 0x0C,
        /// Those that there are.
        DiscoverResponse(discovered: Discovered) = 0x0D,
    }
}

record! {
    /// An attribute and its value.
    pub struct AttributeRecord {
        /// The attribute.
        pub attribute: u16,
        /// Its value.
        pub value: Value,
    }

    /// An attribute that could not be written.
    pub struct WriteFailure {
        /// Why; some devices list successes too.
        pub status: Status,
        /// The attribute.
        pub attribute: u16,
    }

    /// An attribute whose reporting could not be set.
    pub struct ConfigureFailure {
        /// Why; some devices list successes too.
        pub status: Status,
        /// 0: the device reports, 1: it expects reports.
        pub direction: u8,
        /// The attribute.
        pub attribute: u16,
    }

    /// An attribute whose reporting is asked for.
    pub struct ReportingKey {
        /// 0: the device reports, 1: it expects reports.
        pub direction: u8,
        /// The attribute.
        pub attribute: u16,
    }

    /// Outcome of a command.
    pub struct DefaultResponse {
        /// The command.
        pub command: u8,
        /// Its outcome.
        pub status: Status,
    }

    /// Which attributes to list.
    pub struct Discover {
        /// First attribute.
        pub start: u16,
        /// How many.
        pub count: u8,
    }

    /// Attributes that there are.
    pub struct Discovered {
        /// True if there are no more.
        pub complete: bool,
        /// Some of them.
        pub attributes: Many<AttributeInfo, 255>,
    }

    /// An attribute and its type.
    pub struct AttributeInfo {
        /// The attribute.
        pub attribute: u16,
        /// Its type.
        pub data_type: DataType,
    }
}

/// What became of reading one attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadRecord {
    /// The attribute.
    pub attribute: u16,
    /// Its value, or why not.
    pub result: Result<Value, Status>,
}

impl Field for ReadRecord {
    const MAX: usize = usize::MAX;

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let attribute = u16::read(reader)?;
        let result = match Status::read(reader)? {
            Status::Success => Ok(Value::read(reader)?),
            status => Err(status),
        };
        Ok(Self { attribute, result })
    }

    fn write(&self, writer: &mut Writer) {
        self.attribute.write(writer);
        match &self.result {
            Ok(value) => {
                Status::Success.write(writer);
                value.write(writer);
            }
            Err(status) => status.write(writer),
        }
    }
}

/// The records that failed; a single success byte if none did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failures<T>(pub Vec<T>);

impl<T: Field> Field for Failures<T> {
    const MAX: usize = usize::MAX;

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        if reader.left() == 1 && Status::read(&mut reader.clone())?.is_success() {
            reader.rest();
        }
        Many::<T, 100>::read(reader).map(|records| Self(records.into_vec()))
    }

    fn write(&self, writer: &mut Writer) {
        if self.0.is_empty() {
            Status::Success.write(writer);
        }
        self.0.iter().for_each(|record| record.write(writer));
    }
}

/// When an attribute is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reporting {
    /// The device reports.
    Send {
        /// Type of the attribute.
        data_type: DataType,
        /// Least seconds between two reports.
        min: u16,
        /// Most seconds between two reports; 0xFFFF is never.
        max: u16,
        /// Least change, in the unit of the attribute; the raw bits of a float; not sent for discrete types.
        change: u64,
    },
    /// The device expects reports.
    Receive {
        /// Most seconds to wait.
        timeout: u16,
    },
}

impl Reporting {
    fn direction(self) -> u8 {
        match self {
            Self::Send { .. } => 0,
            Self::Receive { .. } => 1,
        }
    }

    fn read(direction: u8, reader: &mut Reader<'_>) -> Result<Self, WireError> {
        match direction {
            0 => {
                let data_type = DataType::read(reader)?;
                let (min, max) = (u16::read(reader)?, u16::read(reader)?);
                let width = data_type.width().filter(|_| data_type.is_analog()).unwrap_or_default();
                Ok(Self::Send { data_type, min, max, change: reader.uint(width)? })
            }
            1 => Ok(Self::Receive { timeout: u16::read(reader)? }),
            other => Err(WireError::Value { what: "report direction", value: other.into() }),
        }
    }

    fn write(self, writer: &mut Writer) {
        match self {
            Self::Send { data_type, min, max, change } => {
                data_type.write(writer);
                min.write(writer);
                max.write(writer);
                writer.uint(change, data_type.width().filter(|_| data_type.is_analog()).unwrap_or_default());
            }
            Self::Receive { timeout } => timeout.write(writer),
        }
    }
}

/// Set when an attribute is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportingConfig {
    /// The attribute.
    pub attribute: u16,
    /// When.
    pub reporting: Reporting,
}

impl Field for ReportingConfig {
    const MAX: usize = 16;

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let direction = u8::read(reader)?;
        Ok(Self { attribute: u16::read(reader)?, reporting: Reporting::read(direction, reader)? })
    }

    fn write(&self, writer: &mut Writer) {
        self.reporting.direction().write(writer);
        self.attribute.write(writer);
        self.reporting.write(writer);
    }
}

/// Whether an attribute is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportingState {
    /// It is.
    Set(Reporting),
    /// It is not, and why.
    NotSet {
        /// Why.
        status: Status,
        /// 0: the device would report, 1: it would expect reports.
        direction: u8,
    },
}

/// When an attribute is reported, or why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportingRecord {
    /// The attribute.
    pub attribute: u16,
    /// When, or why not.
    pub state: ReportingState,
}

impl Field for ReportingRecord {
    const MAX: usize = 17;

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let status = Status::read(reader)?;
        let direction = u8::read(reader)?;
        let attribute = u16::read(reader)?;
        let state = match status {
            Status::Success => ReportingState::Set(Reporting::read(direction, reader)?),
            status => ReportingState::NotSet { status, direction },
        };
        Ok(Self { attribute, state })
    }

    fn write(&self, writer: &mut Writer) {
        let (status, direction) = match self.state {
            ReportingState::Set(reporting) => (Status::Success, reporting.direction()),
            ReportingState::NotSet { status, direction } => (status, direction),
        };
        status.write(writer);
        direction.write(writer);
        self.attribute.write(writer);
        if let ReportingState::Set(reporting) = self.state {
            reporting.write(writer);
        }
    }
}
