//! What the house wants: orders become requests, and their ends become deliveries.

use std::time::Duration;

use home::thermostat::SystemMode;
use home::{Action, CentiCelsius, CommandId, DeciKelvin, Delivery, Failure, Ieee, Now, Order, OrderKind};

use super::core::{Core, Due, failure};
use super::interview::read_job;
use super::job::{Answer, Ask, Job, Message, Purpose, Rank, Topic, default_response};
use super::plan;
use super::record::Kept;
use super::rule::{Class, Miss};
use crate::wire::Many;
use crate::zcl::{AttributeRecord, Direction, Global, Request, Status, Value, door_lock, thermostat};

/// How long a value waits for a device that sleeps and does not say how often it checks in (3c, sleepy devices).
const A_DAY: Duration = Duration::from_secs(24 * 3600);
/// How long a value waits for a device that ought to hear us: an adapter may have to come back first.
const AWAKE: Duration = Duration::from_secs(30);
/// How soon a device reports what was written to it, if it reports it at all.
const REPORTS_WITHIN: Duration = Duration::from_secs(1);

impl Core {
    /// Takes an order.
    pub(super) fn order(&mut self, now: Now, order: Order) {
        let Order { command, kind } = order;
        match kind {
            OrderKind::Act { device, action } => self.act(now, command, device, action),
            OrderKind::Read(device) => self.read_all(now, command, device),
            OrderKind::Interview(device) => self.interview_anew(now, command, device),
            OrderKind::Remove(device) => self.send_away(now, device),
            OrderKind::PermitJoin(seconds) => self.permit_join(command, seconds),
        }
    }

    fn act(&mut self, now: Now, command: CommandId, ieee: Ieee, action: Action) {
        let Some(device) = self.registry.get(ieee) else { return self.fail(command, Failure::Unreachable) };
        if action == Action::ReadCodes {
            return self.read_codes(now, Some(command), ieee);
        }
        if action.is_security() {
            return self.act_on_lock(now, command, ieee, action);
        }
        let Some(endpoint) = device.kept.endpoint_of(thermostat::CLUSTER) else {
            return self.fail(command, Failure::NotCapable);
        };
        let Some((attribute, value)) = setting(&action) else { return self.fail(command, Failure::NotCapable) };
        let cluster = thermostat::CLUSTER;
        let records = Many::from([AttributeRecord { attribute, value }]);
        let request = Request::global(Direction::ToServer, &Global::Write(records));
        let job = Job {
            ask: Ask::Zcl(Message::asking(endpoint, cluster, request)),
            class: Class::Write,
            rank: Rank::Command,
            purpose: Purpose::Write { command, endpoint, cluster, attribute },
            topic: Some(Topic::Write { endpoint, cluster, attribute }),
            deadline: Some(now.up + patience(&device.kept)),
        };
        self.air.push(ieee, job);
    }

    /// Takes what came of a write. If the device does not report the value soon, it is read.
    pub(super) fn written(
        &mut self,
        now: Now,
        id: CommandId,
        back: Due,
        attribute: u16,
        command: u8,
        result: Result<Answer, Miss>,
    ) {
        match result {
            Err(miss) => self.fail(id, failure(miss)),
            Ok(answer) => match write_status(&answer, attribute, command) {
                Status::Success => {
                    self.deliver(id, Delivery::Delivered);
                    self.agenda.set(now.up + REPORTS_WITHIN, back);
                }
                status => self.fail(id, Failure::Rejected(status.into())),
            },
        }
    }

    /// Reads attributes that were written.
    pub(super) fn read_back(&mut self, now: Now, ieee: Ieee, endpoint: u8, cluster: u16, attributes: &[u16]) {
        let purpose = Purpose::Values(None);
        let mut job = read_job(endpoint, cluster, attributes.to_vec(), Rank::Command, purpose);
        job.topic = None;
        // It is awake: it answered a moment ago.
        job.deadline = Some(now.up + AWAKE);
        self.air.push(ieee, job);
    }

    /// Reads all values; the command ends with the last of them.
    fn read_all(&mut self, now: Now, command: CommandId, ieee: Ieee) {
        let Some(device) = self.registry.get(ieee) else { return self.fail(command, Failure::Unreachable) };
        let places: Vec<_> = plan::values(&device.kept).collect();
        let deadline = now.up + patience(&device.kept);
        let Some(last) = places.len().checked_sub(1) else { return self.fail(command, Failure::NotCapable) };
        for (place, (endpoint, cluster)) in places.into_iter().enumerate() {
            let purpose = Purpose::Values((place == last).then_some(command));
            let mut job = read_job(endpoint, cluster, attributes(cluster), Rank::Command, purpose);
            job.deadline = Some(deadline);
            self.air.push(ieee, job);
        }
    }

    /// Takes the end of a read.
    pub(super) fn values_ended(
        &mut self,
        now: Now,
        ieee: Ieee,
        command: Option<CommandId>,
        result: Result<Answer, Miss>,
    ) {
        if let (Err(Miss::Asleep | Miss::Expired), Some(device)) = (&result, self.registry.get_mut(ieee)) {
            device.to_refresh = true;
        }
        if let Ok(Answer::Frame { endpoint, cluster, frame }) = &result {
            self.take_values(now, ieee, *endpoint, *cluster, frame);
        }
        match (command, result) {
            (Some(command), Ok(_)) => self.deliver(command, Delivery::Delivered),
            (Some(command), Err(miss)) => self.fail(command, failure(miss)),
            (None, _) => {}
        }
    }

    /// Reads all values though nobody waits for them, a bolt's first.
    pub(super) fn refresh(&mut self, ieee: Ieee) {
        let Some(device) = self.registry.get_mut(ieee) else { return };
        device.to_refresh = false;
        let places: Vec<_> = plan::values(&device.kept).collect();
        for (endpoint, cluster) in places {
            let rank = if cluster == door_lock::CLUSTER { Rank::Interview } else { Rank::Background };
            let job = read_job(endpoint, cluster, attributes(cluster), rank, Purpose::Values(None));
            self.air.push(ieee, job);
        }
    }

    /// Forgets all that is known of a device but where it is, and asks it again.
    fn interview_anew(&mut self, now: Now, command: CommandId, ieee: Ieee) {
        let Some(device) = self.registry.get_mut(ieee) else { return self.fail(command, Failure::Unreachable) };
        device.kept = Kept { nwk: device.kept.nwk, zone: device.kept.zone, ..Kept::default() };
        device.interview.tries = 0;
        device.interview.outdated = device.interview.asking;
        let older = device.interview.command.replace(command);
        self.place(ieee);
        if let Some(older) = older {
            self.fail(older, Failure::Superseded);
        }
        self.resume(now, ieee);
    }
}

/// How long a value may wait for this device: until it checks in next, with a tenth of the time for its clock.
fn patience(kept: &Kept) -> Duration {
    let check_in = kept.check_in.map(|quarters| Duration::from_millis(275) * quarters);
    if kept.is_sleepy() { check_in.map_or(A_DAY, |interval| interval.clamp(AWAKE, A_DAY)) } else { AWAKE }
}

/// The attribute of the thermostat and the value that an action asks for.
fn setting(action: &Action) -> Option<(u16, Value)> {
    use thermostat::attribute::{LOCAL_TEMPERATURE_CALIBRATION, OCCUPIED_HEATING_SETPOINT, SYSTEM_MODE};
    match action {
        Action::Setpoint(CentiCelsius(centi)) => Some((OCCUPIED_HEATING_SETPOINT, Value::int16(*centi))),
        Action::Mode(mode) => Some((SYSTEM_MODE, Value::enum8(SystemMode::to_zcl(*mode)))),
        Action::Calibration(DeciKelvin(deci)) => Some((LOCAL_TEMPERATURE_CALIBRATION, Value::int8(*deci))),
        _ => None,
    }
}

/// What a device answered to the write of one attribute.
fn write_status(answer: &Answer, attribute: u16, command: u8) -> Status {
    let Answer::Frame { frame, .. } = answer else { return Status::Failure };
    if let Some(status) = default_response(frame, command) {
        return status;
    }
    match frame.global() {
        Some(Ok(Global::WriteResponse(failures))) => failures
            .0
            .iter()
            .find(|record| record.attribute == attribute && !record.status.is_success())
            .map_or(Status::Success, |record| record.status),
        _ => Status::Malformed,
    }
}

/// The attributes of a cluster that have a meaning.
fn attributes(cluster: u16) -> Vec<u16> {
    super::profile::rows(cluster).map(|row| row.attribute).collect()
}
