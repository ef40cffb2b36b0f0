//! A radiator thermostat and the room around it.
//!
//! The room loses heat to the outside and gains it from the radiator; the valve follows the distance to the setpoint.

use std::time::Duration;

use zigbee::zcl::thermostat::{CLUSTER, ControlSequence, SetpointMode, SystemMode, ToClient, ToServer, attribute};
use zigbee::zcl::thermostat::{Days, ScheduleMode, SetpointChange, Transition, WeeklySchedule};
use zigbee::zcl::{Frame, Request, Status, Value};

use super::attribute::Attribute;
use super::model::{Model, Reaction, Scene};

/// Steps of the model.
const STEP: Duration = Duration::from_secs(5);
/// Transitions that one day holds.
const TRANSITIONS: usize = 6;
/// Setpoints that it takes, 0.01 °C.
const LIMITS: (i16, i16) = (500, 3000);

/// The room, in °C.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Room {
    /// Temperature now.
    pub inside: f64,
    /// Temperature outside.
    pub outside: f64,
    /// Share of the difference to the outside that is lost in an hour.
    pub loss: f64,
    /// Degrees gained in an hour at full heat.
    pub gain: f64,
}

impl Room {
    /// Lets time pass with the radiator at so many per cent.
    pub(crate) fn pass(&mut self, time: Duration, demand: u8) {
        let hours = time.as_secs_f64() / 3600.0;
        let heat = self.gain * f64::from(demand) / 100.0;
        self.inside += (heat - (self.inside - self.outside) * self.loss) * hours;
    }
}

/// The thermostat.
#[derive(Debug)]
pub(crate) struct Thermostat {
    room: Room,
    next: Option<Duration>,
    last: Duration,
    /// Transitions by day, Sunday first, then away.
    schedule: [Vec<Transition>; 8],
}

impl Thermostat {
    /// Controls a room. A still room keeps its temperature.
    pub(crate) fn new(room: Room, still: bool) -> Self {
        Self { room, next: (!still).then_some(STEP), last: Duration::ZERO, schedule: Default::default() }
    }

    /// Attributes of the cluster.
    pub(crate) fn attributes(room: Room) -> Vec<Attribute> {
        let new = |id, value| Attribute::new(CLUSTER, id, value);
        let limits = i64::from(LIMITS.0)..=i64::from(LIMITS.1);
        let heating = u8::from(ControlSequence::HeatingOnly);
        let heat = u8::from(SystemMode::Heat);
        vec![
            new(attribute::LOCAL_TEMPERATURE, Value::int16(centi(room.inside))).reported(),
            new(attribute::ABS_MIN_HEAT_SETPOINT_LIMIT, Value::int16(LIMITS.0)),
            new(attribute::ABS_MAX_HEAT_SETPOINT_LIMIT, Value::int16(LIMITS.1)),
            new(attribute::PI_HEATING_DEMAND, Value::uint8(0)).reported(),
            new(attribute::LOCAL_TEMPERATURE_CALIBRATION, Value::int8(0)).writable().within(-25..=25),
            new(attribute::OCCUPIED_HEATING_SETPOINT, Value::int16(2000)).writable().reported().within(limits.clone()),
            new(attribute::UNOCCUPIED_HEATING_SETPOINT, Value::int16(1600)).writable().within(limits.clone()),
            new(attribute::MIN_HEAT_SETPOINT_LIMIT, Value::int16(LIMITS.0)).writable().within(limits.clone()),
            new(attribute::MAX_HEAT_SETPOINT_LIMIT, Value::int16(LIMITS.1)).writable().within(limits),
            new(attribute::CONTROL_SEQUENCE, Value::enum8(heating)).writable().within(2..=3),
            new(attribute::SYSTEM_MODE, Value::enum8(heat)).writable().reported(),
            new(attribute::RUNNING_MODE, Value::enum8(0)).reported(),
            new(attribute::START_OF_WEEK, Value::enum8(1)),
            new(attribute::NUMBER_OF_WEEKLY_TRANSITIONS, Value::uint8(42)),
            new(attribute::NUMBER_OF_DAILY_TRANSITIONS, Value::uint8(6)),
            new(attribute::PROGRAMMING_MODE, Value::bitmap8(0)).writable().reported(),
            new(attribute::RUNNING_STATE, Value::bitmap16(0)).reported(),
        ]
    }

    /// Sets valve and running state from temperature, setpoint and mode.
    fn control(scene: &mut Scene<'_>) -> u8 {
        let number = |id| scene.attributes.number((CLUSTER, id));
        let on = number(attribute::SYSTEM_MODE) == i64::from(u8::from(SystemMode::Heat));
        let missing = number(attribute::OCCUPIED_HEATING_SETPOINT) - number(attribute::LOCAL_TEMPERATURE);
        // Fully open from 1 °C below the setpoint.
        let demand = if on { u8::try_from(missing.clamp(0, 100)).unwrap_or(0) } else { 0 };
        let heating = demand > 0;
        let mode = if heating { SystemMode::Heat } else { SystemMode::Off };
        scene.attributes.set_number((CLUSTER, attribute::PI_HEATING_DEMAND), demand.into());
        scene.attributes.set_number((CLUSTER, attribute::RUNNING_STATE), heating.into());
        scene.attributes.set_number((CLUSTER, attribute::RUNNING_MODE), u8::from(mode).into());
        demand
    }

    fn raise(scene: &mut Scene<'_>, change: &SetpointChange) -> Status {
        const PLACE: (u16, u16) = (CLUSTER, attribute::OCCUPIED_HEATING_SETPOINT);
        if change.mode == SetpointMode::Cool {
            return Status::InvalidField;
        }
        let wanted = scene.attributes.number(PLACE) + i64::from(change.amount) * 10;
        let (least, most) = (
            scene.attributes.number((CLUSTER, attribute::MIN_HEAT_SETPOINT_LIMIT)),
            scene.attributes.number((CLUSTER, attribute::MAX_HEAT_SETPOINT_LIMIT)),
        );
        scene.attributes.set_number(PLACE, wanted.min(most).max(least));
        Self::control(scene);
        Status::Success
    }

    fn set_schedule(&mut self, schedule: &WeeklySchedule) -> Status {
        if schedule.mode != ScheduleMode::HEAT {
            return Status::InvalidField;
        }
        if schedule.transitions.len() > TRANSITIONS {
            return Status::InsufficientSpace;
        }
        for (day, transitions) in self.schedule.iter_mut().enumerate() {
            if schedule.days.0 >> day & 1 == 1 {
                *transitions = schedule.transitions.to_vec();
            }
        }
        Status::Success
    }

    /// One frame per day.
    fn tell_schedule(&self, days: Days) -> Reaction {
        let wanted = self.schedule.iter().enumerate().filter(|(day, _)| days.0 >> day & 1 == 1);
        let answer = |(day, transitions): (usize, &Vec<Transition>)| {
            Request::cluster(&ToClient::WeeklySchedule(WeeklySchedule {
                days: Days(1 << day),
                mode: ScheduleMode::HEAT,
                transitions: zigbee::wire::List::new(transitions.clone()).unwrap_or_default(),
            }))
        };
        Reaction::Answers(wanted.map(answer).collect())
    }
}

impl Model for Thermostat {
    fn command(&mut self, scene: &mut Scene<'_>, cluster: u16, frame: &Frame) -> Option<Reaction> {
        if cluster != CLUSTER {
            return None;
        }
        let status = match frame.cluster::<ToServer>()? {
            Err(_) => Status::Malformed,
            Ok(ToServer::RaiseLower(change)) => Self::raise(scene, &change),
            Ok(ToServer::SetWeeklySchedule(schedule)) => self.set_schedule(&schedule),
            Ok(ToServer::GetWeeklySchedule(wanted)) => return Some(self.tell_schedule(wanted.days)),
            Ok(ToServer::ClearWeeklySchedule) => {
                self.schedule = Default::default();
                Status::Success
            }
            Ok(ToServer::GetRelayStatusLog | ToServer::Other(..)) => return None,
        };
        Some(Reaction::Status(status))
    }

    fn written(&mut self, scene: &mut Scene<'_>, _: (u16, u16), _: u8, _: zigbee::wire::Ieee) {
        Self::control(scene);
    }

    fn deadline(&self) -> Option<Duration> {
        self.next
    }

    fn advance(&mut self, scene: &mut Scene<'_>) {
        if self.next.is_none_or(|next| next > scene.now) {
            return;
        }
        // Somebody may have set the temperature since the last step.
        let told = scene.attributes.number((CLUSTER, attribute::LOCAL_TEMPERATURE));
        if let Some(told) = i16::try_from(told).ok().filter(|told| *told != centi(self.room.inside)) {
            self.room.inside = f64::from(told) / 100.0;
        }
        let demand = Self::control(scene);
        self.room.pass(scene.now.saturating_sub(self.last), demand);
        self.last = scene.now;
        self.next = Some(scene.now + STEP);
        scene.attributes.set_number((CLUSTER, attribute::LOCAL_TEMPERATURE), centi(self.room.inside).into());
        Self::control(scene);
    }
}

/// Hundredths of a degree.
fn centi(degrees: f64) -> i16 {
    #[expect(clippy::cast_possible_truncation, reason = "clamped to the type's range")]
    let hundredths = (degrees * 100.0).round().clamp(-27_315.0, 32_767.0) as i16;
    hundredths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_drifts_to_the_outside_or_the_setpoint() {
        let hour = Duration::from_secs(3600);
        let mut cold = Room { inside: 20.0, outside: 5.0, loss: 0.1, gain: 6.0 };
        cold.pass(hour, 0);
        assert!((cold.inside - 18.5).abs() < 0.01, "{}", cold.inside);
        let mut warm = Room { inside: 20.0, outside: 5.0, loss: 0.1, gain: 6.0 };
        warm.pass(hour, 100);
        assert!(warm.inside > 24.0, "{}", warm.inside);
        assert_eq!(centi(21.504), 2150);
        assert_eq!(centi(f64::NAN), 0);
    }
}
