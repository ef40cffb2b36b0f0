//! What is simulated: which devices, how fast, from which seed.

use std::time::Duration;

use crate::devices::lock::Build;
use crate::devices::{Kind, Plan};
use crate::timing::Timing;

/// A simulated house.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line, each by itself")]
pub struct Scenario {
    /// Devices by kind and number.
    pub devices: Vec<(Kind, u16)>,
    /// Between polls of thermostats and sensors. Locks poll every 250 ms at the most.
    pub poll: Duration,
    /// Adapter and devices answer at once, and devices can be reached at any time.
    pub instant: bool,
    /// Nothing changes by itself.
    pub still: bool,
    /// The stick comes with a network that somebody else formed.
    pub foreign: bool,
    /// Devices join as soon as the network opens.
    pub join_at_once: bool,
    /// Time that a bolt takes.
    pub bolt: Duration,
    /// Locks want a PIN for commands by radio.
    pub pin_required: bool,
    /// Seconds until a lock locks by itself; 0 is never.
    pub relock: u32,
    /// Chance, PAN ids and phases follow from it.
    pub seed: u64,
    /// Simulated seconds in a second.
    pub speed: f64,
}

/// Slowest polling of a lock.
const LOCK_POLL: Duration = Duration::from_millis(250);

impl Default for Scenario {
    fn default() -> Self {
        Self {
            devices: Vec::new(),
            poll: Duration::from_secs(1),
            instant: false,
            still: false,
            foreign: false,
            join_at_once: false,
            bolt: Duration::from_millis(900),
            pin_required: false,
            relock: 0,
            seed: 1,
            speed: 1.0,
        }
    }
}

impl Scenario {
    /// A small house for demonstrations: three radiators, two locks, a sensor and a contact.
    pub fn house() -> Self {
        Self::default().with(Kind::Thermostat, 3).with(Kind::Lock, 2).with(Kind::Sensor, 1).with(Kind::Contact, 1)
    }

    /// With so many more devices of a kind.
    pub fn with(mut self, kind: Kind, count: u16) -> Self {
        self.devices.push((kind, count));
        self
    }

    /// Delays.
    pub fn timing(&self) -> Timing {
        let mut timing = if self.instant { Timing::INSTANT } else { Timing::REAL };
        if self.join_at_once {
            timing.join = Duration::ZERO;
            timing.join_gap = Duration::from_millis(1);
        }
        timing
    }

    /// How each device is built, in order.
    pub fn plans(&self) -> impl Iterator<Item = Plan> {
        let lock = Build { bolt: self.bolt, pin_required: self.pin_required, relock: self.relock };
        self.devices.iter().flat_map(move |(kind, count)| {
            let poll = match kind {
                _ if self.instant => Duration::ZERO,
                Kind::Lock => self.poll.min(LOCK_POLL),
                _ => self.poll,
            };
            (1..=*count).map(move |number| Plan { kind: *kind, number, poll, still: self.still, lock })
        })
    }
}
