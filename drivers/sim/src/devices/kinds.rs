//! The kinds of devices that there are, how each is put together, and the names of their attributes in orders.

use std::time::Duration;

use serde_json::Value as Json;
use zigbee::wire::{Ieee, List};
use zigbee::zcl::{
    alarms, basic, door_lock, humidity, ias_zone, identify, ota, poll_control, power, temperature, thermostat, time,
};
use zigbee::zdo::{NodeDescriptor, PowerDescriptor, SimpleDescriptor};

use super::attribute::{Attribute, Attributes, Place};
use super::common::{self, Make};
use super::lock::{Build, Lock};
use super::model::Model;
use super::reporting::Rules;
use super::sensor::{Climate, Contact};
use super::sleep::Sleep;
use super::thermostat::{Room, Thermostat};
use super::{Agenda, Bindings, Device, Diary, Node, Rng};

/// What a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Radiator thermostat on batteries.
    Thermostat,
    /// Door lock on batteries.
    Lock,
    /// Temperature and humidity, on batteries.
    Sensor,
    /// Door or window contact on batteries.
    Contact,
    /// Temperature and humidity, on mains.
    MainsSensor,
}

impl Kind {
    /// Name in orders, before the number.
    pub fn name(self) -> &'static str {
        match self {
            Self::Thermostat => "thermostat",
            Self::Lock => "lock",
            Self::Sensor => "sensor",
            Self::Contact => "contact",
            Self::MainsSensor => "plug",
        }
    }

    fn makes(self) -> (Make, Make) {
        let make = |manufacturer, model, code| Make { manufacturer, model, code };
        match self {
            Self::Thermostat => (make("Kachelwerk", "KW-TRV1", 0x1F01), make("Nordheim Climate", "Radiator 2", 0x1F02)),
            Self::Lock => (make("Riegel & Sohn", "RS-Bolt", 0x1F03), make("Portcullis", "PC100", 0x1F04)),
            Self::Sensor | Self::MainsSensor => {
                (make("Wetterhahn", "WH-TH4", 0x1F05), make("Nordheim Climate", "Air 1", 0x1F02))
            }
            Self::Contact => (make("Wetterhahn", "WH-DW2", 0x1F05), make("Portcullis", "PC-Door", 0x1F04)),
        }
    }

    /// Device type of the simple descriptor.
    fn device_type(self) -> u16 {
        match self {
            Self::Thermostat => 0x0301,
            Self::Lock => 0x000A,
            Self::Sensor | Self::MainsSensor => 0x0302,
            Self::Contact => 0x0402,
        }
    }

    fn is_on_mains(self) -> bool {
        self == Self::MainsSensor
    }
}

/// How to build a device.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// What it is.
    pub kind: Kind,
    /// Number among its kind, from 1.
    pub number: u16,
    /// Between polls; zero for at once.
    pub poll: Duration,
    /// Nothing changes by itself.
    pub still: bool,
    /// How a lock is built.
    pub lock: Build,
}

impl Plan {
    /// Builds it, outside any network.
    pub fn build(&self, rng: &mut Rng) -> Device {
        let kind = self.kind;
        let makes = kind.makes();
        let make = if self.number.is_multiple_of(2) { makes.1 } else { makes.0 };
        let (attributes, model) = self.model(rng);
        let sleep =
            if kind.is_on_mains() { Sleep::never() } else { Sleep::polling(self.poll, Device::phase(rng, self.poll)) };
        let battery = (!kind.is_on_mains()).then(|| u8::try_from(120 + rng.below(80)).unwrap_or(200));
        let mut all = Attributes::default();
        all.extend(common::attributes(make, battery));
        if !kind.is_on_mains() {
            all.extend(Sleep::attributes());
        }
        all.extend(attributes);
        // The second lock has its cluster on endpoint 2, as some brands do.
        let endpoint = if kind == Kind::Lock && self.number == 2 { 2 } else { 1 };
        Device {
            name: format!("{}-{}", kind.name(), self.number),
            node: self.node(make.code, endpoint, &all, &sleep),
            endpoint,
            hub: Ieee(0),
            joined: false,
            dead: false,
            attributes: all,
            rules: Rules::default(),
            bindings: Bindings::default(),
            model,
            sleep,
            questions: Agenda::default(),
            sequence: rng.bytes::<1>()[0],
            acts: std::collections::VecDeque::new(),
            diary: Diary::default(),
            changed: false,
        }
    }

    fn model(&self, rng: &mut Rng) -> (Vec<Attribute>, Box<dyn Model>) {
        match self.kind {
            Kind::Thermostat => {
                let tenths = u32::try_from(rng.below(30)).unwrap_or(0);
                let room = Room { inside: 18.5 + f64::from(tenths) / 10.0, outside: 6.0, loss: 0.15, gain: 8.0 };
                (Thermostat::attributes(room), Box::new(Thermostat::new(room, self.still)))
            }
            Kind::Lock => (Lock::attributes(self.lock), Box::new(Lock::new(self.lock))),
            Kind::Sensor | Kind::MainsSensor => (Climate::attributes(), Box::new(Climate::new(self.still))),
            Kind::Contact => (Contact::attributes(), Box::new(Contact::default())),
        }
    }

    fn node(&self, manufacturer: u16, endpoint: u8, attributes: &Attributes, sleep: &Sleep) -> Node {
        // Kind and number in the low half, one maker's block above.
        let kind: u64 = match self.kind {
            Kind::Thermostat => 1,
            Kind::Lock => 2,
            Kind::Sensor => 3,
            Kind::Contact => 4,
            Kind::MainsSensor => 5,
        };
        let simple = SimpleDescriptor {
            endpoint,
            profile: 0x0104,
            device: self.kind.device_type(),
            version: 1,
            in_clusters: List::new(attributes.clusters()).unwrap_or_default(),
            out_clusters: [time::CLUSTER, ota::CLUSTER].into(),
        };
        Node {
            ieee: Ieee(0x0200_5EED_0000_0000 | kind << 16 | u64::from(self.number)),
            short: 0xFFFE,
            descriptor: NodeDescriptor {
                kind: 2,
                band: 0x40,
                capabilities: sleep.capabilities(),
                manufacturer,
                max_buffer: 82,
                max_incoming: 82,
                server_mask: 0x2C00,
                max_outgoing: 82,
                descriptors: 0,
            },
            power: if self.kind.is_on_mains() {
                PowerDescriptor { sources: 0x10, level: 0xC1 }
            } else {
                PowerDescriptor { sources: 0x42, level: 0xC4 }
            },
            endpoints: vec![simple],
        }
    }
}

/// Names of attributes in orders; any other is written `0201/0012`.
pub(super) fn place(key: &str) -> Option<Place> {
    Some(match key {
        "local_temperature" => (thermostat::CLUSTER, thermostat::attribute::LOCAL_TEMPERATURE),
        "occupied_heating_setpoint" => (thermostat::CLUSTER, thermostat::attribute::OCCUPIED_HEATING_SETPOINT),
        "system_mode" => (thermostat::CLUSTER, thermostat::attribute::SYSTEM_MODE),
        "pi_heating_demand" => (thermostat::CLUSTER, thermostat::attribute::PI_HEATING_DEMAND),
        "running_state" => (thermostat::CLUSTER, thermostat::attribute::RUNNING_STATE),
        "lock_state" => (door_lock::CLUSTER, door_lock::attribute::LOCK_STATE),
        "door_state" => (door_lock::CLUSTER, door_lock::attribute::DOOR_STATE),
        "temperature" => (temperature::CLUSTER, temperature::attribute::MEASURED_VALUE),
        "humidity" => (humidity::CLUSTER, humidity::attribute::MEASURED_VALUE),
        "battery" => Device::BATTERY,
        "identify_time" => (identify::CLUSTER, identify::attribute::IDENTIFY_TIME),
        "zone_status" => (ias_zone::CLUSTER, ias_zone::attribute::ZONE_STATUS),
        "alarm_count" => (alarms::CLUSTER, alarms::attribute::ALARM_COUNT),
        "check_in_interval" => (poll_control::CLUSTER, poll_control::attribute::CHECK_IN_INTERVAL),
        "power_source" => (basic::CLUSTER, basic::attribute::POWER_SOURCE),
        "battery_voltage" => (power::CLUSTER, power::attribute::BATTERY_VOLTAGE),
        _ => return None,
    })
}

impl Device {
    /// What a test may want to know.
    pub fn status(&self) -> Json {
        let attribute = |(place, attribute): (Place, &Attribute)| {
            let value = attribute.value();
            let shown = value.number().map(Json::from).or_else(|| value.text().map(Json::from));
            (format!("{:04x}/{:04x}", place.0, place.1), shown.unwrap_or(Json::Null))
        };
        let bindings: Vec<String> =
            self.bindings.iter().map(|row| format!("{:04x}->{}/{}", row.cluster, row.target, row.endpoint)).collect();
        let rule = |(place, rule): (Place, &super::reporting::Rule)| {
            (format!("{:04x}/{:04x}", place.0, place.1), serde_json::json!([rule.min, rule.max, rule.change]))
        };
        serde_json::json!({
            "ieee": self.node.ieee.to_string(),
            "short": format!("{:04x}", self.node.short),
            "endpoint": self.endpoint,
            "joined": self.joined,
            "dead": self.dead,
            "attributes": self.attributes.iter().map(attribute).collect::<serde_json::Map<_, _>>(),
            "bindings": bindings,
            "reporting": self.rules.iter().map(rule).collect::<serde_json::Map<_, _>>(),
            "model": self.model.status(),
            "diary": self.diary.status(),
        })
    }
}
