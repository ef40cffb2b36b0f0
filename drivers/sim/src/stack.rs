//! A coordinator with Z-Stack 3.x.0 on a 32-bit chip, as its host sees it: Monitor and Test frames in and out.
//!
//! Knows the adapter's memory, network life, endpoints and children. Does not know bytes on a line, nor what devices do:
//! messages to them leave as [`Output::Air`].

mod data;
mod management;
mod memory;
mod network;
mod nib;
mod nv;
mod util;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use zigbee::mt::{Frame, Kind, Subsystem};
use zigbee::wire::Ieee;
use zigbee::znp::sys::{Product, ResetInd, ResetReason, RpcError, RpcErrorCode};
use zigbee::znp::util::DeviceState;
use zigbee::znp::{Areq, Sreq, Srsp, af, nv as item};

pub(crate) use self::nib::Network;
pub(crate) use self::nv::{Key, Nv};
use crate::agenda::Agenda;
use crate::air::{Downlink, Ticket};
use crate::rng::Rng;
use crate::timing::Timing;

/// Date of the build, as a number.
const BUILD: u32 = 20_230_507;
/// Complaints kept.
const MAX_COMPLAINTS: usize = 100;

/// What the adapter does to the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    /// Tells the host.
    Frame(Frame),
    /// Sends to a device.
    Air(Downlink),
    /// Opens its network for joining, or closes it.
    Open(bool),
    /// Has left its network; so have the devices.
    Forgot,
    /// Restarts; what was on its way is lost.
    Restart,
}

/// What happens later.
#[derive(Clone, Debug)]
enum Due {
    Send(Output),
    State(DeviceState),
    Formed,
    Ready(ResetReason),
    ToSelf(af::DataRequest),
    Zdo { destination: u16, cluster: u16, sequence: u8, payload: Vec<u8> },
    Close,
}

/// The adapter.
#[derive(Debug)]
pub(crate) struct Stack {
    nv: Nv,
    dirty: bool,
    timing: Timing,
    rng: Rng,
    ram: Ram,
    agenda: Agenda<Due>,
    /// What follows the answer being made, with the delay after it.
    after: Vec<(Duration, Due)>,
    out: VecDeque<Output>,
    waiting: bool,
    resets: u32,
    complaints: Vec<String>,
}

/// What a restart loses.
#[derive(Debug)]
struct Ram {
    state: DeviceState,
    starting: bool,
    endpoints: BTreeMap<u8, af::Register>,
    /// ZDO clusters whose messages the host wants whole; 0xFFFF is all.
    callbacks: BTreeSet<u16>,
    primary: u32,
    open_until: Option<Duration>,
    groups: BTreeSet<(u8, u16)>,
    in_flight: BTreeSet<(u8, u8)>,
    /// Children that the host took out of the association table.
    unlisted: BTreeSet<Ieee>,
    sequence: u8,
}

impl Default for Ram {
    fn default() -> Self {
        Self {
            state: DeviceState::Hold,
            starting: false,
            endpoints: BTreeMap::new(),
            callbacks: BTreeSet::new(),
            // The base device's default, channel 11; the host's choice is lost with the rest.
            primary: 1 << 11,
            open_until: None,
            groups: BTreeSet::new(),
            in_flight: BTreeSet::new(),
            unlisted: BTreeSet::new(),
            sequence: 0,
        }
    }
}

impl Stack {
    /// An adapter with power applied.
    pub(crate) fn new(nv: Nv, timing: Timing, rng: Rng) -> Self {
        Self {
            nv,
            dirty: false,
            timing,
            rng,
            ram: Ram::default(),
            agenda: Agenda::default(),
            after: Vec::new(),
            out: VecDeque::new(),
            waiting: false,
            resets: 0,
            complaints: Vec::new(),
        }
    }

    /// Its memory.
    pub(crate) fn nv(&self) -> &Nv {
        &self.nv
    }

    /// Takes another memory, before anything else happened.
    pub(crate) fn replace_memory(&mut self, nv: Nv) {
        self.nv = nv;
    }

    /// True once after the memory changed.
    pub(crate) fn take_dirty(&mut self) -> bool {
        std::mem::take(&mut self.dirty)
    }

    /// Where it stands.
    pub(crate) fn state(&self) -> DeviceState {
        self.ram.state
    }

    /// Endpoints that the host opened.
    pub(crate) fn endpoints(&self) -> impl Iterator<Item = u8> {
        self.ram.endpoints.keys().copied()
    }

    /// Restarts since it was made.
    pub(crate) fn resets(&self) -> u32 {
        self.resets
    }

    /// What the host did that no stick would take well.
    pub(crate) fn complaints(&self) -> &[String] {
        &self.complaints
    }

    /// When [`Stack::handle_timeout`] wants to be called.
    pub(crate) fn deadline(&self) -> Option<Duration> {
        self.agenda.next()
    }

    /// What it does next.
    pub(crate) fn poll(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    /// Takes a frame of the host.
    pub(crate) fn handle_frame(&mut self, now: Duration, frame: &Frame) {
        match frame.kind() {
            Kind::Areq => match Areq::decode(frame) {
                Ok(Areq::SysReset(_)) => self.reset(now, ResetReason::PowerUp),
                _ => self.complain(format!("{frame:?} from the host")),
            },
            Kind::Sreq if self.is_restarting() => {}
            Kind::Sreq => self.handle_request(now, frame),
            Kind::Poll | Kind::Srsp => self.complain(format!("{frame:?} from the host")),
        }
        self.handle_timeout(now);
    }

    fn handle_request(&mut self, now: Duration, frame: &Frame) {
        if std::mem::replace(&mut self.waiting, true) {
            self.complain(format!("{frame:?} before the answer to the request before it"));
        }
        let answer = self.answer(now, frame);
        let at = now + self.timing.answer;
        self.agenda.push(at, Due::Send(Output::Frame(answer.encode())));
        for (delay, due) in std::mem::take(&mut self.after) {
            self.agenda.push(at + delay, due);
        }
    }

    fn answer(&mut self, now: Duration, frame: &Frame) -> Srsp {
        let request = Sreq::decode(frame).ok().filter(|_| management::is_complete(frame));
        let Some(request) = request else {
            self.complain(format!("bad data in {frame:?}"));
            return refuse(RpcErrorCode::Length, frame);
        };
        let (answer, error) = match frame.command().subsystem {
            Subsystem::Sys => (self.system(&request), RpcErrorCode::Command),
            Subsystem::Af => (self.framework(&request), RpcErrorCode::Command),
            Subsystem::Zdo => (self.device_object(now, &request), RpcErrorCode::Command),
            Subsystem::Util => (self.utility(&request), RpcErrorCode::Command),
            Subsystem::AppCnf => (self.commissioning(&request), RpcErrorCode::Command),
            Subsystem::GreenPower => (None, RpcErrorCode::Command),
            _ => (None, RpcErrorCode::Subsystem),
        };
        answer.unwrap_or_else(|| refuse(error, frame))
    }

    /// Does what is due.
    pub(crate) fn handle_timeout(&mut self, now: Duration) {
        while let Some(due) = self.agenda.pop(now) {
            match due {
                Due::Send(output) => {
                    if matches!(&output, Output::Frame(frame) if frame.kind() == Kind::Srsp) {
                        self.waiting = false;
                    }
                    self.out.push_back(output);
                }
                Due::State(state) => self.enter(state),
                Due::Formed => self.form(),
                Due::Ready(reason) => self.ready(now, reason),
                Due::ToSelf(request) => self.loop_back(now, request),
                Due::Zdo { destination, cluster, sequence, payload } => {
                    self.send_zdo(now, destination, cluster, sequence, payload);
                }
                Due::Close => self.close_if_over(now),
            }
        }
    }

    /// Restarts, as on a command, by the watchdog or by the reset pin.
    pub(crate) fn reset(&mut self, now: Duration, reason: ResetReason) {
        self.resets += 1;
        self.waiting = false;
        self.agenda.clear();
        self.out.push_back(Output::Restart);
        self.out.push_back(Output::Open(false));
        let option = self.nv.byte(item::STARTUP_OPTION).unwrap_or(0);
        if option & 3 != 0 {
            self.nv.forget_network(&mut self.rng);
            self.nv.set((0, item::STARTUP_OPTION), vec![option & !3]);
            self.out.push_back(Output::Forgot);
        }
        let factory = self.nv.factory;
        self.nv.plain.entry(item::EXTADDR).or_insert_with(|| factory.0.to_le_bytes().into());
        self.ram = Ram { starting: true, ..Ram::default() };
        self.dirty = true;
        self.agenda.push(now + self.timing.reset, Due::Ready(reason));
    }

    fn ready(&mut self, now: Duration, reason: ResetReason) {
        self.ram.starting = false;
        let indication =
            ResetInd { reason, transport: 2, product: Product::ZStack3x0, major: 2, minor: 7, hardware: 1 };
        self.tell(now, Duration::ZERO, &Areq::SysResetInd(indication));
    }

    fn is_restarting(&self) -> bool {
        self.ram.starting
    }

    fn is_running(&self) -> bool {
        self.ram.state == DeviceState::Coordinator
    }

    /// Tells the host something after a delay.
    fn tell(&mut self, now: Duration, delay: Duration, message: &Areq) {
        self.agenda.push(now + delay, Due::Send(Output::Frame(message.encode())));
    }

    /// Tells the host something after the answer being made.
    fn tell_after(&mut self, delay: Duration, message: &Areq) {
        self.after.push((delay, Due::Send(Output::Frame(message.encode()))));
    }

    fn complain(&mut self, what: String) {
        tracing::debug!(what, "the host did something odd");
        if self.complaints.len() < MAX_COMPLAINTS {
            self.complaints.push(what);
        }
    }

    fn ticket(&self, request: &af::DataRequest) -> Ticket {
        Ticket { endpoint: request.source_endpoint, transaction: request.transaction, life: self.resets }
    }
}

fn refuse(code: RpcErrorCode, frame: &Frame) -> Srsp {
    let command = frame.command();
    Srsp::RpcError(RpcError { code, cmd0: 0x20 | u8::from(command.subsystem), cmd1: command.id })
}

#[cfg(test)]
mod tests;
