//! G1, invariant 6: two houses that agree on what an audience may know, asked the same, say the same at the same times.
//!
//! `HEARTH_PAIRS` says how many pairs are tried; without it as many as a test command has time for.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod hub;
mod leak;
mod pair;
mod random;
mod run;
mod scene;

use leak::{LEAKS, Sent, honest};
use pair::Pair;
use run::run;
use scene::{CADENCES, Scene};
use summary::{Answer, Contact, Face, Reported, Shown};

/// In the test command.
const PAIRS: u64 = 100_000;
/// Within so many pairs each leak has to be found.
const PATIENCE: u64 = 500;

fn pairs() -> u64 {
    std::env::var("HEARTH_PAIRS").map_or(PAIRS, |text| text.parse().expect("HEARTH_PAIRS is a number"))
}

fn scenes() -> Vec<Scene> {
    CADENCES.into_iter().map(Scene::new).collect()
}

fn scene_of(scenes: &[Scene], seed: u64) -> &Scene {
    &scenes[usize::try_from(seed % 3).unwrap()]
}

/// In the order in which it leaves.
fn sorted(mut sent: Vec<Sent>) -> Vec<Sent> {
    sent.sort_by_key(|sent| sent.at);
    sent
}

/// All seeds from 0, shared out over the processors.
fn try_all(count: u64, check: impl Fn(&[Scene], u64) + Sync) {
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    std::thread::scope(|scope| {
        for first in 0..threads {
            let check = &check;
            scope.spawn(move || {
                let scenes = scenes();
                (first..count).step_by(usize::try_from(threads).unwrap()).for_each(|seed| check(&scenes, seed));
            });
        }
    });
}

#[test]
fn g1_houses_that_agree_on_what_is_granted_say_the_same_at_the_same_times() {
    try_all(pairs(), |scenes, seed| {
        let scene = scene_of(scenes, seed);
        let pair = Pair::new(scene, seed);
        let [one, other] = pair.houses.each_ref().map(|steps| sorted(run(scene, steps, &pair.questions, honest)));
        assert!(!one.is_empty());
        assert_eq!(one, other, "seed {seed}: {pair:#?}");
    });
}

#[test]
fn g1n_each_seeded_leak_is_found() {
    let scenes = scenes();
    for (name, leak) in LEAKS {
        let found = (0..PATIENCE).find(|seed| {
            let scene = scene_of(&scenes, *seed);
            let pair = Pair::new(scene, *seed);
            let [one, other] = pair.houses.each_ref().map(|steps| {
                sorted(run(scene, steps, &pair.questions, |disclosure, moment| {
                    let mut sent = honest(disclosure, moment);
                    leak(&mut sent, moment);
                    sent
                }))
            });
            one != other
        });
        assert!(found.is_some(), "not found: {name}");
    }
}

/// The pairs would prove nothing if all was unknown in them: what is said is what the trace says.
#[test]
fn what_is_said_at_a_beat_is_the_trace() {
    try_all(2_000, |scenes, seed| {
        let scene = scene_of(scenes, seed);
        let pair = Pair::new(scene, seed);
        for steps in &pair.houses {
            for sent in run(scene, steps, &pair.questions, honest) {
                let Answer::Report(tick, reported) = &sent.answer else { continue };
                let beat = usize::try_from((tick.at() - scene::START) / scene.cadence).unwrap();
                let truth = beat.checked_sub(1).map(|before| &pair.truths[before]);
                for one in reported {
                    let Reported::Endpoint(endpoint) = one else { continue };
                    assert_eq!(
                        said(endpoint),
                        wanted(endpoint, truth),
                        "seed {seed}, beat {beat}: {endpoint:?} {pair:#?}"
                    );
                }
            }
        }
    });
}

/// The state of an endpoint as a number.
fn said(endpoint: &summary::Endpoint) -> Option<i16> {
    fn known<T>(shown: &Shown<T>, number: impl Fn(&T) -> i16) -> Option<i16> {
        if let Shown::Known(value) = shown { Some(number(value)) } else { None }
    }
    match &endpoint.face {
        Face::Contact(shown) => known(shown, |contact| i16::from(*contact == Contact::Closed)),
        Face::Lock(lock) => lock.locked.as_ref().and_then(|shown| known(shown, |locked| i16::from(*locked))),
        Face::Switch(shown) => known(shown, |on| i16::from(*on)),
        Face::Mode(mode) => known(&mode.at, |at| i16::from(*at)),
        Face::Thermostat(heat) => heat.setpoint.as_ref().and_then(|shown| known(shown, |s| s.centi() / 100)),
        Face::Scene => None,
    }
}

fn wanted(endpoint: &summary::Endpoint, truth: Option<&pair::Truth>) -> Option<i16> {
    let flag = |of: fn(&pair::Truth) -> Option<bool>| truth.and_then(of).map(i16::from);
    match (endpoint.alias.as_str(), &endpoint.face) {
        ("Doors", _) => flag(|truth| truth.doors),
        ("Window", _) => flag(|truth| truth.window),
        ("Boiler", _) => flag(|truth| truth.heating),
        ("Comfort", _) => truth.and_then(|truth| truth.comfort).map(i16::from),
        ("Air", _) => flag(|truth| truth.lately).map(|lately| 1 - lately),
        ("Always", _) => truth.map(|_| 1),
        ("Heating" | "Warmth", Face::Thermostat(heat)) if heat.setpoint.is_some() => {
            truth.and_then(|truth| truth.setpoint)
        }
        _ => None,
    }
}
