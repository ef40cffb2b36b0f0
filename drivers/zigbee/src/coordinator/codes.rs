//! PIN slots of locks: changed one by one, and read back, for a lock's "done" to a change does not say what is there now.
//!
//! Knows no PIN but the one on its way. What the hub wanted and whether a slot differs from it, the house knows.

use std::time::Duration;

use home::codes::{Limits, SlotState};
use home::{Action, CommandId, Delivery, Event, Failure, Ieee, Now};

use super::bolts::{lock_answer, octets};
use super::core::{Core, failure};
use super::interview::read_job;
use super::job::{Answer, Ask, Job, Message, Purpose, Rank, Topic, Walk, default_response};
use super::learn::records;
use super::profile::{self, Quirk};
use super::rule::{Class, Miss};
use crate::zcl::door_lock::attribute::{MAX_PIN_LENGTH, MIN_PIN_LENGTH, NUMBER_OF_PIN_USERS};
use crate::zcl::door_lock::{self, PinRecord, ToClient, ToServer, UserStatus, UserStatusRecord, UserType};
use crate::zcl::{Request, Status};

/// How long a question about a slot may wait for a lock that sleeps: they poll every few seconds.
const TO_ANSWER: Duration = Duration::from_secs(30);
/// Slots of a lock that does not say how many it has.
const USUAL_SLOTS: u16 = 10;
/// The most slots that are asked for; locks on the market have 250 at most.
const MOST_SLOTS: u16 = 256;
/// Lengths of a PIN where a lock does not tell (ZCL 8, 7.3.2.12).
const USUAL_LENGTHS: (u8, u8) = (4, 8);

/// The command to a lock for a change of a slot, if the lock can have that slot.
pub(super) fn change(action: &Action, quirk: &Quirk) -> Option<(u16, ToServer)> {
    let has = |slot: u16| slot >= quirk.first_slot && slot - quirk.first_slot < quirk.slots && slot != u16::MAX;
    let slot = action.slot().filter(|slot| has(*slot))?;
    let status = |status| ToServer::SetUserStatus(UserStatusRecord { user: slot, status });
    let request = match action {
        Action::SetPin { pin, .. } => ToServer::SetPin(PinRecord {
            user: slot,
            status: UserStatus::Enabled,
            kind: UserType::Unrestricted,
            pin: octets(Some(pin)),
        }),
        Action::ClearPin { .. } => ToServer::ClearPin(slot),
        Action::EnablePin { .. } => status(UserStatus::Enabled),
        Action::DisablePin { .. } => status(UserStatus::Disabled),
        _ => return None,
    };
    Some((slot, request))
}

impl Core {
    /// Takes what came of a slot's change, and looks what is in it now unless nothing was sent.
    pub(super) fn pin_ended(
        &mut self,
        now: Now,
        ieee: Ieee,
        id: CommandId,
        slot: u16,
        command: u8,
        result: Result<Answer, Miss>,
    ) {
        let outcome = match result {
            Ok(answer) => lock_answer(&answer, command),
            Err(miss) => Err(failure(miss)),
        };
        self.deliver(id, outcome.map_or_else(Delivery::Failed, |()| Delivery::Delivered));
        if matches!(outcome, Ok(()) | Err(Failure::Unclear)) {
            self.read_code(now, ieee, slot, None);
        }
    }

    /// Somebody changed a slot, or all of them.
    pub(super) fn programmed(&mut self, now: Now, ieee: Ieee, slot: Option<u16>) {
        match slot {
            Some(u16::MAX) => self.read_codes(now, None, ieee),
            Some(slot) => self.read_code(now, ieee, slot, None),
            None => {}
        }
    }

    /// Asks a lock for all its slots.
    pub(super) fn read_codes(&mut self, now: Now, command: Option<CommandId>, ieee: Ieee) {
        let endpoint = self.registry.get(ieee).and_then(|device| device.kept.endpoint_of(door_lock::CLUSTER));
        let Some(endpoint) = endpoint else {
            return command.into_iter().for_each(|command| self.fail(command, Failure::NotCapable));
        };
        let attributes = vec![NUMBER_OF_PIN_USERS, MIN_PIN_LENGTH, MAX_PIN_LENGTH];
        let purpose = Purpose::CodeLimits(command);
        let mut job = read_job(endpoint, door_lock::CLUSTER, attributes, Rank::Background, purpose);
        // It is about other attributes than the reading of the bolt.
        job.topic = None;
        job.deadline = Some(now.up + TO_ANSWER);
        self.air.push(ieee, job);
    }

    /// Takes what a lock says of its slots, and asks for the first.
    pub(super) fn code_limits_ended(
        &mut self,
        now: Now,
        ieee: Ieee,
        command: Option<CommandId>,
        result: Result<Answer, Miss>,
    ) {
        let answer = match result {
            Ok(answer) => answer,
            Err(miss) => return command.into_iter().for_each(|command| self.fail(command, failure(miss))),
        };
        let Some(device) = self.registry.get(ieee) else { return };
        let limits = limits(&answer, profile::quirk(&device.kept));
        self.tell(Event::CodeLimits { device: ieee, limits });
        self.read_code(now, ieee, limits.first, Some(Walk { command, last: limits.last() }));
    }

    /// Asks what is in a slot.
    fn read_code(&mut self, now: Now, ieee: Ieee, slot: u16, walk: Option<Walk>) {
        let Some(device) = self.registry.get(ieee) else { return };
        let Some(endpoint) = device.kept.endpoint_of(door_lock::CLUSTER) else { return };
        let request = Request::cluster(&ToServer::GetUserStatus(slot));
        self.air.push(
            ieee,
            Job {
                ask: Ask::Zcl(Message::asking(endpoint, door_lock::CLUSTER, request)),
                class: Class::Read,
                rank: Rank::Background,
                purpose: Purpose::Code { slot, walk },
                topic: Some(Topic::Code(slot)),
                deadline: Some(now.up + TO_ANSWER),
            },
        );
    }

    /// Takes what a lock says of a slot, and asks for the next one of a walk.
    pub(super) fn code_ended(
        &mut self,
        now: Now,
        ieee: Ieee,
        slot: u16,
        walk: Option<Walk>,
        command: u8,
        result: Result<Answer, Miss>,
    ) {
        let said = result.map_err(failure).and_then(|answer| slot_of(&answer, slot, command));
        if let Ok(Some(state)) = said {
            self.tell(Event::Code { device: ieee, slot, state });
        }
        let Some(walk) = walk else { return };
        match said {
            Ok(_) if slot < walk.last => self.read_code(now, ieee, slot + 1, Some(walk)),
            Ok(_) => walk.command.into_iter().for_each(|command| self.deliver(command, Delivery::Delivered)),
            Err(failure) => walk.command.into_iter().for_each(|command| self.fail(command, failure)),
        }
    }
}

/// What a lock takes: what it told, as far as it makes sense.
fn limits(answer: &Answer, quirk: &Quirk) -> Limits {
    let records = records(answer).unwrap_or_default();
    let number = |attribute: u16| {
        let record = records.iter().find(|record| record.attribute == attribute)?;
        record.result.as_ref().ok()?.number().and_then(|number| u16::try_from(number).ok()).filter(|n| *n > 0)
    };
    let length = |attribute, usual| number(attribute).and_then(|n| u8::try_from(n).ok()).unwrap_or(usual);
    let slots = number(NUMBER_OF_PIN_USERS).unwrap_or(USUAL_SLOTS).min(quirk.slots).min(MOST_SLOTS);
    let (pin_min, pin_max) = (length(MIN_PIN_LENGTH, USUAL_LENGTHS.0), length(MAX_PIN_LENGTH, USUAL_LENGTHS.1));
    let told = pin_min <= pin_max;
    let (pin_min, pin_max) = if told { (pin_min, pin_max) } else { USUAL_LENGTHS };
    Limits { first: quirk.first_slot, slots, pin_min, pin_max }
}

/// What is in `slot` by a lock's answer; nothing if the lock can't tell.
fn slot_of(answer: &Answer, slot: u16, command: u8) -> Result<Option<SlotState>, Failure> {
    let Answer::Frame { frame, .. } = answer else { return Err(Failure::Unclear) };
    match default_response(frame, command) {
        Some(Status::UnsupportedCommand | Status::UnsupportedGeneralCommand) => return Err(Failure::NotCapable),
        Some(status) => return Err(Failure::Rejected(status.into())),
        None => {}
    }
    match frame.cluster::<ToClient>() {
        Some(Ok(ToClient::GetUserStatusResponse(record))) if record.user == slot => Ok(match record.status {
            UserStatus::Available => Some(SlotState::Empty),
            UserStatus::Enabled => Some(SlotState::Enabled),
            UserStatus::Disabled => Some(SlotState::Disabled),
            _ => None,
        }),
        _ => Err(Failure::Unclear),
    }
}
