//! What clusters mean: their attributes as readings, how these are reported, and what a device with them can do.
//!
//! A table. What single models do otherwise stands in [`quirks`].

mod quirks;
mod values;

use std::collections::BTreeSet;

use home::{Capability, Reading};

pub(super) use quirks::{Quirk, quirk};
pub(super) use values::zone_readings;

use super::record::Kept;
use crate::zcl::{
    DataType, Reporting, Value, alarms, door_lock, humidity, ias_zone, poll_control, power, temperature, thermostat,
};

/// What one attribute means.
pub(super) struct Row {
    /// Cluster.
    pub(super) cluster: u16,
    /// Attribute.
    pub(super) attribute: u16,
    /// How it is to be reported; `None` for what never changes by itself or can't be reported.
    pub(super) reporting: Option<Reporting>,
    meaning: fn(&Value, &Kept, &mut Vec<Reading>),
}

/// Reported `min` seconds after the last report at the earliest, and at least every hour.
const fn report(data_type: DataType, min: u16, change: u64) -> Reporting {
    Reporting::Send { data_type, min, max: 3600, change }
}

/// A battery changes slowly: hourly at most, daily at least (3c, Power).
const BATTERY: Option<Reporting> =
    Some(Reporting::Send { data_type: DataType::Uint8, min: 3600, max: 65000, change: 0 });

use door_lock::attribute as lock;
use power::attribute as battery;
use thermostat::attribute as heat;

/// The table. Reporting intervals are those that `Zigbee2MQTT` found to work (facts/zigbee.md 3c).
#[rustfmt::skip]
static ROWS: [Row; 15] = [
    Row { cluster: door_lock::CLUSTER, attribute: lock::LOCK_STATE, reporting: Some(report(DataType::Enum8, 0, 0)), meaning: values::lock_state },
    Row { cluster: thermostat::CLUSTER, attribute: heat::LOCAL_TEMPERATURE, reporting: Some(report(DataType::Int16, 30, 20)), meaning: values::local_temperature },
    Row { cluster: thermostat::CLUSTER, attribute: heat::OCCUPIED_HEATING_SETPOINT, reporting: Some(report(DataType::Int16, 0, 10)), meaning: values::heating_setpoint },
    Row { cluster: thermostat::CLUSTER, attribute: heat::SYSTEM_MODE, reporting: Some(report(DataType::Enum8, 10, 0)), meaning: values::system_mode },
    Row { cluster: thermostat::CLUSTER, attribute: heat::RUNNING_STATE, reporting: Some(report(DataType::Bitmap16, 0, 0)), meaning: values::running_state },
    Row { cluster: thermostat::CLUSTER, attribute: heat::PI_HEATING_DEMAND, reporting: Some(report(DataType::Uint8, 60, 5)), meaning: values::heating_demand },
    Row { cluster: thermostat::CLUSTER, attribute: heat::MIN_HEAT_SETPOINT_LIMIT, reporting: None, meaning: values::min_limit },
    Row { cluster: thermostat::CLUSTER, attribute: heat::MAX_HEAT_SETPOINT_LIMIT, reporting: None, meaning: values::max_limit },
    Row { cluster: thermostat::CLUSTER, attribute: heat::LOCAL_TEMPERATURE_CALIBRATION, reporting: None, meaning: values::calibration },
    Row { cluster: temperature::CLUSTER, attribute: temperature::attribute::MEASURED_VALUE, reporting: Some(report(DataType::Int16, 30, 20)), meaning: values::temperature },
    Row { cluster: humidity::CLUSTER, attribute: humidity::attribute::MEASURED_VALUE, reporting: Some(report(DataType::Uint16, 30, 100)), meaning: values::humidity },
    Row { cluster: ias_zone::CLUSTER, attribute: ias_zone::attribute::ZONE_STATUS, reporting: None, meaning: values::zone_status },
    Row { cluster: power::CLUSTER, attribute: battery::BATTERY_PERCENTAGE_REMAINING, reporting: BATTERY, meaning: values::battery },
    Row { cluster: power::CLUSTER, attribute: battery::BATTERY_VOLTAGE, reporting: BATTERY, meaning: values::voltage },
    Row { cluster: power::CLUSTER, attribute: battery::BATTERY_ALARM_STATE, reporting: None, meaning: values::battery_alarm },
];

/// Clusters that make a device able to do something.
const ABILITIES: [(u16, Capability); 5] = [
    (thermostat::CLUSTER, Capability::Thermostat),
    (door_lock::CLUSTER, Capability::Lock),
    (temperature::CLUSTER, Capability::Temperature),
    (humidity::CLUSTER, Capability::Humidity),
    (power::CLUSTER, Capability::Battery),
];

/// The rows of a cluster.
pub(super) fn rows(cluster: u16) -> impl Iterator<Item = &'static Row> {
    ROWS.iter().filter(move |row| row.cluster == cluster)
}

/// The row of an attribute.
pub(super) fn row(cluster: u16, attribute: u16) -> Option<&'static Row> {
    rows(cluster).find(|row| row.attribute == attribute)
}

/// Whether a cluster is bound to us: those that report, check in, or send alarms (only locks' alarms mean something here).
pub(super) fn is_bound(cluster: u16, is_lock: bool) -> bool {
    rows(cluster).any(|row| row.reporting.is_some())
        || cluster == poll_control::CLUSTER
        || (cluster == alarms::CLUSTER && is_lock)
}

/// Adds what an attribute's value means to `readings`. A value of a type that makes no sense means nothing.
pub(super) fn read(cluster: u16, attribute: u16, value: &Value, kept: &Kept, readings: &mut Vec<Reading>) {
    let Some(row) = row(cluster, attribute) else { return };
    if quirk(kept).deaf.contains(&(cluster, attribute)) {
        return;
    }
    (row.meaning)(value, kept, readings);
}

/// What a device can do.
pub(super) fn capabilities(kept: &Kept) -> BTreeSet<Capability> {
    let mut can: BTreeSet<_> =
        ABILITIES.iter().filter(|(cluster, _)| kept.endpoint_of(*cluster).is_some()).map(|(_, can)| *can).collect();
    if is_contact(kept) {
        can.insert(Capability::Contact);
    }
    can
}

fn is_contact(kept: &Kept) -> bool {
    kept.zone_type == Some(ias_zone::ZoneType::Contact.into())
}

#[cfg(test)]
mod tests;
