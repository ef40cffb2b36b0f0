//! What is ready to be shown but has to wait until it is durable (invariant 2), in order for each device.

use std::collections::VecDeque;
use std::sync::Arc;

use home::{AdapterName, Ieee};
use serde_json::Value;
use store::Batch;
use tokio::sync::oneshot;
use web_ui::Answer;

/// The most that waits for a disk that fails: days of a house, some megabytes.
const HELD: usize = 20_000;
/// From so much that waits on, nothing is begun that would wait too: the rest is for what devices say.
const BEHIND: usize = 1000;

/// Something to show: MQTT messages, and a line for watchers.
#[derive(Debug, Default)]
pub(super) struct Show {
    pub(super) messages: Vec<Outgoing>,
    pub(super) line: Option<Arc<str>>,
}

/// One MQTT message of the hub.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) topic: String,
    pub(super) payload: Vec<u8>,
    pub(super) retain: bool,
}

/// The answer to somebody who waits for it.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) to: oneshot::Sender<Answer>,
    pub(super) answer: Answer,
}

impl Reply {
    pub(super) fn send(self) {
        // The asker may have hung up.
        let _ = self.to.send(self.answer);
    }
}

/// What waits for a commit.
#[derive(Debug)]
enum Waiting {
    Show(Option<Ieee>, Show),
    Reply(Reply),
    /// An adapter that wants its network kept.
    Network(AdapterName),
}

/// Changes that the store makes durable together.
#[derive(Default)]
struct Group {
    ticket: u64,
    batch: Batch,
}

/// Shows that wait for a commit, and the commits themselves until they are durable.
///
/// The store has one group at a time; what comes meanwhile is the next. So nothing newer is durable, or shown, before
/// what is older, also if the disk fails for a while: an old row never lands on a new one.
#[derive(Default)]
pub(super) struct Outbox {
    held: VecDeque<(u64, Waiting)>,
    last_ticket: u64,
    under_way: Option<Group>,
    next: Option<Group>,
    /// The group under way was not written.
    failed: bool,
}

/// What a durable group sets free.
#[derive(Debug, Default)]
pub(super) struct Done {
    pub(super) shows: Vec<Show>,
    pub(super) replies: Vec<Reply>,
    /// Adapters whose network record is kept now.
    pub(super) networks: Vec<AdapterName>,
    /// What is to be written now.
    pub(super) next: Option<(u64, Batch)>,
}

impl Outbox {
    /// Takes a batch and returns its ticket. The batch comes back if it is to be written now.
    pub(super) fn add(&mut self, batch: Batch) -> (u64, Option<Batch>) {
        if let Some(next) = &mut self.next {
            next.batch.append(batch);
            return (next.ticket, None);
        }
        self.last_ticket += 1;
        let group = Group { ticket: self.last_ticket, batch };
        if self.under_way.is_some() {
            self.next = Some(group);
            return (self.last_ticket, None);
        }
        let batch = group.batch.clone();
        self.under_way = Some(group);
        (self.last_ticket, Some(batch))
    }

    /// Takes a show that may be seen once `ticket` is durable.
    pub(super) fn hold(&mut self, ticket: u64, about: Option<Ieee>, show: Show) {
        self.held.push_back((ticket, Waiting::Show(about, show)));
    }

    /// Takes an answer that may be given once `ticket` is durable.
    pub(super) fn hold_reply(&mut self, ticket: u64, reply: Reply) {
        self.held.push_back((ticket, Waiting::Reply(reply)));
    }

    /// Notes an adapter that waits until `ticket` is durable.
    pub(super) fn keep_waits(&mut self, ticket: u64, adapter: AdapterName) {
        self.held.push_back((ticket, Waiting::Network(adapter)));
    }

    /// Takes a show that needs no commit. It comes back at once, unless an earlier one about the same device still
    /// waits: nothing overtakes.
    pub(super) fn pass(&mut self, about: Option<Ieee>, show: Show) -> Option<Show> {
        let same = |waiting: &Waiting| matches!(waiting, Waiting::Show(of, _) if about.is_some() && *of == about);
        let earlier = self.held.iter().rev().find(|(_, waiting)| same(waiting)).map(|(ticket, _)| *ticket);
        match earlier {
            Some(ticket) => {
                self.hold(ticket, about, show);
                None
            }
            None => Some(show),
        }
    }

    /// Whether something about this device waits.
    pub(super) fn holds(&self, device: Ieee) -> bool {
        self.held.iter().any(|(_, waiting)| matches!(waiting, Waiting::Show(of, _) if *of == Some(device)))
    }

    /// The group `ticket` is durable: what it held back may be seen.
    pub(super) fn committed(&mut self, ticket: u64) -> Done {
        let mut done = Done::default();
        if self.under_way.take_if(|group| group.ticket == ticket).is_none() {
            return done;
        }
        self.failed = false;
        let (free, held) = self.held.drain(..).partition::<VecDeque<_>, _>(|(waits, _)| *waits <= ticket);
        self.held = held;
        for (_, waiting) in free {
            match waiting {
                Waiting::Show(_, show) => done.shows.push(show),
                Waiting::Reply(reply) => done.replies.push(reply),
                Waiting::Network(adapter) => done.networks.push(adapter),
            }
        }
        self.under_way = self.next.take();
        done.next = self.under_way.as_ref().map(|group| (group.ticket, group.batch.clone()));
        done
    }

    /// The group under way was not written; it is to be tried again.
    pub(super) fn failed(&mut self) {
        self.failed = true;
    }

    /// The group to try again, if one failed.
    pub(super) fn take_failed(&mut self) -> Option<(u64, Batch)> {
        let again = std::mem::take(&mut self.failed);
        self.under_way.as_ref().filter(|_| again).map(|group| (group.ticket, group.batch.clone()))
    }

    /// How many changes are not durable yet.
    pub(super) fn unwritten(&self) -> usize {
        self.under_way.iter().chain(&self.next).map(|group| group.batch.len().max(1)).sum()
    }

    /// True if so much waits for the disk that nobody may add to it who can be told so.
    pub(super) fn is_behind(&self) -> bool {
        self.held.len() >= BEHIND
    }

    /// True if more waits for the disk than memory should hold.
    pub(super) fn is_overfull(&self) -> bool {
        self.held.len() > HELD || self.next.as_ref().is_some_and(|group| group.batch.len() > HELD)
    }
}

impl Outgoing {
    /// A message that is not kept, with a JSON payload.
    pub(super) fn json(topic: String, body: &Value) -> Self {
        Self { topic, payload: body.to_string().into_bytes(), retain: false }
    }

    /// A message that is kept, with a JSON payload.
    pub(super) fn retained(topic: String, body: &Value) -> Self {
        Self { retain: true, ..Self::json(topic, body) }
    }

    /// Takes a kept message away.
    pub(super) fn clear(topic: String) -> Self {
        Self { topic, payload: Vec::new(), retain: true }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str) -> Show {
        Show { messages: Vec::new(), line: Some(text.into()) }
    }

    fn lines(shows: &[Show]) -> Vec<String> {
        shows.iter().filter_map(|show| show.line.as_ref().map(ToString::to_string)).collect()
    }

    #[test]
    fn nothing_about_a_device_overtakes_what_waits_for_the_disk() {
        let mut outbox = Outbox::default();
        let (ticket, now) = outbox.add(Batch::default());
        assert!(now.is_some());
        outbox.hold(ticket, Some(Ieee(1)), show("locked"));
        assert!(outbox.pass(Some(Ieee(1)), show("battery")).is_none());
        assert!(outbox.holds(Ieee(1)) && !outbox.holds(Ieee(2)));
        assert!(outbox.pass(Some(Ieee(2)), show("other")).is_some());
        assert!(outbox.pass(None, show("bridge")).is_some());
        assert!(outbox.committed(ticket + 1).shows.is_empty());
        assert_eq!(lines(&outbox.committed(ticket).shows), ["locked", "battery"]);
        assert!(outbox.pass(Some(Ieee(1)), show("free")).is_some());
        assert!(!outbox.holds(Ieee(1)));
    }

    #[test]
    fn what_is_newer_waits_while_the_disk_fails() {
        let mut outbox = Outbox::default();
        let (first, _) = outbox.add(Batch::default());
        outbox.hold(first, Some(Ieee(1)), show("locked"));
        let (second, now) = outbox.add(Batch::default());
        assert!(now.is_none(), "one group at a time");
        outbox.hold(second, Some(Ieee(1)), show("unlocked"));
        outbox.failed();
        assert_eq!(outbox.take_failed().map(|(ticket, _)| ticket), Some(first));
        assert!(outbox.take_failed().is_none());
        assert_eq!(outbox.add(Batch::default()).0, second, "what waits goes together");
        let done = outbox.committed(first);
        assert_eq!(
            (lines(&done.shows), done.next.map(|(ticket, _)| ticket)),
            (vec!["locked".to_owned()], Some(second))
        );
        assert_eq!(outbox.unwritten(), 1);
        assert_eq!(lines(&outbox.committed(second).shows), ["unlocked"]);
        assert_eq!(outbox.unwritten(), 0);
    }

    #[tokio::test]
    async fn nobody_is_told_that_it_is_done_before_it_is_durable() {
        let mut outbox = Outbox::default();
        let (ticket, _) = outbox.add(Batch::default());
        let (to, mut asked) = oneshot::channel();
        outbox.hold_reply(ticket, Reply { to, answer: Ok(Value::Null) });
        assert!(asked.try_recv().is_err());
        outbox.committed(ticket).replies.into_iter().for_each(Reply::send);
        assert_eq!(asked.await.unwrap().unwrap(), Value::Null);
    }
}
