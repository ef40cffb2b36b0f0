//! G1 for bytes: two houses that agree on what an audience may know, asked the same, let the same frames out at the same
//! times, with the same in them. From the sealed frame that comes in to the sealed frame that leaves; the houses and their
//! policy are those of `hub/policy/tests/noninterference`, which tries more pairs and looks at answers before they are bytes.
//!
//! `HEARTH_PAIRS` says how many pairs are tried; without it as many as a test command has time for.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test")]

mod ask;
mod course;
mod door;
mod leak;
mod promises;
mod say;

#[path = "../../../policy/tests/noninterference/hub.rs"]
mod hub;
#[allow(dead_code, reason = "its questions are no bytes")]
#[path = "../../../policy/tests/noninterference/pair.rs"]
mod pair;
#[path = "../../../policy/tests/noninterference/random.rs"]
mod random;
#[path = "../../../policy/tests/noninterference/scene.rs"]
mod scene;
#[path = "../../src/door/schedule.rs"]
mod schedule;

use ask::Known;
use course::Course;
use door::run;
use leak::Leak;
use scene::{CADENCES, Scene};

/// In the test command.
const PAIRS: u64 = 4_000;
/// Within so many pairs each leak has to be found.
const PATIENCE: u64 = 500;

/// Policies with what the clouds know of them, one for each cadence.
struct Worlds(Vec<(Scene, Known)>);

impl Worlds {
    fn new() -> Self {
        let world = |cadence| {
            let scene = Scene::new(cadence);
            let known = Known::new(&scene);
            (scene, known)
        };
        Self(CADENCES.map(world).into())
    }

    fn scene(&self, seed: u64) -> &Scene {
        &self.0[usize::try_from(seed % 3).unwrap()].0
    }

    fn known(&self, seed: u64) -> &Known {
        &self.0[usize::try_from(seed % 3).unwrap()].1
    }

    fn course(&self, seed: u64) -> Course<'_> {
        Course::new(self.scene(seed), self.known(seed), seed)
    }
}

fn pairs() -> u64 {
    std::env::var("HEARTH_PAIRS").map_or(PAIRS, |text| text.parse().expect("HEARTH_PAIRS is a number"))
}

/// All seeds from 0, shared out over the processors.
fn try_all(count: u64, check: impl Fn(&Course<'_>, u64) + Sync) {
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    std::thread::scope(|scope| {
        for first in 0..threads {
            let check = &check;
            scope.spawn(move || {
                let worlds = Worlds::new();
                let seeds = (first..count).step_by(usize::try_from(threads).unwrap());
                seeds.for_each(|seed| check(&worlds.course(seed), seed));
            });
        }
    });
}

#[test]
fn g1_houses_that_agree_on_what_is_granted_let_the_same_frames_out() {
    try_all(pairs(), |course, seed| {
        let [one, other] = [0, 1].map(|house| run(course, house, None));
        assert!(!one.is_empty());
        let differs =
            one.iter().map(Some).chain([None]).zip(other.iter().map(Some).chain([None])).find(|(a, b)| a != b);
        assert!(one == other, "seed {seed}: {differs:#?}\n{:#?}", course.pair.houses);
    });
}

#[test]
fn g1n_each_seeded_leak_is_found_in_the_bytes() {
    let worlds = Worlds::new();
    for leak in Leak::ALL {
        let found = (0..PATIENCE).find(|seed| {
            let course = worlds.course(*seed);
            run(&course, 0, Some(leak)) != run(&course, 1, Some(leak))
        });
        assert!(found.is_some(), "not found: {leak:?}");
    }
}

/// The pairs would prove little if some messages never left.
#[test]
fn every_kind_of_message_is_among_what_leaves() {
    let worlds = Worlds::new();
    let mut all = String::new();
    for seed in 0..PATIENCE {
        for sent in run(&worlds.course(seed), 0, None) {
            all += &sent.body;
        }
    }
    for part in [
        "Discover.Response",
        "AcceptGrant.Response",
        "ACCEPT_GRANT_FAILED",
        "StateReport",
        "ChangeReport",
        "ActivationStarted",
        "\"name\":\"Response\"",
        "\"DETECTED\"",
        "NOT_DETECTED",
        "comfortable",
        "long_ago",
        "ENDPOINT_UNREACHABLE",
        "INSUFFICIENT_PERMISSIONS",
        "INVALID_DIRECTIVE",
        "\"value\":{\"value\":21.0",
        "\"isLocked\":true",
        "\"on\":false",
        "\"online\":false",
        "agentUserId",
        "PENDING",
        "\"pinNeeded\"",
        "challengeFailedPinNeeded",
        "notSupported",
        "protocolError",
    ] {
        assert!(all.contains(part), "never said: {part}");
    }
}
