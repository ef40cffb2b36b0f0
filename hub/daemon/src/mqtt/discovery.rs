//! Home Assistant's MQTT discovery: one retained configuration an entity, made from what a device can do.
//!
//! Source: Home Assistant's documentation of MQTT discovery, climate, lock, sensor and binary sensor.

use home::{Capability, CentiCelsius, Device, Ieee, Key};
use serde_json::{Value, json};

use super::topics::Topics;

/// A configuration to publish retained; an empty payload takes an entity away again.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entity {
    pub(crate) topic: String,
    pub(crate) config: Value,
}

/// What a device's entities depend on that changes by its reports: another one is to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Told {
    values: usize,
    limits: (CentiCelsius, CentiCelsius),
}

impl Told {
    /// What is told of a device as it is now.
    pub(crate) fn of(device: &Device) -> Self {
        Self { values: device.slots.len(), limits: device.setpoint_limits() }
    }
}

/// A reading shown as an entity of its own.
struct Sensor {
    key: Key,
    component: &'static str,
    name: &'static str,
    class: &'static str,
    unit: Option<&'static str>,
}

const SENSORS: [Sensor; 7] = [
    Sensor { key: Key::Battery, component: "sensor", name: "Battery", class: "battery", unit: Some("%") },
    Sensor { key: Key::Temperature, component: "sensor", name: "Temperature", class: "temperature", unit: Some("°C") },
    Sensor { key: Key::Humidity, component: "sensor", name: "Humidity", class: "humidity", unit: Some("%") },
    Sensor { key: Key::PiHeatingDemand, component: "sensor", name: "Valve", class: "power_factor", unit: Some("%") },
    Sensor { key: Key::Contact, component: "binary_sensor", name: "Contact", class: "door", unit: None },
    Sensor { key: Key::Tamper, component: "binary_sensor", name: "Tamper", class: "tamper", unit: None },
    Sensor { key: Key::BatteryLow, component: "binary_sensor", name: "Battery low", class: "battery", unit: None },
];

/// All entities of a device as it is now.
pub(crate) fn entities(topics: &Topics, device: &Device) -> Vec<Entity> {
    let mut entities = Vec::new();
    if device.can(Capability::Thermostat) {
        entities.push(entity(topics, device, "climate", "climate", climate(topics, device)));
    }
    if device.can(Capability::Lock) {
        entities.push(entity(topics, device, "lock", "lock", lock(topics, device)));
    }
    for sensor in &SENSORS {
        if device.slots.contains_key(&sensor.key) {
            entities.push(entity(
                topics,
                device,
                sensor.component,
                sensor.key.word(),
                sensor_config(topics, device, sensor),
            ));
        }
    }
    entities
}

/// The topics of every entity that a device can have had, for taking them away.
pub(crate) fn all_topics(ieee: Ieee) -> Vec<String> {
    let sensors = SENSORS.iter().map(|sensor| topic(sensor.component, ieee, sensor.key.word()));
    [topic("climate", ieee, "climate"), topic("lock", ieee, "lock")].into_iter().chain(sensors).collect()
}

fn topic(component: &str, ieee: Ieee, object: &str) -> String {
    format!("homeassistant/{component}/{ieee}/{object}/config")
}

/// Adds what every entity has in common.
fn entity(topics: &Topics, device: &Device, component: &str, object: &str, mut config: Value) -> Entity {
    let description = device.description.as_ref();
    let common = json!({
        "unique_id": format!("{}_{object}_hearth", device.ieee),
        "object_id": format!("{}_{object}", device.name),
        "availability": [
            {"topic": topics.bridge("state"), "value_template": "{{ value_json.state }}"},
            {"topic": topics.availability(device.name.as_str())},
        ],
        "availability_mode": "all",
        "device": {
            "identifiers": [format!("hearth_{}", device.ieee)],
            "name": device.name.as_str(),
            "manufacturer": description.map(|d| d.manufacturer.as_str()),
            "model": description.map(|d| d.model.as_str()),
            "sw_version": description.and_then(|d| d.software.as_deref()),
            "suggested_area": device.room.as_ref().map(home::Name::as_str),
            "via_device": "hearth_bridge",
        },
        "origin": {"name": "Hearth", "sw_version": env!("CARGO_PKG_VERSION")},
    });
    if let (Some(config), Value::Object(common)) = (config.as_object_mut(), common) {
        config.extend(common);
    }
    Entity { topic: topic(component, device.ieee, object), config }
}

fn climate(topics: &Topics, device: &Device) -> Value {
    let (state, set) = (topics.state(device.name.as_str()), topics.set(device.name.as_str()));
    let (min, max) = device.setpoint_limits();
    json!({
        "name": null,
        "current_temperature_topic": state,
        "current_temperature_template": "{{ value_json.local_temperature }}",
        "temperature_state_topic": state,
        "temperature_state_template": "{{ value_json.occupied_heating_setpoint }}",
        "temperature_command_topic": set,
        "temperature_command_template": "{\"occupied_heating_setpoint\": {{ value }} }",
        "mode_state_topic": state,
        "mode_state_template": "{{ value_json.system_mode }}",
        "mode_command_topic": set,
        "mode_command_template": "{\"system_mode\": \"{{ value }}\" }",
        "modes": ["off", "heat", "auto"],
        "action_topic": state,
        "action_template": "{% set a = {'idle':'idle','heat':'heating','cool':'cooling','fan_only':'fan'} %}\
                            {{ a.get(value_json.running_state, 'idle') }}",
        "min_temp": home::payload::celsius(min),
        "max_temp": home::payload::celsius(max),
        "temp_step": 0.5,
        "precision": 0.1,
        "temperature_unit": "C",
    })
}

fn lock(topics: &Topics, device: &Device) -> Value {
    json!({
        "name": null,
        "state_topic": topics.state(device.name.as_str()),
        "value_template": "{{ value_json.lock_state }}",
        "state_locked": "locked",
        "state_unlocked": "unlocked",
        "state_locking": "locking",
        "state_unlocking": "unlocking",
        "state_jammed": "jammed",
        "command_topic": topics.set(device.name.as_str()),
        "payload_lock": "LOCK",
        "payload_unlock": "UNLOCK",
        "command_template":
            "{\"state\": \"{{ value }}\"{% if code %}, \"pin_code\": \"{{ code }}\"{% endif %} }",
        "optimistic": false,
        "retain": false,
    })
}

fn sensor_config(topics: &Topics, device: &Device, sensor: &Sensor) -> Value {
    let mut config = json!({
        "name": sensor.name,
        "state_topic": topics.state(device.name.as_str()),
        "value_template": format!("{{{{ value_json.{} }}}}", sensor.key.word()),
        "device_class": sensor.class,
    });
    let Some(object) = config.as_object_mut() else { return config };
    if let Some(unit) = sensor.unit {
        object.insert("unit_of_measurement".to_owned(), unit.into());
        object.insert("state_class".to_owned(), "measurement".into());
    }
    if sensor.component == "binary_sensor" {
        // Home Assistant's door class is "on" when open; our contact is true when closed.
        let (on, off) = if sensor.key == Key::Contact { (false, true) } else { (true, false) };
        object.insert("payload_on".to_owned(), on.into());
        object.insert("payload_off".to_owned(), off.into());
    }
    config
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use home::{AdapterName, Description, Power, Reading, Slot, Timestamp};

    use super::*;

    #[test]
    fn a_lock_and_a_valve_are_what_home_assistant_expects() {
        let mut device = Device::new(Ieee(0x10), AdapterName::new("stick"));
        device.description = Some(Description {
            manufacturer: "m".to_owned(),
            model: "x".to_owned(),
            software: None,
            power: Power::Battery,
            capabilities: BTreeSet::from([Capability::Lock, Capability::Thermostat]),
        });
        let topics = Topics::new("hearth");
        let entities = entities(&topics, &device);
        let found: Vec<_> = entities.iter().map(|e| e.topic.as_str()).collect();
        let expected = [
            "homeassistant/climate/0x0000000000000010/climate/config",
            "homeassistant/lock/0x0000000000000010/lock/config",
        ];
        assert_eq!(found, expected);
        assert_eq!(entities[0].config["temperature_command_topic"], "hearth/0x0000000000000010/set");
        assert_eq!(entities[0].config["min_temp"], 5);
        assert_eq!(entities[1].config["state_jammed"], "jammed");
        let mut limited = |centi| {
            let reading = Reading::MaxHeatSetpointLimit(Some(CentiCelsius(centi)));
            device.slots.insert(reading.key(), Slot { reading, at: Timestamp(0), stale: false });
            Told::of(&device)
        };
        assert_ne!(limited(2800), limited(2600), "a new limit is told");
        for entity in &entities {
            assert!(entity.config["device"]["identifiers"][0].is_string());
            assert!(all_topics(device.ieee).contains(&entity.topic));
        }
    }
}
