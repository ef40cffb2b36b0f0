//! Base64 (RFC 4648, section 4) read strictly: whole groups, padding where it belongs.

/// The bytes, or `None` for anything else than their one spelling.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let (groups, rest) = text.as_bytes().as_chunks::<4>();
    rest.is_empty().then_some(())?;
    let mut bytes = Vec::with_capacity(groups.len() * 3);
    for (at, group) in groups.iter().enumerate() {
        let padding = group.iter().rev().take_while(|letter| **letter == b'=').count();
        if padding > 0 && at + 1 < groups.len() {
            return None;
        }
        let mut digits = group.iter().take(4 - padding).map(|letter| digit(*letter));
        let mut value = digits.try_fold(0_u32, |value, digit| Some(value << 6 | digit?))?;
        value <<= 6 * padding;
        let [_, group @ ..] = value.to_be_bytes();
        let (whole, unused) = group.split_at_checked(3_usize.checked_sub(padding).filter(|whole| *whole > 0)?)?;
        if unused.iter().any(|byte| *byte != 0) {
            return None;
        }
        bytes.extend_from_slice(whole);
    }
    Some(bytes)
}

fn digit(letter: u8) -> Option<u32> {
    let value = match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(value.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_the_rfc_are_read() {
        for (text, bytes) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9vYmE=", "fooba"),
            ("Zm9vYmFy", "foobar"),
        ] {
            assert_eq!(decode(text).as_deref(), Some(bytes.as_bytes()), "{text}");
        }
        assert_eq!(decode("+/+/"), Some(vec![0xFB, 0xFF, 0xBF]));
    }

    #[test]
    fn no_other_spelling_is() {
        for wrong in
            ["Z", "Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm9v\n", "Zm-v", "Zmäv", "=AAA", "A=AA"]
        {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
    }
}
