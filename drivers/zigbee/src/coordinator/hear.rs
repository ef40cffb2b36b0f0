//! Frames from devices: who speaks, what it means to the house, what is answered.

use std::time::Duration;

use home::{Event, Ieee, LinkQuality, Now, Reading, Report};

use super::core::{Core, Due};
use super::interview::enrolment;
use super::job::{Ask, Job, Message, Purpose, Rank};
use super::profile;
use super::rule::Class;
use super::serve;
use crate::ncp::Incoming;
use crate::zcl::{Direction, Frame, Global, Request, alarms, door_lock, ias_zone, poll_control};

/// How often the house is told that a device was heard that said nothing of interest.
const LIFE_SIGN: Duration = Duration::from_secs(30);
/// How long a device that checked in is to stay awake, quarter seconds: it is told when it may sleep again.
const AWAKE: u16 = 40;

impl Core {
    /// Takes a frame.
    pub(super) fn hear(&mut self, now: Now, incoming: &Incoming) {
        let Some(ieee) = self.registry.at(incoming.nwk) else { return self.stranger(now, incoming.nwk) };
        let Some(device) = self.registry.get_mut(ieee) else { return };
        device.link = Some(LinkQuality(incoming.lqi));
        let (endpoint, cluster) = (incoming.source, incoming.cluster);
        let is_echo = device.echoes.is_echo(now.up, endpoint, cluster, &incoming.payload);
        self.heard(now, ieee);
        if is_echo {
            self.counters.echoes += 1;
        } else if let Ok(frame) = Frame::decode(&incoming.payload) {
            self.understand(now, ieee, incoming, &frame);
        } else {
            self.counters.unreadable += 1;
        }
        self.settle(now);
        self.report(now, ieee, Vec::new());
        self.seize(now, ieee);
    }

    /// Notes that a device is there and awake.
    pub(super) fn heard(&mut self, now: Now, ieee: Ieee) {
        if let Some(device) = self.registry.get_mut(ieee) {
            device.heard = now.up;
            device.missed = 0;
        }
        self.air.heard(ieee);
    }

    /// A sleeping device is within reach only for a moment after it spoke: what is to be asked is asked now.
    fn seize(&mut self, now: Now, ieee: Ieee) {
        let Some(device) = self.registry.get(ieee) else { return };
        if device.to_refresh && device.kept.finished {
            self.refresh(ieee);
        }
        self.resume(now, ieee);
    }

    fn understand(&mut self, now: Now, ieee: Ieee, incoming: &Incoming, frame: &Frame) {
        let (endpoint, cluster) = (incoming.source, incoming.cluster);
        if self.air.answer(now.up, ieee, endpoint, cluster, frame) {
            return;
        }
        if let Some(Ok(Global::Report(_))) = frame.global() {
            self.take_values(now, ieee, endpoint, cluster, frame);
        }
        let own = match cluster {
            ias_zone::CLUSTER => frame.cluster().and_then(|command| self.zone(now, ieee, endpoint, command.ok()?)),
            poll_control::CLUSTER => frame.cluster().and_then(|command| self.check_in(ieee, endpoint, &command.ok()?)),
            door_lock::CLUSTER => {
                frame.cluster().and_then(Result::ok).into_iter().for_each(|c| self.lock_speaks(now, ieee, endpoint, c));
                None
            }
            alarms::CLUSTER => {
                frame.cluster().and_then(Result::ok).into_iter().for_each(|c| self.alarm(now, ieee, endpoint, c));
                None
            }
            _ => None,
        };
        let own = own.map(|request: Request| request.answer(&frame.header));
        if let Some(answer) = own.or_else(|| serve::answer(cluster, frame, incoming.broadcast, now.wall)) {
            self.push_reply(ieee, Message::answering(endpoint, cluster, answer));
        }
    }

    /// Takes the values of a report or a read response, if the endpoint has the cluster.
    pub(super) fn take_values(&mut self, now: Now, ieee: Ieee, endpoint: u8, cluster: u16, frame: &Frame) {
        let Some(device) = self.registry.get(ieee) else { return };
        // A manufacturer's attributes have the numbers of others.
        if frame.header.manufacturer.is_some() || frame.header.direction != Direction::ToClient {
            return;
        }
        let values: Vec<_> = match frame.global() {
            Some(Ok(Global::Report(records))) => {
                records.into_vec().into_iter().map(|record| (record.attribute, record.value)).collect()
            }
            Some(Ok(Global::ReadResponse(records))) => {
                records.into_vec().into_iter().filter_map(|r| Some((r.attribute, r.result.ok()?))).collect()
            }
            _ => return,
        };
        if profile::rows(cluster).next().is_some() && !device.kept.serves(endpoint, cluster) {
            self.counters.misplaced += 1;
            return;
        }
        let mut readings = Vec::new();
        for (attribute, value) in &values {
            profile::read(cluster, *attribute, value, &device.kept, &mut readings);
        }
        for (attribute, _) in values {
            self.agenda.drop_all(|due| *due == Due::ReadBack { device: ieee, endpoint, cluster, attribute });
        }
        self.take_readings(now, ieee, readings);
    }

    /// Tells the house what a device said, once a bolt's part in it is settled.
    pub(super) fn take_readings(&mut self, now: Now, ieee: Ieee, mut readings: Vec<Reading>) {
        for reading in &mut readings {
            if let Reading::LockState(bolt) = reading {
                *bolt = self.bolt_told(ieee, *bolt);
            }
        }
        self.report(now, ieee, readings);
    }

    /// Tells the house that a device spoke. Without readings only now and then.
    fn report(&mut self, now: Now, ieee: Ieee, readings: Vec<Reading>) {
        let Some(device) = self.registry.get_mut(ieee) else { return };
        if readings.is_empty() && device.told.is_some_and(|at| at + LIFE_SIGN > now.up) {
            return;
        }
        device.told = Some(now.up);
        let link = device.link;
        self.tell(Event::Report(Report { device: ieee, readings, link }));
    }

    fn zone(&mut self, now: Now, ieee: Ieee, endpoint: u8, command: ias_zone::ToClient) -> Option<Request> {
        let device = self.registry.get_mut(ieee)?;
        if !device.kept.serves(endpoint, ias_zone::CLUSTER) {
            self.counters.misplaced += 1;
            return None;
        }
        match command {
            ias_zone::ToClient::StatusChange(change) => {
                let readings = profile::zone_readings(change.status, &device.kept);
                self.take_readings(now, ieee, readings);
                None
            }
            ias_zone::ToClient::EnrollRequest(request) => {
                device.kept.zone_type = Some(request.zone_type.into());
                let zone = device.kept.zone?;
                self.keep(ieee);
                Some(Request::cluster(&enrolment(zone)))
            }
            ias_zone::ToClient::Other(..) => None,
        }
    }

    /// A device asks whether anything waits. It stays awake only if something does: polling fast eats its battery.
    fn check_in(&mut self, ieee: Ieee, endpoint: u8, command: &poll_control::ToClient) -> Option<Request> {
        let poll_control::ToClient::CheckIn = command else { return None };
        let waits = self.air.has_waiting(ieee);
        let device = self.registry.get_mut(ieee)?;
        let stay = waits || device.to_refresh || !device.kept.finished;
        device.fast = stay.then_some(endpoint);
        let timeout = if stay { AWAKE } else { 0 };
        let response = poll_control::CheckInResponse { start_fast_polling: stay, timeout };
        Some(Request::cluster(&poll_control::ToServer::CheckInResponse(response)))
    }

    /// Lets a device sleep again once all that waited for it is done.
    pub(super) fn let_sleep(&mut self, ieee: Ieee) {
        let Some(device) = self.registry.get_mut(ieee) else { return };
        if device.to_refresh || device.interview.asking || !self.air.is_idle(ieee) {
            return;
        }
        if let Some(endpoint) = device.fast.take() {
            let stop = Request::cluster(&poll_control::ToServer::FastPollStop);
            self.push_reply(ieee, Message::telling(endpoint, poll_control::CLUSTER, stop));
        }
    }

    fn push_reply(&mut self, ieee: Ieee, message: Message) {
        let job = Job {
            ask: Ask::Zcl(message),
            class: Class::Reply,
            rank: Rank::Reply,
            purpose: Purpose::Nothing,
            topic: None,
            deadline: None,
        };
        self.air.push(ieee, job);
    }
}
