//! One session: what waits for its client, what the client has not acknowledged, and what it left behind.
//! No I/O and no clock; `hub` holds all sessions under one lock.

use std::{
    collections::{BTreeMap, HashSet, VecDeque},
    sync::Arc,
};

use tokio::time::Instant;

use crate::{
    mailbox::{Mailbox, Reason, Ticket},
    message::{Message, Qos},
    retained::Page,
    tree::Subscription,
};

/// A message on its way to one subscriber.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    pub(crate) message: Arc<Message>,
    pub(crate) qos: Qos,
    pub(crate) retain: bool,
    pub(crate) ids: Vec<u32>,
}

/// What the connection's task is to write next.
#[derive(Debug)]
pub(crate) enum Outgoing {
    /// A PUBLISH; the packet id is 0 at QoS 0.
    Publish { delivery: Delivery, packet_id: u16, again: bool },
    /// A PUBREL.
    Release { packet_id: u16 },
}

/// A will and how long after the end of the connection it is due.
#[derive(Debug)]
pub(crate) struct Will {
    pub(crate) message: Message,
    pub(crate) delay: std::time::Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// PUBLISH is to be sent, again after a reconnect.
    Unsent,
    /// PUBLISH sent, its PUBACK or PUBREC is awaited.
    Sent,
    /// PUBREL is to be sent.
    Unreleased,
    /// PUBREL sent, PUBCOMP is awaited.
    Released,
}

#[derive(Debug)]
struct Inflight {
    packet_id: u16,
    stage: Stage,
    delivery: Option<Delivery>,
}

/// How an offered message was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offer {
    Queued,
    Dropped,
}

/// Bounds on what may wait in a session.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) bytes: usize,
    pub(crate) away_messages: usize,
}

/// Most packets sent and not acknowledged, whatever the client would take.
pub(crate) const MAX_INFLIGHT: u16 = 64;

/// One client's session (MQTT 5.0, 4.1).
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) client_id: Arc<str>,
    pub(crate) user: Arc<str>,
    /// Counts the connections of this session; a task with an older number is out.
    pub(crate) generation: u64,
    /// The connection's letter box; `None` while the client is away.
    pub(crate) mailbox: Option<Arc<Mailbox>>,
    pub(crate) expiry: std::time::Duration,
    pub(crate) ends_at: Option<Instant>,
    pub(crate) will: Option<Will>,
    pub(crate) will_at: Option<Instant>,
    pub(crate) subscriptions: BTreeMap<Arc<str>, Subscription>,
    /// Whether it hears messages before they cross the switch.
    pub(crate) is_ahead: bool,
    /// Subscriptions whose retained messages have not all been queued.
    pub(crate) pages: VecDeque<(Page, Subscription)>,
    /// Packet ids of QoS 2 messages from the client that it has not released.
    pub(crate) received: HashSet<u16>,
    window: u16,
    queue: VecDeque<Delivery>,
    inflight: VecDeque<Inflight>,
    last_packet_id: u16,
    bytes: usize,
    /// Publishers held back by this session, since when.
    waiting: VecDeque<(Instant, Arc<Ticket>)>,
    bounds: Bounds,
}

impl Session {
    pub(crate) fn new(client_id: Arc<str>, user: Arc<str>, bounds: Bounds) -> Self {
        Self {
            client_id,
            user,
            generation: 0,
            mailbox: None,
            expiry: std::time::Duration::ZERO,
            ends_at: None,
            will: None,
            will_at: None,
            subscriptions: BTreeMap::new(),
            is_ahead: false,
            pages: VecDeque::new(),
            received: HashSet::new(),
            window: MAX_INFLIGHT,
            queue: VecDeque::new(),
            inflight: VecDeque::new(),
            last_packet_id: 0,
            bytes: 0,
            waiting: VecDeque::new(),
            bounds,
        }
    }

    /// A client has come (back): what it did not acknowledge is sent again (MQTT 5.0, 4.4).
    pub(crate) fn connect(&mut self, mailbox: Arc<Mailbox>, receive_maximum: u16) {
        self.generation += 1;
        self.mailbox = Some(mailbox);
        self.window = receive_maximum.clamp(1, MAX_INFLIGHT);
        self.ends_at = None;
        for entry in &mut self.inflight {
            entry.stage = match entry.stage {
                Stage::Unsent | Stage::Sent => Stage::Unsent,
                Stage::Unreleased | Stage::Released => Stage::Unreleased,
            };
        }
    }

    /// The client has gone; publishers need not wait for it.
    pub(crate) fn disconnect(&mut self) {
        self.mailbox = None;
        self.waiting.clear();
        self.queue.retain(|delivery| delivery.qos > Qos::AtMostOnce);
        self.bytes = self.queue.iter().chain(self.inflight.iter().filter_map(|i| i.delivery.as_ref())).map(cost).sum();
    }

    /// Queues a message, if there is room. Over the bound, `ticket` is kept until there is.
    pub(crate) fn offer(&mut self, delivery: Delivery, ticket: Option<&Arc<Ticket>>, now: Instant) -> Offer {
        let bytes = self.bytes + cost(&delivery);
        let Some(mailbox) = &self.mailbox else {
            let full = bytes > self.bounds.bytes || self.queue.len() >= self.bounds.away_messages;
            if full || delivery.qos == Qos::AtMostOnce {
                return Offer::Dropped;
            }
            self.push(delivery);
            return Offer::Queued;
        };
        if bytes > self.bounds.bytes {
            if delivery.qos == Qos::AtMostOnce {
                return Offer::Dropped;
            }
            // Held publishers overshoot by little; four times over means that nobody could be held.
            if bytes > self.bounds.bytes.saturating_mul(4) {
                // The program that holds the broker is never put out by what many clients send at a time.
                if !self.is_ahead {
                    mailbox.close(Reason::QuotaExceeded);
                }
                return Offer::Dropped;
            }
            self.waiting.extend(ticket.map(|ticket| (now, Arc::clone(ticket))));
        }
        mailbox.wake();
        self.push(delivery);
        Offer::Queued
    }

    /// Queues a message whatever waits already (retained messages, a page at a time).
    pub(crate) fn push(&mut self, delivery: Delivery) {
        self.bytes += cost(&delivery);
        self.queue.push_back(delivery);
    }

    /// Messages that wait to be sent.
    pub(crate) fn queued(&self) -> usize {
        self.queue.len()
    }

    /// Since when a publisher has been held back.
    pub(crate) fn blocking_since(&self) -> Option<Instant> {
        self.waiting.front().map(|(since, _)| *since)
    }

    /// The next packet to write, if the client's window allows.
    pub(crate) fn next(&mut self) -> Option<Outgoing> {
        if let Some(outgoing) = self.next_again() {
            return Some(outgoing);
        }
        let qos = self.queue.front()?.qos;
        if qos > Qos::AtMostOnce && self.inflight.len() >= usize::from(self.window) {
            return None;
        }
        let delivery = self.queue.pop_front()?;
        if qos == Qos::AtMostOnce {
            self.release(cost(&delivery));
            return Some(Outgoing::Publish { delivery, packet_id: 0, again: false });
        }
        let packet_id = self.free_packet_id();
        let entry = Inflight { packet_id, stage: Stage::Sent, delivery: Some(delivery.clone()) };
        self.inflight.push_back(entry);
        Some(Outgoing::Publish { delivery, packet_id, again: false })
    }

    /// What a former connection had sent and the client has not acknowledged.
    fn next_again(&mut self) -> Option<Outgoing> {
        let entry = self.inflight.iter_mut().find(|entry| matches!(entry.stage, Stage::Unsent | Stage::Unreleased))?;
        let packet_id = entry.packet_id;
        match &entry.delivery {
            Some(delivery) if entry.stage == Stage::Unsent => {
                entry.stage = Stage::Sent;
                Some(Outgoing::Publish { delivery: delivery.clone(), packet_id, again: true })
            }
            _ => {
                entry.stage = Stage::Released;
                Some(Outgoing::Release { packet_id })
            }
        }
    }

    fn free_packet_id(&mut self) -> u16 {
        loop {
            self.last_packet_id = self.last_packet_id.checked_add(1).unwrap_or(1);
            let id = self.last_packet_id;
            if self.inflight.iter().all(|entry| entry.packet_id != id) {
                return id;
            }
        }
    }

    /// PUBACK: the message is done. Also a PUBREC with an error (MQTT 5.0, 4.3.3). Unknown ids are ignored.
    pub(crate) fn acknowledged(&mut self, packet_id: u16) {
        self.finish(packet_id, |stage| stage == Stage::Sent);
    }

    /// PUBREC: the message is the client's; only its id is kept. Says whether the id is known.
    pub(crate) fn recorded(&mut self, packet_id: u16) -> bool {
        let Some(entry) = self.inflight.iter_mut().find(|entry| entry.packet_id == packet_id) else {
            return false;
        };
        entry.stage = Stage::Released;
        let freed = entry.delivery.take().as_ref().map_or(0, cost);
        self.release(freed);
        true
    }

    /// PUBCOMP: the packet id is free again.
    pub(crate) fn completed(&mut self, packet_id: u16) {
        self.finish(packet_id, |stage| stage == Stage::Released);
    }

    fn finish(&mut self, packet_id: u16, stage: impl Fn(Stage) -> bool) {
        let found = self.inflight.iter().position(|entry| entry.packet_id == packet_id && stage(entry.stage));
        if let Some(entry) = found.and_then(|at| self.inflight.remove(at)) {
            self.release(entry.delivery.as_ref().map_or(0, cost));
        }
    }

    /// Gives up on a message that was not sent after all.
    pub(crate) fn drop_inflight(&mut self, packet_id: u16) {
        self.finish(packet_id, |_| true);
    }

    /// Gives bytes back and lets go of the publishers for which there is room now.
    fn release(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_sub(bytes);
        if self.bytes <= self.bounds.bytes {
            self.waiting.clear();
        }
    }
}

fn cost(delivery: &Delivery) -> usize {
    delivery.message.cost()
}

#[cfg(test)]
mod tests;
