//! Alarms (3.11): how some locks tell of jams, tampering and low batteries.

use crate::wire::record;
use crate::zcl::Status;
use crate::zcl::command::commands;

/// Alarms.
pub const CLUSTER: u16 = 0x0009;

/// Attributes. Types are those of the standard; what a device sends may differ.
pub mod attribute {
    /// Uint16.
    pub const ALARM_COUNT: u16 = 0x0000;
}

record! {
    /// What is or was wrong.
    pub struct Alarm {
        /// Meaning depends on the cluster.
        pub code: u8,
        /// Cluster that it is about.
        pub cluster: u16,
    }

    /// A row of the alarm table.
    pub struct AlarmEntry {
        /// What was wrong.
        pub alarm: Alarm,
        /// When, seconds since 2000-01-01; 0xFFFFFFFF unknown.
        pub time: u32,
    }

    /// The oldest row, which is then removed.
    pub struct GetAlarmResponse {
        /// Not found if the table is empty.
        pub status: Status,
        /// Absent unless successful.
        pub entry: Option<AlarmEntry>,
    }
}

commands! {
    /// Commands to the device.
    pub enum ToServer for CLUSTER, ToServer {
        /// Clear one alarm.
        Reset(alarm: Alarm) = 0x00,
        /// Clear all.
        ResetAll = 0x01,
        /// Take the oldest row.
        Get = 0x02,
        /// Empty the table.
        ResetLog = 0x03,
    }
}

commands! {
    /// Commands from the device.
    pub enum ToClient for CLUSTER, ToClient {
        /// Something is wrong.
        Alarm(alarm: Alarm) = 0x00,
        /// The oldest row.
        GetResponse(response: GetAlarmResponse) = 0x01,
    }
}
