//! Lower-case hexadecimal digits, and nothing else: one value has one text.

/// `bytes` in digits.
pub(super) fn write(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The bytes that `text` stands for.
pub(super) fn read(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let byte = |[high, low]: &[u8; 2]| Some(digit(*high)? << 4 | digit(*low)?);
    rest.is_empty().then(|| pairs.iter().map(byte).collect()).flatten()
}

/// The same for a fixed number of bytes.
pub(super) fn read_array<const N: usize>(text: &str) -> Option<[u8; N]> {
    read(text)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_one_text_is_a_value() {
        assert_eq!(read("00ff"), Some(vec![0, 255]));
        for bad in ["0", "0F", "0g", "0x", " 0", "é"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn bytes_come_back(bytes: Vec<u8>) {
            prop_assert_eq!(read(&write(&bytes)), Some(bytes));
        }
    }
}
