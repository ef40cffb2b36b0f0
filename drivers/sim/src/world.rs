//! The adapter and its devices in one place: what is on its way between them, who is asleep, who joins.
//!
//! Frames of the host go in and out, orders of a test come in. Does not know bytes on a line, nor the hour of the day.

mod joining;
mod mail;
mod memory;
mod orders;
mod status;

use std::collections::VecDeque;
use std::time::Duration;

use zigbee::mt::Frame;
use zigbee::znp::sys::ResetReason;

use self::mail::Mailbox;
pub(crate) use self::memory::MemoryError;
use self::orders::Burst;
pub(crate) use self::orders::OrderError;
use crate::agenda::{Agenda, earlier};
use crate::air::{Body, Delivery, Downlink, Ticket, Uplink};
use crate::devices::{Act, Device};
use crate::rng::Rng;
use crate::scenario::Scenario;
use crate::stack::{Nv, Output, Stack};
use crate::timing::Timing;

/// What happens later. Numbers are those of seats.
#[derive(Clone, Debug)]
enum Due {
    Deliver { seat: usize, body: Body, broadcast: bool, ticket: Option<Ticket> },
    Uplink { seat: usize, uplink: Uplink },
    NoAck(Ticket),
    Poll(usize),
    Expire(usize),
    Join(usize),
    Announce(usize),
    Leave { seat: usize, rejoin: bool },
    Burst,
}

/// A device and what waits for it at its parent.
#[derive(Debug)]
struct Seat {
    device: Device,
    mail: Mailbox,
    /// The device's deadline, as of its last act.
    deadline: Option<Duration>,
}

/// Everything simulated.
#[derive(Debug)]
pub(crate) struct World {
    stack: Stack,
    seats: Vec<Seat>,
    agenda: Agenda<Due>,
    timing: Timing,
    out: VecDeque<Frame>,
    burst: Option<Burst>,
}

/// Address of the stick, in the block of a maker of sticks.
const STICK: u64 = 0x0012_4B00_5EED_0000;

impl World {
    /// A factory-new stick and devices outside any network.
    pub(crate) fn new(scenario: &Scenario) -> Self {
        let mut rng = Rng::new(scenario.seed);
        let nv = Nv::new(zigbee::wire::Ieee(STICK | (scenario.seed & 0xFFFF)), &mut rng);
        let seat = |plan: crate::devices::Plan| {
            let device = plan.build(&mut rng);
            Seat { deadline: device.deadline(), device, mail: Mailbox::default() }
        };
        let seats = scenario.plans().map(seat).collect();
        let timing = scenario.timing();
        let mut stack = Stack::new(nv, timing, rng);
        if scenario.foreign {
            stack.found_formed();
        }
        Self { stack, seats, agenda: Agenda::default(), timing, out: VecDeque::new(), burst: None }
    }

    /// Takes a frame of the host.
    pub(crate) fn handle_frame(&mut self, now: Duration, frame: &Frame) {
        self.stack.handle_frame(now, frame);
        self.handle_timeout(now);
    }

    /// The stick loses its power, and starts when it has it again.
    pub(crate) fn lose_power(&mut self, now: Duration) {
        self.stack.reset(now, ResetReason::PowerUp);
        self.handle_timeout(now);
    }

    /// A frame for the host.
    pub(crate) fn poll(&mut self) -> Option<Frame> {
        self.out.pop_front()
    }

    /// When [`World::handle_timeout`] wants to be called.
    pub(crate) fn deadline(&self) -> Option<Duration> {
        let devices = self.seats.iter().filter_map(|seat| seat.deadline).min();
        earlier(earlier(self.agenda.next(), self.stack.deadline()), devices)
    }

    /// Does what is due.
    pub(crate) fn handle_timeout(&mut self, now: Duration) {
        loop {
            self.stack.handle_timeout(now);
            self.take_outputs(now);
            for index in 0..self.seats.len() {
                let Some(seat) = self.seats.get_mut(index) else { continue };
                if seat.deadline.is_some_and(|at| at <= now) {
                    seat.device.handle_timeout(now);
                    self.take_acts(now, index);
                }
            }
            let Some(due) = self.agenda.pop(now) else { break };
            self.do_due(now, due);
        }
    }

    fn do_due(&mut self, now: Duration, due: Due) {
        match due {
            Due::Deliver { seat, body, broadcast, ticket } => self.deliver(now, seat, body, broadcast, ticket),
            Due::Uplink { seat, uplink } => {
                if self.seats.get(seat).is_some_and(|seat| !seat.device.dead) {
                    self.stack.handle_uplink(now, uplink);
                }
            }
            Due::NoAck(ticket) => self.stack.handle_delivery(now, ticket, Delivery::NoAck),
            Due::Poll(seat) => self.fetch_mail(now, seat),
            Due::Expire(seat) => self.expire_mail(now, seat),
            Due::Join(seat) => self.join(now, seat),
            Due::Announce(seat) => {
                if let Some(seat) = self.seats.get_mut(seat).filter(|seat| seat.device.is_joined()) {
                    seat.device.announce();
                }
                self.take_acts(now, seat);
            }
            Due::Leave { seat, rejoin } => self.leave(now, seat, rejoin),
            Due::Burst => self.burst_on(now),
        }
    }

    fn take_outputs(&mut self, now: Duration) {
        while let Some(output) = self.stack.poll() {
            match output {
                Output::Frame(frame) => self.out.push_back(frame),
                Output::Air(message) => self.send(now, message),
                Output::Open(true) => self.plan_joins(now),
                Output::Open(false) => self.agenda.retain(|due| !matches!(due, Due::Join(_))),
                Output::Forgot => {
                    for index in 0..self.seats.len() {
                        self.forget(now, index);
                    }
                }
                // What is in the air arrives; what the parent kept is lost.
                Output::Restart => self.seats.iter_mut().for_each(|seat| seat.mail = Mailbox::default()),
            }
        }
    }

    /// Sends to one device, or to all.
    fn send(&mut self, now: Duration, message: Downlink) {
        let Downlink { destination, body, ticket } = message;
        let broadcast = destination >= crate::air::BROADCAST;
        let concerned = |seat: &Seat| seat.device.is_joined() && (broadcast || seat.device.node().short == destination);
        let seats: Vec<usize> =
            self.seats.iter().enumerate().filter(|(_, seat)| concerned(seat)).map(|(index, _)| index).collect();
        if let (true, Some(ticket)) = (seats.is_empty(), ticket) {
            self.agenda.push(now + self.timing.no_ack, Due::NoAck(ticket));
        }
        for seat in seats {
            self.send_to(now, seat, body.clone(), broadcast, ticket);
        }
    }

    fn send_to(&mut self, now: Duration, index: usize, body: Body, broadcast: bool, ticket: Option<Ticket>) {
        let Some(seat) = self.seats.get(index) else { return };
        if !seat.device.sleep().is_listening() {
            self.post(now, index, body, broadcast, ticket);
        } else if seat.device.dead {
            if let Some(ticket) = ticket {
                self.agenda.push(now + self.timing.no_ack, Due::NoAck(ticket));
            }
        } else {
            self.agenda.push(now + self.timing.hop, Due::Deliver { seat: index, body, broadcast, ticket });
        }
    }

    fn deliver(&mut self, now: Duration, index: usize, body: Body, broadcast: bool, ticket: Option<Ticket>) {
        if let Some(ticket) = ticket {
            self.stack.handle_delivery(now, ticket, Delivery::Done);
            self.take_outputs(now);
        }
        if let Some(seat) = self.seats.get_mut(index) {
            seat.device.handle(now, body, broadcast);
        }
        self.take_acts(now, index);
    }

    /// Takes a device out of the network without a word.
    fn forget(&mut self, now: Duration, index: usize) {
        if let Some(seat) = self.seats.get_mut(index) {
            seat.device.forget(now);
            seat.mail = Mailbox::default();
        }
        self.take_acts(now, index);
    }

    /// Puts what a device does on its way.
    fn take_acts(&mut self, now: Duration, index: usize) {
        let at = now + self.timing.think + self.timing.hop;
        let Some(seat) = self.seats.get_mut(index) else { return };
        let source = seat.device.node().short;
        let mut said = false;
        while let Some(act) = seat.device.poll() {
            match act {
                Act::Say { broadcast, body } => {
                    said = true;
                    self.agenda.push(at, Due::Uplink { seat: index, uplink: Uplink { source, broadcast, body } });
                }
                Act::Leave { rejoin } => self.agenda.push(at, Due::Leave { seat: index, rejoin }),
            }
        }
        if said {
            seat.device.sent(now);
        }
        seat.deadline = seat.device.deadline();
        if said {
            self.plan_poll(now, index);
        }
    }
}

#[cfg(test)]
mod tests;
