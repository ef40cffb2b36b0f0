//! UTIL: the adapter itself, and its association table.

use zigbee::mt::Frame;
use zigbee::wire::{Field, Ieee, Reader, Rest, Writer};
use zigbee::znp::util::{Association, DeviceInfo};
use zigbee::znp::{Sreq, Srsp, Status};

use super::Stack;
use super::memory::raw;

/// Commands that the typed table does not have.
mod id {
    pub(super) const LED: u8 = 0x0A;
    pub(super) const EXT_ADDR_LOOKUP: u8 = 0x40;
    pub(super) const NWK_ADDR_LOOKUP: u8 = 0x41;
    pub(super) const ASSOC_COUNT: u8 = 0x48;
}

/// Coordinator, router and end device.
const ANY_ROLE: u8 = 7;
/// Bytes of a row on a 32-bit chip after its first three fields.
const ROW_TAIL: usize = 36 - 5;
/// Relation of a sleeping child.
const CHILD: u8 = 1;
const NO_ADDRESS: u16 = 0xFFFE;

impl Stack {
    /// Answers a request of this subsystem; `None` if it is not known.
    pub(super) fn utility(&mut self, request: &Sreq) -> Option<Srsp> {
        Some(match request {
            Sreq::UtilGetDeviceInfo => Srsp::UtilGetDeviceInfo(self.device_info()),
            Sreq::UtilAssocFindDevice(row) => Srsp::UtilAssocFindDevice(self.row(self.listed().nth((*row).into()))),
            Sreq::UtilAssocGetWithAddress(wanted) => {
                let by_ieee = wanted.ieee.0 != 0 && wanted.ieee.0 != u64::MAX;
                let found = self.listed().find(
                    |(_, short, ieee)| {
                        if by_ieee { *ieee == wanted.ieee } else { *short == wanted.short }
                    },
                );
                Srsp::UtilAssocGetWithAddress(self.row(found))
            }
            Sreq::UtilAssocRemove(ieee) => {
                let known = self.listed().any(|(_, _, child)| child == *ieee);
                self.ram.unlisted.insert(*ieee);
                Srsp::UtilAssocRemove(done(known))
            }
            Sreq::UtilAssocAdd(add) => {
                self.ram.unlisted.remove(&add.ieee);
                let known = self.children().any(|(_, child)| child == add.ieee);
                Srsp::UtilAssocAdd(done(known))
            }
            Sreq::Other(frame) => return self.utility_untyped(frame),
            _ => return None,
        })
    }

    fn utility_untyped(&mut self, frame: &Frame) -> Option<Srsp> {
        let mut reader = Reader::new(frame.data());
        let data = match frame.command().id {
            id::LED => vec![0],
            id::ASSOC_COUNT => u16::try_from(self.listed().count()).unwrap_or(u16::MAX).to_bytes(),
            id::EXT_ADDR_LOOKUP => {
                let wanted = Ieee::read(&mut reader).ok()?;
                self.children().find(|(_, ieee)| *ieee == wanted).map_or(NO_ADDRESS, |(short, _)| short).to_bytes()
            }
            id::NWK_ADDR_LOOKUP => {
                let wanted = u16::read(&mut reader).ok()?;
                self.children().find(|(short, _)| *short == wanted).map_or(Ieee(0), |(_, ieee)| ieee).to_bytes()
            }
            _ => return None,
        };
        Some(raw(frame, &data))
    }

    fn listed(&self) -> impl Iterator<Item = (u16, u16, Ieee)> {
        self.nv.children().filter(|(_, _, ieee)| !self.ram.unlisted.contains(ieee))
    }

    fn device_info(&self) -> DeviceInfo {
        let children: Vec<u16> = self.listed().map(|(_, short, _)| short).take(116).collect();
        DeviceInfo {
            status: Status::Success,
            ieee: self.nv.ieee(),
            short: if self.is_running() { 0 } else { NO_ADDRESS },
            device_type: ANY_ROLE,
            state: self.ram.state,
            children: zigbee::wire::List::new(children).unwrap_or_default(),
        }
    }

    /// A row of 36 bytes, from whose length hosts tell a 32-bit chip.
    #[expect(clippy::unused_self, reason = "reads as a question to the table")]
    fn row(&self, child: Option<(u16, u16, Ieee)>) -> Association {
        let Some((index, short, _)) = child else {
            return association(0xFFFF, 0xFFFF, 0xFF, &[0xFF; ROW_TAIL]);
        };
        let mut tail = Writer::new();
        // Device status, link status.
        tail.put(&[9, 0]);
        let mut tail = tail.into_bytes();
        tail.resize(ROW_TAIL, 0);
        association(short, index, CHILD, &tail)
    }
}

fn association(short: u16, address_index: u16, relation: u8, tail: &[u8]) -> Association {
    Association { short, address_index, relation, rest: Rest::new(tail).unwrap_or_default() }
}

fn done(success: bool) -> Status {
    if success { Status::Success } else { Status::Failure }
}
