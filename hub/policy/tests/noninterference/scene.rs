//! The house and the policy of the pairs: every face, every verb, every transform.

use std::collections::BTreeSet;
use std::time::Duration;

use home::{
    AdapterName, AdapterStatus, Capability, Command, CommandId, Description, Event, Ieee, Input, Now, Origin, Power,
    State, Timestamp, Wish,
};
use policy::{Bound, EndpointKey, Engine, Policy};
use summary::{Answer, Ask, AudienceName, EndpointId};

pub(crate) const FRONT: Ieee = Ieee(0x11);
pub(crate) const BACK: Ieee = Ieee(0x12);
pub(crate) const HALL: Ieee = Ieee(0x21);
pub(crate) const WINDOW: Ieee = Ieee(0x31);
/// Its age alone is granted.
pub(crate) const AIR: Ieee = Ieee(0x32);
pub(crate) const GRANTED: [Ieee; 5] = [FRONT, BACK, HALL, WINDOW, AIR];
/// Devices that no grant names begin here.
pub(crate) const STRANGERS: u64 = 0x100;
/// Seconds since 1970 at which a pair begins: a beat of each cadence.
pub(crate) const START: u64 = 1_800_000_000;
/// Seconds from beat to beat.
pub(crate) const CADENCES: [u64; 3] = [120, 300, 900];

/// A policy applied to the house, and what its audiences can name.
pub(crate) struct Scene {
    pub(crate) cadence: u64,
    pub(crate) bound: Bound,
    pub(crate) audiences: [AudienceName; 2],
    pub(crate) ids: [Vec<EndpointId>; 2],
}

impl Scene {
    pub(crate) fn new(cadence: u64) -> Self {
        let mut text = include_str!("policy.toml")
            .replace("@CADENCE", &format!("{cadence}s"))
            .replace("@HALF", &format!("{}s", cadence / 2));
        // What is told unasked is also kept at once: without it, keeping has to do by itself.
        if cadence == 300 {
            text = text.replace("push = true", "push = false");
        }
        let bound = Policy::parse(&text).unwrap().bind(&house(at(0, 0))).unwrap();
        let audiences = ["alexa_home", "google_home"].map(|name| name.parse().unwrap());
        let mut scene = Self { cadence, bound, audiences, ids: Default::default() };
        let mut engine = scene.engine();
        for (audience, ids) in scene.audiences.iter().zip(&mut scene.ids) {
            let (disclosure, _) = engine.answer(audience, &Ask::Discover, at(0, 0), &|_: &summary::Pin| false);
            let Answer::Endpoints(all) = disclosure.answer() else { panic!("{disclosure:?}") };
            *ids = all.iter().map(|endpoint| endpoint.id).collect();
        }
        scene
    }

    pub(crate) fn engine(&self) -> Engine {
        Engine::new(&self.bound, &EndpointKey::new([9; 32]))
    }
}

/// So many milliseconds after the start, with a hub that runs since `since`.
pub(crate) fn at(millis: u64, since: u64) -> Now {
    Now { wall: Timestamp(START * 1000 + millis), up: Duration::from_millis(millis - since) }
}

pub(crate) fn stick() -> AdapterName {
    AdapterName::new("stick")
}

pub(crate) fn online() -> AdapterStatus {
    AdapterStatus::Online { channel: 15, pan_id: 1, firmware: String::new() }
}

/// What makes a device known that was not.
pub(crate) fn known(device: Ieee) -> [Event; 2] {
    let capabilities: &[_] = match device {
        FRONT | BACK => &[Capability::Lock],
        HALL => &[Capability::Thermostat],
        WINDOW => &[Capability::Contact],
        _ => &[Capability::Humidity],
    };
    let description = Description {
        manufacturer: String::new(),
        model: String::new(),
        software: None,
        power: if device == HALL { Power::Mains } else { Power::Battery },
        capabilities: capabilities.iter().copied().collect::<BTreeSet<_>>(),
    };
    [Event::Joined { adapter: stick(), device }, Event::Described { device, description }]
}

/// The house with all that the policy names, and no value.
pub(crate) fn house(now: Now) -> State {
    let mut state = State::restore(now, vec![stick()], Vec::new());
    state.apply(now, Input::Event(Event::Adapter { adapter: stick(), status: online() }));
    for (device, name) in GRANTED.into_iter().zip(["front", "back", "hall", "window", "air"]) {
        for event in known(device) {
            state.apply(now, Input::Event(event));
        }
        let wish = Wish::Rename { device, name: name.parse().unwrap() };
        state.apply(now, Input::Command(Command { id: CommandId(1), origin: Origin::Cli, wish }));
    }
    state
}
