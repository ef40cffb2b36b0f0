//! Codes and tokens that need no table: each is sealed with a secret of the server and says itself until when it holds.

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{Tag, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::{Digest, Sha256};

use crate::hex::{hex, unhex};

const NONCE: usize = 24;
const TAG: usize = 16;

/// Makes tokens and knows them again. Changing the secret ends all that were made.
pub(crate) struct Tokens(XChaCha20Poly1305);

/// What a token is good for. One is never taken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// To get the other two, once linked.
    Code = 1,
    /// To send requests.
    Access = 2,
    /// To get the next access token.
    Refresh = 3,
}

impl Tokens {
    /// From at least 16 secret bytes.
    pub(crate) fn new(secret: &[u8]) -> Self {
        let mut key = [0; 32];
        Hkdf::<Sha256>::new(Some(b"hearth relay tokens 1"), secret)
            .expand(b"", &mut key)
            .expect("32 bytes are fewer than the 8160 that HKDF-SHA-256 gives");
        Self(XChaCha20Poly1305::new(&key.into()))
    }

    /// A token until `expires`, in milliseconds of Unix time, good with `bound` alone. `None` without randomness.
    pub(crate) fn make(&self, purpose: Use, expires: u64, bound: &str) -> Option<String> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).ok()?;
        let mut plain = expires.to_be_bytes();
        let beside = beside(purpose, bound);
        let tag = self.0.encrypt_inout_detached(&XNonce::from(nonce), &beside, plain.as_mut_slice().into()).ok()?;
        Some(hex(&[&nonce[..], &plain, &tag].concat()))
    }

    /// Whether we made this for the same use and the same `bound`, and it holds at `now`.
    pub(crate) fn holds(&self, token: &str, purpose: Use, bound: &str, now: u64) -> bool {
        self.expiry(token, purpose, bound).is_some_and(|expires| now < expires)
    }

    fn expiry(&self, token: &str, purpose: Use, bound: &str) -> Option<u64> {
        let bytes = unhex(token)?;
        let (nonce, rest) = bytes.split_first_chunk::<NONCE>()?;
        let (plain, tag) = rest.split_last_chunk::<TAG>()?;
        let mut plain: [u8; 8] = plain.try_into().ok()?;
        let (nonce, tag) = (XNonce::from(*nonce), Tag::from(*tag));
        self.0.decrypt_inout_detached(&nonce, &beside(purpose, bound), plain.as_mut_slice().into(), &tag).ok()?;
        Some(u64::from_be_bytes(plain))
    }
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens(..)")
    }
}

fn beside(purpose: Use, bound: &str) -> Vec<u8> {
    let digest: [u8; 32] = Sha256::digest(bound).into();
    [purpose as u8].into_iter().chain(digest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_holds_for_its_use_and_time_alone() {
        let (tokens, others) = (Tokens::new(b"a secret of some length"), Tokens::new(b"another secret of length"));
        let token = tokens.make(Use::Code, 1_000, "https://a").unwrap();
        assert!(tokens.holds(&token, Use::Code, "https://a", 999));
        assert!(!tokens.holds(&token, Use::Code, "https://a", 1_000), "expired");
        assert!(!tokens.holds(&token, Use::Code, "https://b", 999), "another address");
        assert!(!tokens.holds(&token, Use::Access, "https://a", 999), "another use");
        assert!(!others.holds(&token, Use::Code, "https://a", 999), "another server");
        assert_ne!(token, tokens.make(Use::Code, 1_000, "https://a").unwrap());
    }

    #[test]
    fn a_changed_token_holds_no_more() {
        let tokens = Tokens::new(b"a secret of some length");
        let token = tokens.make(Use::Access, 1_000, "").unwrap();
        for place in 0..token.len() {
            let mut changed: Vec<u8> = token.clone().into_bytes();
            changed[place] = if changed[place] == b'0' { b'1' } else { b'0' };
            assert!(!tokens.holds(std::str::from_utf8(&changed).unwrap(), Use::Access, "", 1), "{place}");
        }
        for wrong in ["", "0", "zz", "ü", &token[2..], &format!("{token}00")] {
            assert!(!tokens.holds(wrong, Use::Access, "", 1), "{wrong}");
        }
    }
}
