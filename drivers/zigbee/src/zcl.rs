//! Zigbee cluster library: what devices say to each other, in both directions.
//!
//! Knows headers, values, foundation commands and the clusters that this hub uses. Does not know how frames travel,
//! nor what a device is to the house. Sections are those of the Zigbee Cluster Library, revision 8.

pub mod alarms;
pub mod basic;
mod command;
mod data_type;
pub mod door_lock;
mod foundation;
mod frame;
pub mod humidity;
pub mod ias_zone;
pub mod identify;
pub mod ota;
pub mod poll_control;
pub mod power;
mod scalar;
mod status;
pub mod temperature;
pub mod thermostat;
pub mod time;
mod value;

pub use command::{ClusterCommand, Command};
pub use data_type::{DataType, Shape};
pub use foundation::{
    AttributeInfo, AttributeRecord, ConfigureFailure, DefaultResponse, Discover, Discovered, Failures, Global,
    ReadRecord, Reporting, ReportingConfig, ReportingKey, ReportingRecord, ReportingState, WriteFailure,
};
pub use frame::{Direction, Frame, Header, Request, Scope};
pub use scalar::Scalar;
pub use status::Status;
pub use value::{List, ListKind, Text, TextKind, Value};

#[cfg(test)]
mod tests;
