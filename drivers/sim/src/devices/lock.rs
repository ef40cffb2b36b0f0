//! A door lock: a bolt that takes its time and may jam, PINs, events.
//!
//! The answer to a command says only that it was accepted; the bolt's state follows by report.

mod pins;

use std::time::Duration;

use serde_json::{Value as Json, json};
use zigbee::wire::Bytes;
use zigbee::zcl::alarms::{self, Alarm};
use zigbee::zcl::door_lock::{
    CLUSTER, DoorState, EventSource, LockState, OperationCode, OperationEvent, Pin, PinRecord, ProgrammingCode,
    ProgrammingEvent, SecretOctets, ToClient, ToServer, UserStatus, UserType, attribute,
};
use zigbee::zcl::{Frame, Request, Status, Value};

use self::pins::Pins;
use super::attribute::Attribute;
use super::model::{Deed, Model, Reaction, Scene};

const STATE: (u16, u16) = (CLUSTER, attribute::LOCK_STATE);
/// No user.
const NOBODY: u16 = 0xFFFF;
/// Bolt jammed, in the alarms cluster.
const JAMMED: u8 = 0;

/// How a lock is built.
#[derive(Clone, Copy, Debug)]
pub struct Build {
    /// Time that the bolt takes.
    pub bolt: Duration,
    /// Commands by radio need a PIN.
    pub pin_required: bool,
    /// Seconds until it locks by itself; 0 is never.
    pub relock: u32,
}

/// A turn of the bolt that is under way or planned.
#[derive(Clone, Copy, Debug)]
struct Turn {
    at: Duration,
    lock: bool,
    source: EventSource,
    code: OperationCode,
    user: u16,
}

/// The lock.
#[derive(Debug)]
pub(crate) struct Lock {
    build: Build,
    jammed: bool,
    pins: Pins,
    turn: Option<Turn>,
    relock: Option<Duration>,
    /// How often an unlock by radio was accepted, and how often it moved the bolt.
    unlocks: (u64, u64),
}

impl Lock {
    /// A lock, locked, without PINs.
    pub(crate) fn new(build: Build) -> Self {
        Self { build, jammed: false, pins: Pins::default(), turn: None, relock: None, unlocks: (0, 0) }
    }

    /// Attributes of the cluster, and of alarms.
    pub(crate) fn attributes(build: Build) -> Vec<Attribute> {
        let new = |id, value| Attribute::new(CLUSTER, id, value);
        vec![
            new(attribute::LOCK_STATE, Value::enum8(LockState::Locked.into())).reported(),
            new(attribute::LOCK_TYPE, Value::enum8(0)),
            new(attribute::ACTUATOR_ENABLED, Value::bool(true)),
            new(attribute::DOOR_STATE, Value::enum8(DoorState::Closed.into())).reported(),
            new(attribute::NUMBER_OF_USERS, Value::uint16(pins::SLOTS)),
            new(attribute::NUMBER_OF_PIN_USERS, Value::uint16(pins::SLOTS)),
            new(attribute::MAX_PIN_LENGTH, Value::uint8(pins::LENGTHS.1)),
            new(attribute::MIN_PIN_LENGTH, Value::uint8(pins::LENGTHS.0)),
            new(attribute::AUTO_RELOCK_TIME, Value::uint32(build.relock)).writable().reported(),
            new(attribute::SOUND_VOLUME, Value::uint8(1)).writable().reported().within(0..=2),
            new(attribute::OPERATING_MODE, Value::enum8(0)).writable().reported().within(0..=4),
            new(attribute::SUPPORTED_OPERATING_MODES, Value::bitmap16(1)),
            new(attribute::SEND_PIN_OVER_THE_AIR, Value::bool(false)).writable().reported(),
            new(attribute::REQUIRE_PIN_FOR_RF_OPERATION, Value::bool(build.pin_required)).writable().reported(),
            new(attribute::ALARM_MASK, Value::bitmap16(0x00FF)).writable().reported(),
            new(attribute::KEYPAD_OPERATION_EVENT_MASK, Value::bitmap16(0x00FF)).writable().reported(),
            new(attribute::RF_OPERATION_EVENT_MASK, Value::bitmap16(0x00FF)).writable().reported(),
            new(attribute::MANUAL_OPERATION_EVENT_MASK, Value::bitmap16(0x00FF)).writable().reported(),
            Attribute::new(alarms::CLUSTER, alarms::attribute::ALARM_COUNT, Value::uint16(0)),
        ]
    }

    /// Takes lock, unlock or toggle by radio.
    fn operate(&mut self, scene: &mut Scene<'_>, lock: bool, pin: &SecretOctets) -> Status {
        let required = scene.attributes.number((CLUSTER, attribute::REQUIRE_PIN_FOR_RF_OPERATION)) != 0;
        let user = if pin.is_none() { None } else { self.pins.user_of(pin.octets()) };
        if (required || !pin.is_none()) && user.is_none() {
            let code = if lock { OperationCode::LockInvalidPin } else { OperationCode::UnlockInvalidPin };
            tell_operation(scene, EventSource::Rf, code, NOBODY);
            return Status::Failure;
        }
        let code = if lock { OperationCode::Lock } else { OperationCode::Unlock };
        if !lock {
            self.unlocks.0 += 1;
        }
        self.start(scene.now, lock, EventSource::Rf, code, user.unwrap_or(NOBODY));
        Status::Success
    }

    fn start(&mut self, now: Duration, lock: bool, source: EventSource, code: OperationCode, user: u16) {
        self.turn = Some(Turn { at: now + self.build.bolt, lock, source, code, user });
    }

    fn finish(&mut self, scene: &mut Scene<'_>, turn: Turn) {
        let before = scene.attributes.number(STATE);
        if self.jammed {
            scene.attributes.set_number(STATE, u8::from(LockState::NotFullyLocked).into());
            let alarm = alarms::ToClient::Alarm(Alarm { code: JAMMED, cluster: CLUSTER });
            if scene.attributes.number((CLUSTER, attribute::ALARM_MASK)) & 1 != 0 {
                scene.tell(&[alarms::CLUSTER, CLUSTER], Request::cluster(&alarm));
            }
            return;
        }
        let state = i64::from(u8::from(if turn.lock { LockState::Locked } else { LockState::Unlocked }));
        if !turn.lock && turn.source == EventSource::Rf && before != state {
            self.unlocks.1 += 1;
        }
        scene.attributes.set_number(STATE, state);
        tell_operation(scene, turn.source, turn.code, turn.user);
        let relock = u64::try_from(scene.attributes.number((CLUSTER, attribute::AUTO_RELOCK_TIME))).unwrap_or(0);
        self.relock = (!turn.lock && relock > 0).then(|| scene.now + Duration::from_secs(relock));
    }

    fn program(&mut self, scene: &mut Scene<'_>, command: &ToServer) -> Option<ToClient> {
        let (answer, told) = match command {
            ToServer::SetPin(record) => {
                let (status, code) = self.pins.set(record);
                (ToClient::SetPinResponse(status), code.map(|code| (code, record.user)))
            }
            ToServer::GetPin(user) => {
                let plain = scene.attributes.number((CLUSTER, attribute::SEND_PIN_OVER_THE_AIR)) != 0;
                (ToClient::GetPinResponse(self.pins.get(*user, plain)), None)
            }
            ToServer::ClearPin(user) => {
                let known = self.pins.clear(*user);
                let status = if *user < pins::SLOTS { Status::Success } else { Status::Failure };
                (ToClient::ClearPinResponse(status), known.then_some((ProgrammingCode::PinDeleted, *user)))
            }
            ToServer::ClearAllPins => {
                self.pins = Pins::default();
                (ToClient::ClearAllPinsResponse(Status::Success), Some((ProgrammingCode::PinDeleted, NOBODY)))
            }
            ToServer::SetUserStatus(record) => {
                (ToClient::SetUserStatusResponse(done(self.pins.set_status(record.user, record.status))), None)
            }
            ToServer::GetUserStatus(user) => (ToClient::GetUserStatusResponse(self.pins.status(*user)), None),
            ToServer::SetUserType(record) => {
                (ToClient::SetUserTypeResponse(done(self.pins.set_kind(record.user, record.kind))), None)
            }
            ToServer::GetUserType(user) => (ToClient::GetUserTypeResponse(self.pins.kind(*user)), None),
            _ => return None,
        };
        if let Some((code, user)) = told {
            self.tell_programming(scene, EventSource::Rf, code, user);
        }
        Some(answer)
    }

    /// Somebody with the master code programs a PIN on the keypad.
    fn program_by_hand(&mut self, scene: &mut Scene<'_>, user: u16, pin: Option<&Pin>) {
        let code = match pin {
            Some(pin) => {
                let (status, kind, pin) = (UserStatus::Enabled, UserType::Unrestricted, SecretOctets::from(pin));
                self.pins.set(&PinRecord { user, status, kind, pin }).1
            }
            None => self.pins.clear(user).then_some(ProgrammingCode::PinDeleted),
        };
        if let Some(code) = code {
            self.tell_programming(scene, EventSource::Keypad, code, user);
        }
    }

    /// Tells of a change (7.3.2.17.39).
    fn tell_programming(&self, scene: &mut Scene<'_>, source: EventSource, code: ProgrammingCode, user: u16) {
        let event = ProgrammingEvent {
            source,
            code,
            user: Some(user),
            pin: Some(SecretOctets::none()),
            kind: Some(self.pins.kind(user).kind),
            status: Some(self.pins.status(user).status),
            time: Some(0),
            data: Some(Bytes::default()),
        };
        scene.tell(&[CLUSTER], Request::cluster(&ToClient::ProgrammingEvent(event)));
    }
}

impl Model for Lock {
    fn command(&mut self, scene: &mut Scene<'_>, cluster: u16, frame: &Frame) -> Option<Reaction> {
        if cluster == alarms::CLUSTER {
            return Some(Reaction::Status(Status::Success));
        }
        let Ok(command) = frame.cluster::<ToServer>().filter(|_| cluster == CLUSTER)? else {
            return Some(Reaction::Status(Status::Malformed));
        };
        let answer = match &command {
            ToServer::Lock(pin) => ToClient::LockResponse(self.operate(scene, true, pin)),
            ToServer::Unlock(pin) => ToClient::UnlockResponse(self.operate(scene, false, pin)),
            ToServer::Toggle(pin) => {
                let lock = scene.attributes.number(STATE) != i64::from(u8::from(LockState::Locked));
                ToClient::ToggleResponse(self.operate(scene, lock, pin))
            }
            ToServer::UnlockWithTimeout(unlock) => {
                let status = self.operate(scene, false, &unlock.pin);
                if status.is_success() {
                    self.relock = Some(scene.now + self.build.bolt + Duration::from_secs(unlock.timeout.into()));
                }
                ToClient::UnlockWithTimeoutResponse(status)
            }
            other => self.program(scene, other)?,
        };
        Some(Reaction::Answer(Request::cluster(&answer)))
    }

    fn deadline(&self) -> Option<Duration> {
        crate::agenda::earlier(self.turn.map(|turn| turn.at), self.relock)
    }

    fn advance(&mut self, scene: &mut Scene<'_>) {
        if let Some(turn) = self.turn.take_if(|turn| turn.at <= scene.now) {
            let planned = self.relock;
            self.finish(scene, turn);
            self.relock = self.relock.or(planned.filter(|_| !turn.lock));
        }
        if self.relock.take_if(|at| *at <= scene.now).is_some() {
            self.start(scene.now, true, EventSource::Manual, OperationCode::AutoLock, NOBODY);
        }
    }

    fn suffer(&mut self, scene: &mut Scene<'_>, deed: Deed) -> bool {
        match deed {
            Deed::Turn { lock } => {
                let code = if lock { OperationCode::ManualLock } else { OperationCode::ManualUnlock };
                self.start(scene.now, lock, EventSource::Manual, code, NOBODY);
            }
            Deed::Type { user, lock } => {
                let code = if lock { OperationCode::Lock } else { OperationCode::Unlock };
                self.start(scene.now, lock, EventSource::Keypad, code, user);
            }
            Deed::Program { user, pin } => self.program_by_hand(scene, user, pin.as_ref()),
            Deed::Jam(jammed) => self.jammed = jammed,
            Deed::Open(open) => {
                let state = if open { DoorState::Open } else { DoorState::Closed };
                scene.attributes.set_number((CLUSTER, attribute::DOOR_STATE), u8::from(state).into());
            }
        }
        true
    }

    fn forget(&mut self, _: &mut Scene<'_>) {
        self.pins = Pins::default();
    }

    fn save(&self) -> Json {
        self.pins.save()
    }

    fn load(&mut self, saved: &Json) {
        self.pins = Pins::load(saved);
    }

    fn status(&self) -> Json {
        json!({
            "jammed": self.jammed,
            "moving": self.turn.is_some(),
            "unlocks_accepted": self.unlocks.0,
            "unlocks_that_moved_the_bolt": self.unlocks.1,
            "pin_users": self.pins.users(),
        })
    }
}

fn done(success: bool) -> Status {
    if success { Status::Success } else { Status::Failure }
}

fn tell_operation(scene: &mut Scene<'_>, source: EventSource, code: OperationCode, user: u16) {
    let mask = match source {
        EventSource::Keypad => attribute::KEYPAD_OPERATION_EVENT_MASK,
        EventSource::Rf => attribute::RF_OPERATION_EVENT_MASK,
        _ => attribute::MANUAL_OPERATION_EVENT_MASK,
    };
    if scene.attributes.number((CLUSTER, mask)) == 0 {
        return;
    }
    let event = OperationEvent {
        source,
        code,
        user: Some(user),
        pin: Some(SecretOctets::none()),
        // The lock has no clock.
        time: Some(0),
        data: Some(Bytes::default()),
    };
    scene.tell(&[CLUSTER], Request::cluster(&ToClient::OperationEvent(event)));
}

#[cfg(test)]
mod tests;
