//! Sensors: temperature and humidity, and a contact that enrols as an IAS zone.

use std::time::Duration;

use serde_json::{Value as Json, json};
use zigbee::wire::Ieee;
use zigbee::zcl::ias_zone::{
    self, EnrollCode, EnrollRequest, StatusChange, ToClient, ToServer, ZoneStatus, ZoneType, attribute,
};
use zigbee::zcl::{Frame, Request, Status, Value, humidity, temperature};

use super::attribute::{Attribute, Place};
use super::model::{Deed, Model, Notice, Reaction, Scene, To};

/// Steps of the weather.
const STEP: Duration = Duration::from_secs(30);

/// Measures temperature and humidity.
#[derive(Debug)]
pub(crate) struct Climate {
    next: Option<Duration>,
    steps: i64,
}

impl Climate {
    /// A still one always measures the same.
    pub(crate) fn new(still: bool) -> Self {
        Self { next: (!still).then_some(STEP), steps: 0 }
    }

    /// Attributes of both clusters.
    pub(crate) fn attributes() -> Vec<Attribute> {
        let warm = |id, value| Attribute::new(temperature::CLUSTER, id, Value::int16(value));
        let damp = |id, value| Attribute::new(humidity::CLUSTER, id, Value::uint16(value));
        vec![
            warm(temperature::attribute::MEASURED_VALUE, 2105).reported(),
            warm(temperature::attribute::MIN_MEASURED_VALUE, -2000),
            warm(temperature::attribute::MAX_MEASURED_VALUE, 6000),
            damp(humidity::attribute::MEASURED_VALUE, 4830).reported(),
            damp(humidity::attribute::MIN_MEASURED_VALUE, 0),
            damp(humidity::attribute::MAX_MEASURED_VALUE, 10_000),
        ]
    }
}

impl Model for Climate {
    fn deadline(&self) -> Option<Duration> {
        self.next
    }

    /// Up and down by 1 °C and 5 % within half an hour each.
    fn advance(&mut self, scene: &mut Scene<'_>) {
        if self.next.take_if(|next| *next <= scene.now).is_none() {
            return;
        }
        self.next = Some(scene.now + STEP);
        self.steps += 1;
        let wave = 30 - (self.steps % 120 - 60).abs();
        scene.attributes.set_number((temperature::CLUSTER, temperature::attribute::MEASURED_VALUE), 2105 + wave * 3);
        scene.attributes.set_number((humidity::CLUSTER, humidity::attribute::MEASURED_VALUE), 4830 - wave * 16);
    }
}

/// Tells whether a door or window is open, once enrolled.
#[derive(Debug, Default)]
pub(crate) struct Contact {
    /// Endpoint of the hub that it enrolled with.
    endpoint: u8,
    enrol_at: Option<Duration>,
}

const ENROLLED: Place = (ias_zone::CLUSTER, attribute::ZONE_STATE);
const ZONE: Place = (ias_zone::CLUSTER, attribute::ZONE_ID);
const STATUS: Place = (ias_zone::CLUSTER, attribute::ZONE_STATUS);
/// From the hub's address to the wish to enrol.
const ENROL_AFTER: Duration = Duration::from_millis(200);

impl Contact {
    /// Attributes of the cluster.
    pub(crate) fn attributes() -> Vec<Attribute> {
        let new = |id, value| Attribute::new(ias_zone::CLUSTER, id, value);
        vec![
            new(attribute::ZONE_STATE, Value::enum8(0)).kept(),
            new(attribute::ZONE_TYPE, Value::enum16(ZoneType::Contact.into())),
            new(attribute::ZONE_STATUS, Value::bitmap16(0)),
            new(attribute::IAS_CIE_ADDRESS, Value::address(Ieee(0))).writable(),
            new(attribute::ZONE_ID, Value::uint8(0xFF)).kept(),
        ]
    }
}

impl Model for Contact {
    fn command(&mut self, scene: &mut Scene<'_>, cluster: u16, frame: &Frame) -> Option<Reaction> {
        let status = match frame.cluster::<ToServer>().filter(|_| cluster == ias_zone::CLUSTER)? {
            Err(_) => Status::Malformed,
            Ok(ToServer::EnrollResponse(response)) => {
                if response.code == EnrollCode::Success {
                    scene.attributes.set_number(ENROLLED, 1);
                    scene.attributes.set_number(ZONE, response.zone.into());
                    self.enrol_at = None;
                }
                Status::Success
            }
            Ok(ToServer::Other(..)) => return None,
        };
        Some(Reaction::Status(status))
    }

    fn written(&mut self, scene: &mut Scene<'_>, place: Place, endpoint: u8, hub: Ieee) {
        let address = scene.attributes.get(place).and_then(|attribute| attribute.value().ieee());
        if place == (ias_zone::CLUSTER, attribute::IAS_CIE_ADDRESS) && address == Some(hub) {
            self.endpoint = endpoint;
            self.enrol_at = Some(scene.now + ENROL_AFTER);
        }
    }

    fn deadline(&self) -> Option<Duration> {
        self.enrol_at
    }

    fn advance(&mut self, scene: &mut Scene<'_>) {
        let due = self.enrol_at.take_if(|at| *at <= scene.now).is_some();
        if due && scene.attributes.number(ENROLLED) == 0 {
            let request = EnrollRequest { zone_type: ZoneType::Contact, manufacturer: 0x1234 };
            self.tell(scene, &ToClient::EnrollRequest(request));
        }
    }

    fn suffer(&mut self, scene: &mut Scene<'_>, deed: Deed) -> bool {
        let Deed::Open(open) = deed else { return false };
        let status = if open { ZoneStatus::ALARM_1 } else { ZoneStatus::default() };
        scene.attributes.set_number(STATUS, status.0.into());
        if scene.attributes.number(ENROLLED) == 1 {
            let zone = u8::try_from(scene.attributes.number(ZONE)).ok();
            let change = StatusChange { status, extended: Some(0), zone, delay: Some(0) };
            self.tell(scene, &ToClient::StatusChange(change));
        }
        true
    }

    fn forget(&mut self, scene: &mut Scene<'_>) {
        scene.attributes.set_number(ENROLLED, 0);
        scene.attributes.set((ias_zone::CLUSTER, attribute::IAS_CIE_ADDRESS), Value::address(Ieee(0)));
    }

    fn save(&self) -> Json {
        json!({ "endpoint": self.endpoint })
    }

    fn load(&mut self, saved: &Json) {
        let endpoint = saved.get("endpoint").and_then(Json::as_u64).and_then(|number| u8::try_from(number).ok());
        self.endpoint = endpoint.unwrap_or(1);
    }
}

impl Contact {
    fn tell(&self, scene: &mut Scene<'_>, command: &ToClient) {
        scene.notices.push(Notice {
            cluster: ias_zone::CLUSTER,
            to: To::Coordinator(self.endpoint.max(1)),
            request: Request::cluster(command),
        });
    }
}
