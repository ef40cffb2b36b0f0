//! The coordinator without its adapter: state, and which part of it takes what.

use std::collections::VecDeque;
use std::time::Duration;

use home::{AdapterName, AdapterStatus, CommandId, Delivery, DriverRecord, Event, Failure, Ieee, Now};

use super::agenda::Agenda;
use super::air::{Air, Loose, Out};
use super::gate::Gate;
use super::job::{Ended, Purpose};
use super::record::Kept;
use super::registry::{Device, Registry};
use super::rule::Miss;
use crate::ncp::{Indication, Request, Running, SendError, ZdoResponse};
use crate::network;

/// What was odd so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Frames that are no ZCL frames.
    pub unreadable: u64,
    /// Frames that came twice.
    pub echoes: u64,
    /// Frames from short addresses that no known device has.
    pub strangers: u64,
    /// Values and events from endpoints that do not have the cluster.
    pub misplaced: u64,
    /// Times that a device announced itself for which there was no room.
    pub turned_away: u64,
}

/// Something to do later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// Go on with an interview.
    Interview(Ieee),
    /// Read an attribute that was written and not reported.
    ReadBack {
        /// The device.
        device: Ieee,
        /// Its endpoint.
        endpoint: u8,
        /// The cluster.
        cluster: u16,
        /// The attribute.
        attribute: u16,
    },
    /// Read where a bolt is, for the so-manieth time.
    Bolt(Ieee, u8),
    /// Ask whether a device that came back still reports.
    Check(Ieee),
    /// Look who was silent.
    Presence,
    /// Tell how long devices may join.
    Joining,
}

impl Due {
    /// The device that it is about.
    fn device(self) -> Option<Ieee> {
        match self {
            Self::Interview(device) | Self::ReadBack { device, .. } | Self::Bolt(device, _) | Self::Check(device) => {
                Some(device)
            }
            Self::Presence | Self::Joining => None,
        }
    }
}

/// The coordinator without its adapter.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) adapter: AdapterName,
    pub(super) registry: Registry,
    pub(super) air: Air,
    pub(super) agenda: Agenda<Due>,
    pub(super) gate: Gate,
    pub(super) running: Option<Running>,
    pub(super) counters: Counters,
    events: VecDeque<Event>,
}

impl Core {
    /// Knows the devices of `known`. A damaged record costs a new interview, not the device.
    pub(super) fn new(adapter: AdapterName, known: Vec<(Ieee, DriverRecord)>) -> Self {
        let mut core = Self {
            adapter,
            registry: Registry::default(),
            air: Air::default(),
            agenda: Agenda::default(),
            gate: Gate::default(),
            running: None,
            counters: Counters::default(),
            events: VecDeque::new(),
        };
        for (ieee, record) in known {
            let kept = Kept::decode(&record).unwrap_or_else(|error| {
                tracing::warn!(device = %ieee, %error, "device record not readable");
                Kept::default()
            });
            core.air.place(ieee, kept.nwk, kept.is_sleepy());
            core.registry.add(ieee, Device::new(kept, Some(record), Duration::ZERO));
        }
        core
    }

    /// The port was opened.
    pub(super) fn link_up(&mut self) {
        self.show_adapter(AdapterStatus::Starting);
    }

    /// The port is gone.
    pub(super) fn link_down(&mut self, reason: &str) {
        self.down(AdapterStatus::Offline { reason: reason.to_owned() });
    }

    /// Takes what the adapter tells.
    pub(super) fn indication(&mut self, now: Now, indication: Indication) {
        match indication {
            Indication::KeepNetwork(network) => {
                let record = network::encode(&network);
                self.tell(Event::NetworkRecord { adapter: self.adapter.clone(), record });
            }
            Indication::Up(running) => self.up(now, running),
            Indication::Down { reason } => self.down(AdapterStatus::Offline { reason }),
            Indication::Refused { reason } => self.down(AdapterStatus::Refused { reason }),
            Indication::Data(incoming) => self.hear(now, &incoming),
            Indication::Sent { tag, result } => self.air.sent(now.up, tag, result),
            Indication::Zdo { tag, result } => self.air.objects(now.up, tag, result),
            Indication::Joined { ieee, nwk } => self.joined(now, ieee, nwk),
            Indication::Left { ieee } => self.left(ieee),
            Indication::Moved { ieee, nwk } => self.moved(ieee, nwk),
        }
    }

    fn up(&mut self, now: Now, running: Running) {
        self.show_adapter(AdapterStatus::Online {
            channel: running.channel,
            pan_id: running.pan_id,
            firmware: running.firmware.clone(),
        });
        self.running = Some(running);
        self.air.up();
        self.welcome(now);
    }

    fn down(&mut self, status: AdapterStatus) {
        self.running = None;
        self.air.down();
        self.close_joining();
        self.show_adapter(status);
    }

    fn show_adapter(&mut self, status: AdapterStatus) {
        self.tell(Event::Adapter { adapter: self.adapter.clone(), status });
    }

    /// Lets time pass.
    pub(super) fn timeout(&mut self, now: Now) {
        self.air.expire(now.up);
        while let Some(due) = self.agenda.due(now.up) {
            match due {
                Due::Interview(device) => self.resume(now, device),
                Due::ReadBack { device, endpoint, cluster, attribute } => {
                    self.read_back(now, device, endpoint, cluster, &[attribute]);
                }
                Due::Bolt(device, _) => self.read_bolt(now, device),
                Due::Check(device) => self.check(now, device),
                Due::Presence => self.look_who_is_silent(now),
                Due::Joining => self.count_down(now),
            }
        }
    }

    /// Sends what can be sent, and acts on what came of what was sent, until nothing moves.
    pub(super) fn settle(&mut self, now: Now) {
        self.air.pump(now.up);
        while let Some(out) = self.air.poll() {
            match out {
                Out::Ended(ended) => self.ended(now, ended),
                Out::Queued(command, left) => self.deliver(command, Delivery::Queued(left)),
                Out::Loose(loose, result) => self.loose_ended(now, loose, result),
            }
            self.air.pump(now.up);
        }
    }

    fn ended(&mut self, now: Now, ended: Ended) {
        let Ended { device, purpose, command, result } = ended;
        self.count_miss(device, &purpose, &result);
        match purpose {
            Purpose::Interview(step) => self.stepped(now, device, step, &result),
            Purpose::Write { command: id, endpoint, cluster, attribute } => {
                let back = Due::ReadBack { device, endpoint, cluster, attribute };
                self.written(now, id, back, attribute, command, result);
            }
            Purpose::Bolt { command: id, want } => self.bolt_ended(now, device, id, want, command, result),
            Purpose::Pin { command: id, slot } => self.pin_ended(now, device, id, slot, command, result),
            Purpose::CodeLimits(id) => self.code_limits_ended(now, device, id, result),
            Purpose::Code { slot, walk } => self.code_ended(now, device, slot, walk, command, result),
            Purpose::Values(id) => self.values_ended(now, device, id, result),
            Purpose::Check => self.checked(now, device, result),
            Purpose::Ping | Purpose::Nothing => {}
        }
        self.let_sleep(device);
    }

    fn loose_ended(&mut self, now: Now, loose: Loose, result: Result<Option<ZdoResponse>, SendError>) {
        match (loose, result) {
            (Loose::Permit { seconds, command }, result) => {
                self.permitted(now, seconds, command, result.map(|_| ()));
            }
            (Loose::Address(asked), Ok(Some(ZdoResponse::NetworkAddress { ieee, nwk }))) if ieee == asked => {
                self.moved(ieee, nwk);
            }
            (Loose::Who(asked), Ok(Some(ZdoResponse::NetworkAddress { ieee, nwk }))) if nwk == asked => {
                self.introduced(now, ieee, nwk);
            }
            (Loose::Leave { ieee, .. }, Ok(_)) => self.gate.gone(ieee),
            (loose, result) => tracing::debug!(?loose, ?result, "question to the network ended"),
        }
    }

    /// Tells the house.
    pub(super) fn tell(&mut self, event: Event) {
        self.events.push_back(event);
    }

    /// Tells what became of a command.
    pub(super) fn deliver(&mut self, command: CommandId, delivery: Delivery) {
        self.tell(Event::Delivery { command, delivery });
    }

    /// Tells that a command came to nothing.
    pub(super) fn fail(&mut self, command: CommandId, failure: Failure) {
        self.deliver(command, Delivery::Failed(failure));
    }

    /// Has a device's record kept if it changed.
    pub(super) fn keep(&mut self, ieee: Ieee) {
        if let Some(record) = self.registry.get_mut(ieee).and_then(Device::news) {
            self.tell(Event::DeviceRecord { device: ieee, record });
        }
    }

    /// Notes where a device is: its lane and its record follow.
    pub(super) fn place(&mut self, ieee: Ieee) {
        if let Some(device) = self.registry.get(ieee) {
            self.air.place(ieee, device.kept.nwk, device.kept.is_sleepy());
        }
        self.keep(ieee);
    }

    /// Forgets a device, if it was known; what was asked of it has failed.
    pub(super) fn forget(&mut self, ieee: Ieee) -> Option<Device> {
        let asked = self.air.remove(ieee);
        self.agenda.drop_all(|due| due.device() == Some(ieee));
        let device = self.registry.remove(ieee)?;
        for command in asked.into_iter().chain(device.interview.command) {
            self.fail(command, Failure::Removed);
        }
        Some(device)
    }

    /// What the adapter is to do.
    pub(super) fn poll_request(&mut self) -> Option<Request> {
        self.air.poll_request()
    }

    /// What happened.
    pub(super) fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When [`Core::timeout`] is to be called next.
    pub(super) fn next_change(&self, up: Duration) -> Option<Duration> {
        [self.air.next_change(up), self.agenda.next()].into_iter().flatten().min()
    }

    /// What was odd so far.
    pub(super) fn counters(&self) -> Counters {
        self.counters
    }
}

/// A miss in the house's words.
pub(super) fn failure(miss: Miss) -> Failure {
    match miss {
        Miss::Unreachable | Miss::Asleep => Failure::Unreachable,
        Miss::Expired => Failure::Expired,
        Miss::Unclear => Failure::Unclear,
        Miss::AdapterOffline => Failure::AdapterOffline,
        Miss::Superseded => Failure::Superseded,
        Miss::Busy => Failure::Busy,
        Miss::Objects(status) => Failure::Rejected(status),
    }
}
