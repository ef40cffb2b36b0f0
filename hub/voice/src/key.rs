//! Ids that a vendor wants and that must tell it nothing: made from a key of the audience and from what it said itself.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// The key from which an audience's message ids are made. One of its own for each audience.
#[derive(Clone)]
pub struct MessageKey(Zeroizing<[u8; 32]>);

impl MessageKey {
    /// 32 secret bytes.
    pub fn new(key: [u8; 32]) -> Self {
        Self(Zeroizing::new(key))
    }

    /// The id of what is said about `of`, in the form of a random UUID. `role` keeps ids of different uses apart.
    pub(crate) fn uuid(&self, role: &[u8], of: &[u8]) -> String {
        let id = u128::from_be_bytes(self.bytes(role, of));
        let id = id & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
        let hex = format!("{id:032x}");
        let parts: Vec<_> =
            [0..8, 8..12, 12..16, 16..20, 20..32].into_iter().filter_map(|part| hex.get(part)).collect();
        parts.join("-")
    }

    /// The id of the account.
    pub(crate) fn account(&self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.bytes(b"account", &[])))
    }

    /// The first half of HMAC-SHA256 over the role, its length first, and the rest.
    fn bytes(&self, role: &[u8], of: &[u8]) -> [u8; 16] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.0).expect("HMAC takes a key of any length");
        mac.update(&role.len().to_be_bytes());
        mac.update(role);
        mac.update(of);
        let whole: [u8; 32] = mac.finalize().into_bytes().into();
        let (half, _) = whole.split_first_chunk().expect("32 is more than 16");
        *half
    }
}

impl fmt::Debug for MessageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MessageKey(_)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_uuid_that_depends_on_key_role_and_request() {
        let [one, other] = [1, 2].map(|byte| MessageKey::new([byte; 32]));
        let id = one.uuid(b"answer", b"request");
        assert_eq!(id.len(), 36);
        assert_eq!((id.get(14..15), id.get(8..9)), (Some("4"), Some("-")), "{id}");
        assert!(matches!(id.get(19..20), Some("8" | "9" | "a" | "b")), "{id}");
        assert_eq!(id, one.uuid(b"answer", b"request"));
        let others =
            [other.uuid(b"answer", b"request"), one.uuid(b"change", b"request"), one.uuid(b"answe", b"rrequest")];
        assert!(!others.contains(&id));
        assert_ne!(one.account(), other.account());
    }

    #[test]
    fn a_key_does_not_print() {
        assert_eq!(format!("{:?}", MessageKey::new([7; 32])), "MessageKey(_)");
    }
}
