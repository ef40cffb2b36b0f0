//! Passwords: argon2id, and passwords made up by the hub.

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::{Argon2, Params, PasswordHasher, PasswordVerifier};
use blake2::{Blake2s256, Digest};
use home::admin::Secret;
use store::PasswordHash;

use super::UserError;

/// 46 MiB, one pass, one lane: one of OWASP's equivalent argon2id settings. This one, because the allocator gives
/// pieces above 32 MiB back to the system at once, so that a login does not stay in the daemon's memory for ever.
const MEMORY_KIB: u32 = 46 * 1024;

fn argon2() -> Result<Argon2<'static>, UserError> {
    Params::new(MEMORY_KIB, 1, 1, None).map(Argon2::from).map_err(|error| UserError::Hash(error.to_string()))
}

pub(super) fn hash(password: &Secret) -> Result<PasswordHash, UserError> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|error| UserError::Hash(error.to_string()))?;
    let phc = argon2()?
        .hash_password_with_salt(password.expose().as_bytes(), &salt)
        .map_err(|error| UserError::Hash(error.to_string()))?;
    Ok(PasswordHash::new(phc.to_string()))
}

pub(super) fn verify(password: &Secret, expected: &PasswordHash) -> bool {
    let Ok(phc) = Phc::new(expected.expose()) else { return false };
    argon2().is_ok_and(|argon2| argon2.verify_password(password.expose().as_bytes(), &phc).is_ok())
}

/// A hash that no password has, with the cost of a real one.
pub(crate) fn decoy() -> PasswordHash {
    let zeros = "A".repeat(43);
    PasswordHash::new(format!("$argon2id$v=19$m={MEMORY_KIB},t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA${zeros}"))
}

/// Digest of a login under a key that only this run of the daemon has. `Blake2` needs no HMAC around it.
pub(super) fn login_digest(key: &[u8; 32], user: &str, password: &str) -> [u8; 32] {
    let mut digest = Blake2s256::new();
    digest.update(key);
    digest.update(user.len().to_le_bytes());
    digest.update(user);
    digest.update(password);
    digest.finalize().into()
}

/// Letters and digits that nobody mistakes for one another: 32 of them, so that five bits choose one.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// A password of 26 characters: 130 bits from the operating system.
pub(crate) fn made_up_password() -> Result<Secret, UserError> {
    let mut bytes = [0; 26];
    getrandom::fill(&mut bytes).map_err(|error| UserError::Hash(error.to_string()))?;
    let letters = bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte % 32)));
    Ok(Secret::new(letters.map(|letter| char::from(*letter)).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_itself_fits_its_hash() {
        let hashed = hash(&Secret::new("correct horse".to_owned())).unwrap();
        assert!(verify(&Secret::new("correct horse".to_owned()), &hashed));
        for wrong in ["", "correct", "correct horse ", "Correct horse"] {
            assert!(!verify(&Secret::new(wrong.to_owned()), &hashed));
        }
        assert!(hashed.expose().starts_with("$argon2id$v=19$m=47104,t=1,p=1$"));
    }

    #[test]
    fn the_decoy_is_well_formed_and_fits_nothing() {
        assert!(Phc::new(decoy().expose()).is_ok());
        assert!(!verify(&Secret::new(String::new()), &decoy()));
    }

    #[test]
    fn made_up_passwords_are_long_and_differ() {
        let (one, two) = (made_up_password().unwrap(), made_up_password().unwrap());
        assert_eq!(one.expose().len(), 26);
        assert_ne!(one.expose(), two.expose());
        assert_eq!(ALPHABET.iter().collect::<std::collections::BTreeSet<_>>().len(), 32);
    }

    #[test]
    fn logins_do_not_run_into_each_other() {
        assert_ne!(login_digest(&[0; 32], "ab", "c"), login_digest(&[0; 32], "a", "bc"));
    }
}
