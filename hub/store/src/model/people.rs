//! The people of the house, as they are kept: who they are, how they prove it, and what speaks for them.

use std::collections::BTreeMap;
use std::fmt;

use home::{Ieee, Rights, Role, Timestamp};
use zeroize::Zeroizing;

use super::PasswordHash;

/// Somebody who may log in to the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name, unique.
    pub name: String,
    /// What they are in the house.
    pub role: Role,
    /// When it ends; a guest's day of leaving.
    pub until: Option<Timestamp>,
    /// The rights on some devices, in place of the role's.
    pub devices: BTreeMap<Ieee, Rights>,
    /// When they were added.
    pub created: Timestamp,
    /// The password, hashed.
    pub password: PasswordHash,
    /// The code they prove themselves with at a door, hashed.
    pub pin: Option<PasswordHash>,
    /// The secret of their one-time passwords (RFC 6238).
    pub totp: Option<TotpSecret>,
    /// Their passkeys (WebAuthn).
    pub passkeys: Vec<Passkey>,
}

impl Person {
    /// Somebody with a password and nothing else.
    pub fn new(name: String, role: Role, password: PasswordHash, created: Timestamp) -> Self {
        let devices = BTreeMap::new();
        Self { name, role, until: None, devices, created, password, pin: None, totp: None, passkeys: Vec::new() }
    }
}

/// A passkey's public half.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// The credential's id, made by the authenticator.
    pub id: Vec<u8>,
    /// What its person calls it.
    pub name: String,
    /// The P-256 point, uncompressed: 65 bytes (SEC 1, 2.3.3).
    pub key: Vec<u8>,
    /// How often it was used, as the authenticator counts; 0 if it does not.
    pub counter: u32,
    /// When it was added.
    pub created: Timestamp,
    /// When it was used last.
    pub used: Option<Timestamp>,
}

/// The secret that one-time passwords are made from. It never prints and is wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret(Zeroizing<Vec<u8>>);

impl TotpSecret {
    /// Wraps the bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(..)")
    }
}

/// What a program may do in a person's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its public id.
    pub id: String,
    /// SHA-256 of the secret; the secret is kept nowhere.
    pub digest: [u8; 32],
    /// What it is for.
    pub name: String,
    /// Whose it is: it may never do more than they.
    pub person: String,
    /// What it may do.
    pub scopes: Rights,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends.
    pub expires: Option<Timestamp>,
}

/// Somebody's login on one browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the cookie's secret; the secret is kept nowhere.
    pub digest: [u8; 32],
    /// Whose it is.
    pub person: String,
    /// When it began.
    pub began: Timestamp,
    /// When it was used last, to the hour.
    pub used: Timestamp,
    /// From which address it was begun.
    pub address: String,
}

/// Everything about people that was kept.
#[derive(Debug, Default)]
pub struct People {
    /// All people.
    pub people: Vec<Person>,
    /// All tokens.
    pub tokens: Vec<Token>,
    /// All sessions.
    pub sessions: Vec<Session>,
}
