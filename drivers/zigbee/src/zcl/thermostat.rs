//! Thermostat (6.3). Temperatures are in 0.01 °C, demand in per cent.

use crate::wire::{Field, List, Reader, WireError, Writer, bits, codes, record};
use crate::zcl::command::commands;

/// Thermostat.
pub const CLUSTER: u16 = 0x0201;

/// Attributes. Types are those of the standard; what a device sends may differ.
pub mod attribute {
    /// Int16, 0.01 °C; 0x8000 unknown.
    pub const LOCAL_TEMPERATURE: u16 = 0x0000;
    /// Int16, 0.01 °C; 0x8000 unknown.
    pub const OUTDOOR_TEMPERATURE: u16 = 0x0001;
    /// Bitmap8: bit 0 occupied.
    pub const OCCUPANCY: u16 = 0x0002;
    /// Int16, 0.01 °C.
    pub const ABS_MIN_HEAT_SETPOINT_LIMIT: u16 = 0x0003;
    /// Int16, 0.01 °C.
    pub const ABS_MAX_HEAT_SETPOINT_LIMIT: u16 = 0x0004;
    /// Int16, 0.01 °C.
    pub const ABS_MIN_COOL_SETPOINT_LIMIT: u16 = 0x0005;
    /// Int16, 0.01 °C.
    pub const ABS_MAX_COOL_SETPOINT_LIMIT: u16 = 0x0006;
    /// Uint8, per cent.
    pub const PI_COOLING_DEMAND: u16 = 0x0007;
    /// Uint8, per cent.
    pub const PI_HEATING_DEMAND: u16 = 0x0008;
    /// Int8, 0.1 °C.
    pub const LOCAL_TEMPERATURE_CALIBRATION: u16 = 0x0010;
    /// Int16, 0.01 °C.
    pub const OCCUPIED_COOLING_SETPOINT: u16 = 0x0011;
    /// Int16, 0.01 °C.
    pub const OCCUPIED_HEATING_SETPOINT: u16 = 0x0012;
    /// Int16, 0.01 °C.
    pub const UNOCCUPIED_COOLING_SETPOINT: u16 = 0x0013;
    /// Int16, 0.01 °C.
    pub const UNOCCUPIED_HEATING_SETPOINT: u16 = 0x0014;
    /// Int16, 0.01 °C.
    pub const MIN_HEAT_SETPOINT_LIMIT: u16 = 0x0015;
    /// Int16, 0.01 °C.
    pub const MAX_HEAT_SETPOINT_LIMIT: u16 = 0x0016;
    /// Int16, 0.01 °C.
    pub const MIN_COOL_SETPOINT_LIMIT: u16 = 0x0017;
    /// Int16, 0.01 °C.
    pub const MAX_COOL_SETPOINT_LIMIT: u16 = 0x0018;
    /// Int8, 0.1 °C.
    pub const MIN_SETPOINT_DEAD_BAND: u16 = 0x0019;
    /// Bitmap8.
    pub const REMOTE_SENSING: u16 = 0x001A;
    /// Enum8, see [`ControlSequence`](super::ControlSequence).
    pub const CONTROL_SEQUENCE: u16 = 0x001B;
    /// Enum8, see [`SystemMode`](super::SystemMode).
    pub const SYSTEM_MODE: u16 = 0x001C;
    /// Enum8, see [`SystemMode`](super::SystemMode): off, cool or heat.
    pub const RUNNING_MODE: u16 = 0x001E;
    /// Enum8, 0 Sunday.
    pub const START_OF_WEEK: u16 = 0x0020;
    /// Uint8.
    pub const NUMBER_OF_WEEKLY_TRANSITIONS: u16 = 0x0021;
    /// Uint8.
    pub const NUMBER_OF_DAILY_TRANSITIONS: u16 = 0x0022;
    /// Enum8: 0 off, 1 on.
    pub const TEMPERATURE_SETPOINT_HOLD: u16 = 0x0023;
    /// Uint16, minutes, at most 1440; 0xFFFF without end.
    pub const TEMPERATURE_SETPOINT_HOLD_DURATION: u16 = 0x0024;
    /// Bitmap8: 1 schedule, 2 recovery, 4 economy.
    pub const PROGRAMMING_MODE: u16 = 0x0025;
    /// Bitmap16, see [`RunningState`](super::RunningState).
    pub const RUNNING_STATE: u16 = 0x0029;
    /// Enum8: 0 by hand, 1 schedule, 2 from outside.
    pub const SETPOINT_CHANGE_SOURCE: u16 = 0x0030;
    /// Int16, 0.01 °C.
    pub const SETPOINT_CHANGE_AMOUNT: u16 = 0x0031;
    /// UTC.
    pub const SETPOINT_CHANGE_TIME: u16 = 0x0032;
    /// Uint8, 0.1 °C.
    pub const OCCUPIED_SETBACK: u16 = 0x0034;
    /// Uint8, 0.1 °C.
    pub const OCCUPIED_SETBACK_MIN: u16 = 0x0035;
    /// Uint8, 0.1 °C.
    pub const OCCUPIED_SETBACK_MAX: u16 = 0x0036;
    /// Uint8, 0.1 °C.
    pub const UNOCCUPIED_SETBACK: u16 = 0x0037;
    /// Uint8, 0.1 °C.
    pub const UNOCCUPIED_SETBACK_MIN: u16 = 0x0038;
    /// Uint8, 0.1 °C.
    pub const UNOCCUPIED_SETBACK_MAX: u16 = 0x0039;
    /// Uint8, 0.1 °C.
    pub const EMERGENCY_HEAT_DELTA: u16 = 0x003A;
}

codes! {
    /// What the device can do.
    pub enum ControlSequence: u8 {
        /// Cool.
        CoolingOnly = 0,
        /// Cool, with reheat.
        CoolingWithReheat = 1,
        /// Heat.
        HeatingOnly = 2,
        /// Heat, with reheat.
        HeatingWithReheat = 3,
        /// Both.
        CoolingAndHeating = 4,
        /// Both, with reheat.
        CoolingAndHeatingWithReheat = 5,
    }

    /// What the device shall do, or does.
    pub enum SystemMode: u8 {
        /// Nothing.
        Off = 0,
        /// Heat or cool as needed.
        Auto = 1,
        /// Cool.
        Cool = 3,
        /// Heat.
        Heat = 4,
        /// Heat with the reserve.
        EmergencyHeat = 5,
        /// Cool ahead of time.
        Precooling = 6,
        /// Fan.
        FanOnly = 7,
        /// Dry.
        Dry = 8,
        /// Sleep.
        Sleep = 9,
    }

    /// Which setpoint to move.
    pub enum SetpointMode: u8 {
        /// Heating.
        Heat = 0,
        /// Cooling.
        Cool = 1,
        /// Both.
        Both = 2,
    }
}

bits! {
    /// What is switched on.
    pub struct RunningState: u16 {
        /// Heating.
        HEAT = 0x01,
        /// Cooling.
        COOL = 0x02,
        /// Fan.
        FAN = 0x04,
        /// Second stage of heating.
        HEAT_2 = 0x08,
        /// Second stage of cooling.
        COOL_2 = 0x10,
        /// Second stage of the fan.
        FAN_2 = 0x20,
        /// Third stage of the fan.
        FAN_3 = 0x40,
    }

    /// Days of a schedule.
    pub struct Days: u8 {
        /// Sunday; the other days follow in order.
        SUNDAY = 0x01,
        /// Monday.
        MONDAY = 0x02,
        /// Tuesday.
        TUESDAY = 0x04,
        /// Wednesday.
        WEDNESDAY = 0x08,
        /// Thursday.
        THURSDAY = 0x10,
        /// Friday.
        FRIDAY = 0x20,
        /// Saturday.
        SATURDAY = 0x40,
        /// Away or holiday.
        AWAY = 0x80,
    }

    /// Setpoints of a schedule.
    pub struct ScheduleMode: u8 {
        /// Heating.
        HEAT = 0x01,
        /// Cooling.
        COOL = 0x02,
    }
}

record! {
    /// Move setpoints.
    pub struct SetpointChange {
        /// Which.
        pub mode: SetpointMode,
        /// By how much, 0.1 °C.
        pub amount: i8,
    }

    /// Which schedule to tell.
    pub struct GetWeeklySchedule {
        /// Of these days.
        pub days: Days,
        /// Of these setpoints.
        pub mode: ScheduleMode,
    }

    /// An entry of the relay status log (6.3.2.4.2).
    pub struct RelayStatus {
        /// Minutes since midnight.
        pub time: u16,
        /// Relays that are on.
        pub relays: u16,
        /// Local temperature, 0.01 °C.
        pub local_temperature: i16,
        /// Humidity, per cent.
        pub humidity: u8,
        /// Setpoint, 0.01 °C.
        pub setpoint: i16,
        /// Entries not read yet.
        pub unread: u16,
    }
}

commands! {
    /// Commands to the device.
    pub enum ToServer for CLUSTER, ToServer {
        /// Move setpoints.
        RaiseLower(change: SetpointChange) = 0x00,
        /// Set a schedule. Some devices take one day at a time only.
        SetWeeklySchedule(schedule: WeeklySchedule) = 0x01,
        /// Ask for a schedule.
        GetWeeklySchedule(request: GetWeeklySchedule) = 0x02,
        /// Remove all schedules.
        ClearWeeklySchedule = 0x03,
        /// Ask for an entry of the relay status log.
        GetRelayStatusLog = 0x04,
    }
}

commands! {
    /// Commands from the device.
    pub enum ToClient for CLUSTER, ToClient {
        /// A schedule. Some devices answer one day per frame.
        WeeklySchedule(schedule: WeeklySchedule) = 0x00,
        /// An entry of the relay status log.
        RelayStatusLog(entry: RelayStatus) = 0x01,
    }
}

/// What is set on some days (6.3.2.3.2). The device replaces these days and setpoints, and keeps the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeeklySchedule {
    /// These days.
    pub days: Days,
    /// These setpoints; each transition has them.
    pub mode: ScheduleMode,
    /// In order of time.
    pub transitions: List<Transition, 10>,
}

/// From a time of day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// Minutes since midnight.
    pub minutes: u16,
    /// Heating setpoint, 0.01 °C; sent if the schedule's mode has it.
    pub heat: Option<i16>,
    /// Cooling setpoint, 0.01 °C; sent if the schedule's mode has it.
    pub cool: Option<i16>,
}

impl Field for WeeklySchedule {
    const MAX: usize = 3 + 10 * 6;

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let count = u8::read(reader)?;
        let (days, mode) = (Days::read(reader)?, ScheduleMode::read(reader)?);
        let setpoint = |present, reader: &mut Reader<'_>| if present { i16::read(reader).map(Some) } else { Ok(None) };
        let transitions = (0..count).map(|_| {
            Ok(Transition {
                minutes: u16::read(reader)?,
                heat: setpoint(mode.contains(ScheduleMode::HEAT), reader)?,
                cool: setpoint(mode.contains(ScheduleMode::COOL), reader)?,
            })
        });
        let transitions = transitions.collect::<Result<Vec<_>, WireError>>()?;
        Ok(Self { days, mode, transitions: List::new(transitions)? })
    }

    fn write(&self, writer: &mut Writer) {
        writer.uint(self.transitions.len() as u64, 1);
        self.days.write(writer);
        self.mode.write(writer);
        for transition in &self.transitions {
            transition.minutes.write(writer);
            if self.mode.contains(ScheduleMode::HEAT) {
                transition.heat.unwrap_or(UNKNOWN).write(writer);
            }
            if self.mode.contains(ScheduleMode::COOL) {
                transition.cool.unwrap_or(UNKNOWN).write(writer);
            }
        }
    }
}

/// The temperature that stands for none.
pub const UNKNOWN: i16 = i16::MIN;
