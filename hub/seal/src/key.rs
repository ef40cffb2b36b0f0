//! The secret that hub and relay share, its written form, and the keys made from it. Knows no frame.

use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::KeyInit;
use hkdf::Hkdf;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Crockford's alphabet: no letter in it looks like a digit.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Bytes of the key and of its check value: 280 bits are 56 characters exactly.
const KEY: usize = 32;
const CHECK: usize = 3;
const CHARACTERS: usize = (KEY + CHECK) * 8 / 5;
const GROUP: usize = 4;

/// The secret made at pairing, 32 random bytes. Forgotten by memory when dropped; its debug form says nothing.
#[derive(Clone)]
pub struct PairingKey(Zeroizing<[u8; KEY]>);

/// The system has no randomness to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system gives no randomness")]
pub struct NoRandomness;

/// Why a text is no key. Says nothing of the text, which may be nearly the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyTextError {
    /// Too few or too many characters, without blanks and hyphens.
    #[error("a key has {CHARACTERS} letters and digits, this one {0}")]
    Length(usize),
    /// A character that no key has.
    #[error("character {0} of the key is neither a digit nor a letter that keys have")]
    Character(usize),
    /// A mistyped or exchanged character.
    #[error("the key is mistyped: its check value does not fit")]
    Check,
}

impl PairingKey {
    /// A new key, from the system's randomness.
    pub fn generate() -> Result<Self, NoRandomness> {
        let mut bytes = Zeroizing::new([0; KEY]);
        getrandom::fill(&mut *bytes).map_err(|_| NoRandomness)?;
        Ok(Self(bytes))
    }

    /// The key kept as these bytes.
    pub fn from_bytes(bytes: [u8; KEY]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes to keep. Whoever has them can speak for the relay and for the hub.
    pub fn expose(&self) -> &[u8; KEY] {
        &self.0
    }

    /// To write down or scan: fourteen groups of four, the last characters a check value of 24 bits.
    pub fn to_text(&self) -> Zeroizing<String> {
        let check = self.check();
        let (mut bits, mut count) = (0_u32, 0);
        let mut text = Zeroizing::new(String::with_capacity(CHARACTERS + CHARACTERS / GROUP));
        let mut written = 0;
        for byte in self.0.iter().chain(&check) {
            bits = bits << 8 | u32::from(*byte);
            count += 8;
            while count >= 5 {
                count -= 5;
                if written > 0 && written % GROUP == 0 {
                    text.push('-');
                }
                written += 1;
                text.extend(ALPHABET.get((bits >> count & 31) as usize).copied().map(char::from));
            }
            bits &= 31;
        }
        text
    }

    /// Reads what [`PairingKey::to_text`] wrote, in either case, with any blanks and hyphens, `O` for `0`, `I` and `L` for `1`.
    pub fn from_text(text: &str) -> Result<Self, KeyTextError> {
        let typed = || text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
        let length = typed().count();
        if length != CHARACTERS {
            return Err(KeyTextError::Length(length));
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(KEY + CHECK));
        let (mut bits, mut count) = (0_u32, 0);
        for (place, letter) in typed().enumerate() {
            bits = bits << 5 | value(letter).ok_or(KeyTextError::Character(place + 1))?;
            count += 5;
            if count >= 8 {
                count -= 8;
                bytes.push((bits >> count & 0xFF) as u8);
            }
            bits &= 0xFF;
        }
        let (key, check) = bytes.split_first_chunk().ok_or(KeyTextError::Length(length))?;
        let key = Self::from_bytes(*key);
        if key.check() == *check { Ok(key) } else { Err(KeyTextError::Check) }
    }

    fn check(&self) -> [u8; CHECK] {
        let digest: [u8; 32] = Sha256::new().chain_update("hearth pairing key").chain_update(*self.0).finalize().into();
        let [first, second, third, ..] = digest;
        [first, second, third]
    }

    /// The cipher for one direction.
    pub(crate) fn cipher(&self, direction: Direction) -> Cipher {
        let mut subkey = Zeroizing::new([0; KEY]);
        Hkdf::<Sha256>::new(Some(b"hearth seal 1"), &*self.0)
            .expand(direction.name(), &mut *subkey)
            .expect("32 bytes are fewer than the 8160 that HKDF-SHA-256 gives");
        Cipher(XChaCha20Poly1305::new(&(*subkey).into()))
    }
}

impl std::fmt::Debug for PairingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PairingKey(..)")
    }
}

/// Seals one direction. Its debug form says nothing either.
pub(crate) struct Cipher(pub(crate) XChaCha20Poly1305);

impl std::fmt::Debug for Cipher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cipher(..)")
    }
}

/// Who speaks to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    ToHub,
    ToRelay,
}

impl Direction {
    fn name(self) -> &'static [u8] {
        match self {
            Self::ToHub => b"relay to hub",
            Self::ToRelay => b"hub to relay",
        }
    }
}

fn value(letter: char) -> Option<u32> {
    let plain = match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let place = ALPHABET.iter().position(|known| char::from(*known) == plain)?;
    u32::try_from(place).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_is_told_neither_by_debug_nor_by_errors() {
        let key = PairingKey::from_bytes([7; 32]);
        assert_eq!(format!("{key:?}"), "PairingKey(..)");
        let error = PairingKey::from_text(&key.to_text().replace('7', "8")).unwrap_err();
        assert_eq!(error.to_string(), "the key is mistyped: its check value does not fit");
    }

    #[test]
    fn two_keys_differ_and_have_fourteen_groups() {
        let (one, other) = (PairingKey::generate().unwrap(), PairingKey::generate().unwrap());
        assert_ne!(one.expose(), other.expose());
        let text = one.to_text();
        assert_eq!(text.split('-').map(str::len).collect::<Vec<_>>(), [4; 14]);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        assert_eq!(PairingKey::from_text("").err(), Some(KeyTextError::Length(0)));
        assert_eq!(PairingKey::from_text(&"0".repeat(57)).err(), Some(KeyTextError::Length(57)));
        assert_eq!(PairingKey::from_text(&"ü".repeat(56)).err(), Some(KeyTextError::Character(1)));
        assert_eq!(PairingKey::from_text(&format!("{}U", "0".repeat(55))).err(), Some(KeyTextError::Character(56)));
    }

    proptest! {
        #[test]
        fn text_is_read_back_however_it_is_typed(bytes: [u8; 32]) {
            let key = PairingKey::from_bytes(bytes);
            let typed = key.to_text().to_lowercase().replace('-', " ").replace('0', "o").replace('1', "L");
            let read = PairingKey::from_text(&typed).unwrap();
            prop_assert_eq!(read.expose(), &bytes);
        }

        #[test]
        fn one_wrong_or_two_exchanged_characters_are_noticed(bytes: [u8; 32], place in 0..56_usize, other in 0..32_usize) {
            let key = PairingKey::from_bytes(bytes);
            let right: Vec<char> = key.to_text().replace('-', "").chars().collect();
            let mut wrong = right.clone();
            wrong[place] = char::from(ALPHABET[other]);
            let mut exchanged = right.clone();
            exchanged.swap(place, (place + 1) % 56);
            for typed in [wrong, exchanged] {
                let read = PairingKey::from_text(&typed.iter().collect::<String>());
                prop_assert_eq!(read.is_ok(), typed == right);
            }
        }
    }
}
