//! The numbers of endpoints: a keyed hash, so they stay the same and say nothing.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use summary::{Alias, AudienceName, EndpointId};
use zeroize::Zeroizing;

/// The hub's key for the numbers of endpoints. Made once; with another one every endpoint is a new one to the assistant.
pub struct EndpointKey(Zeroizing<[u8; 32]>);

impl EndpointKey {
    /// Takes 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// HMAC-SHA256 of who sees what under which alias, cut to 16 bytes.
    pub(crate) fn id(&self, audience: &AudienceName, role: &str, alias: &Alias) -> EndpointId {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_slice()).expect("HMAC takes a key of any length");
        // No part can contain the byte that separates them.
        for part in [audience.as_str(), role, alias.as_str()] {
            mac.update(part.as_bytes());
            mac.update(&[0]);
        }
        let whole = mac.finalize().into_bytes();
        let mut id = [0; 16];
        id.iter_mut().zip(whole).for_each(|(to, from)| *to = from);
        EndpointId(id)
    }
}

impl fmt::Debug for EndpointKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EndpointKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_depends_on_all_it_is_made_of_and_on_nothing_else() {
        let id = |key: u8, audience: &str, role, alias: &str| {
            EndpointKey::new([key; 32]).id(&audience.parse().unwrap(), role, &alias.parse().unwrap())
        };
        let one = id(1, "a", "lock", "Doors");
        assert_eq!(one, id(1, "a", "lock", "Doors"));
        for other in [id(2, "a", "lock", "Doors"), id(1, "b", "lock", "Doors"), id(1, "a", "mode", "Doors")] {
            assert_ne!(one, other);
        }
        assert_ne!(one, id(1, "a", "lock", "Door"));
        assert_eq!(format!("{:?}", EndpointKey::new([7; 32])), "EndpointKey(..)");
    }
}
