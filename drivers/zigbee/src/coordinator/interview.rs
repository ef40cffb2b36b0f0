//! Interviews: asks a device step by step what it is, and has it report. Each step that is over is kept.

use std::time::Duration;

use home::{Delivery, Description, Event, Failure, Ieee, Interview, Now};

use super::core::{Core, Due};
use super::job::{Answer, Ask, Job, Message, Objects, Purpose, Rank, Topic};
use super::learn::{self, Learnt, learn};
use super::plan;
use super::profile;
use super::record::Kept;
use super::rule::{Class, Miss};
use super::step::Step;
use crate::wire::Many;
use crate::zcl::{
    AttributeRecord, Direction, Global, Reporting, ReportingConfig, ReportingKey, ReportingState, Request, Value,
    basic, ias_zone, poll_control,
};

/// Time between the first tries of a step; it grows with each.
const PAUSE: Duration = Duration::from_secs(2);
/// A device that came back is asked at most this often whether it still reports.
const CHECK_EVERY: Duration = Duration::from_secs(600);
/// How long a question to a sleeping device waits that it has to answer some day.
const PATIENT: Duration = Duration::from_secs(24 * 3600);

impl Core {
    /// Asks the next question, unless an answer is awaited or the device is to be left alone.
    pub(super) fn interview(&mut self, now: Now, ieee: Ieee) {
        let Some(target) = self.running.as_ref().map(|running| running.ieee) else { return };
        let Some(device) = self.registry.get(ieee) else { return };
        if device.kept.finished || device.interview.asking || device.interview.stalled {
            return;
        }
        let Some(step) = plan::next(&device.kept) else { return self.finished(ieee) };
        if let Step::ZoneAddress(_) = step {
            let zone = self.registry.free_zone();
            if let Some(device) = self.registry.get_mut(ieee) {
                device.kept.zone.get_or_insert(zone);
            }
        }
        self.show(ieee, Interview::Running(step.word()), step.word());
        let Some(device) = self.registry.get_mut(ieee) else { return };
        device.interview.asking = true;
        let job = question(&device.kept, step, target);
        tracing::debug!(device = %ieee, ?step, up = ?now.up, "interview");
        self.air.push(ieee, job);
    }

    /// Goes on with an interview that had stopped.
    pub(super) fn resume(&mut self, now: Now, ieee: Ieee) {
        if let Some(device) = self.registry.get_mut(ieee) {
            device.interview.stalled &= device.interview.rests > now.up;
        }
        self.interview(now, ieee);
    }

    /// Takes what came of a step.
    pub(super) fn stepped(&mut self, now: Now, ieee: Ieee, step: Step, result: &Result<Answer, Miss>) {
        let Some(device) = self.registry.get_mut(ieee) else { return };
        device.interview.asking = false;
        if std::mem::take(&mut device.interview.outdated) {
            return self.interview(now, ieee);
        }
        let learnt = match result {
            Ok(answer) => learn(&mut device.kept, step, answer),
            // The device said no: there is no sense in asking again for what it may lack.
            Err(Miss::Objects(status)) if step.is_later() => {
                tracing::info!(device = %ieee, ?step, status, "step refused");
                Learnt::Done
            }
            Err(Miss::Objects(_)) if let Step::Simple(number) = step => {
                learn::nothing_there(&mut device.kept, number);
                Learnt::Done
            }
            Err(_) => Learnt::Again,
        };
        if learnt == Learnt::Again && !self.skips(ieee, step, result) {
            let rest = if result.is_ok() { PAUSE } else { Duration::ZERO };
            return self.stumbled(now, ieee, step, rest);
        }
        if let Ok(Answer::Frame { endpoint, cluster, frame }) = result {
            self.take_values(now, ieee, *endpoint, *cluster, frame);
        }
        self.over(now, ieee, step);
    }

    /// Whether a step that failed once more is left out: the device hears us, and has no good answer to offer.
    fn skips(&self, ieee: Ieee, step: Step, result: &Result<Answer, Miss>) -> bool {
        let Some(device) = self.registry.get(ieee) else { return false };
        let hears = matches!(result, Ok(_) | Err(Miss::Unclear));
        let may = step.is_later() || matches!(step, Step::Identity(_));
        hears && may && device.interview.tries + 1 >= step.tries()
    }

    /// Notes that a step is over and goes on.
    fn over(&mut self, now: Now, ieee: Ieee, step: Step) {
        let Some(device) = self.registry.get_mut(ieee) else { return };
        device.kept.steps.push(step);
        // Enrolling again is part of checking again.
        if !matches!(step, Step::ZoneEnrol(_)) {
            device.interview.tries = 0;
        }
        let described = !step.is_later() && plan::next(&device.kept).is_none_or(Step::is_later);
        if step == Step::Node && plan::is_shy(&device.kept) {
            device.interview.stalled = true;
            device.interview.rests = now.up + plan::SHY;
            self.agenda.set(now.up + plan::SHY, Due::Interview(ieee));
        }
        self.place(ieee);
        if described {
            self.describe(ieee);
        }
        self.interview(now, ieee);
    }

    /// Notes that a step came to nothing, and tries it again soon, or when the device speaks.
    fn stumbled(&mut self, now: Now, ieee: Ieee, step: Step, rest: Duration) {
        let Some(device) = self.registry.get_mut(ieee) else { return };
        device.interview.stalled = true;
        device.interview.rests = now.up + rest;
        device.interview.tries += 1;
        if let Step::ZoneCheck(endpoint) = step {
            // Not enrolled yet: tell it once more that it is.
            device.kept.steps.retain(|other| *other != Step::ZoneEnrol(endpoint));
        }
        let tries = device.interview.tries;
        if tries < step.tries() {
            self.agenda.set(now.up + PAUSE * u32::from(tries), Due::Interview(ieee));
            return;
        }
        device.interview.tries = 0;
        let command = device.interview.command.take();
        self.show(ieee, Interview::Failed(step.word()), "");
        if let Some(command) = command {
            self.fail(command, Failure::Unreachable);
        }
    }

    fn finished(&mut self, ieee: Ieee) {
        let Some(device) = self.registry.get_mut(ieee) else { return };
        device.kept.finished = true;
        device.kept.steps.clear();
        let command = device.interview.command.take();
        // What a zone watches was learnt after the device was described.
        let is_zone = device.kept.zone_type.is_some();
        tracing::info!(device = %ieee, quirk = profile::quirk(&device.kept).why, "interview done");
        self.keep(ieee);
        if is_zone {
            self.describe(ieee);
        }
        self.show(ieee, Interview::Done, "done");
        if let Some(command) = command {
            self.deliver(command, Delivery::Delivered);
        }
    }

    /// Shows how far an interview is, if that is news.
    fn show(&mut self, ieee: Ieee, progress: Interview, word: &'static str) {
        if let Some(device) = self.registry.get_mut(ieee)
            && device.interview.shown.replace(word) != Some(word)
        {
            self.tell(Event::Interview { device: ieee, progress });
        }
    }

    fn describe(&mut self, ieee: Ieee) {
        let Some(kept) = self.registry.get(ieee).map(|device| &device.kept) else { return };
        let description = Description {
            manufacturer: kept.manufacturer.clone().unwrap_or_default(),
            model: kept.model.clone().unwrap_or_default(),
            software: kept.software.clone(),
            power: kept.power(),
            capabilities: profile::capabilities(kept),
        };
        self.tell(Event::Described { device: ieee, description });
    }

    /// A device that is known came back: it may have been reset, and then reports no longer.
    pub(super) fn came_back(&mut self, now: Now, ieee: Ieee) {
        let Some(device) = self.registry.get_mut(ieee) else { return };
        if device.kept.finished && device.checked.is_none_or(|at| at + CHECK_EVERY <= now.up) {
            device.checked = Some(now.up);
            self.agenda.set(now.up + PAUSE, Due::Check(ieee));
        }
    }

    /// Asks a device whether it still reports as it was told.
    pub(super) fn check(&mut self, now: Now, ieee: Ieee) {
        let Some(device) = self.registry.get(ieee) else { return };
        let Some((endpoint, cluster, attribute)) = plan::first_report(&device.kept) else { return };
        let keys = Many::from([ReportingKey { direction: 0, attribute }]);
        let request = Request::global(Direction::ToServer, &Global::ReadReporting(keys));
        self.air.push(
            ieee,
            Job {
                ask: Ask::Zcl(Message::asking(endpoint, cluster, request)),
                class: Class::Read,
                rank: Rank::Interview,
                purpose: Purpose::Check,
                topic: None,
                deadline: Some(now.up + PATIENT),
            },
        );
    }

    /// Takes the answer to [`Core::check`]: what was forgotten is told again. Name and description stay.
    pub(super) fn checked(&mut self, now: Now, ieee: Ieee, result: Result<Answer, Miss>) {
        let Ok(Answer::Frame { frame, .. }) = result else { return };
        let reports = match frame.global() {
            Some(Ok(Global::ReadReportingResponse(records))) => records.iter().any(|record| {
                matches!(record.state, ReportingState::Set(Reporting::Send { max, .. }) if max != 0 && max != 0xFFFF)
            }),
            _ => false,
        };
        let Some(device) = self.registry.get_mut(ieee) else { return };
        if reports || !device.kept.finished {
            return;
        }
        tracing::info!(device = %ieee, "came back without its bindings");
        device.kept.finished = false;
        device.kept.steps = plan::known_steps(&device.kept);
        self.keep(ieee);
        self.resume(now, ieee);
    }
}

/// The request of a step.
fn question(kept: &Kept, step: Step, target: Ieee) -> Job {
    let objects = |objects| (Ask::Objects(objects), Class::Describe);
    let read = |endpoint, cluster, attributes: Vec<u16>| (reading(endpoint, cluster, attributes), Class::Read);
    let set = |endpoint, cluster, command: Global| {
        let request = Request::global(Direction::ToServer, &command);
        (Ask::Zcl(Message::asking(endpoint, cluster, request)), Class::Configure)
    };
    let (ask, class) = match step {
        Step::Node => objects(Objects::Node),
        Step::Endpoints => objects(Objects::Endpoints),
        Step::Simple(endpoint) => objects(Objects::Simple(endpoint)),
        Step::Bind { endpoint, cluster } => {
            (Ask::Objects(Objects::Bind { endpoint, cluster, target }), Class::Configure)
        }
        Step::Identity(fact) => {
            read(kept.endpoint_of(basic::CLUSTER).unwrap_or(1), basic::CLUSTER, vec![fact.attribute()])
        }
        Step::ZoneAddress(endpoint) => {
            let address =
                AttributeRecord { attribute: ias_zone::attribute::IAS_CIE_ADDRESS, value: Value::address(target) };
            set(endpoint, ias_zone::CLUSTER, Global::Write(Many::from([address])))
        }
        Step::ZoneEnrol(endpoint) => {
            let request = Request::cluster(&enrolment(kept.zone.unwrap_or(0)));
            (Ask::Zcl(Message::telling(endpoint, ias_zone::CLUSTER, request)), Class::Configure)
        }
        Step::ZoneCheck(endpoint) => {
            use ias_zone::attribute::{ZONE_STATE, ZONE_STATUS, ZONE_TYPE};
            read(endpoint, ias_zone::CLUSTER, vec![ZONE_STATE, ZONE_TYPE, ZONE_STATUS])
        }
        Step::Report { endpoint, cluster, attribute } => {
            let reporting = profile::row(cluster, attribute).and_then(|row| row.reporting);
            let config = reporting.map(|reporting| ReportingConfig { attribute, reporting });
            let records = Many::new(config.into_iter().collect::<Vec<_>>()).unwrap_or_default();
            set(endpoint, cluster, Global::ConfigureReporting(records))
        }
        Step::CheckIn(endpoint) => {
            read(endpoint, poll_control::CLUSTER, vec![poll_control::attribute::CHECK_IN_INTERVAL])
        }
        Step::Values { endpoint, cluster } => {
            read(endpoint, cluster, profile::rows(cluster).map(|row| row.attribute).collect())
        }
    };
    Job { ask, class, rank: Rank::Interview, purpose: Purpose::Interview(step), topic: None, deadline: None }
}

/// The frame that reads attributes.
fn reading(endpoint: u8, cluster: u16, attributes: Vec<u16>) -> Ask {
    let attributes = Many::new(attributes).unwrap_or_default();
    let request = Request::global(Direction::ToServer, &Global::Read(attributes));
    Ask::Zcl(Message::asking(endpoint, cluster, request))
}

/// The command that enrols a zone.
pub(super) fn enrolment(zone: u8) -> ias_zone::ToServer {
    let code = ias_zone::EnrollCode::Success;
    ias_zone::ToServer::EnrollResponse(ias_zone::EnrollResponse { code, zone })
}

/// The request that reads attributes because somebody wants to know.
pub(super) fn read_job(endpoint: u8, cluster: u16, attributes: Vec<u16>, rank: Rank, purpose: Purpose) -> Job {
    Job {
        ask: reading(endpoint, cluster, attributes),
        class: Class::Read,
        rank,
        purpose,
        topic: Some(Topic::Read { endpoint, cluster }),
        deadline: None,
    }
}
