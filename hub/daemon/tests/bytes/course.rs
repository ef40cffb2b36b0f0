//! What two houses have in common in a pair of courses: when they are asked what, by which sealed frames, and when the
//! gateway has no connection. How the houses differ comes from the pairs of `hub/policy`.
//!
//! A hub that starts is away for a moment: what it had to say is lost, and what was sealed before opens no more. Nobody can
//! hide that, so it is kept out of what is compared: either both restart at the same instants, or nobody asks around a
//! restart and it is over before or after what is told at the beat.

use std::ops::Range;

use seal::{Frame, PairingKey, Relay, RequestId};
use summary::Vendor;

use crate::ask::{self, Body, Known};
use crate::pair::{Pair, Step, What};
use crate::random::Random;
use crate::scene::{START, Scene};

/// How far apart the clocks of hub and relay may be, in milliseconds; that of the daemon.
pub(crate) const SKEW: u64 = 3_000;
/// The longest that an answer of the policy waits, in milliseconds.
const LONGEST_REPLY: u64 = 1_500;
/// The longest that a frame is on its way to the hub.
const TRAVEL: u64 = 400;
/// What is told unasked and can't leave for longer is left out, in milliseconds; that of the daemon.
pub(crate) const STALE: u64 = 5_000;
/// What is told unasked has left so long after the beat, or does not leave.
const TOLD: u64 = 10_000 + STALE;

/// A frame that comes in. It may have come before.
#[derive(Clone)]
pub(crate) struct Question {
    /// When, in milliseconds after the start.
    pub(crate) at: u64,
    /// When it was sealed.
    made: u64,
    pub(crate) vendor: Vendor,
    pub(crate) frame: Frame,
    pub(crate) id: RequestId,
}

/// A pair of houses and what is common to them.
pub(crate) struct Course<'a> {
    pub(crate) scene: &'a Scene,
    pub(crate) seed: u64,
    pub(crate) pair: Pair,
    pub(crate) questions: Vec<Question>,
    /// While these last nothing comes in, and nothing leaves.
    pub(crate) outages: Vec<Range<u64>>,
}

pub(crate) fn key() -> PairingKey {
    PairingKey::from_bytes([5; 32])
}

/// Milliseconds since 1970.
pub(crate) fn wall(at: u64) -> u64 {
    START * 1000 + at
}

pub(crate) fn sealed(vendor: Vendor) -> seal::Vendor {
    match vendor {
        Vendor::Alexa => seal::Vendor::Alexa,
        Vendor::Google => seal::Vendor::Google,
    }
}

impl<'a> Course<'a> {
    /// The courses of this seed.
    pub(crate) fn new(scene: &'a Scene, known: &Known, seed: u64) -> Self {
        let mut pair = Pair::new(scene, seed);
        let random = &mut Random::new(!seed);
        let cadence = scene.cadence * 1000;
        let beats = pair.truths.len() as u64;
        let restarts = restarts(&mut pair.houses, cadence, beats, random);
        let outages = (0..random.of(0..3)).map(|_| {
            let from = random.of(0..beats * cadence);
            from..from + random.of(1..60_000)
        });
        let outages: Vec<_> = outages.collect();
        let mut questions = questions(known, cadence, beats + 1, random);
        questions.retain(|question| {
            let away = |restart: &u64| (question.at..=question.at + LONGEST_REPLY).contains(restart);
            let new = |restart: &u64| *restart <= question.at && question.made <= restart + SKEW;
            !restarts.iter().any(|restart| away(restart) || new(restart))
        });
        Self { scene, seed, pair, questions, outages }
    }
}

/// Makes restarts common, or keeps those that a house has alone away from what is told at the beat; the latter's instants.
fn restarts(houses: &mut [Vec<Step>; 2], cadence: u64, beats: u64, random: &mut Random) -> Vec<u64> {
    let is_restart = |step: &Step| matches!(step.what, What::Restart);
    if random.once_in(2) {
        for steps in houses.iter_mut() {
            steps.retain(|step| !is_restart(step) || step.at % cadence > TOLD);
        }
        return houses.iter().flatten().filter(|step| is_restart(step)).map(|step| step.at).collect();
    }
    let common: Vec<_> =
        (0..random.of(0..3)).map(|_| random.of(0..beats) * cadence + random.of(1000..cadence / 2 - 2000)).collect();
    for steps in houses {
        steps.retain(|step| !is_restart(step));
        steps.extend(common.iter().map(|at| Step { at: *at, what: What::Restart }));
        steps.sort_by_key(|step| step.at);
    }
    Vec::new()
}

fn questions(known: &Known, cadence: u64, beats: u64, random: &mut Random) -> Vec<Question> {
    let relay = Relay::new(&key());
    let mut all = Vec::new();
    for beat in 0..beats {
        let some: Vec<_> = (0..random.of(1..5)).map(|_| ask::anything(known, random)).collect();
        for body in ask::states(known, random).into_iter().chain(some) {
            // What moves a bolt is asked early, so that it is over when the house settles.
            let until = if body.moves { cadence / 4 } else { cadence };
            // Some come just before the next beat, so that a busy house comes to them after it.
            let just = !body.moves && random.once_in(8);
            let at = beat * cadence + if just { cadence - random.of(1..20) } else { random.of(TRAVEL..until) };
            let asked = question(&relay, &body, at, random);
            let again = at + random.of(0..3_000);
            match random.of(0..12) {
                // The vendor asks again with the very same words,
                0 if again < beat * cadence + until => all.push(question(&relay, &body, again, random)),
                // or somebody plays the frame again.
                1 => all.push(Question { at: again, ..asked.clone() }),
                _ => {}
            }
            all.push(asked);
        }
    }
    all.sort_by_key(|question| question.at);
    all
}

fn question(relay: &Relay, body: &Body, at: u64, random: &mut Random) -> Question {
    let made = at - random.of(0..TRAVEL);
    let bytes = &body.bytes[..body.bytes.len().min(seal::MAX_BODY)];
    let (frame, id) = relay.seal_request(sealed(body.vendor), bytes, wall(made)).unwrap();
    Question { at, made, vendor: body.vendor, frame, id }
}
