//! The last values of a device, with the number of the last sample that is in them.

use std::collections::BTreeMap;

use home::{Key, LinkQuality, Reading, Slot, Timestamp};
use minicbor::{Decode, Encode};

use super::{Row, RowError, decode, encode};

/// The last values of a device.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Latest {
    /// Samples with a smaller number than this are in here; see `stage`.
    pub(crate) next_sample: u64,
    /// Each key's value in its unit's smallest step, and when it was reported.
    pub(crate) values: BTreeMap<Key, (Option<i32>, Timestamp)>,
    /// How well the device was last heard.
    pub(crate) link: Option<LinkQuality>,
    /// When the device was last heard.
    pub(crate) last_seen: Option<Timestamp>,
}

impl Latest {
    /// The values as the model has them; all of them are old.
    pub(crate) fn slots(&self) -> BTreeMap<Key, Slot> {
        let slot = |(key, (value, at)): (&Key, &(Option<i32>, Timestamp))| {
            (*key, Slot { reading: Reading::from_stored(*key, *value), at: *at, stale: true })
        };
        self.values.iter().map(slot).collect()
    }
}

#[derive(Encode, Decode)]
struct LatestRow {
    #[n(0)]
    next_sample: u64,
    #[n(1)]
    values: Vec<ValueRow>,
    #[n(2)]
    link: Option<u8>,
    /// Milliseconds since 1970.
    #[n(3)]
    last_seen: Option<u64>,
}

#[derive(Encode, Decode)]
struct ValueRow {
    #[n(0)]
    key: u8,
    #[n(1)]
    value: Option<i32>,
    /// Milliseconds since 1970.
    #[n(2)]
    at: u64,
}

/// The values as a row.
pub(crate) fn write_latest(latest: &Latest) -> Row {
    let value =
        |(key, (value, at)): (&Key, &(Option<i32>, Timestamp))| ValueRow { key: key.code(), value: *value, at: at.0 };
    encode(&LatestRow {
        next_sample: latest.next_sample,
        values: latest.values.iter().map(value).collect(),
        link: latest.link.map(|link| link.0),
        last_seen: latest.last_seen.map(|seen| seen.0),
    })
}

/// The values of a row. A key that is not known here (a later hub wrote it) is left out.
pub(crate) fn read_latest(bytes: &[u8]) -> Result<Latest, RowError> {
    let row: LatestRow = decode(bytes)?;
    let value = |row: ValueRow| Key::from_code(row.key).map(|key| (key, (row.value, Timestamp(row.at))));
    Ok(Latest {
        next_sample: row.next_sample,
        values: row.values.into_iter().filter_map(value).collect(),
        link: row.link.map(LinkQuality),
        last_seen: row.last_seen.map(Timestamp),
    })
}
