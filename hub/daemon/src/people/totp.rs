//! One-time passwords from the clock (RFC 6238): HMAC-SHA-1, 30 s, six digits, as every authenticator app makes them.

use data_encoding::BASE32_NOPAD;
use home::Timestamp;
use ring::hmac;
use store::TotpSecret;

/// Seconds for which one code is shown.
const STEP: u64 = 30;
/// Bytes of a secret (RFC 4226, section 4, R6).
pub(super) const SECRET: usize = 20;

/// The step whose code this is, if it is the code of now or of one step before or after: clocks differ.
/// No step up to `used` counts again.
pub(super) fn step_of(secret: &TotpSecret, code: &str, now: Timestamp, used: Option<u64>) -> Option<u64> {
    let current = now.seconds() / STEP;
    let steps = current.saturating_sub(1)..=current + 1;
    // All three are made and compared, whichever fits.
    let fitting = steps.filter(|step| same(code.trim(), &code_at(secret, *step))).max()?;
    used.is_none_or(|used| fitting > used).then_some(fitting)
}

fn same(left: &str, right: &str) -> bool {
    let differences = left.bytes().zip(right.bytes()).fold(0, |sum, (left, right)| sum | (left ^ right));
    left.len() == right.len() && differences == 0
}

/// The code of a step: RFC 4226, section 5.3.
fn code_at(secret: &TotpSecret, step: u64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.expose());
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let offset = usize::from(bytes.last().copied().unwrap_or(0) & 0xf);
    let word = bytes.iter().skip(offset).take(4).fold(0_u32, |word, byte| (word << 8) | u32::from(*byte));
    format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
}

/// The secret as people type it.
pub(super) fn shown(secret: &TotpSecret) -> String {
    BASE32_NOPAD.encode(secret.expose())
}

/// The secret as apps read it from a QR code. The hub's and the person's name are percent-encoded.
pub(super) fn uri(secret: &TotpSecret, hub: &str, person: &str) -> String {
    let (hub, person) = (percent(hub), percent(person));
    format!("otpauth://totp/{hub}:{person}?secret={}&issuer={hub}", shown(secret))
}

fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.extend(['%', hex_digit(byte >> 4), hex_digit(byte & 0xf)]);
        }
        encoded
    })
}

fn hex_digit(nibble: u8) -> char {
    char::from_digit(nibble.into(), 16).unwrap_or('0').to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, last six of the eight digits.
    #[test]
    fn codes_are_those_of_the_specification() {
        let secret = TotpSecret::new(b"12345678901234567890".to_vec());
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code_at(&secret, seconds / STEP), code);
            let step = step_of(&secret, code, Timestamp(seconds * 1000), None);
            assert_eq!(step, Some(seconds / STEP));
            assert_eq!(step_of(&secret, code, Timestamp((seconds + STEP) * 1000), None), step, "clocks differ");
            assert_eq!(step_of(&secret, code, Timestamp((seconds + 3 * STEP) * 1000), None), None);
            assert_eq!(step_of(&secret, code, Timestamp(seconds * 1000), step), None, "a code works once");
        }
        for wrong in ["", "287083", "87082", "2870820", "２８７０８２"] {
            assert_eq!(step_of(&secret, wrong, Timestamp(59_000), None), None, "{wrong}");
        }
    }

    #[test]
    fn the_address_for_apps_is_escaped() {
        let secret = TotpSecret::new(vec![0; SECRET]);
        let uri = uri(&secret, "Our home", "a&b");
        assert_eq!(uri, format!("otpauth://totp/Our%20home:a%26b?secret={}&issuer=Our%20home", "A".repeat(32)));
    }
}
