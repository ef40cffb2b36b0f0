//! What a device keeps without power, as a file holds it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use zigbee::wire::Ieee;

use super::Device;
use super::bindings::Binding;
use crate::hex;

#[derive(Debug, Serialize, Deserialize)]
struct Saved {
    short: u16,
    hub: u64,
    /// Cluster, target, endpoint.
    bindings: Vec<(u16, u64, u8)>,
    /// Cluster, attribute, least and greatest interval, least change.
    rules: Vec<(u16, u16, u16, u16, u64)>,
    /// Cluster, attribute, type and value.
    values: Vec<(u16, u16, String)>,
    model: Json,
}

impl Device {
    /// What it keeps; nothing outside a network.
    pub fn save(&self) -> Json {
        if !self.joined {
            return Json::Null;
        }
        let saved = Saved {
            short: self.node.short,
            hub: self.hub.0,
            bindings: self.bindings.iter().map(|row| (row.cluster, row.target.0, row.endpoint)).collect(),
            rules: self.rules.iter().map(|(p, rule)| (p.0, p.1, rule.min, rule.max, rule.change)).collect(),
            values: self.attributes.kept().map(|(place, bytes)| (place.0, place.1, hex::encode(&bytes))).collect(),
            model: self.model.save(),
        };
        serde_json::to_value(saved).unwrap_or_default()
    }

    /// Puts back what [`Device::save`] gave.
    pub fn load(&mut self, saved: &Json) -> Result<(), serde_json::Error> {
        if saved.is_null() {
            return Ok(());
        }
        let saved = Saved::deserialize(saved)?;
        self.joined = true;
        self.node.short = saved.short;
        self.hub = Ieee(saved.hub);
        for (cluster, id, text) in saved.values {
            let bytes = hex::decode(&text).unwrap_or_default();
            if let Err(error) = self.attributes.restore((cluster, id), &bytes) {
                tracing::warn!(device = self.name, cluster, id, %error, "a saved value cannot be read");
            }
        }
        for (cluster, target, endpoint) in saved.bindings {
            self.bindings.change(true, Binding { cluster, target: Ieee(target), endpoint });
        }
        for (cluster, id, min, max, change) in saved.rules {
            if let Some(attribute) = self.attributes.get((cluster, id)) {
                let value = attribute.value().clone();
                self.rules.set(Duration::ZERO, (cluster, id), value, (min, max, change));
            }
        }
        self.model.load(&saved.model);
        Ok(())
    }
}
