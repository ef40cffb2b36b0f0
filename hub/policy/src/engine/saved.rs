//! What has to outlast a restart, so that it can't be noticed from outside: frozen values, memories of rules, counts of
//! unlocks and wrong PINs.

use std::collections::BTreeMap;
use std::time::Duration;

use home::{Now, Timestamp};
use serde::{Deserialize, Serialize};
use summary::{AudienceName, Shown, SummaryName, Tick};

use super::{Engine, Seat};
use crate::guard::Guard;
use crate::plan::Seen;
use crate::rule::Memory;

/// Why saved bytes were not taken. The engine goes on without them: every value is unknown until the next beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what was saved of the last beat can't be read")]
pub struct SavedError;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    format: u8,
    /// Digest of the policy that it belongs to.
    policy: String,
    /// Milliseconds since 1970.
    at: u64,
    memory: BTreeMap<String, Word>,
    audience: BTreeMap<String, Kept>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Word {
    said: u8,
    /// Milliseconds for which it stays.
    left: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    tick: u64,
    /// A value for each endpoint; -1 is "unknown".
    seen: Vec<i16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pushed: Option<u64>,
    unlocks: Vec<u64>,
    wrong: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    locked_since: Option<u64>,
}

impl Engine {
    /// What has to be durable before the next answer leaves; `None` if nothing new has. To be asked for after each
    /// look and each answer; put it into the same batch as the ledger's entry.
    pub fn unsaved(&mut self, now: Now) -> Option<Vec<u8>> {
        std::mem::take(&mut self.unsaved).then(|| self.save(now))
    }

    /// All that has to outlast a restart. Holds no reading, and of the house what the audiences may know and one word
    /// for each rule.
    pub fn save(&self, now: Now) -> Vec<u8> {
        let word = |(said, until): (u8, Duration)| Word { said, left: millis(until.saturating_sub(now.up)) };
        let memory = self.gauges.iter().filter_map(|(name, gauge)| Some((name.to_string(), word(gauge.memory.said?))));
        let audience = self.seats.iter().map(|(name, seat)| (name.to_string(), seat.kept()));
        let saved = Saved {
            format: 1,
            policy: hex(&self.policy),
            at: now.wall.0,
            memory: memory.collect(),
            audience: audience.collect(),
        };
        // Only a clock that is wrong by millions of years does not fit; then nothing is restored.
        toml::to_string(&saved).map(String::into_bytes).unwrap_or_default()
    }

    /// Takes over what was saved, once, before the first look. Of another policy only the counts are taken: what an
    /// audience saw may not be what it may see.
    pub fn restore(&mut self, now: Now, bytes: &[u8]) -> Result<(), SavedError> {
        let text = std::str::from_utf8(bytes).map_err(|_| SavedError)?;
        let saved: Saved = toml::from_str(text).map_err(|_| SavedError)?;
        if saved.format != 1 {
            return Err(SavedError);
        }
        let same = saved.policy == hex(&self.policy);
        for (name, kept) in &saved.audience {
            let seat = name.parse::<AudienceName>().ok().and_then(|name| self.seats.get_mut(&name));
            if let Some(seat) = seat {
                seat.restore(kept, same);
            }
        }
        let gone = millis(now.wall.since(Timestamp(saved.at)));
        for (name, word) in saved.memory.iter().filter(|_| same) {
            let gauge = name.parse::<SummaryName>().ok().and_then(|name| self.gauges.get_mut(&name));
            if let Some(gauge) = gauge {
                let left = Duration::from_millis(word.left.saturating_sub(gone));
                gauge.memory = Memory { said: Some((word.said, now.up.saturating_add(left))) };
            }
        }
        Ok(())
    }
}

impl Seat {
    fn kept(&self) -> Kept {
        let (tick, seen) = self
            .frozen
            .as_ref()
            .map_or((0, Vec::new()), |(tick, seen)| (tick.at(), seen.iter().map(|seen| number(*seen)).collect()));
        let Guard { unlocks, wrong, locked_since } = self.guard.clone();
        Kept { tick, seen, pushed: self.pushed, unlocks, wrong, locked_since }
    }

    fn restore(&mut self, kept: &Kept, same: bool) {
        self.guard = Guard { unlocks: kept.unlocks.clone(), wrong: kept.wrong, locked_since: kept.locked_since };
        if same && kept.seen.len() == self.plan.endpoints.len() {
            let seen = kept.seen.iter().map(|number| seen(*number)).collect();
            self.frozen = Some((Tick::before(kept.tick, self.plan.cadence), seen));
            self.pushed = kept.pushed;
        }
    }
}

fn number(seen: Seen) -> i16 {
    match seen {
        Shown::Known(number) => number,
        Shown::Unknown => -1,
    }
}

fn seen(number: i16) -> Seen {
    if number < 0 { Shown::Unknown } else { Shown::Known(number) }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
