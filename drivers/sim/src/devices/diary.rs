//! What a device heard, for tests that prove what was sent to it and how often. Payloads, which may hold PINs, are left out.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde_json::{Value as Json, json};
use zigbee::zcl::{Header, Scope};

/// Commands kept one by one.
const MAX: usize = 500;

/// One command.
#[derive(Clone, Debug)]
struct Heard {
    at: Duration,
    cluster: u16,
    header: Header,
}

/// Commands heard.
#[derive(Clone, Debug, Default)]
pub(super) struct Diary {
    heard: VecDeque<Heard>,
    counts: BTreeMap<(u16, bool, u8), u64>,
    answers: BTreeMap<u16, u64>,
}

impl Diary {
    /// Notes a command.
    pub(super) fn note(&mut self, at: Duration, cluster: u16, header: &Header) {
        if self.heard.len() == MAX {
            self.heard.pop_front();
        }
        self.heard.push_back(Heard { at, cluster, header: *header });
        *self.counts.entry((cluster, header.scope == Scope::Global, header.command)).or_default() += 1;
    }

    /// Notes an answer to a question of its own.
    pub(super) fn answered(&mut self, cluster: u16) {
        *self.answers.entry(cluster).or_default() += 1;
    }

    /// All of it.
    pub(super) fn status(&self) -> Json {
        let space = |global: bool| if global { "global" } else { "cluster" };
        let commands: Vec<Json> = self
            .heard
            .iter()
            .map(|Heard { at, cluster, header }| {
                json!({
                    "ms": u64::try_from(at.as_millis()).unwrap_or(u64::MAX),
                    "cluster": format!("{cluster:04x}"),
                    "space": space(header.scope == Scope::Global),
                    "command": format!("{:02x}", header.command),
                    "sequence": header.sequence,
                })
            })
            .collect();
        let count = |((cluster, global, command), count): (&(u16, bool, u8), &u64)| {
            (format!("{cluster:04x}/{}/{command:02x}", space(*global)), json!(count))
        };
        let answer = |(cluster, count): (&u16, &u64)| (format!("{cluster:04x}"), json!(count));
        json!({
            "received": commands,
            "counts": self.counts.iter().map(count).collect::<serde_json::Map<_, _>>(),
            "answers_heard": self.answers.iter().map(answer).collect::<serde_json::Map<_, _>>(),
        })
    }
}
