//! Locks: the only part of a home that lets people in.
//!
//! Where a bolt is, only the lock's own report or its answer to a read tells, never its answer to a command: that may
//! mean no more than "accepted". A command whose end is unclear is not repeated; the bolt's state is read (invariant 10).

use std::time::Duration;

use home::lock::{Bolt, Happening, Pin, Source};
use home::{Action, CommandId, Delivery, Event, Failure, Ieee, Now, Reading};

use super::codes;
use super::core::{Core, Due, failure};
use super::interview::read_job;
use super::job::{Answer, Ask, Job, Message, Purpose, Rank, Topic, default_response};
use super::profile;
use super::rule::{Class, Miss};
use crate::zcl::door_lock::{
    EventSource, OperationCode, ProgrammingCode, SecretOctets, SetPinStatus, ToClient, ToServer,
};
use crate::zcl::{Request, Status, alarms, door_lock, power};

/// How long a command for a lock may take to reach it. Then it is dropped: nobody stands at the door any more.
const TO_REACH: Duration = Duration::from_secs(15);
/// When a bolt that the lock said it would move is looked at, unless it reports by itself.
const AFTER_ANSWER: [Duration; 3] = [Duration::from_secs(3), Duration::from_secs(8), Duration::from_secs(15)];
/// When a bolt is looked at of which nobody knows whether it was told to move.
const AFTER_UNCLEAR: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(4), Duration::from_secs(10)];

impl Core {
    /// Takes an order that changes who can get in.
    pub(super) fn act_on_lock(&mut self, now: Now, command: CommandId, ieee: Ieee, action: Action) {
        let Some(device) = self.registry.get_mut(ieee) else { return self.fail(command, Failure::Unreachable) };
        if self.running.is_none() {
            return self.fail(command, Failure::AdapterOffline);
        }
        let quirk = profile::quirk(&device.kept);
        let Some(endpoint) = device.kept.endpoint_of(door_lock::CLUSTER) else {
            return self.fail(command, Failure::NotCapable);
        };
        let (request, class, purpose, topic) = match action {
            Action::Lock(pin) => {
                let purpose = Purpose::Bolt { command, want: Bolt::Locked };
                (ToServer::Lock(octets(pin.as_ref())), Class::Bolt, purpose, Topic::Bolt)
            }
            Action::Unlock(pin) => {
                let purpose = Purpose::Bolt { command, want: Bolt::Unlocked };
                (ToServer::Unlock(octets(pin.as_ref())), Class::Bolt, purpose, Topic::Bolt)
            }
            other => match codes::change(&other, quirk) {
                Some((slot, request)) => (request, Class::Pin, Purpose::Pin { command, slot }, Topic::Slot(slot)),
                None => return self.fail(command, Failure::NotCapable),
            },
        };
        if let Purpose::Bolt { want, .. } = purpose {
            device.wanted = Some(want);
        }
        let ask = Ask::Zcl(Message::asking(endpoint, door_lock::CLUSTER, Request::cluster(&request)));
        let deadline = Some(now.up + TO_REACH);
        self.air.push(ieee, Job { ask, class, rank: Rank::Security, purpose, topic: Some(topic), deadline });
    }

    /// Takes what came of a command for a bolt.
    pub(super) fn bolt_ended(
        &mut self,
        now: Now,
        ieee: Ieee,
        id: CommandId,
        want: Bolt,
        command: u8,
        result: Result<Answer, Miss>,
    ) {
        let outcome = match result {
            Ok(answer) => lock_answer(&answer, command),
            Err(miss) => Err(failure(miss)),
        };
        match outcome {
            Ok(()) => {
                self.deliver(id, Delivery::Delivered);
                self.watch(now, ieee, AFTER_ANSWER);
            }
            Err(Failure::Unclear) => {
                self.fail(id, Failure::Unclear);
                self.watch(now, ieee, AFTER_UNCLEAR);
            }
            Err(failure) => {
                self.fail(id, failure);
                if failure != Failure::Superseded
                    && let Some(device) = self.registry.get_mut(ieee).filter(|device| device.wanted == Some(want))
                {
                    device.wanted = None;
                }
            }
        }
    }

    /// Looks at a bolt at these times, until it says that it is where it was told to go.
    fn watch(&mut self, now: Now, ieee: Ieee, times: [Duration; 3]) {
        self.agenda.drop_all(|due| matches!(due, Due::Bolt(device, _) if *device == ieee));
        if self.registry.get(ieee).is_some_and(|device| device.wanted.is_some()) {
            for (round, after) in (0..).zip(times) {
                self.agenda.set(now.up + after, Due::Bolt(ieee, round));
            }
        }
    }

    /// Reads where a bolt is.
    pub(super) fn read_bolt(&mut self, now: Now, ieee: Ieee) {
        let Some(device) = self.registry.get(ieee) else { return };
        let Some(endpoint) = device.kept.endpoint_of(door_lock::CLUSTER) else { return };
        let state = vec![door_lock::attribute::LOCK_STATE];
        let mut job = read_job(endpoint, door_lock::CLUSTER, state, Rank::Security, Purpose::Values(None));
        job.deadline = Some(now.up + TO_REACH);
        self.air.push(ieee, job);
    }

    /// Takes where a lock says its bolt is. A jam stays one until the bolt is said to be at either end.
    pub(super) fn bolt_told(&mut self, ieee: Ieee, bolt: Option<Bolt>) -> Option<Bolt> {
        let Some(device) = self.registry.get_mut(ieee) else { return bolt };
        if matches!(bolt, Some(Bolt::Locked | Bolt::Unlocked)) {
            device.jammed = false;
        }
        let shown = if device.jammed { Some(Bolt::Jammed) } else { bolt };
        if shown == Some(Bolt::Jammed) || (shown.is_some() && shown == device.wanted) {
            device.wanted = None;
            self.agenda.drop_all(|due| matches!(due, Due::Bolt(device, _) if *device == ieee));
        }
        shown
    }

    /// A lock tells what happened at the door. Where the bolt is now is read: the event does not say it for sure.
    pub(super) fn lock_speaks(&mut self, now: Now, ieee: Ieee, endpoint: u8, command: ToClient) {
        if !self.has_cluster(ieee, endpoint, door_lock::CLUSTER) {
            return;
        }
        let (happening, source, user) = match command {
            ToClient::OperationEvent(event) => {
                self.read_bolt(now, ieee);
                (operation(event.code), event.source, event.user)
            }
            ToClient::ProgrammingEvent(event) => {
                self.programmed(now, ieee, event.user);
                (programming(event.code), event.source, event.user)
            }
            _ => return,
        };
        let source = source_of(source);
        // By hand nobody is known; some locks fill the field all the same.
        let user = user.filter(|user| *user != u16::MAX && !matches!(source, Source::Manual | Source::Unknown));
        self.tell(Event::Lock { device: ieee, happening, source, user });
    }

    /// An alarm: some locks tell of jams and tampering only so (ZCL 8, 7.3.2.16.1, alarm mask).
    pub(super) fn alarm(&mut self, now: Now, ieee: Ieee, endpoint: u8, command: alarms::ToClient) {
        let alarms::ToClient::Alarm(alarm) = command else { return };
        if !self.has_cluster(ieee, endpoint, alarm.cluster) {
            return;
        }
        if alarm.cluster == power::CLUSTER {
            return self.take_readings(now, ieee, vec![Reading::BatteryLow(Some(true))]);
        }
        if alarm.cluster != door_lock::CLUSTER {
            return;
        }
        let happening = match alarm.code {
            0 => Happening::Jammed,
            4..=6 => Happening::Tampered,
            other => Happening::Other(other),
        };
        self.tell(Event::Lock { device: ieee, happening, source: Source::Unknown, user: None });
        if happening == Happening::Jammed {
            if let Some(device) = self.registry.get_mut(ieee) {
                device.jammed = true;
            }
            self.take_readings(now, ieee, vec![Reading::LockState(Some(Bolt::Jammed))]);
        }
    }

    /// Whether this endpoint has the cluster that it speaks of; if not, it is counted.
    fn has_cluster(&mut self, ieee: Ieee, endpoint: u8, cluster: u16) -> bool {
        let has = self.registry.get(ieee).is_some_and(|device| device.kept.serves(endpoint, cluster));
        self.counters.misplaced += u64::from(!has);
        has
    }
}

/// A PIN as it travels; no PIN is an empty string, for some locks want one.
pub(super) fn octets(pin: Option<&Pin>) -> SecretOctets {
    let pin = pin.and_then(|pin| door_lock::Pin::new(pin.expose(), door_lock::Pin::LENGTHS).ok());
    SecretOctets::from(pin.as_ref())
}

/// What a lock answered to a command.
pub(super) fn lock_answer(answer: &Answer, command: u8) -> Result<(), Failure> {
    let Answer::Frame { frame, .. } = answer else { return Err(Failure::Unclear) };
    if let Some(status) = default_response(frame, command) {
        return match status {
            Status::UnsupportedCommand | Status::UnsupportedGeneralCommand => Err(Failure::NotCapable),
            status if status.is_success() => Ok(()),
            status => Err(Failure::Rejected(status.into())),
        };
    }
    match frame.cluster::<ToClient>() {
        Some(Ok(ToClient::LockResponse(status) | ToClient::UnlockResponse(status))) => match status {
            Status::Success => Ok(()),
            _ => Err(Failure::LockRefused),
        },
        Some(Ok(ToClient::SetPinResponse(status))) => match status {
            SetPinStatus::Success => Ok(()),
            other => Err(Failure::Rejected(other.into())),
        },
        Some(Ok(ToClient::ClearPinResponse(status) | ToClient::SetUserStatusResponse(status))) => match status {
            Status::Success => Ok(()),
            other => Err(Failure::Rejected(other.into())),
        },
        _ => Err(Failure::Unclear),
    }
}

fn operation(code: OperationCode) -> Happening {
    match code {
        OperationCode::Lock
        | OperationCode::OneTouchLock
        | OperationCode::KeyLock
        | OperationCode::ScheduleLock
        | OperationCode::ManualLock => Happening::Locked,
        OperationCode::Unlock
        | OperationCode::KeyUnlock
        | OperationCode::ScheduleUnlock
        | OperationCode::ManualUnlock => Happening::Unlocked,
        OperationCode::LockInvalidPin | OperationCode::LockInvalidSchedule => Happening::LockRefused,
        OperationCode::UnlockInvalidPin | OperationCode::UnlockInvalidSchedule => Happening::UnlockRefused,
        OperationCode::AutoLock => Happening::AutoLocked,
        OperationCode::NonAccessUser => Happening::NonAccessUser,
        OperationCode::Unknown | OperationCode::Other(_) => Happening::Other(code.into()),
    }
}

fn programming(code: ProgrammingCode) -> Happening {
    match code {
        ProgrammingCode::MasterCodeChanged => Happening::MasterChanged,
        ProgrammingCode::PinAdded => Happening::PinAdded,
        ProgrammingCode::PinDeleted => Happening::PinDeleted,
        ProgrammingCode::PinChanged => Happening::PinChanged,
        other => Happening::Other(other.into()),
    }
}

fn source_of(source: EventSource) -> Source {
    match source {
        EventSource::Keypad => Source::Keypad,
        EventSource::Rf => Source::Radio,
        EventSource::Manual => Source::Manual,
        EventSource::Rfid => Source::Rfid,
        EventSource::Indeterminate | EventSource::Other(_) => Source::Unknown,
    }
}
