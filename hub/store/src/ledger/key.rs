//! The key of a ledger: Ed25519 (RFC 8032), made on first use. It signs the ledger's own records and nothing else.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use zeroize::Zeroizing;

use super::hex;

/// A signature.
pub(super) type Signed = [u8; 64];

/// The public half, by which anybody can verify. As text 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(pub(super) [u8; 32]);

impl PublicKey {
    /// Whether `signature` is this key's over `message`.
    pub(super) fn verifies(&self, message: &[u8], signature: &Signed) -> bool {
        VerifyingKey::from_bytes(&self.0)
            .is_ok_and(|key| key.verify_strict(message, &Signature::from_bytes(signature)).is_ok())
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::write(&self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a text is no [`PublicKey`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a public key is 64 digits from 0 to f")]
pub struct ParsePublicKeyError;

impl FromStr for PublicKey {
    type Err = ParsePublicKeyError;

    fn from_str(text: &str) -> Result<Self, ParsePublicKeyError> {
        hex::read_array(text).map(Self).ok_or(ParsePublicKeyError)
    }
}

/// The secret half. It never prints and is wiped when dropped.
#[derive(Clone)]
pub(super) struct Key(SigningKey);

impl Key {
    /// A new one, from the operating system's random bytes.
    pub(super) fn make() -> Result<Self, getrandom::Error> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(seed.as_mut_slice())?;
        Ok(Self::from_seed(&seed))
    }

    /// The one with this seed.
    pub(super) fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The seed, for its table.
    pub(super) fn expose(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// The public half.
    pub(super) fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Its signature over `message`.
    pub(super) fn sign(&self, message: &[u8]) -> Signed {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032, 7.1, test 2.
    #[test]
    fn it_signs_as_the_rfc_does() {
        let seed = hex::read_array("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb").unwrap();
        let key = Key::from_seed(&seed);
        assert_eq!(key.public().to_string(), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        let signed = key.sign(&[0x72]);
        assert!(hex::write(&signed).starts_with("92a009a9f0d4cab8720e820b5f642540"));
        assert!(key.public().verifies(&[0x72], &signed) && !key.public().verifies(&[0x73], &signed));
        assert_eq!(format!("{key:?}"), "Key(..)");
    }

    #[test]
    fn two_ledgers_have_two_keys() {
        assert_ne!(Key::make().unwrap().public(), Key::make().unwrap().public());
    }
}
