//! The rows about frames that get lost or bent: sixty setpoints at four a second over ten devices.
//!
//! The time of a command is from its MQTT message to the request that its device answered, on the port.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use crate::numbers::{ms, percentile};
use crate::rows::{Measured, Scale};
use crate::scene::{End, Scene, Side};
use crate::support::now;

const COMMANDS: u32 = 60;
const DEVICES: u32 = 10;
const GAP: Duration = Duration::from_millis(250);
/// How long after the last command its end may come.
const END: Duration = Duration::from_secs(20);
const SECOND: Duration = Duration::from_secs(1);
/// What counts as not affected.
const UNAFFECTED: Duration = Duration::from_millis(20);

/// What became of one command.
struct Fate {
    number: u32,
    /// From the message to the request that was answered.
    time: Option<Duration>,
    /// How many requests carried it.
    tries: usize,
    /// What the hub said in the end, as time after the message; `None` if it is one that does not tell.
    end: Option<End>,
}

fn device(number: u32) -> u32 {
    number % DEVICES + 1
}

/// A value that no other command to the same device has; half degrees, for the peer rounds to those.
fn centi(number: u32) -> i16 {
    1000 + 50 * i16::try_from(number / DEVICES).unwrap()
}

/// Gives the commands, in a house of its own; `before` is called before each.
fn sixty(side: &Side, mut before: impl FnMut(&Scene, u32)) -> Vec<Fate> {
    let mut scene = side.thermostats(usize::try_from(DEVICES).unwrap());
    let start = now();
    let mut sent = Vec::new();
    for number in 0..COMMANDS {
        before(&scene, number);
        sent.push(scene.set(device(number), centi(number), Some(number)));
        std::thread::sleep((start + GAP * (number + 1)).saturating_sub(now()));
    }
    let ends = ends(&mut scene);
    let writes = scene.writes();
    let fate = |(number, sent): (u32, Duration)| {
        let address = scene.address(device(number));
        let mine = writes.iter().filter(|write| write.device == address && write.centi == centi(number));
        let mine: Vec<_> = mine.collect();
        let time = mine.iter().find(|write| write.answered).map(|write| write.at.saturating_sub(sent));
        let end = ends.get(&number).cloned().unwrap_or_else(|| Err("no end".to_owned()));
        let end = scene.hub.tells_ends().then(|| end.map(|at| at.saturating_sub(sent)));
        Fate { number, time, tries: mine.len(), end }
    };
    (0..COMMANDS).zip(sent).map(fate).collect()
}

/// How the hub says that each command ended, once all have or it is too late.
fn ends(scene: &mut Scene) -> HashMap<u32, End> {
    let mut ends = HashMap::new();
    let deadline = now() + END;
    while ends.len() < usize::try_from(COMMANDS).unwrap() && now() < deadline {
        let heard = scene.client.listen(GAP);
        ends.extend(heard.iter().filter_map(|message| scene.hub.end(message)));
    }
    ends
}

/// As [`sixty`], with faults from the start.
fn under(side: &Side, faults: &[&str]) -> Vec<Fate> {
    sixty(side, |scene, number| {
        if number == 0 {
            for fault in faults {
                scene.sim.tell(&format!("fault {fault}"));
            }
        }
    })
}

/// What came out as text, and whether all arrived and were said to, all but one in a hundred within `limit`.
fn tell<'a>(fates: impl IntoIterator<Item = &'a Fate>, limit: Duration) -> Measured {
    let fates: Vec<_> = fates.into_iter().collect();
    let times: Vec<_> = fates.iter().filter_map(|fate| fate.time).collect();
    let lost = fates.len() - times.len();
    let again: usize = fates.iter().map(|fate| fate.tries.saturating_sub(1)).sum();
    let told: Vec<_> = fates.iter().filter_map(|fate| fate.end.as_ref()).collect();
    let failures: Vec<_> = told.iter().filter_map(|end| end.as_ref().err()).collect();
    let ends: Vec<_> = told.iter().filter_map(|end| end.as_ref().ok().copied()).collect();
    let [p50, p99] = [0.50, 0.99].map(|share| percentile(&times, share));
    let done = percentile(&ends, 0.99);
    let mut text = format!("{lost} of {} lost, p50 {}, p99 {}", fates.len(), ms(p50), ms(p99));
    if !told.is_empty() {
        text = format!("{text}, {} until said to be done", ms(done));
    }
    if again > 0 {
        text = format!("{text}, {again} sent again");
    }
    if !failures.is_empty() {
        let kinds: BTreeSet<_> = failures.iter().collect();
        text = format!("{text}, {} said to have failed {kinds:?}", failures.len());
    }
    let good = lost + failures.len() == 0 && p99.max(done) <= limit;
    Measured { text, good, figures: vec![p99.as_secs_f64()] }
}

pub(crate) fn split(side: &Side, _: Scale) -> Measured {
    let fates = under(side, &["split", "double=0.3", "jitter=5"]);
    let twice = fates.iter().filter(|fate| fate.tries > 1).count();
    let told = tell(&fates, SECOND);
    Measured { good: told.good && twice == 0, ..told }
}

pub(crate) fn flip(side: &Side, _: Scale) -> Measured {
    tell(&under(side, &["flip=0.02"]), SECOND)
}

pub(crate) fn srsp(side: &Side, _: Scale) -> Measured {
    tell(&under(side, &["drop-srsp=0.02"]), SECOND)
}

/// Loses the confirms of every twentieth command and of nothing else, so that it is known whose they were.
pub(crate) fn confirm(side: &Side, _: Scale) -> Measured {
    const EVERY: u32 = 20;
    let loses = |number: u32| number % EVERY == EVERY / 2;
    let fates = sixty(side, |scene, number| {
        scene.sim.tell(if loses(number) { "fault drop-confirm=1" } else { "fault drop-confirm=0" });
    });
    // The commands to the same device that came while the lost confirm was waited for, at most two rounds.
    let is_same = |fate: &&Fate| {
        (0..COMMANDS)
            .filter(|lost| loses(*lost))
            .any(|lost| device(lost) == device(fate.number) && (lost..=lost + 2 * DEVICES).contains(&fate.number))
    };
    let (same, others): (Vec<_>, Vec<_>) = fates.iter().partition(is_same);
    let (same, others) = (tell(same, 2 * SECOND), tell(others, UNAFFECTED));
    let text = format!("others: {}; same: {}", others.text, same.text);
    Measured { text, good: same.good && others.good, figures: [others.figures, same.figures].concat() }
}

pub(crate) fn dead(side: &Side, _: Scale) -> Measured {
    let fates = sixty(side, |scene, number| {
        if number == 0 {
            scene.sim.tell("dead thermostat-1 on");
        }
    });
    let others = tell(fates.iter().filter(|fate| device(fate.number) != 1), UNAFFECTED);
    Measured { text: format!("others: {}", others.text), ..others }
}
