//! What the door keeps over a restart, how it is read, and each change of it with the entry that tells of it.

use std::collections::BTreeMap;

use policy::Bound;
use seal::PairingKey;
use store::ledger::{Entry, Kind};
use store::{PasswordHash, Setting, Value};
use summary::AudienceName;

use super::names::Names;

/// What was kept.
#[derive(Default)]
pub(super) struct Kept {
    pub(super) names: Option<Names>,
    pub(super) bound: Option<Bound>,
    /// What the engine saved.
    pub(super) engine: Option<Value>,
    pub(super) paused: bool,
    pub(super) pairing: Option<PairingKey>,
    pub(super) pin: Option<PasswordHash>,
    /// Tokens by which audiences may be told something unasked.
    pub(super) tokens: BTreeMap<AudienceName, Value>,
}

/// Why what was kept is of no use. The door stays shut.
#[derive(Debug, thiserror::Error)]
pub(super) enum KeptError {
    /// The policy itself.
    #[error("{0}; apply the policy again")]
    Policy(#[from] policy::BoundError),
    /// One of the secrets.
    #[error("the kept {0} can't be read; {1}")]
    Value(&'static str, &'static str),
}

impl Kept {
    /// Reads what the ledger's file has. What can be read is there also if something else can't.
    pub(super) fn read(settings: BTreeMap<Setting, Value>) -> (Self, Option<KeptError>) {
        let (mut kept, mut trouble) = (Self::default(), None);
        for (setting, value) in settings {
            let taken = kept.take(setting, value);
            trouble = trouble.or(taken.err());
        }
        (kept, trouble)
    }

    fn take(&mut self, setting: Setting, value: Value) -> Result<(), KeptError> {
        match setting {
            Setting::Policy => self.bound = Some(Bound::from_bytes(value.expose())?),
            Setting::Engine => self.engine = Some(value),
            Setting::Paused => self.paused = true,
            Setting::Names => {
                let names = Names::from_bytes(value.expose());
                self.names =
                    Some(names.ok_or(KeptError::Value("key for numbers", "restore the ledger from a backup"))?);
            }
            Setting::Pairing => {
                let key = value.expose().try_into().map(PairingKey::from_bytes);
                self.pairing = Some(key.map_err(|_| KeptError::Value("key of the relay", "pair it again"))?);
            }
            Setting::Pin => {
                let phc = String::from_utf8(value.expose().to_vec());
                let phc = phc.map_err(|_| KeptError::Value("PIN", "set it again with `hearth voice-pin set`"))?;
                self.pin = Some(PasswordHash::new(phc));
            }
            Setting::Push(audience) => {
                self.tokens.insert(audience, value);
            }
        }
        Ok(())
    }
}

/// A change of what is kept.
pub(crate) enum Change {
    /// A policy comes into force.
    Policy(Box<NewPolicy>),
    /// Nothing is said any more, or it goes on.
    Paused(bool),
    /// The relay gets a key, or has none any more.
    Pairing(Option<PairingKey>),
    /// The PIN by which an assistant may unlock, or none.
    Pin(Option<PasswordHash>),
}

/// A policy that comes into force.
pub(crate) struct NewPolicy {
    pub(super) bound: Bound,
    /// Names, where there were none yet.
    pub(super) names: Option<Names>,
    /// What changes, a sentence each.
    pub(super) changes: String,
    /// Audiences that may not be told unasked any more.
    pub(super) tokens: Vec<AudienceName>,
}

impl Change {
    /// What is to be written, all of it at once: the entry that tells of it, at the time `at` (seconds since 1970), and the
    /// values.
    pub(super) fn record(&self, at: u64) -> (Entry, Vec<(Setting, Option<Value>)>) {
        let (kind, detail, body) = match self {
            Self::Policy(policy) => {
                let digest = super::hex(&policy.bound.digest(), 6);
                let grants = policy.bound.policy().describe().len();
                (Kind::PolicyApplied, format!("policy {digest}: {grants} grants"), policy.changes.as_bytes())
            }
            Self::Paused(true) => (Kind::Paused, "paused by the owner".to_owned(), &b""[..]),
            Self::Paused(false) => (Kind::Resumed, "resumed by the owner".to_owned(), &b""[..]),
            Self::Pairing(Some(_)) => (Kind::Paired, "a relay got a key".to_owned(), &b""[..]),
            Self::Pairing(None) => (Kind::Unpaired, "the relay's key was withdrawn".to_owned(), &b""[..]),
            Self::Pin(Some(_)) => (Kind::PinSet, "another PIN for assistants".to_owned(), &b""[..]),
            Self::Pin(None) => (Kind::PinSet, "no PIN for assistants any more".to_owned(), &b""[..]),
        };
        let body = body.get(..Entry::BODY).unwrap_or(body).to_vec();
        (Entry::trimmed(at, None, kind, &detail, body), self.settings())
    }

    fn settings(&self) -> Vec<(Setting, Option<Value>)> {
        let value = |bytes: &[u8]| Value::new(bytes.to_vec());
        match self {
            Self::Policy(policy) => {
                let mut settings = vec![(Setting::Policy, Some(Value::new(policy.bound.to_bytes())))];
                settings.extend(policy.names.as_ref().map(|names| (Setting::Names, Some(value(names.expose())))));
                settings.extend(policy.tokens.iter().map(|audience| (Setting::Push(audience.clone()), None)));
                settings
            }
            Self::Paused(paused) => vec![(Setting::Paused, paused.then(|| value(b"paused")))],
            Self::Pairing(key) => vec![(Setting::Pairing, key.as_ref().map(|key| value(key.expose())))],
            Self::Pin(hash) => vec![(Setting::Pin, hash.as_ref().map(|hash| value(hash.expose().as_bytes())))],
        }
    }
}
