//! A block: the samples of one flush in the order in which they came.
//!
//! Layout: version 1; seconds of the earliest sample, span to the latest, count (varints); then for each sample the
//! device's address (8 bytes, little end first), key code (1), seconds after the earliest (varint), value (varint: 0 for
//! "unknown", else 1 + zigzag); CRC-32.

use home::{Ieee, Key};

use super::bytes::{put_varint, seal, take_varint, unseal, unzigzag, zigzag};
use crate::stage::Sample;

const VERSION: u8 = 1;

/// The samples as a block.
pub(super) fn encode(samples: &[Sample]) -> Vec<u8> {
    let times = || samples.iter().map(|sample| sample.seconds);
    let (first, last) = (times().min().unwrap_or_default(), times().max().unwrap_or_default());
    let mut bytes = Vec::with_capacity(16 + samples.len() * 14);
    bytes.push(VERSION);
    put_varint(&mut bytes, first.into());
    put_varint(&mut bytes, (last - first).into());
    put_varint(&mut bytes, samples.len() as u64);
    for sample in samples {
        bytes.extend_from_slice(&sample.device.0.to_le_bytes());
        bytes.push(sample.key.code());
        put_varint(&mut bytes, (sample.seconds - first).into());
        put_varint(&mut bytes, sample.value.map_or(0, |value| 1 + zigzag(value.into())));
    }
    seal(bytes)
}

/// A block whose seal held.
#[derive(Debug, Clone)]
pub(super) struct Block<'b> {
    /// Seconds of its earliest sample.
    pub(super) first: u32,
    /// Seconds of its latest sample.
    pub(super) last: u32,
    /// How many samples are in it.
    pub(super) count: u64,
    samples: &'b [u8],
}

impl<'b> Block<'b> {
    /// Checks and opens a block; `None` if it is damaged or of another version.
    pub(super) fn open(bytes: &'b [u8]) -> Option<Self> {
        let (version, mut rest) = unseal(bytes)?.split_first()?;
        if *version != VERSION {
            return None;
        }
        let first = u32::try_from(take_varint(&mut rest)?).ok()?;
        let span = u32::try_from(take_varint(&mut rest)?).ok()?;
        let last = first.checked_add(span)?;
        let count = take_varint(&mut rest)?;
        // The least that a sample takes is 11 bytes.
        (count <= rest.len() as u64 / 11).then_some(Self { first, last, count, samples: rest })
    }

    /// Its samples, each with its place. One of a key that is not known here (a later hub wrote it) is left out.
    pub(super) fn samples(&self) -> impl Iterator<Item = (u64, Sample)> + use<'b> {
        let (mut rest, first) = (self.samples, self.first);
        (0..self.count).map_while(move |place| take_sample(&mut rest, first).map(|sample| (place, sample))).filter_map(
            |(place, (device, code, seconds, value))| {
                Key::from_code(code).map(|key| (place, Sample { device, key, seconds, value }))
            },
        )
    }
}

fn take_sample(rest: &mut &[u8], first: u32) -> Option<(Ieee, u8, u32, Option<i32>)> {
    let (device, tail) = rest.split_first_chunk::<8>()?;
    let (key, tail) = tail.split_first()?;
    *rest = tail;
    let seconds = first.checked_add(u32::try_from(take_varint(rest)?).ok()?)?;
    let value = match take_varint(rest)? {
        0 => None,
        value => Some(i32::try_from(unzigzag(value - 1)).ok()?),
    };
    Some((Ieee(u64::from_le_bytes(*device)), *key, seconds, value))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn samples() -> impl Strategy<Value = Vec<Sample>> {
        let sample = (any::<u64>(), 1u8..=16, any::<u32>(), any::<Option<i32>>());
        proptest::collection::vec(
            sample.prop_map(|(device, key, seconds, value)| Sample {
                device: Ieee(device),
                key: Key::from_code(key).unwrap(),
                seconds,
                value,
            }),
            0..50,
        )
    }

    proptest! {
        #[test]
        fn a_block_holds_what_was_put_in(samples in samples()) {
            let bytes = encode(&samples);
            let block = Block::open(&bytes).unwrap();
            let read: Vec<_> = block.samples().map(|(_, sample)| sample).collect();
            prop_assert_eq!(read, samples);
        }

        #[test]
        fn any_bytes_are_a_block_or_none(body: Vec<u8>) {
            let sealed = seal([&[VERSION], body.as_slice()].concat());
            if let Some(block) = Block::open(&sealed) {
                prop_assert!(block.samples().count() as u64 <= block.count);
            }
        }
    }
}
