//! A device's binding table (Zigbee specification, 2.2.8.2): which cluster is told to whom.

use zigbee::wire::{Field, Ieee, Reader};
use zigbee::zdo::Status;
use zigbee::znp::af::AddressMode;

/// Rows that a device has room for.
const MAX: usize = 20;
/// Rows in one answer.
const PAGE: usize = 3;

/// One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Binding {
    /// Cluster.
    pub(super) cluster: u16,
    /// Device that is told.
    pub(super) target: Ieee,
    /// Its endpoint.
    pub(super) endpoint: u8,
}

/// All rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Bindings(Vec<Binding>);

impl Bindings {
    /// Endpoints of a target that are told of a cluster.
    pub(super) fn endpoints(&self, cluster: u16, target: Ieee) -> Vec<u8> {
        let told = |row: &&Binding| row.cluster == cluster && row.target == target;
        self.0.iter().filter(told).map(|row| row.endpoint).collect()
    }

    /// True if nobody is told of anything.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All rows.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Binding> {
        self.0.iter()
    }

    /// Makes or removes a row.
    pub(super) fn change(&mut self, make: bool, row: Binding) -> Status {
        let known = self.0.contains(&row);
        if make && !known && self.0.len() >= MAX {
            return Status::TableFull;
        }
        if !make && !known {
            return Status::NoEntry;
        }
        self.0.retain(|other| *other != row);
        if make {
            self.0.push(row);
        }
        Status::Success
    }

    /// Part of the table, as an answer tells it.
    pub(super) fn page(&self, source: Ieee, source_endpoint: u8, start: u8) -> Vec<u8> {
        let count = |count: usize| u8::try_from(count).unwrap_or(u8::MAX);
        let rows: Vec<&Binding> = self.0.iter().skip(start.into()).take(PAGE).collect();
        let row = |row: &&Binding| {
            let head = [source.to_bytes(), vec![source_endpoint], row.cluster.to_bytes()].concat();
            let mode = AddressMode::Ieee.to_bytes();
            [head, mode, row.target.to_bytes(), vec![row.endpoint]].concat()
        };
        let head = [Status::Success.to_bytes(), vec![count(self.0.len()), start, count(rows.len())]].concat();
        [head, rows.iter().flat_map(row).collect()].concat()
    }
}

/// What a bind or unbind request is about: whose endpoint, and the row. `None` if it cannot be read;
/// the row is missing if the target is a group.
pub(super) fn read(payload: &[u8]) -> Option<(Ieee, u8, Option<Binding>)> {
    let mut reader = Reader::new(payload);
    let (source, endpoint) = (Ieee::read(&mut reader).ok()?, u8::read(&mut reader).ok()?);
    let (cluster, mode) = (u16::read(&mut reader).ok()?, AddressMode::read(&mut reader).ok()?);
    let row = match mode {
        AddressMode::Ieee => {
            let target = Ieee::read(&mut reader).ok()?;
            Some(Binding { cluster, target, endpoint: u8::read(&mut reader).ok()? })
        }
        _ => None,
    };
    Some((source, endpoint, row))
}
