//! The rows about frames that get lost or bent: sixty setpoints at four a second over ten devices.
//!
//! The time of a command is from its MQTT message to the request that its device answered, on the port.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use serde_json::json;

use crate::numbers::{ms, percentile};
use crate::rows::{Measured, Scale};
use crate::support::house::House;
use crate::support::now;
use crate::{scene, trace};

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
    /// What the hub said in the end: that it is done, and how long after the message, or why not.
    end: Result<Duration, String>,
}

fn device(number: u32) -> u32 {
    number % DEVICES + 1
}

/// A value that no other command has.
fn centi(number: u32) -> i16 {
    1000 + i16::try_from(number).unwrap()
}

/// Gives the commands, in a house of its own; `before` is called before each.
fn sixty(mut before: impl FnMut(&House, u32)) -> Vec<Fate> {
    let mut house = scene::thermostats(usize::try_from(DEVICES).unwrap());
    let start = now();
    let mut sent = Vec::new();
    for number in 0..COMMANDS {
        before(&house, number);
        let body = json!({"occupied_heating_setpoint": f64::from(centi(number)) / 100.0, "transaction": number});
        sent.push(house.client.publish(&format!("hearth/thermostat-{}/set", device(number)), body.to_string()));
        std::thread::sleep((start + GAP * (number + 1)).saturating_sub(now()));
    }
    let ends = ends(&mut house);
    let writes = trace::writes(&trace::read(&house.stick.trace()));
    let fate = |(number, sent): (u32, Duration)| {
        let mine: Vec<_> = writes.iter().filter(|write| write.centi == centi(number)).collect();
        let time = mine.iter().find(|write| write.answered).map(|write| write.at.saturating_sub(sent));
        let end = ends.get(&number).cloned().unwrap_or_else(|| Err("no end".to_owned()));
        let end = end.map(|at| at.saturating_sub(sent));
        Fate { number, time, tries: mine.len(), end }
    };
    (0..COMMANDS).zip(sent).map(fate).collect()
}

/// How the hub says that each command ended, once all have or it is too late.
fn ends(house: &mut House) -> HashMap<u32, Result<Duration, String>> {
    let mut ends = HashMap::new();
    let deadline = now() + END;
    while ends.len() < usize::try_from(COMMANDS).unwrap() && now() < deadline {
        for message in house.client.listen(GAP).iter().filter(|message| message.topic.ends_with("/set/result")) {
            let result = message.json();
            let number = result["transaction"].as_u64().and_then(|number| u32::try_from(number).ok());
            let end = match result["status"].as_str() {
                Some("done") => Ok(message.at),
                Some("failed") => Err(result["error"].as_str().unwrap_or_default().to_owned()),
                _ => continue,
            };
            ends.extend(number.map(|number| (number, end)));
        }
    }
    ends
}

/// As [`sixty`], with faults from the start.
fn under(faults: &[&str]) -> Vec<Fate> {
    sixty(|house, number| {
        if number == 0 {
            for fault in faults {
                house.sim.tell(&format!("fault {fault}"));
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
    let failures: BTreeSet<_> = fates.iter().filter_map(|fate| fate.end.as_ref().err()).collect();
    let failed = fates.iter().filter(|fate| fate.end.is_err()).count();
    let ends: Vec<_> = fates.iter().filter_map(|fate| fate.end.as_ref().ok().copied()).collect();
    let [p50, p99] = [0.50, 0.99].map(|share| percentile(&times, share));
    let done = percentile(&ends, 0.99);
    let mut text =
        format!("{lost} of {} lost, p50 {}, p99 {}, {} until said to be done", fates.len(), ms(p50), ms(p99), ms(done));
    if again > 0 {
        text = format!("{text}, {again} sent again");
    }
    if failed > 0 {
        text = format!("{text}, {failed} said to have failed {failures:?}");
    }
    Measured { text, good: lost + failed == 0 && p99.max(done) <= limit }
}

pub(crate) fn split(_: Scale) -> Measured {
    let fates = under(&["split", "double=0.3", "jitter=5"]);
    let twice = fates.iter().filter(|fate| fate.tries > 1).count();
    let told = tell(&fates, SECOND);
    Measured { good: told.good && twice == 0, ..told }
}

pub(crate) fn flip(_: Scale) -> Measured {
    tell(&under(&["flip=0.02"]), SECOND)
}

pub(crate) fn srsp(_: Scale) -> Measured {
    tell(&under(&["drop-srsp=0.02"]), SECOND)
}

/// Loses the confirms of every twentieth command and of nothing else, so that it is known whose they were.
pub(crate) fn confirm(_: Scale) -> Measured {
    const EVERY: u32 = 20;
    let loses = |number: u32| number % EVERY == EVERY / 2;
    let fates = sixty(|house, number| {
        house.sim.tell(if loses(number) { "fault drop-confirm=1" } else { "fault drop-confirm=0" });
    });
    // The commands to the same device that came while the lost confirm was waited for, at most two rounds.
    let is_same = |fate: &&Fate| {
        (0..COMMANDS)
            .filter(|lost| loses(*lost))
            .any(|lost| device(lost) == device(fate.number) && (lost..=lost + 2 * DEVICES).contains(&fate.number))
    };
    let (same, others): (Vec<_>, Vec<_>) = fates.iter().partition(is_same);
    let (same, others) = (tell(same, 2 * SECOND), tell(others, UNAFFECTED));
    Measured { text: format!("others: {}; same: {}", others.text, same.text), good: same.good && others.good }
}

pub(crate) fn dead(_: Scale) -> Measured {
    let fates = sixty(|house, number| {
        if number == 0 {
            house.sim.tell("dead thermostat-1 on");
        }
    });
    let others = tell(fates.iter().filter(|fate| device(fate.number) != 1), UNAFFECTED);
    Measured { text: format!("others: {}", others.text), ..others }
}
