//! The network information base as 32-bit chips keep it in memory: 116 bytes, fields aligned.

use zigbee::wire::{Field, Ieee, Reader, Writer};

/// Bytes of the item.
pub(crate) const LENGTH: usize = 116;

/// A running network, as the fields that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Network {
    /// Channel, 11 to 26.
    pub channel: u8,
    /// PAN id.
    pub pan: u16,
    /// Extended PAN id.
    pub extended_pan: u64,
    /// IEEE address of the coordinator.
    pub coordinator: Ieee,
    /// Channels that the network may use, bits 11 to 26.
    pub channels: u32,
}

/// From the sequence number to the coordinator's network address, padding included; the channel stands between.
const BEFORE_CHANNEL: [u8; 24] = [0, 5, 2, 51, 15, 51, 0, 30, 0, 0, 0, 1, 5, 1, 0x8F, 0, 7, 0, 2, 13, 30, 0, 0, 0];
/// Security, link status, concentrator: the tail after the loaded key flag.
const AFTER_KEYS: [u8; 14] = [0, 0, 60, 3, 0, 1, 120, 10, 1, 0, 0, 0, 0, 0];
/// State of a coordinator in its network.
const STATE: u16 = 8;
/// Beacon order, superframe order, scan duration, battery life extension: no beacons.
const BEACONS: [u8; 4] = [15, 15, 0, 0];

impl Network {
    /// The item.
    pub(crate) fn to_nib(self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.put(&BEFORE_CHANNEL);
        writer.put(&[self.channel, 0]);
        0_u16.write(&mut writer);
        self.coordinator.write(&mut writer);
        self.pan.write(&mut writer);
        STATE.write(&mut writer);
        self.channels.write(&mut writer);
        writer.put(&BEACONS);
        // Allocated addresses and depth.
        writer.put(&[0; 9]);
        self.extended_pan.write(&mut writer);
        true.write(&mut writer);
        // Two spare keys of 17 bytes.
        writer.put(&[0; 34]);
        writer.put(&AFTER_KEYS);
        writer.put(&[0; 2]);
        writer.into_bytes()
    }

    /// The network of an item; `None` if the item is of another chip or holds no network.
    pub(crate) fn from_nib(nib: &[u8]) -> Option<Self> {
        if nib.len() != LENGTH {
            return None;
        }
        let mut reader = Reader::new(nib);
        reader.take(24).ok()?;
        let channel = u8::read(&mut reader).ok()?;
        reader.take(3).ok()?;
        let (coordinator, pan) = (Ieee::read(&mut reader).ok()?, u16::read(&mut reader).ok()?);
        reader.take(2).ok()?;
        let channels = u32::read(&mut reader).ok()?;
        reader.take(13).ok()?;
        let extended_pan = u64::read(&mut reader).ok()?;
        (channel != 0 && pan != 0xFFFF).then_some(Self { channel, pan, extended_pan, coordinator, channels })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by another program's table of this item.
    const NIB: &str = "00050233 0f33001e 00000001 05018f00 0700020d 1e000000 0f000000 88776655 44332211 621a0800 00800000 \
        0f0f0000 00000000 00000000 00dddddd dddddddd dd010000 00000000 00000000 00000000 00000000 00000000 00000000 \
        00000000 00000000 00003c03 0001780a 01000000 00000000";

    fn bytes(hex: &str) -> Vec<u8> {
        let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
        digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
    }

    #[test]
    fn the_item_is_that_of_a_cc2652() {
        let network = Network {
            channel: 15,
            pan: 0x1A62,
            extended_pan: 0xDDDD_DDDD_DDDD_DDDD,
            coordinator: Ieee(0x1122_3344_5566_7788),
            channels: 1 << 15,
        };
        let nib = bytes(NIB);
        assert_eq!(nib.len(), LENGTH);
        assert_eq!(network.to_nib(), nib);
        assert_eq!(Network::from_nib(&nib), Some(network));
        assert_eq!(Network::from_nib(&nib[1..]), None);
    }
}
