//! From changes to effects: batches for the disk, messages for MQTT, orders for drivers, lines for watchers.

use std::collections::{BTreeMap, BTreeSet};

use home::{AdapterName, Change, Ieee, LogEntry, Order, Outcome, Publicity, Reading};
use serde_json::{Value, json};
use store::{Batch, CommitError};

use super::House;
use super::answers::{Said, Telling};
use super::outbox::{Outgoing, Reply, Show};
use crate::mqtt::discovery::{self, Told};
use crate::views;
use crate::wake::Wake;

/// What one round of changes comes to.
#[derive(Default)]
struct Effects {
    batch: Batch,
    /// Devices whose state is to be shown, and whether only after the commit.
    devices: BTreeMap<Ieee, Publicity>,
    /// Devices whose list entry and discovery are to be shown.
    registered: BTreeSet<Ieee>,
    /// Other things to show, and whether only after the commit.
    shows: Vec<(Option<Ieee>, Publicity, Show)>,
    replies: Vec<(Publicity, Reply)>,
    orders: Vec<(AdapterName, Order)>,
    kept: Vec<AdapterName>,
    bridge_info: bool,
    bridge_devices: bool,
}

impl Effects {
    fn show_device(&mut self, device: Ieee, publicity: Publicity) {
        let entry = self.devices.entry(device).or_insert(publicity);
        if publicity == Publicity::AfterCommit {
            *entry = Publicity::AfterCommit;
        }
    }

    fn batch_device(&mut self, house: &House, ieee: Ieee) {
        if let Some(device) = house.state.device(ieee) {
            self.batch.device(device);
        }
    }

    /// Has the hub's own topic shown anew, and `line` to watchers.
    fn show_hub(&mut self, line: Option<Value>) {
        self.bridge_info = true;
        let line = line.map(|line| line.to_string().into());
        self.shows.push((None, Publicity::AtOnce, Show { messages: Vec::new(), line }));
    }
}

pub(super) fn absorb(house: &mut House, changes: Vec<Change>) {
    let mut effects = Effects::default();
    for change in changes {
        collect(house, change, &mut effects);
    }
    carry_out(house, effects);
}

fn collect(house: &mut House, change: Change, effects: &mut Effects) {
    match change {
        Change::Registered(ieee) => {
            effects.batch_device(house, ieee);
            effects.registered.insert(ieee);
            effects.bridge_devices = true;
            effects.show_device(ieee, Publicity::AfterCommit);
        }
        Change::Recorded(ieee) => effects.batch_device(house, ieee),
        Change::Renamed { device, from } => {
            let messages = house.withdraw(from.as_str());
            effects.shows.push((Some(device), Publicity::AfterCommit, Show { messages, line: None }));
        }
        Change::Removed { device, name } => removed(house, device, name.as_str(), effects),
        Change::Reported { device, readings, publicity } => reported(house, device, &readings, publicity, effects),
        Change::Shown(device) => effects.show_device(device, Publicity::AtOnce),
        Change::Interviewed(device) => {
            let messages = house.state.device(device).map(|d| house.interview_event(d)).into_iter().collect();
            effects.shows.push((Some(device), Publicity::AfterCommit, Show { messages, line: None }));
        }
        Change::Availability { device, .. } => {
            let messages = house.state.device(device).map(|d| house.availability(d)).into_iter().collect();
            effects.shows.push((Some(device), Publicity::AtOnce, Show { messages, line: None }));
            effects.show_device(device, Publicity::AtOnce);
        }
        Change::Adapter(name) => {
            let view = house.state.adapter(&name).map(|adapter| house.adapter_view(adapter));
            effects.show_hub(view.map(|view| json!({"change": "adapter", "adapter": view})));
        }
        Change::NetworkRecord { adapter, record } => {
            effects.batch.network(&adapter, &record);
            effects.kept.push(adapter);
        }
        Change::PermitJoin { adapter, left } => effects
            .show_hub(Some(json!({"change": "permit_join", "adapter": adapter.as_str(), "seconds": left.as_secs()}))),
        Change::Logged(entry) => logged(house, entry, effects),
        Change::Order { adapter, order } => effects.orders.push((adapter, order)),
        Change::Outcome { command, outcome, .. } => {
            let Some(telling) = house.answers.resolve(command, &outcome) else { return };
            let publicity = if outcome == Outcome::Done { Publicity::AfterCommit } else { Publicity::AtOnce };
            match telling {
                Telling::Reply(reply) => effects.replies.push((publicity, reply)),
                Telling::Say(said) => {
                    let show = Show { messages: house.tell(said, &outcome), line: None };
                    effects.shows.push((None, publicity, show));
                }
            }
        }
    }
}

fn reported(house: &House, device: Ieee, readings: &[Reading], publicity: Publicity, effects: &mut Effects) {
    if let Some(known) = house.state.device(device) {
        let at = known.last_seen.unwrap_or_default();
        match publicity {
            Publicity::AtOnce => house.outside.store.report(device, at, readings, known.link),
            Publicity::AfterCommit => drop(effects.batch.report(device, at, readings, known.link)),
        }
        if house.discovered.get(&device).is_some_and(|told| *told != Told::of(known)) {
            effects.registered.insert(device);
        }
    }
    effects.show_device(device, publicity);
}

fn removed(house: &mut House, device: Ieee, name: &str, effects: &mut Effects) {
    effects.batch.forget(device);
    effects.bridge_devices = true;
    house.discovered.remove(&device);
    house.shown.remove(&device);
    let mut messages = house.withdraw(name);
    messages.extend(discovery::all_topics(device).into_iter().map(Outgoing::clear));
    messages
        .push(house.bridge_event("device_leave", &json!({"friendly_name": name, "ieee_address": device.to_string()})));
    let line = json!({"change": "removed", "name": name, "ieee": device.to_string()});
    let show = Show { messages, line: Some(line.to_string().into()) };
    effects.shows.push((Some(device), Publicity::AfterCommit, show));
}

fn logged(house: &mut House, entry: LogEntry, effects: &mut Effects) {
    let view = views::event(&entry, |ieee| house.state.device(ieee).map(|device| device.name.to_string()));
    let line = json!({"change": "event", "event": view});
    let messages = vec![house.event_message(&entry, view)];
    let publicity = if entry.is_urgent() { Publicity::AfterCommit } else { Publicity::AtOnce };
    let about = entry.device;
    if entry.is_urgent() {
        effects.batch.log(entry);
    } else {
        house.outside.store.log(entry);
    }
    effects.shows.push((about, publicity, Show { messages, line: Some(line.to_string().into()) }));
}

fn carry_out(house: &mut House, mut effects: Effects) {
    let ticket = (!effects.batch.is_empty()).then(|| house.commit(std::mem::take(&mut effects.batch), &effects.kept));
    // Orders go out at once: the log of a command and the command itself need not wait for each other, a person does.
    for (adapter, order) in std::mem::take(&mut effects.orders) {
        house.order(&adapter, order);
    }
    for (about, publicity, show) in std::mem::take(&mut effects.shows) {
        house.show(ticket, about, publicity, show);
    }
    for (publicity, reply) in std::mem::take(&mut effects.replies) {
        match (publicity, ticket) {
            (Publicity::AfterCommit, Some(ticket)) => house.outbox.hold_reply(ticket, reply),
            _ => reply.send(),
        }
    }
    for (ieee, publicity) in std::mem::take(&mut effects.devices) {
        let Some(device) = house.state.device(ieee) else { continue };
        let registered = effects.registered.contains(&ieee);
        let (show, told) = (house.device_show(device, registered), Told::of(device));
        if registered {
            house.discovered.insert(ieee, told);
        }
        house.show(ticket, Some(ieee), publicity, show);
        house.note_shown(ieee);
    }
    if effects.bridge_devices {
        let show = Show { messages: vec![house.bridge_devices()], line: None };
        house.show(ticket, None, Publicity::AfterCommit, show);
    }
    if effects.bridge_info {
        let show = Show { messages: vec![house.bridge_info()], line: None };
        house.show(None, None, Publicity::AtOnce, show);
    }
}

impl House {
    /// Has a batch written; the answer comes back as [`Wake::Committed`].
    fn commit(&mut self, batch: Batch, kept: &[AdapterName]) -> u64 {
        let (ticket, now) = self.outbox.add(batch);
        for adapter in kept {
            self.outbox.keep_waits(ticket, adapter.clone());
        }
        if let Some(batch) = now {
            self.outside.store.commit(batch, self.tells(ticket));
        }
        ticket
    }

    /// What the store calls once the group `ticket` is written or failed.
    fn tells(&self, ticket: u64) -> store::Done {
        let acks = self.acks.clone();
        Box::new(move |result| {
            // The house may be gone already.
            let _ = acks.send(Wake::Committed(ticket, result));
        })
    }

    pub(super) fn committed(&mut self, ticket: u64, result: Result<(), CommitError>) {
        if let Err(error) = result {
            if let Some(times) = self.failing.note(self.now().up) {
                tracing::error!(%error, times, "not written; what depends on it is held back and tried again");
            }
            return self.outbox.failed();
        }
        if let Some(times) = self.failing.end() {
            tracing::info!(failed = times, "written again; what was held back is told now");
        }
        let done = self.outbox.committed(ticket);
        if let Some((ticket, batch)) = done.next {
            self.outside.store.commit(batch, self.tells(ticket));
        }
        for adapter in done.networks {
            if let Some(seat) = self.outside.adapters.get(&adapter) {
                seat.radio.network_kept();
            }
        }
        for show in done.shows {
            self.publish(show);
        }
        self.note_all_shown();
        done.replies.into_iter().for_each(Reply::send);
    }

    pub(super) fn retry_failed_commit(&mut self) {
        if let Some((ticket, batch)) = self.outbox.take_failed() {
            self.outside.store.commit_again(batch, self.tells(ticket));
        }
    }

    /// Shows something now, or after batch `ticket`, but never before what already waits about the same device.
    pub(super) fn show(&mut self, ticket: Option<u64>, about: Option<Ieee>, publicity: Publicity, show: Show) {
        match (publicity, ticket) {
            (Publicity::AfterCommit, Some(ticket)) => self.outbox.hold(ticket, about, show),
            _ => {
                if let Some(show) = self.outbox.pass(about, show) {
                    self.publish(show);
                }
            }
        }
    }

    /// Turns an answer into its messages. What was refused is said on the device's error topic too: a sender without
    /// a transaction listens there.
    fn tell(&self, said: Said, outcome: &Outcome) -> Vec<Outgoing> {
        let topics = &self.outside.topics;
        match said {
            Said::SetResult { device, body } => {
                let refused = matches!(outcome, Outcome::Refused(_));
                let error =
                    refused.then(|| Outgoing::json(topics.error(&device), &json!({"error": body.get("error")})));
                let result = Outgoing::json(topics.set_result(&device), &body);
                std::iter::once(result).chain(error).collect()
            }
            Said::Response { verb, result, transaction } => vec![self.response(&verb, result, transaction.as_ref())],
        }
    }
}
