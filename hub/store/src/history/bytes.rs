//! Sealing and varints: how blocks and chunks are framed. A seal is a trailing CRC-32 (IEEE 802.3), so that a flipped
//! bit on the disk is a missing block and not a wrong temperature.

/// CRC of each half byte for the polynomial `0xEDB8_8320`.
const NIBBLES: [u32; 16] = [
    0x0000_0000,
    0x1DB7_1064,
    0x3B6E_20C8,
    0x26D9_30AC,
    0x76DC_4190,
    0x6B6B_51F4,
    0x4DB2_6158,
    0x5005_713C,
    0xEDB8_8320,
    0xF00F_9344,
    0xD6D6_A3E8,
    0xCB61_B38C,
    0x9B64_C2B0,
    0x86D3_D2D4,
    0xA00A_E278,
    0xBDBD_F21C,
];

fn crc32(bytes: &[u8]) -> u32 {
    let half = |crc: u32| (crc >> 4) ^ NIBBLES.get((crc & 0xF) as usize).copied().unwrap_or_default();
    !bytes.iter().fold(u32::MAX, |crc, byte| half(half(crc ^ u32::from(*byte))))
}

/// Appends the CRC of all that is in `bytes`.
pub(super) fn seal(mut bytes: Vec<u8>) -> Vec<u8> {
    let crc = crc32(&bytes);
    bytes.extend_from_slice(&crc.to_le_bytes());
    bytes
}

/// What was sealed, if nothing in it changed.
pub(super) fn unseal(bytes: &[u8]) -> Option<&[u8]> {
    let (sealed, crc) = bytes.split_last_chunk::<4>()?;
    (crc32(sealed) == u32::from_le_bytes(*crc)).then_some(sealed)
}

/// Signed to unsigned, small to small: 0, -1, 1, -2 become 0, 1, 2, 3.
pub(super) fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

/// Undoes [`zigzag`].
pub(super) fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -((value & 1).cast_signed())
}

/// Appends `value` in groups of seven bits, low group first (LEB128).
pub(super) fn put_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    bytes.push(value.to_le_bytes()[0]);
}

/// Takes a varint off the front; `None` at the end of the bytes or beyond 64 bits.
pub(super) fn take_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        let group = u64::from(first & 0x7F);
        if shift == 63 && group > 1 {
            return None;
        }
        value |= group << shift;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_crc_is_the_one_everybody_has() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    proptest! {
        #[test]
        fn numbers_come_back(value: u64, signed: i64, tail: Vec<u8>) {
            let mut bytes = Vec::new();
            put_varint(&mut bytes, value);
            bytes.extend_from_slice(&tail);
            let mut rest = bytes.as_slice();
            prop_assert_eq!(take_varint(&mut rest), Some(value));
            prop_assert_eq!(rest, tail.as_slice());
            prop_assert_eq!(unzigzag(zigzag(signed)), signed);
        }

        #[test]
        fn a_flipped_bit_breaks_the_seal(body: Vec<u8>, at: usize, bit in 0u8..8) {
            let mut sealed = seal(body.clone());
            prop_assert_eq!(unseal(&sealed), Some(body.as_slice()));
            let at = at % sealed.len();
            sealed[at] ^= 1 << bit;
            prop_assert_eq!(unseal(&sealed), None);
        }
    }
}
