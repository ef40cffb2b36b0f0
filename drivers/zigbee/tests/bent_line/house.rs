//! The driver and the simulated stick with its devices, joined by a line without length. Time is moved by hand.

use std::time::Duration;

use home::{Action, AdapterName, CommandId, Delivery, Event, Ieee, Interview, Now, Order, OrderKind, Timestamp};
use serde_json::Value as Json;
use sim::{Adapter, Scenario};
use zigbee::adapter::{Settings, Znp};
use zigbee::coordinator::Coordinator;
use zigbee::ncp::Entropy;

/// Random bytes that are not.
struct Counting(u8);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_add(41);
            *byte = self.0;
        }
    }
}

/// A command and what the house heard of its end, each with the time since it was given.
#[derive(Debug)]
pub(crate) struct Fate {
    pub(crate) device: Ieee,
    pub(crate) ends: Vec<(Duration, Delivery)>,
    given: Duration,
}

/// All that a radio in a house is.
pub(crate) struct House {
    hub: Coordinator<Znp>,
    stick: Adapter,
    now: Now,
    /// The devices, in the order in which they were interviewed.
    pub(crate) devices: Vec<Ieee>,
    /// The commands so far.
    pub(crate) fates: Vec<Fate>,
}

impl House {
    /// A house whose devices have joined and were interviewed a moment ago: they still ask for the time and for firmware.
    pub(crate) fn furnished(scenario: &Scenario) -> Self {
        let znp = Znp::new(Settings::default(), Box::new(Counting(0)));
        let now = Now { wall: Timestamp(1_795_456_800_000), up: Duration::from_secs(1) };
        let mut house = Self {
            hub: Coordinator::new(AdapterName::new("stick"), znp, Vec::new()),
            stick: Adapter::new(scenario),
            now,
            devices: Vec::new(),
            fates: Vec::new(),
        };
        house.hub.handle_link_up(now);
        house.carry();
        house.pass(Duration::from_secs(5));
        house.order(u64::MAX, OrderKind::PermitJoin(200));
        let wanted: u16 = scenario.devices.iter().map(|(_, count)| count).sum();
        for _ in 0..600 {
            if house.devices.len() == usize::from(wanted) {
                break;
            }
            house.pass(Duration::from_millis(100));
        }
        assert_eq!(house.devices.len(), usize::from(wanted), "all are interviewed");
        house
    }

    /// Gives the next command.
    pub(crate) fn act(&mut self, device: Ieee, action: Action) {
        let number = u64::try_from(self.fates.len()).unwrap();
        self.fates.push(Fate { device, ends: Vec::new(), given: self.now.up });
        self.order(number, OrderKind::Act { device, action });
    }

    fn order(&mut self, number: u64, kind: OrderKind) {
        self.hub.handle_order(self.now, Order { command: CommandId(number), kind });
        self.carry();
    }

    /// Gives the simulator an order.
    pub(crate) fn tell(&mut self, order: &str) {
        self.stick.handle_order(self.now.up, &order.parse().unwrap()).unwrap();
        self.carry();
    }

    /// What the simulator says of a device: how often it heard this command, such as `0201/global/02`.
    pub(crate) fn heard(&mut self, ieee: Ieee, command: &str) -> u64 {
        let status = self.stick.handle_order(self.now.up, &"status".parse().unwrap()).unwrap().unwrap();
        let is_it = |device: &&Json| device["ieee"].as_str().unwrap().parse() == Ok(ieee);
        let device = status["devices"].as_object().unwrap().values().find(is_it).unwrap();
        device["diary"]["counts"][command].as_u64().unwrap_or_default()
    }

    /// Lets time pass.
    pub(crate) fn pass(&mut self, time: Duration) {
        let end = self.now.up + time;
        loop {
            let (hub, stick) = (self.hub.poll_timeout(), self.stick.deadline());
            let Some(at) = hub.into_iter().chain(stick).min().filter(|at| *at <= end) else { break };
            self.now = self.now.after(at.saturating_sub(self.now.up));
            if stick.is_some_and(|at| at <= self.now.up) {
                self.stick.handle_timeout(self.now.up);
            }
            if hub.is_some_and(|at| at <= self.now.up) {
                self.hub.handle_timeout(self.now);
            }
            self.carry();
        }
        self.now = self.now.after(end.saturating_sub(self.now.up));
    }

    /// Carries bytes to and fro until nobody says anything more.
    fn carry(&mut self) {
        let mut quiet = false;
        while !std::mem::replace(&mut quiet, true) {
            while let Some(bytes) = self.hub.poll_transmit() {
                self.stick.handle_bytes(self.now.up, &bytes);
                quiet = false;
            }
            while let Some(piece) = self.stick.poll(self.now.up) {
                self.hub.handle_bytes(self.now, &piece.bytes);
                quiet = false;
            }
            while let Some(event) = self.hub.poll_event() {
                self.note(&event);
                quiet = false;
            }
        }
    }

    fn note(&mut self, event: &Event) {
        match event {
            Event::NetworkRecord { .. } => self.hub.handle_network_kept(self.now),
            Event::Interview { device, progress: Interview::Done } => self.devices.push(*device),
            Event::Delivery { command, delivery: delivery @ (Delivery::Delivered | Delivery::Failed(_)) } => {
                let place = usize::try_from(command.0).unwrap();
                if let Some(fate) = self.fates.get_mut(place) {
                    fate.ends.push((self.now.up.saturating_sub(fate.given), *delivery));
                }
            }
            _ => {}
        }
    }
}
