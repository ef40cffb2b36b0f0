//! The simulated adapter as bytes: a world behind a line.

use std::time::Duration;

use serde_json::Value as Json;
use zigbee::mt::{Frame, Kind};

use crate::agenda::earlier;
use crate::control::{Order, WorldOrder};
use crate::faults::{Fault, Faults};
use crate::line::{Line, Piece};
use crate::rng::Rng;
use crate::scenario::Scenario;
use crate::world::{MemoryError, OrderError, World};

/// A stick that is plugged in, and its devices.
#[derive(Debug)]
pub struct Adapter {
    world: World,
    line: Line,
    faults: Faults,
    requests: u64,
}

impl Adapter {
    /// Factory-new, with devices outside its network.
    pub fn new(scenario: &Scenario) -> Self {
        Self {
            world: World::new(scenario),
            line: Line::new(Rng::new(!scenario.seed)),
            faults: Faults::default(),
            requests: 0,
        }
    }

    /// With the memory of before; see [`Adapter::save`].
    pub fn load(&mut self, memory: Json) -> Result<(), MemoryError> {
        self.world.load(memory)
    }

    /// What survives a loss of power.
    pub fn save(&self) -> Json {
        self.world.save()
    }

    /// True once after something changed that survives.
    pub fn take_changed(&mut self) -> bool {
        self.world.take_changed()
    }

    /// The host opened or closed the port. A stick does not notice; what was on the line is lost.
    pub fn reopen(&mut self) {
        self.line.reset();
    }

    /// Takes bytes of the host; gives the frames that arrived whole, for a trace.
    pub fn handle_bytes(&mut self, now: Duration, bytes: &[u8]) -> Vec<Frame> {
        let frames = self.line.receive(now, bytes, &self.faults);
        for frame in &frames {
            self.handle_frame(now, frame);
        }
        self.flush(now);
        frames
    }

    fn handle_frame(&mut self, now: Duration, frame: &Frame) {
        if frame.kind() == Kind::Sreq {
            self.requests += 1;
            if self.requests == self.faults.reset_at {
                // Cannot fail: it names no device.
                let _ = self.world.handle_order(now, &WorldOrder::Reset);
                return;
            }
        }
        self.world.handle_frame(now, frame);
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Duration) {
        self.world.handle_timeout(now);
        self.flush(now);
    }

    /// When [`Adapter::handle_timeout`] or [`Adapter::poll`] wants to be called.
    pub fn deadline(&self) -> Option<Duration> {
        earlier(self.world.deadline(), self.line.deadline())
    }

    /// Bytes for the host.
    pub fn poll(&mut self, now: Duration) -> Option<Piece> {
        self.line.poll(now)
    }

    /// Carries an order out. Only [`Order::Status`] has an answer. The port of an unplugged stick is the runner's to close.
    pub fn handle_order(&mut self, now: Duration, order: &Order) -> Result<Option<Json>, OrderError> {
        match order {
            Order::Status => return Ok(Some(self.world.status())),
            Order::Stall(length) => self.line.stall(now, *length),
            Order::Unplug(_) => {
                self.line.reset();
                self.world.lose_power(now);
            }
            Order::Fault(fault) => self.set_fault(*fault),
            Order::World(order) => self.world.handle_order(now, order)?,
        }
        self.flush(now);
        Ok(None)
    }

    /// Changes what goes wrong. A reset counts requests from now on.
    pub fn set_fault(&mut self, fault: Fault) {
        if matches!(fault, Fault::ResetAt(_)) {
            self.requests = 0;
        }
        self.faults.set(fault);
    }

    fn flush(&mut self, now: Duration) {
        while let Some(frame) = self.world.poll() {
            self.line.send(now, &frame, &self.faults);
        }
    }
}
