//! The devices of one network and their short addresses.
//!
//! Knows who has which address: a device can't speak for another. Does not know what they say.

use std::collections::BTreeMap;
use std::time::Duration;

use home::lock::Bolt;
use home::{CommandId, DriverRecord, Ieee, LinkQuality};

use super::echoes::Echoes;
use super::record::Kept;

/// The most devices of one network: more than a CC2652 can route for.
const DEVICES: usize = 300;

/// A device.
#[derive(Debug)]
pub(super) struct Device {
    /// What is kept of it.
    pub(super) kept: Kept,
    /// What was last given away to be kept.
    written: Option<DriverRecord>,
    /// Frames heard a moment ago.
    pub(super) echoes: Echoes,
    /// How well it was last heard.
    pub(super) link: Option<LinkQuality>,
    /// When it was last heard, on the steady clock; when the network came up if it was not heard since.
    pub(super) heard: Duration,
    /// When the house was last told that it was heard.
    pub(super) told: Option<Duration>,
    /// Requests in a row that it did not answer.
    pub(super) missed: u8,
    /// How its interview goes.
    pub(super) interview: Progress,
    /// True if its values may have changed unheard.
    pub(super) to_refresh: bool,
    /// The endpoint that was told to poll fast.
    pub(super) fast: Option<u8>,
    /// Where its bolt was told to go, until it says that it is there.
    pub(super) wanted: Option<Bolt>,
    /// True from a jam's alarm until the bolt is said to be at either end.
    pub(super) jammed: bool,
    /// When it was last asked whether it still reports as told.
    pub(super) checked: Option<Duration>,
}

/// How an interview goes.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// True while a step's answer is awaited.
    pub(super) asking: bool,
    /// True if the answer awaited is to a question of an interview that was begun anew since.
    pub(super) outdated: bool,
    /// True after a step failed, until the device speaks or time comes.
    pub(super) stalled: bool,
    /// Until when a device that answers, but not well, is left alone.
    pub(super) rests: Duration,
    /// Tries of the present step that failed.
    pub(super) tries: u8,
    /// The word last shown.
    pub(super) shown: Option<&'static str>,
    /// The owner's command that wants it.
    pub(super) command: Option<CommandId>,
}

impl Device {
    /// A device as it was kept.
    pub(super) fn new(kept: Kept, written: Option<DriverRecord>, up: Duration) -> Self {
        Self {
            kept,
            written,
            echoes: Echoes::default(),
            link: None,
            heard: up,
            told: None,
            missed: 0,
            interview: Progress::default(),
            to_refresh: false,
            fast: None,
            wanted: None,
            jammed: false,
            checked: None,
        }
    }

    /// What is to be kept of it, if that is another than before.
    pub(super) fn news(&mut self) -> Option<DriverRecord> {
        let record = self.kept.encode();
        if self.written.as_ref() == Some(&record) {
            return None;
        }
        self.written = Some(record.clone());
        Some(record)
    }
}

/// The devices of one network.
#[derive(Debug, Default)]
pub(super) struct Registry {
    devices: BTreeMap<Ieee, Device>,
    addresses: BTreeMap<u16, Ieee>,
}

impl Registry {
    /// The device with this short address.
    pub(super) fn at(&self, nwk: u16) -> Option<Ieee> {
        self.addresses.get(&nwk).copied()
    }

    /// A device.
    pub(super) fn get(&self, ieee: Ieee) -> Option<&Device> {
        self.devices.get(&ieee)
    }

    /// A device.
    pub(super) fn get_mut(&mut self, ieee: Ieee) -> Option<&mut Device> {
        self.devices.get_mut(&ieee)
    }

    /// All devices.
    pub(super) fn all(&self) -> impl Iterator<Item = (Ieee, &Device)> {
        self.devices.iter().map(|(ieee, device)| (*ieee, device))
    }

    /// Takes a device in; false if there are too many.
    pub(super) fn add(&mut self, ieee: Ieee, device: Device) -> bool {
        if self.devices.len() >= DEVICES && !self.devices.contains_key(&ieee) {
            return false;
        }
        if let Some(nwk) = device.kept.nwk {
            self.addresses.insert(nwk, ieee);
        }
        self.devices.insert(ieee, device);
        true
    }

    /// Notes a device's short address. Answers who had it before and has none now.
    pub(super) fn place(&mut self, ieee: Ieee, nwk: u16) -> Option<Ieee> {
        let device = self.devices.get_mut(&ieee)?;
        if let Some(old) = device.kept.nwk.replace(nwk)
            && self.addresses.get(&old) == Some(&ieee)
        {
            self.addresses.remove(&old);
        }
        let before = self.addresses.insert(nwk, ieee).filter(|other| *other != ieee)?;
        if let Some(other) = self.devices.get_mut(&before) {
            other.kept.nwk = None;
        }
        Some(before)
    }

    /// Forgets a device.
    pub(super) fn remove(&mut self, ieee: Ieee) -> Option<Device> {
        let device = self.devices.remove(&ieee)?;
        self.addresses.retain(|_, owner| *owner != ieee);
        Some(device)
    }

    /// The lowest zone number that no device has.
    pub(super) fn free_zone(&self) -> u8 {
        let taken = |zone: &u8| self.devices.values().any(|device| device.kept.zone == Some(*zone));
        (1..0xFF).find(|zone| !taken(zone)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(nwk: u16) -> Device {
        Device::new(Kept { nwk: Some(nwk), ..Kept::default() }, None, Duration::ZERO)
    }

    #[test]
    fn an_address_has_one_owner() {
        let mut registry = Registry::default();
        registry.add(Ieee(1), device(0x1111));
        registry.add(Ieee(2), device(0x2222));
        assert_eq!(registry.place(Ieee(2), 0x1111), Some(Ieee(1)));
        assert_eq!((registry.at(0x1111), registry.at(0x2222)), (Some(Ieee(2)), None));
        assert_eq!(registry.get(Ieee(1)).and_then(|device| device.kept.nwk), None);
        registry.remove(Ieee(2));
        assert_eq!(registry.at(0x1111), None);
    }

    #[test]
    fn a_crowd_is_kept_out() {
        let mut registry = Registry::default();
        let taken = (0..1000_u16).filter(|number| registry.add(Ieee((*number).into()), device(*number))).count();
        assert_eq!(taken, DEVICES);
    }

    #[test]
    fn zones_are_numbered_apart() {
        let mut registry = Registry::default();
        assert_eq!(registry.free_zone(), 1);
        let mut first = device(1);
        first.kept.zone = Some(1);
        registry.add(Ieee(1), first);
        assert_eq!(registry.free_zone(), 2);
    }
}
