//! A policy applied to the house: its text, and which device each name in it meant at that moment.
//!
//! The binding is kept with the policy. A device that joins later, or takes over a name, is never part of a grant until
//! the owner applies the policy again.

use std::collections::BTreeMap;

use home::{Capability, Device, Ieee, State};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{PolicyErrors, Problems};
use crate::model::Policy;

/// A policy, and the address of each device that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    policy: Policy,
    devices: BTreeMap<String, Ieee>,
    /// Of [`Bound::to_bytes`].
    digest: [u8; 32],
}

/// Why kept bytes are no applied policy. Nothing is granted then.
#[derive(Debug, thiserror::Error)]
pub enum BoundError {
    /// Not written by [`Bound::to_bytes`], or damaged.
    #[error("the kept policy can't be read")]
    Form,
    /// Its text was right once, and is not any more.
    #[error("the kept policy is refused: {0}")]
    Policy(#[from] PolicyErrors),
    /// It names a device without an address.
    #[error("the kept policy has no address for {0:?}")]
    Unbound(String),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    format: u8,
    policy: String,
    devices: BTreeMap<String, String>,
}

impl Policy {
    /// Finds each device that the policy names, for the owner who applies it now. A device that is not there, or can't
    /// do what it is named for, is a mistake like any other.
    pub fn bind(&self, state: &State) -> Result<Bound, PolicyErrors> {
        let mut problems = Problems::new(&self.text);
        let mut devices = BTreeMap::new();
        for (name, line, needs) in self.named() {
            match state.find(name) {
                Some(device) if device.can(needs) => {
                    devices.insert(name.to_owned(), device.ieee);
                }
                Some(_) => {
                    let what = format!("{name:?} has no {}", needs.word());
                    problems.note_line(line, what, "name another device, or wait for its interview to end");
                }
                None => problems.note_line(line, format!("there is no device {name:?}"), known(state, needs)),
            }
        }
        problems.or(Bound::new(self.clone(), devices))
    }

    /// Every name of a device, where it stands, and what the device must be able to do.
    fn named(&self) -> impl Iterator<Item = (&str, usize, Capability)> {
        let sources = self.summaries.values().flat_map(|summary| &summary.sources);
        let sources = sources.map(|source| (source.it.device.as_str(), source.line, source.it.attribute.needs()));
        let endpoints = self.audiences.values().flat_map(|audience| &audience.endpoints);
        let targets = endpoints.flat_map(|endpoint| endpoint.kind.targets());
        sources.chain(targets.map(|target| {
            let needs = if target.it.is_lock { Capability::Lock } else { Capability::Thermostat };
            (target.it.device.as_str(), target.line, needs)
        }))
    }
}

/// The devices that could have been meant.
fn known(state: &State, needs: Capability) -> String {
    let fitting = |device: &&Device| device.can(needs);
    let names: Vec<_> = state.devices().filter(fitting).map(|device| device.name.to_string()).take(8).collect();
    match names.as_slice() {
        [] => format!("the house has no device with {} yet", needs.word()),
        names => format!("with {} there is {}", needs.word(), names.join(", ")),
    }
}

impl Bound {
    fn new(policy: Policy, devices: BTreeMap<String, Ieee>) -> Self {
        let mut bound = Self { policy, devices, digest: [0; 32] };
        bound.digest = Sha256::digest(bound.to_bytes()).into();
        bound
    }

    /// SHA-256 of [`Bound::to_bytes`]: names this policy with these devices, in the ledger for instance.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Which device each name means.
    pub fn devices(&self) -> &BTreeMap<String, Ieee> {
        &self.devices
    }

    /// The address that a name of this policy means. Every name has one: [`Policy::bind`] and [`Bound::from_bytes`] see
    /// to it.
    pub(crate) fn device(&self, name: &str) -> Option<Ieee> {
        self.devices.get(name).copied()
    }

    /// What the store keeps.
    pub fn to_bytes(&self) -> Vec<u8> {
        let devices = self.devices.iter().map(|(name, ieee)| (name.clone(), ieee.to_string())).collect();
        let kept = Kept { format: 1, policy: self.policy.text.clone(), devices };
        // Texts and a number always make a table; if they did not, nothing would be granted after a restart.
        toml::to_string(&kept).map(String::into_bytes).unwrap_or_default()
    }

    /// What [`Bound::to_bytes`] wrote: the same grants to the same devices, whatever they are called now.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BoundError> {
        let text = std::str::from_utf8(bytes).map_err(|_| BoundError::Form)?;
        let kept: Kept = toml::from_str(text).map_err(|_| BoundError::Form)?;
        if kept.format != 1 {
            return Err(BoundError::Form);
        }
        let policy = Policy::parse(&kept.policy)?;
        let mut devices = BTreeMap::new();
        for (name, ieee) in kept.devices {
            devices.insert(name, ieee.parse().map_err(|_| BoundError::Form)?);
        }
        if let Some((name, ..)) = policy.named().find(|(name, ..)| !devices.contains_key(*name)) {
            return Err(BoundError::Unbound(name.to_owned()));
        }
        Ok(Self::new(policy, devices))
    }
}
