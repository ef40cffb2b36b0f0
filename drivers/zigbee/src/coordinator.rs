//! The coordinator of a network: turns frames into facts about the house, and the owner's orders into frames.
//!
//! Knows devices: interviews them, has them report, keeps what they are, waits for those that sleep, and treats locks
//! with the caution that they need. Knows nothing of adapters but the seam [`Ncp`]. Does no I/O and reads no clock:
//! after each `handle_*` call, take what `poll_*` gives until it gives nothing.
//!
//! From the inside out: `job` is one request, `lane` those of one device, `air` all lanes; `registry` holds the
//! devices; `core` puts them together, and `interview`, `hear`, `orders`, `bolts`, `presence` and `joining` are what
//! it does.

mod agenda;
mod air;
mod bolts;
mod codes;
mod core;
mod echoes;
mod gate;
mod hear;
mod interview;
mod job;
mod joining;
mod lane;
mod learn;
mod orders;
mod pace;
mod plan;
mod presence;
mod profile;
mod record;
mod registry;
mod rule;
mod serve;
mod step;
mod text;

use std::time::Duration;

use home::{AdapterName, DriverRecord, Event, Ieee, Now, Order};

use self::core::Core;
pub use self::core::Counters;
use crate::ncp::Ncp;

/// The driver of one network, over an adapter protocol.
#[derive(Debug)]
pub struct Coordinator<N> {
    ncp: N,
    core: Core,
    /// The steady clock at the last call, to tell what is due.
    up: Duration,
}

impl<N: Ncp> Coordinator<N> {
    /// A coordinator that knows the devices of `known` from their records: none of them needs to join again.
    pub fn new(adapter: AdapterName, ncp: N, known: Vec<(Ieee, DriverRecord)>) -> Self {
        Self { ncp, core: Core::new(adapter, known), up: Duration::ZERO }
    }

    /// The port was opened.
    pub fn handle_link_up(&mut self, now: Now) {
        self.core.link_up();
        self.ncp.handle_link_up(now);
        self.turn(now);
    }

    /// The port is gone; `reason` is for the owner.
    pub fn handle_link_down(&mut self, now: Now, reason: &str) {
        self.ncp.handle_link_down(now);
        self.turn(now);
        self.core.link_down(reason);
        self.turn(now);
    }

    /// Bytes came from the port.
    pub fn handle_bytes(&mut self, now: Now, bytes: &[u8]) {
        self.ncp.handle_bytes(now, bytes);
        self.turn(now);
    }

    /// The house wants something. What becomes of it is told by [`Event::Delivery`], except for a removal: the house
    /// has forgotten the device by then.
    pub fn handle_order(&mut self, now: Now, order: Order) {
        self.core.order(now, order);
        self.turn(now);
    }

    /// What [`Event::NetworkRecord`] asked to keep is durable.
    pub fn handle_network_kept(&mut self, now: Now) {
        self.ncp.handle_network_kept(now);
        self.turn(now);
    }

    /// The time that [`Coordinator::poll_timeout`] named has come.
    pub fn handle_timeout(&mut self, now: Now) {
        if self.ncp.poll_timeout().is_some_and(|at| at <= now.up) {
            self.ncp.handle_timeout(now);
        }
        self.core.timeout(now);
        self.turn(now);
    }

    /// Bytes for the port.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.ncp.poll_transmit()
    }

    /// What happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.core.poll_event()
    }

    /// When [`Coordinator::handle_timeout`] is to be called next, on the steady clock.
    pub fn poll_timeout(&self) -> Option<Duration> {
        [self.ncp.poll_timeout(), self.core.next_change(self.up)].into_iter().flatten().min()
    }

    /// What was odd so far.
    pub fn counters(&self) -> Counters {
        self.core.counters()
    }

    /// Carries indications in and requests out until nothing moves.
    fn turn(&mut self, now: Now) {
        self.up = now.up;
        loop {
            let mut quiet = true;
            while let Some(indication) = self.ncp.poll_indication() {
                self.core.indication(now, indication);
                quiet = false;
            }
            self.core.settle(now);
            while let Some(request) = self.core.poll_request() {
                self.ncp.handle_request(now, request);
                quiet = false;
            }
            if quiet {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests;
