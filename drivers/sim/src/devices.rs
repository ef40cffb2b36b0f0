//! Devices in radio range: what they say of themselves, serve, report and remember.
//!
//! Knows ZDO and ZCL as a device sees them. Does not know how messages travel, nor that there is an adapter.

mod answer;
mod attribute;
mod bindings;
pub(crate) mod common;
mod device_object;
mod diary;
mod kinds;
pub(crate) mod lock;
mod model;
mod reporting;
mod saved;
pub(crate) mod sensor;
mod server;
mod sleep;
pub(crate) mod thermostat;

use std::collections::VecDeque;
use std::time::Duration;

use zigbee::wire::{Field, Ieee, Many};
use zigbee::zcl::{AttributeRecord, Direction, Frame, Global, Request, ota, power, time};

use self::attribute::{Attributes, Place};
use self::bindings::Bindings;
use self::diary::Diary;
pub use self::kinds::Kind;
pub(crate) use self::kinds::Plan;
pub use self::model::Deed;
use self::model::{Model, Notice, Scene, To};
use self::reporting::Rules;
use self::sleep::Sleep;
use crate::agenda::{Agenda, earlier};
use crate::air::{Body, Zcl};
use crate::node::Node;
use crate::rng::Rng;

/// What a device does to the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Sends to the coordinator, or to all.
    Say {
        /// True to all.
        broadcast: bool,
        /// What.
        body: Body,
    },
    /// Leaves the network.
    Leave {
        /// To come back.
        rejoin: bool,
    },
}

/// A question of a device to the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    Time,
    Image,
}

/// Endpoint of the hub that devices turn to before they are bound.
const HUB_ENDPOINT: u8 = 1;
/// Version of the firmware, as the upgrade client tells it.
const FIRMWARE: u32 = 0x0104_0200;

/// One device.
#[derive(Debug)]
pub struct Device {
    name: String,
    node: Node,
    endpoint: u8,
    hub: Ieee,
    joined: bool,
    /// Takes part in nothing: no battery, or out of range.
    pub dead: bool,
    attributes: Attributes,
    rules: Rules,
    bindings: Bindings,
    model: Box<dyn Model>,
    sleep: Sleep,
    questions: Agenda<Question>,
    sequence: u8,
    acts: VecDeque<Act>,
    diary: Diary,
    changed: bool,
}

impl Device {
    /// Its name in orders and in the status.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its addresses and descriptors.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// True while it is in the network.
    pub fn is_joined(&self) -> bool {
        self.joined
    }

    /// Its radio.
    pub fn sleep(&self) -> &Sleep {
        &self.sleep
    }

    /// Polls at this interval from now on.
    pub fn set_poll(&mut self, interval: Duration) {
        self.sleep.set_interval(interval);
    }

    /// True once after something changed that it keeps without power.
    pub fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    /// What it does next.
    pub fn poll(&mut self) -> Option<Act> {
        self.acts.pop_front()
    }

    /// When [`Device::handle_timeout`] wants to be called. Outside a network only its world moves.
    pub fn deadline(&self) -> Option<Duration> {
        let model = self.model.deadline();
        if !self.joined || self.dead {
            return model;
        }
        let reports = if self.bindings.is_empty() { None } else { self.rules.deadline(&self.attributes) };
        [reports, self.questions.next(), self.sleep.deadline()].into_iter().fold(model, earlier)
    }

    /// Joins under a network address.
    pub fn join(&mut self, now: Duration, short: u16, hub: Ieee, settle: Duration) {
        self.joined = true;
        self.changed = true;
        self.hub = hub;
        self.node.short = short;
        self.sleep.joined(now);
        self.questions.clear();
        self.questions.push(now + settle, Question::Time);
        self.questions.push(now + settle + settle / 2, Question::Image);
    }

    /// Announces itself to all.
    pub fn announce(&mut self) {
        let capabilities = self.node.descriptor.capabilities.to_bytes();
        let payload = [self.node.short.to_bytes(), self.node.ieee.to_bytes(), capabilities].concat();
        let sequence = self.next_sequence();
        let body = Body::Zdo { cluster: crate::node::id::DEVICE_ANNCE, sequence, payload };
        self.acts.push_back(Act::Say { broadcast: true, body });
    }

    /// Out of the network, with nothing left of it.
    pub fn forget(&mut self, now: Duration) {
        self.joined = false;
        self.changed = true;
        self.bindings = Bindings::default();
        self.rules.clear();
        self.questions.clear();
        self.acts.clear();
        self.with_scene(now, |model, _, scene| model.forget(scene));
        self.acts.clear();
    }

    /// Notes that it transmitted, after which it stays awake for a while.
    pub fn sent(&mut self, now: Duration) {
        self.sleep.sent(now);
    }

    /// Hears a message.
    pub fn handle(&mut self, now: Duration, body: Body, broadcast: bool) {
        if !self.joined || self.dead {
            return;
        }
        match body {
            Body::Zdo { cluster, sequence, payload } => self.handle_zdo(cluster, sequence, &payload),
            Body::Zcl(message) => self.handle_zcl(now, &message, broadcast),
        }
        self.handle_timeout(now);
    }

    /// Moves with time, reports and asks what is due.
    pub fn handle_timeout(&mut self, now: Duration) {
        self.with_scene(now, |model, sleep, scene| {
            model.advance(scene);
            sleep.advance(scene);
        });
        if !self.joined || self.dead {
            self.acts.clear();
            return;
        }
        for (cluster, ids) in self.rules.take_due(now, &self.attributes) {
            self.send_report(cluster, &ids);
        }
        while let Some(question) = self.questions.pop(now) {
            self.ask(question);
        }
    }

    /// Lets somebody do something to it; `false` if that cannot be done to it.
    pub fn suffer(&mut self, now: Duration, deed: Deed) -> bool {
        let done = self.with_scene(now, |model, _, scene| model.suffer(scene, deed));
        self.handle_timeout(now);
        done
    }

    /// Checks in now.
    pub fn check_in(&mut self, now: Duration) {
        self.with_scene(now, |_, sleep, scene| sleep.check_in_now(scene));
    }

    /// Sets an attribute and reports it at once, even if nobody is bound; `false` if there is no such number in it.
    pub fn report(&mut self, now: Duration, place: Place, number: i64) -> bool {
        if !self.joined || self.dead || !self.attributes.set_number(place, number) {
            return false;
        }
        if let Some(attribute) = self.attributes.get(place) {
            self.rules.reported(now, place, attribute.value());
        }
        if !self.send_report(place.0, &[place.1]) {
            self.send_report_to(HUB_ENDPOINT, place.0, &[place.1]);
        }
        true
    }

    fn with_scene<T>(&mut self, now: Duration, f: impl FnOnce(&mut dyn Model, &mut Sleep, &mut Scene<'_>) -> T) -> T {
        let mut notices = Vec::new();
        let mut scene = Scene { now, attributes: &mut self.attributes, notices: &mut notices };
        let result = f(self.model.as_mut(), &mut self.sleep, &mut scene);
        for notice in notices {
            self.notify(notice);
        }
        result
    }

    fn notify(&mut self, notice: Notice) {
        let endpoints = match notice.to {
            To::Coordinator(endpoint) => vec![endpoint],
            To::Bound(clusters) => {
                let mut bound = clusters.iter().map(|cluster| self.bindings.endpoints(*cluster, self.hub));
                bound.find(|endpoints| !endpoints.is_empty()).unwrap_or_default()
            }
        };
        for endpoint in endpoints {
            let frame = notice.request.clone().frame(self.next_sequence());
            self.say(endpoint, notice.cluster, &frame);
        }
    }

    fn send_report(&mut self, cluster: u16, ids: &[u16]) -> bool {
        let endpoints = self.bindings.endpoints(cluster, self.hub);
        for endpoint in &endpoints {
            self.send_report_to(*endpoint, cluster, ids);
        }
        !endpoints.is_empty()
    }

    fn send_report_to(&mut self, endpoint: u8, cluster: u16, ids: &[u16]) {
        let record = |id: &u16| {
            let value = self.attributes.get((cluster, *id))?.value().clone();
            Some(AttributeRecord { attribute: *id, value })
        };
        let records: Vec<_> = ids.iter().filter_map(record).collect();
        let Ok(records) = Many::new(records) else { return };
        let report = Request::global(Direction::ToClient, &Global::Report(records)).without_default_response();
        let frame = report.frame(self.next_sequence());
        self.changed = true;
        self.say(endpoint, cluster, &frame);
    }

    fn ask(&mut self, question: Question) {
        let (cluster, request) = match question {
            Question::Time => {
                let read = Global::Read([time::attribute::TIME, time::attribute::LOCAL_TIME].into());
                (time::CLUSTER, Request::global(Direction::ToServer, &read))
            }
            Question::Image => {
                let query = ota::QueryNextImage {
                    control: 0,
                    manufacturer: self.node.descriptor.manufacturer,
                    image_type: 0,
                    version: FIRMWARE,
                    hardware: None,
                };
                (ota::CLUSTER, Request::cluster(&ota::ToServer::QueryNextImage(query)))
            }
        };
        let frame = request.frame(self.next_sequence());
        self.say(HUB_ENDPOINT, cluster, &frame);
    }

    fn next_sequence(&mut self) -> u8 {
        self.sequence = self.sequence.wrapping_add(1);
        self.sequence
    }

    fn say(&mut self, endpoint: u8, cluster: u16, frame: &Frame) {
        let message = Zcl { source: self.endpoint, destination: endpoint, cluster, frame: frame.encode() };
        self.acts.push_back(Act::Say { broadcast: false, body: Body::Zcl(message) });
    }

    /// The attribute that a name in an order stands for.
    pub fn place(key: &str) -> Option<Place> {
        kinds::place(key).or_else(|| {
            let (cluster, id) = key.split_once('/')?;
            Some((u16::from_str_radix(cluster, 16).ok()?, u16::from_str_radix(id, 16).ok()?))
        })
    }

    /// Number of a random phase below an interval, so that devices do not poll all at once.
    fn phase(rng: &mut Rng, interval: Duration) -> Duration {
        let micros = u64::try_from(interval.as_micros()).unwrap_or(u64::MAX);
        Duration::from_micros(rng.below(micros))
    }

    /// Place of its battery, for orders.
    pub const BATTERY: Place = (power::CLUSTER, power::attribute::BATTERY_PERCENTAGE_REMAINING);
}
