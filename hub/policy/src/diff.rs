//! What another policy would change, for the owner to decide on: what widens needs a confirmation, what narrows does not.

use std::fmt;

use crate::bound::Bound;
use crate::grant::{Extent, grants};
use crate::model::{Audience, Policy};
use crate::number::spoken;

/// Which way a difference goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// More is heard or done than before, or something else.
    Widens,
    /// Less than before. What was heard stays with who heard it.
    Narrows,
    /// Neither.
    Same,
}

/// One difference between two policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is, in a sentence.
    pub what: String,
    /// Which way it goes.
    pub direction: Direction,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.direction {
            Direction::Widens => "widens",
            Direction::Narrows => "narrows",
            Direction::Same => "same",
        };
        write!(f, "{word}: {}", self.what)
    }
}

/// All that `new` grants and `old` did not, and the other way round; what widens comes first. Without an old policy
/// compare with an empty one, [`Policy::nothing`].
pub fn diff(old: &Policy, new: &Policy) -> Vec<Difference> {
    let (before, after) = (grants(old), grants(new));
    let mut found = Vec::new();
    for (key, grant) in &after {
        let (audience, what) = (&key.0, &grant.what);
        let (what, direction) = match before.get(key) {
            None => (format!("{audience} may now {what}"), Direction::Widens),
            Some(was) if was == grant => continue,
            Some(was) => {
                let old = if was.what == *what { "by another rule than before".to_owned() } else { was.what.clone() };
                (format!("{audience} may now {what}; before: {old}"), direction(&was.extent, &grant.extent))
            }
        };
        found.push(Difference { what, direction });
    }
    for (key, grant) in before.iter().filter(|(key, _)| !after.contains_key(*key)) {
        let what = format!("{} may no longer {}", key.0, grant.what);
        found.push(Difference { what, direction: Direction::Narrows });
    }
    for (name, audience) in &new.audiences {
        let was = old.audiences.get(name);
        found.extend(was.into_iter().flat_map(|was| terms(name.as_str(), was, audience)));
        if was.is_none() && audience.paused {
            found.push(Difference { what: format!("{name} begins paused"), direction: Direction::Same });
        }
    }
    found.sort_by_key(|difference| difference.direction);
    found
}

/// As [`diff`], and which names mean other devices than before.
pub fn diff_bound(old: &Bound, new: &Bound) -> Vec<Difference> {
    let mut found = diff(old.policy(), new.policy());
    for (name, device) in new.devices() {
        if let Some(was) = old.devices().get(name).filter(|was| *was != device) {
            let what = format!("{name:?} now means the device {device}; before: {was}");
            found.push(Difference { what, direction: Direction::Widens });
        }
    }
    found.sort_by_key(|difference| difference.direction);
    found
}

/// True if any of it needs the owner's confirmation.
pub fn widens(differences: &[Difference]) -> bool {
    differences.iter().any(|difference| difference.direction == Direction::Widens)
}

fn direction(old: &Extent, new: &Extent) -> Direction {
    match (new.is_within(old), old.is_within(new)) {
        (true, true) => Direction::Same,
        (true, false) => Direction::Narrows,
        (false, _) => Direction::Widens,
    }
}

/// What holds for a whole audience.
fn terms(name: &str, old: &Audience, new: &Audience) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut note = |what, direction| found.push(Difference { what, direction });
    if old.vendor != new.vendor {
        let what = format!("{name} is now {}; before: {}", new.vendor.word(), old.vendor.word());
        note(what, Direction::Widens);
    }
    match (old.paused, new.paused) {
        (false, true) => {
            note(format!("{name} is paused: nothing is said to it, nothing done for it"), Direction::Narrows);
        }
        (true, false) => note(format!("{name} is not paused any more"), Direction::Widens),
        _ => {}
    }
    if old.reply_after != new.reply_after {
        note(format!("{name} is answered after {}", spoken(new.reply_after)), Direction::Same);
    }
    found
}

impl Policy {
    /// A policy that grants nothing.
    pub fn nothing() -> Self {
        Self { text: "version = 1\n".to_owned(), summaries: [].into(), audiences: [].into() }
    }

    /// All that it grants, a sentence each.
    pub fn describe(&self) -> Vec<String> {
        let granted = grants(self).into_iter().map(|(key, grant)| format!("{} may {}", key.0, grant.what));
        let paused = self.audiences.iter().filter(|(_, audience)| audience.paused);
        granted.chain(paused.map(|(name, _)| format!("{name} is paused"))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../testdata/example.toml");

    /// What a change of the example does.
    fn change(from: &str, to: &str) -> Vec<String> {
        let text = EXAMPLE.replacen(from, to, 1);
        assert_ne!(text, EXAMPLE);
        let (old, new) = (Policy::parse(EXAMPLE).unwrap(), Policy::parse(&text).unwrap());
        diff(&old, &new).iter().map(Difference::to_string).collect()
    }

    #[test]
    fn grants_read_as_sentences() {
        let lines = Policy::parse(EXAMPLE).unwrap().describe();
        let wanted = [
            "alexa_home may hear whether Doors is open or closed (from lock.front.bolt and lock.back.bolt), at most every 15 minutes",
            "alexa_home may set Heating (thermostat.hall) from 15 to 23 °C in steps of 0.5",
            "alexa_home may start Lock up: lock lock.front and lock.back",
            "alexa_home may unlock lock.back as Back door, with a PIN that Amazon checks and the hub never sees",
            "google_home may hear whether Comfort is cold, comfortable or warm (from thermostat.hall.temperature), at most every 5 minutes",
            "google_home may start Good night: lock lock.front and lock.back and heat thermostat.hall to 17 °C",
        ];
        for line in wanted {
            assert!(lines.iter().any(|found| found == line), "{line}\n{lines:#?}");
        }
        assert_eq!(Policy::nothing(), Policy::parse("version = 1\n").unwrap());
    }

    #[test]
    fn each_change_goes_its_way() {
        let cases = [
            ("max = 23.0", "max = 24.0", "widens"),
            ("max = 23.0", "max = 22.0", "narrows"),
            ("step = 0.5", "step = 1.0", "narrows"),
            ("cadence = \"15m\"", "cadence = \"5m\"", "widens"),
            ("cadence = \"15m\"", "cadence = \"1h\"", "narrows"),
            ("cadence = \"15m\"", "cadence = \"20m\"", "widens"),
            ("echo = false", "echo = true", "widens"),
            ("read_setpoint = true", "read_setpoint = false", "narrows"),
            ("hold_for = \"15m\"", "hold_for = \"30m\"", "narrows"),
            ("hold_for = \"15m\"", "hold_for = \"1m\"", "widens"),
            ("hysteresis = 0.5", "hysteresis = 0.1", "widens"),
            ("[\"lock.front.bolt\", \"lock.back.bolt\"]", "[\"lock.front.bolt\"]", "widens"),
            ("target = [\"lock.front\", \"lock.back\"]", "target = [\"lock.front\"]", "narrows"),
            ("push = false", "paused = true", "narrows"),
            ("push = false", "push = true", ""),
            ("reply_after = \"1500ms\"", "reply_after = \"2s\"", "same"),
        ];
        for (from, to, way) in cases {
            let found = change(from, to);
            assert!(found.iter().all(|line| line.starts_with(way)), "{to}: {found:?}");
            assert_eq!(found.is_empty(), way.is_empty(), "{to}: {found:?}");
        }
    }

    #[test]
    fn a_first_policy_widens_and_the_last_one_narrows() {
        let example = Policy::parse(EXAMPLE).unwrap();
        let first = diff(&Policy::nothing(), &example);
        assert!(widens(&first) && first.iter().all(|d| d.direction == Direction::Widens));
        assert!(!widens(&diff(&example, &Policy::nothing())) && !widens(&diff(&example, &example)));
        let said = "alexa_home may now hear whether Doors is open or closed";
        assert!(first.iter().any(|difference| difference.what.starts_with(said)), "{first:#?}");
    }
}
