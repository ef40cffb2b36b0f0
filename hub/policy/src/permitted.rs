//! What an assistant may have done: a deed that the owner granted. Its only maker is the engine of this crate.

use home::{Action, CentiCelsius, Ieee, Key, Reading, State, Target, Wish};
use summary::{AudienceName, Setpoint, SetpointRange};

/// Something that may be done now, once. Can't be made, copied or kept outside of this crate.
#[derive(Debug, PartialEq, Eq)]
pub struct Permitted {
    audience: AudienceName,
    deed: Deed,
    description: String,
}

/// What is to be done, with which devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Deed {
    Heat(Vec<(Ieee, Setpoint)>),
    Warm { devices: Vec<Ieee>, by: i32, range: SetpointRange },
    Lock(Vec<Ieee>),
    Unlock(Vec<Ieee>),
    Scene { lock: Vec<Ieee>, heat: Vec<(Ieee, Setpoint)> },
}

impl Permitted {
    pub(crate) fn new(audience: AudienceName, deed: Deed, description: String) -> Self {
        Self { audience, deed, description }
    }

    /// Who asked for it.
    pub fn audience(&self) -> &AudienceName {
        &self.audience
    }

    /// True if it lets somebody in: never to be retried, kept or sent late (invariant 10).
    pub fn is_dangerous(&self) -> bool {
        matches!(self.deed, Deed::Unlock(_))
    }

    /// What it is, for the ledger: words and the alias, no value.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// What is wished of the house. The answer was given without looking at it; here, where nothing is said any more,
    /// "warmer" means warmer than now.
    pub fn into_wishes(self, state: &State) -> Vec<Wish> {
        let act = |device, action| Wish::Act { device, action };
        let heat = |(device, to): (Ieee, Setpoint)| act(device, Action::Setpoint(CentiCelsius(to.centi())));
        match self.deed {
            Deed::Heat(devices) => devices.into_iter().map(heat).collect(),
            Deed::Warm { devices, by, range } => {
                let warmer = |device| Some((device, warmer(state, device, by, range)?));
                devices.into_iter().filter_map(warmer).map(heat).collect()
            }
            Deed::Lock(devices) => devices.into_iter().map(|device| act(device, Action::Lock(None))).collect(),
            Deed::Unlock(devices) => devices.into_iter().map(|device| act(device, Action::Unlock(None))).collect(),
            Deed::Scene { lock, heat: to } => {
                let lock = lock.into_iter().map(|device| act(device, Action::Lock(None)));
                lock.chain(to.into_iter().map(heat)).collect()
            }
        }
    }
}

/// The setpoint that is so much above the one that holds or is under way, kept inside the granted range.
fn warmer(state: &State, device: Ieee, by: i32, range: SetpointRange) -> Option<Setpoint> {
    let device = state.device(device)?;
    let asked = device.pending.get(&Target::Setpoint).map(|pending| &pending.action);
    let base = match (asked, device.reading(Key::OccupiedHeatingSetpoint)) {
        (Some(Action::Setpoint(value)), _) => value.0,
        (_, Some(Reading::OccupiedHeatingSetpoint(Some(value)))) => value.0,
        _ => return None,
    };
    let wanted = i32::from(base).saturating_add(by);
    range.at(wanted.clamp(range.min().centi().into(), range.max().centi().into()))
}
