//! What survives a loss of power, adapter and devices together, as one JSON document.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use thiserror::Error;
use zigbee::wire::Ieee;

use super::World;
use crate::hex;
use crate::stack::{Key, Nv};

/// Why a document is not one of ours.
#[derive(Debug, Error)]
pub enum MemoryError {
    /// Not the layout.
    #[error("not a simulator's memory")]
    Layout(#[from] serde_json::Error),
    /// A name or value is no hexadecimal number.
    #[error("bad item {0:?}")]
    Item(String),
}

#[derive(Debug, Serialize, Deserialize)]
struct Document {
    factory: u64,
    /// Id and value.
    plain: BTreeMap<String, String>,
    /// Item/row and value.
    extended: BTreeMap<String, String>,
    /// By name; null outside the network.
    devices: BTreeMap<String, Json>,
}

impl World {
    /// True once after something changed that survives.
    pub(crate) fn take_changed(&mut self) -> bool {
        let devices = self.seats.iter_mut().fold(false, |changed, seat| seat.device.take_changed() | changed);
        self.stack.take_dirty() | devices
    }

    /// The document.
    pub(crate) fn save(&self) -> Json {
        let nv = self.stack.nv();
        let document = Document {
            factory: nv.factory.0,
            plain: nv.plain.iter().map(|(id, value)| (format!("{id:04x}"), hex::encode(value))).collect(),
            extended: nv
                .extended
                .iter()
                .map(|((item, row), value)| (format!("{item:04x}/{row:04x}"), hex::encode(value)))
                .collect(),
            devices: self.seats.iter().map(|seat| (seat.device.name().to_owned(), seat.device.save())).collect(),
        };
        serde_json::to_value(document).unwrap_or_default()
    }

    /// Puts back what [`World::save`] gave. Devices that are not in it stay outside the network.
    pub(crate) fn load(&mut self, document: Json) -> Result<(), MemoryError> {
        let document = Document::deserialize(document)?;
        let mut nv = Nv { factory: Ieee(document.factory), plain: BTreeMap::new(), extended: BTreeMap::new() };
        for (name, value) in document.plain {
            let key = number(&name).ok_or_else(|| MemoryError::Item(name.clone()))?;
            nv.plain.insert(key, hex::decode(&value).ok_or(MemoryError::Item(name))?);
        }
        for (name, value) in document.extended {
            let key: Key = name
                .split_once('/')
                .and_then(|(item, row)| Some((number(item)?, number(row)?)))
                .ok_or_else(|| MemoryError::Item(name.clone()))?;
            nv.extended.insert(key, hex::decode(&value).ok_or(MemoryError::Item(name))?);
        }
        self.stack.replace_memory(nv);
        for seat in &mut self.seats {
            if let Some(saved) = document.devices.get(seat.device.name()) {
                seat.device.load(saved)?;
                seat.deadline = seat.device.deadline();
            }
        }
        Ok(())
    }
}

fn number(text: &str) -> Option<u16> {
    u16::from_str_radix(text, 16).ok()
}
