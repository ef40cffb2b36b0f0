//! The secret from which the numbers are made that an assistant sees: those of endpoints, accounts and messages.

use blake2::{Blake2s256, Digest};
use policy::EndpointKey;
use summary::AudienceName;
use voice::MessageKey;
use zeroize::Zeroizing;

/// 32 secret bytes of this hub. With others, every endpoint would be a new one to the assistants.
pub(super) struct Names(Zeroizing<[u8; 32]>);

impl Names {
    /// New ones, from the system's randomness.
    pub(super) fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *bytes)?;
        Ok(Self(bytes))
    }

    /// Those that were kept; `None` if it is none.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Zeroizing::new).map(Self)
    }

    /// The bytes to keep.
    pub(super) fn expose(&self) -> &[u8] {
        &*self.0
    }

    /// The key for the numbers of endpoints.
    pub(super) fn endpoints(&self) -> EndpointKey {
        EndpointKey::new(self.derive("endpoints", ""))
    }

    /// The key for the numbers of messages to an audience.
    pub(super) fn messages(&self, audience: &AudienceName) -> MessageKey {
        MessageKey::new(self.derive("messages", audience.as_str()))
    }

    /// Neither part can hold the byte between them. `Blake2` needs no HMAC around it.
    fn derive(&self, role: &str, of: &str) -> [u8; 32] {
        let mut digest = Blake2s256::new();
        digest.update(*self.0);
        digest.update(role);
        digest.update([0]);
        digest.update(of);
        digest.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_use_has_a_key_of_its_own_and_they_stay_the_same() {
        let names = Names::from_bytes(&[7; 32]).unwrap();
        let keys = [names.derive("endpoints", ""), names.derive("messages", "a"), names.derive("messages", "b")];
        assert!(keys[0] != keys[1] && keys[1] != keys[2] && keys[0] != keys[2]);
        assert_eq!(keys[1], Names::from_bytes(names.expose()).unwrap().derive("messages", "a"));
        assert!(Names::from_bytes(&[7; 31]).is_none());
        assert_ne!(Names::generate().unwrap().expose(), Names::generate().unwrap().expose());
    }
}
