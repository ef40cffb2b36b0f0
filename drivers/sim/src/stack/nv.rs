//! The adapter's non-volatile memory: items by id, and the tables of extended memory by item and row.
//!
//! Knows what a factory-new stick holds, and how its tables of children look. Does not know when they change.

use std::collections::BTreeMap;

use zigbee::wire::{Field, Ieee, Reader, Writer};
use zigbee::znp::nv;

use crate::rng::Rng;
use crate::stack::nib::Network;

/// Item and row.
pub(crate) type Key = (u16, u16);

/// Extended item under which the plain items are seen, with the id as row.
const PLAIN: u16 = 0x0000;

/// APS link key table: 20 bytes that no device here uses, but backups read.
const APS_LINK_KEY_TABLE: u16 = 0x004C;

/// Items and rows that the flash has room for.
const MAX_ITEMS: usize = 2000;
/// Rows of the address manager, 12 bytes each.
const ADDRESS_ROWS: u16 = 257;
/// Rows of the trust centre link keys, 20 bytes each.
const LINK_KEY_ROWS: u16 = 200;
const EMPTY_ADDRESS: [u8; 12] = [0xFF; 12];
const EMPTY_LINK_KEY: [u8; 20] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0, 0, 0];
/// A child, with a link key.
const ADDRESS_USER: u8 = 0x03;
/// A link key that the trust centre made and the device proved.
const VERIFIED_KEY: u8 = 2;

/// Everything that survives a loss of power.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Nv {
    /// Address burnt into the chip.
    pub factory: Ieee,
    /// Items by id.
    pub plain: BTreeMap<u16, Vec<u8>>,
    /// Rows of extended memory.
    pub extended: BTreeMap<Key, Vec<u8>>,
}

impl Nv {
    /// A freshly flashed stick. Hosts read alignment from the length of `NWKKEY`, so it is there, of 24 bytes.
    pub(crate) fn new(factory: Ieee, rng: &mut Rng) -> Self {
        let mut memory = Self { factory, plain: BTreeMap::new(), extended: BTreeMap::new() };
        let ones: &[(u16, u8)] = &[
            (nv::STARTUP_OPTION, 0),
            (0x0010, 2),
            (nv::BCAST_DELIVERY_TIME, 30),
            (nv::CONCENTRATOR_ENABLE, 1),
            (nv::CONCENTRATOR_DISCOVERY, 120),
            (0x0034, 10),
            (nv::CONCENTRATOR_RC, 1),
            (nv::SRC_RTG_EXPIRY, 255),
            (nv::NWK_CHILD_AGE_ENABLE, 0),
            (nv::LOGICAL_TYPE, 0),
            (nv::ZDO_DIRECT_CB, 1),
        ];
        memory.plain.extend(ones.iter().map(|(id, value)| (*id, vec![*value])));
        memory.plain.insert(nv::EXTADDR, factory.to_bytes());
        memory.plain.insert(nv::TCLK_SEED, rng.bytes::<16>().into());
        memory.forget_network(rng);
        memory
    }

    /// No network and no children, as after a start with the startup options set.
    pub(crate) fn forget_network(&mut self, rng: &mut Rng) {
        self.plain.remove(&nv::NIB);
        let fresh: [(u16, Vec<u8>); 11] = [
            (APS_LINK_KEY_TABLE, vec![0; 20]),
            (nv::NWK_ACTIVE_KEY_INFO, vec![0; 17]),
            (nv::NWK_ALTERN_KEY_INFO, vec![0; 17]),
            (nv::NWKKEY, vec![0; 24]),
            (nv::BDB_NODE_IS_ON_A_NETWORK, vec![0]),
            (nv::PANID, vec![0xFF; 2]),
            (nv::CHANLIST, vec![0; 4]),
            (nv::APS_USE_EXT_PANID, vec![0; 8]),
            (nv::PRECFGKEY, rng.bytes::<16>().into()),
            (nv::PRECFGKEYS_ENABLE, vec![0]),
            (nv::EXTENDED_PAN_ID, self.factory.to_bytes()),
        ];
        self.plain.extend(fresh);
        let table =
            |item: u16, rows: u16, row: &'static [u8]| (0..rows).map(move |index| ((item, index), row.to_vec()));
        self.extended = table(nv::EX_ADDRMGR, ADDRESS_ROWS, &EMPTY_ADDRESS)
            .chain(table(nv::EX_TCLK_TABLE, LINK_KEY_ROWS, &EMPTY_LINK_KEY))
            .chain(table(nv::EX_APS_KEY_DATA_TABLE, 3, &[0; 24]))
            .chain(table(nv::EX_NWK_SEC_MATERIAL_TABLE, 5, &[0; 12]))
            .collect();
    }

    /// An item or row: item 0 of extended memory shows the plain items.
    pub(crate) fn get(&self, key: Key) -> Option<&Vec<u8>> {
        if key.0 == PLAIN { self.plain.get(&key.1) } else { self.extended.get(&key) }
    }

    /// Creates or replaces an item or row.
    pub(crate) fn set(&mut self, key: Key, value: Vec<u8>) {
        // A host may not fill our memory; what does not fit is lost, as in a worn flash.
        if self.plain.len() + self.extended.len() >= MAX_ITEMS && self.get(key).is_none() {
            return;
        }
        if key.0 == PLAIN {
            self.plain.insert(key.1, value);
        } else {
            self.extended.insert(key, value);
        }
    }

    /// Deletes an item or row; `false` if there is none.
    pub(crate) fn remove(&mut self, key: Key) -> bool {
        if key.0 == PLAIN { self.plain.remove(&key.1) } else { self.extended.remove(&key) }.is_some()
    }

    /// A plain item of one byte.
    pub(crate) fn byte(&self, id: u16) -> Option<u8> {
        self.plain.get(&id)?.first().copied()
    }

    /// A plain item as a field.
    pub(crate) fn field<T: Field>(&self, id: u16) -> Option<T> {
        T::from_bytes(self.plain.get(&id)?).ok()
    }

    /// The coordinator's address: hosts may have given it another.
    pub(crate) fn ieee(&self) -> Ieee {
        self.field(nv::EXTADDR).unwrap_or(self.factory)
    }

    /// The network on the stick, whoever wrote it.
    pub(crate) fn network(&self) -> Option<Network> {
        Network::from_nib(self.plain.get(&nv::NIB)?)
    }

    /// Children in the address manager: row, network address, IEEE address.
    pub(crate) fn children(&self) -> impl Iterator<Item = (u16, u16, Ieee)> {
        self.extended.range((nv::EX_ADDRMGR, 0)..(nv::EX_ADDRMGR + 1, 0)).filter_map(|((_, row), value)| {
            let mut reader = Reader::new(value);
            let user = u16::read(&mut reader).ok()? & 0xFF;
            let (short, ieee) = (u16::read(&mut reader).ok()?, Ieee::read(&mut reader).ok()?);
            (user != 0xFF && user & u16::from(ADDRESS_USER) != 0 && ieee.0 != u64::MAX).then_some((*row, short, ieee))
        })
    }

    /// Puts a child into the tables. A full table takes no more.
    pub(crate) fn add_child(&mut self, ieee: Ieee, short: u16) {
        let known = self.children().find(|(_, _, known)| *known == ieee).map(|(row, ..)| row);
        let free =
            || (0..ADDRESS_ROWS).find(|row| self.get((nv::EX_ADDRMGR, *row)).is_none_or(|v| *v == EMPTY_ADDRESS));
        let Some(row) = known.or_else(free) else { return };
        let mut address = Writer::new();
        address.put(&[ADDRESS_USER, 0xFF]);
        short.write(&mut address);
        ieee.write(&mut address);
        let mut key = Writer::new();
        // Frame counters, out and in.
        5_u32.write(&mut key);
        5_u32.write(&mut key);
        ieee.write(&mut key);
        key.put(&[VERIFIED_KEY, 0, row.to_le_bytes()[0] & 0x0F, 0]);
        self.extended.insert((nv::EX_ADDRMGR, row), address.into_bytes());
        self.extended.insert((nv::EX_TCLK_TABLE, row), key.into_bytes());
    }

    /// Takes a child out of the tables.
    pub(crate) fn remove_child(&mut self, ieee: Ieee) {
        let rows: Vec<u16> = self.children().filter(|(_, _, known)| *known == ieee).map(|(row, ..)| row).collect();
        for row in rows {
            self.extended.insert((nv::EX_ADDRMGR, row), EMPTY_ADDRESS.into());
            self.extended.insert((nv::EX_TCLK_TABLE, row), EMPTY_LINK_KEY.into());
        }
    }
}
