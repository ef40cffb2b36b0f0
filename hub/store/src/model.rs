//! What the store keeps that is not part of the model of the house, and what it hands out at start.

mod people;

use std::fmt;

use home::{AdapterName, Device, DriverRecord, Timestamp};
use summary::AudienceName;
use zeroize::Zeroizing;

pub use people::{Passkey, People, Person, Session, Token, TotpSecret};

/// All that was kept, as [`crate::Store::open`] finds it.
#[derive(Debug, Default)]
pub struct Kept {
    /// Every device with its registration and last values; every value is marked stale.
    pub devices: Vec<Device>,
    /// What the drivers keep for their networks.
    pub networks: Vec<(AdapterName, DriverRecord)>,
    /// The MQTT users.
    pub users: Vec<User>,
    /// The people, their tokens and their logins.
    pub people: People,
    /// The retained MQTT messages of clients.
    pub retained: Vec<Retained>,
}

/// A single value that the door to the assistants goes by, kept beside the ledger.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Setting {
    /// The policy that is in force, as the owner wrote it.
    Policy,
    /// What the policy's engine knows beyond the policy: last snapshots, hysteresis, holds, counts.
    Engine,
    /// There while the owner has all disclosures paused.
    Paused,
    /// The secret from which the numbers of endpoints and messages are made.
    Names,
    /// The key that the hub shares with the relay.
    Pairing,
    /// The hash of the owner's PIN for unlocking.
    Pin,
    /// The token by which an audience may be told something unasked.
    Push(AudienceName),
}

/// The value of a [`Setting`]. As some are secrets, none prints, and all are wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Value(Zeroizing<Vec<u8>>);

impl Value {
    /// Wraps the bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Value(..)")
    }
}

/// An MQTT user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The name, unique.
    pub name: String,
    /// What the user may do, by the name of the preset.
    pub preset: String,
    /// The password, hashed.
    pub hash: PasswordHash,
    /// When the user was made.
    pub created: Timestamp,
}

/// A password hash as a PHC string (`$argon2id$…`). It never prints and is wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(Zeroizing<String>);

impl PasswordHash {
    /// Wraps the PHC string.
    pub fn new(phc: String) -> Self {
        Self(Zeroizing::new(phc))
    }

    /// The PHC string, to verify a password with.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

/// A retained MQTT message.
#[derive(Clone, PartialEq, Eq)]
pub struct Retained {
    /// Its topic.
    pub topic: String,
    /// Its payload.
    pub payload: Vec<u8>,
    /// Its quality of service, 0 to 2.
    pub qos: u8,
}

/// The payload belongs to somebody else and is not printed.
impl fmt::Debug for Retained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Retained({:?}, {} bytes, qos {})", self.topic, self.payload.len(), self.qos)
    }
}
