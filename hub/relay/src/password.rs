//! The one password of the linking page: its hash, and whether a typed one fits.

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::{Argon2, Params, PasswordHasher, PasswordVerifier};

/// 46 MiB, one pass, one lane: one of OWASP's equivalent argon2id settings.
const MEMORY_KIB: u32 = 46 * 1024;

/// A hash in PHC form.
#[derive(Clone)]
pub(crate) struct Password(Phc);

/// Why there is no hash.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// The text is no hash that argon2 made.
    #[error("password-hash is no argon2id hash: make one with `hearth-relay hash`")]
    NoHash,
    /// Hashing failed.
    #[error("the password can't be hashed")]
    Hash,
}

impl Password {
    pub(crate) fn new(hash: &str) -> Result<Self, PasswordError> {
        let phc = Phc::new(hash).map_err(|_| PasswordError::NoHash)?;
        if phc.algorithm.as_str() == "argon2id" { Ok(Self(phc)) } else { Err(PasswordError::NoHash) }
    }

    /// Takes a tenth of a second or more of computing: not for a thread that others wait for.
    pub(crate) fn fits(&self, typed: &str) -> bool {
        Argon2::default().verify_password(typed.as_bytes(), &self.0).is_ok()
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(..)")
    }
}

/// The argon2id hash of a password, for the configuration.
pub fn hash(password: &str) -> Result<String, PasswordError> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|_| PasswordError::Hash)?;
    let params = Params::new(MEMORY_KIB, 1, 1, None).map_err(|_| PasswordError::Hash)?;
    let hash = Argon2::from(params).hash_password_with_salt(password.as_bytes(), &salt);
    hash.map(|phc| phc.to_string()).map_err(|_| PasswordError::Hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_password_alone_fits() {
        let password = Password::new(&hash("open sesame").unwrap()).unwrap();
        assert!(password.fits("open sesame"));
        assert!(!password.fits("open sesam"));
        assert!(!password.fits(""));
    }

    #[test]
    fn a_password_in_place_of_its_hash_is_refused() {
        assert!(Password::new("open sesame").is_err());
        assert!(Password::new("").is_err());
    }
}
