//! What is ready to be shown but has to wait until it is durable (invariant 2), in order for each device.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use home::{AdapterName, Ieee};
use serde_json::Value;
use store::Batch;

/// Something to show: MQTT messages, and a line for watchers.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Show {
    pub(super) messages: Vec<Outgoing>,
    pub(super) line: Option<Arc<str>>,
}

/// One MQTT message of the hub.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Outgoing {
    pub(super) topic: String,
    pub(super) payload: Vec<u8>,
    pub(super) retain: bool,
}

struct Held {
    ticket: u64,
    about: Option<Ieee>,
    show: Show,
}

/// Shows that wait for a commit, and the commits themselves until they are durable.
#[derive(Default)]
pub(super) struct Outbox {
    held: VecDeque<Held>,
    last_ticket: u64,
    batches: BTreeMap<u64, Batch>,
    failed: Vec<u64>,
    networks: Vec<(u64, AdapterName)>,
}

/// What a durable batch sets free.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Done {
    pub(super) shows: Vec<Show>,
    /// Adapters whose network record is kept now.
    pub(super) networks: Vec<AdapterName>,
}

impl Outbox {
    /// Number for the next batch.
    pub(super) fn ticket(&mut self) -> u64 {
        self.last_ticket += 1;
        self.last_ticket
    }

    /// Remembers a batch that was handed to the store, in case it is to be tried again.
    pub(super) fn under_way(&mut self, ticket: u64, batch: Batch) {
        self.batches.insert(ticket, batch);
    }

    /// Takes a show that may be seen once batch `ticket` is durable.
    pub(super) fn hold(&mut self, ticket: u64, about: Option<Ieee>, show: Show) {
        self.held.push_back(Held { ticket, about, show });
    }

    /// Notes an adapter that waits until batch `ticket` is durable.
    pub(super) fn keep_waits(&mut self, ticket: u64, adapter: AdapterName) {
        self.networks.push((ticket, adapter));
    }

    /// Takes a show that needs no commit. It comes back at once, unless an earlier one about the same device still
    /// waits: nothing overtakes.
    pub(super) fn pass(&mut self, about: Option<Ieee>, show: Show) -> Option<Show> {
        let earlier = self.held.iter().rev().find(|held| about.is_some() && held.about == about);
        match earlier.map(|held| held.ticket) {
            Some(ticket) => {
                self.hold(ticket, about, show);
                None
            }
            None => Some(show),
        }
    }

    /// Batch `ticket` is durable: what it held back may be seen.
    pub(super) fn committed(&mut self, ticket: u64) -> Done {
        self.batches.remove(&ticket);
        let (free, held) = self.held.drain(..).partition::<VecDeque<_>, _>(|held| held.ticket == ticket);
        self.held = held;
        let (kept, waiting) = self.networks.drain(..).partition::<Vec<_>, _>(|(waits, _)| *waits == ticket);
        self.networks = waiting;
        Done {
            shows: free.into_iter().map(|held| held.show).collect(),
            networks: kept.into_iter().map(|(_, adapter)| adapter).collect(),
        }
    }

    /// Batch `ticket` was not written; it is to be tried again.
    pub(super) fn failed(&mut self, ticket: u64) {
        self.failed.push(ticket);
    }

    /// The batches to try again.
    pub(super) fn take_failed(&mut self) -> Vec<(u64, Batch)> {
        let failed = std::mem::take(&mut self.failed);
        failed.into_iter().filter_map(|ticket| self.batches.remove(&ticket).map(|batch| (ticket, batch))).collect()
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

    #[test]
    fn nothing_about_a_device_overtakes_what_waits_for_the_disk() {
        let mut outbox = Outbox::default();
        let ticket = outbox.ticket();
        outbox.hold(ticket, Some(Ieee(1)), show("locked"));
        assert_eq!(outbox.pass(Some(Ieee(1)), show("battery")), None);
        assert_eq!(outbox.pass(Some(Ieee(2)), show("other")), Some(show("other")));
        assert_eq!(outbox.pass(None, show("bridge")), Some(show("bridge")));
        assert_eq!(outbox.committed(ticket + 1), Done::default());
        assert_eq!(outbox.committed(ticket).shows, [show("locked"), show("battery")]);
        assert_eq!(outbox.pass(Some(Ieee(1)), show("free")), Some(show("free")));
    }

    #[test]
    fn a_batch_that_failed_is_tried_again_and_holds_back_until_it_is_written() {
        let mut outbox = Outbox::default();
        let ticket = outbox.ticket();
        outbox.under_way(ticket, Batch::default());
        outbox.hold(ticket, None, show("locked"));
        outbox.failed(ticket);
        assert_eq!(outbox.take_failed().len(), 1);
        assert!(outbox.take_failed().is_empty());
        outbox.under_way(ticket, Batch::default());
        assert_eq!(outbox.committed(ticket).shows.len(), 1);
    }
}
