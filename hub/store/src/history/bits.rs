//! A stream of bits, most significant first, and Rice codes in it.

use super::bytes::{unzigzag, zigzag};

/// Ones in front of a number that is written in full because its Rice code would be longer.
const ESCAPE: u64 = 24;
/// The widest Rice parameter: an escaped number is shorter than what would need a wider one.
pub(super) const WIDEST: u8 = 40;

/// Writes bits.
#[derive(Debug, Default)]
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    /// Bits that are still free in the last byte, 0 to 7.
    free: u32,
}

impl BitWriter {
    /// Goes on behind whole bytes.
    pub(super) fn after(bytes: Vec<u8>) -> Self {
        Self { bytes, free: 0 }
    }

    fn bit(&mut self, one: bool) {
        if self.free == 0 {
            self.bytes.push(0);
            self.free = 8;
        }
        self.free -= 1;
        if let Some(last) = self.bytes.last_mut() {
            *last |= u8::from(one) << self.free;
        }
    }

    fn bits(&mut self, value: u64, width: u32) {
        (0..width).rev().for_each(|place| self.bit(value >> place & 1 == 1));
    }

    /// Writes a number so that small ones are short; `width` is about the logarithm of the usual one.
    pub(super) fn rice(&mut self, value: u64, width: u8) {
        let ones = value >> width;
        (0..ones.min(ESCAPE)).for_each(|_| self.bit(true));
        if ones >= ESCAPE {
            self.bits(value, 64);
        } else {
            self.bit(false);
            self.bits(value, width.into());
        }
    }

    /// All that was written, filled up to a whole byte with zeros.
    pub(super) fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// Reads bits.
#[derive(Debug)]
pub(super) struct BitReader<'b> {
    bytes: &'b [u8],
    at: u64,
}

impl<'b> BitReader<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn bit(&mut self) -> Option<bool> {
        let byte = self.bytes.get(usize::try_from(self.at / 8).ok()?)?;
        let one = byte >> (7 - self.at % 8) & 1 == 1;
        self.at += 1;
        Some(one)
    }

    fn bits(&mut self, width: u32) -> Option<u64> {
        (0..width).try_fold(0, |value, _| Some(value << 1 | u64::from(self.bit()?)))
    }

    /// Reads what [`BitWriter::rice`] wrote with the same `width`; `None` at the end of the bytes.
    pub(super) fn rice(&mut self, width: u8) -> Option<u64> {
        let mut ones = 0;
        while ones < ESCAPE && self.bit()? {
            ones += 1;
        }
        if ones == ESCAPE { self.bits(64) } else { Some(ones << width | self.bits(width.into())?) }
    }
}

/// The width with which these numbers take the fewest bits.
pub(super) fn best_width(values: &[u64]) -> u8 {
    let cost = |width: u8| -> u64 {
        let one = |value: u64| match value >> width {
            ones if ones >= ESCAPE => ESCAPE + 64,
            ones => ones + 1 + u64::from(width),
        };
        values.iter().copied().map(one).sum()
    };
    (0..=WIDEST).min_by_key(|width| cost(*width)).unwrap_or_default()
}

/// The step from one number to the next, small whichever way it goes.
pub(super) fn step(from: i64, to: i64) -> u64 {
    zigzag(to.wrapping_sub(from))
}

/// Undoes [`step`].
pub(super) fn stepped(from: i64, step: u64) -> i64 {
    from.wrapping_add(unzigzag(step))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_come_back(values: Vec<u64>, small in proptest::collection::vec(0u64..9, 0..99), width in 0u8..=WIDEST) {
            let mut writer = BitWriter::default();
            let values: Vec<_> = values.into_iter().chain(small).collect();
            for value in &values {
                writer.rice(*value, width);
            }
            let bytes = writer.finish();
            let mut reader = BitReader::new(&bytes);
            for value in values {
                prop_assert_eq!(reader.rice(width), Some(value));
            }
            while reader.rice(width).is_some() {}
        }

        #[test]
        fn steps_lead_back(from: i64, to: i64) {
            prop_assert_eq!(stepped(from, step(from, to)), to);
        }
    }
}
