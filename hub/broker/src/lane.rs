//! The lane: every message crosses rumqttd's router, none depends on it. One link, one topic, one filter.
//!
//! A message stays here until it comes back from the router, then it is fanned out. What is under way is
//! bounded in bytes below what the router's log keeps, so the log cannot overrun. A router that dies, skips
//! or stops answering is replaced, and what was under way is sent again in order; nothing is fanned out
//! twice, as only what is still here is. After five deaths in a minute messages go direct.

mod link;

use std::{
    collections::VecDeque,
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time::{Instant, MissedTickBehavior, interval},
};
use tracing::{error, warn};

use self::link::{Dead, Link};
use crate::{hub::Hub, mailbox::Ticket, message::Message, switch::Switch};

/// How often the router is looked after.
const LOOK: Duration = Duration::from_secs(1);
/// A message that is not back after this is lost in a router that does not answer.
const STALL: Duration = Duration::from_secs(2);
/// After so many looks without traffic, a probe crosses the lane.
const PROBE_LOOKS: u32 = 5;
/// So many deaths within [`PERIOD`] and the router is given up.
const MAX_DEATHS: usize = 5;
const PERIOD: Duration = Duration::from_secs(60);
/// Messages under way at a time; the router's channel holds 1000, so sending never blocks.
const MAX_UNDER_WAY: usize = 500;
/// Messages taken from the publishers at a time.
const BATCH: usize = 64;

/// A message, or a probe, that is to cross the router.
struct Item {
    message: Option<(Message, Option<Arc<Ticket>>)>,
    sent: Instant,
}

enum Order {
    Publish(Message, Option<Arc<Ticket>>),
    #[cfg(test)]
    KillRouter,
}

/// The publishers' end.
pub(crate) struct Lane {
    orders: UnboundedSender<Order>,
    bypassed: Arc<AtomicBool>,
}

impl Lane {
    /// Starts the lane's task and, in it, the first router.
    pub(crate) fn start(hub: Arc<Hub>) -> Self {
        let (orders, receiver) = unbounded_channel();
        let bypassed = Arc::new(AtomicBool::new(false));
        let keeper = Keeper {
            hub,
            bypassed: Arc::clone(&bypassed),
            link: None,
            waiting: VecDeque::new(),
            under_way: VecDeque::new(),
            bytes: 0,
            deaths: VecDeque::new(),
            idle_looks: 0,
        };
        tokio::spawn(keeper.run(receiver));
        Self { orders, bypassed }
    }

    #[cfg(test)]
    fn kill_router(&self) {
        let _ = self.orders.send(Order::KillRouter);
    }
}

impl Switch for Lane {
    fn publish(&self, message: Message, ticket: Option<Arc<Ticket>>) {
        // The task ends with the runtime only; nobody is left to deliver to then.
        let _ = self.orders.send(Order::Publish(message, ticket));
    }

    fn is_bypassed(&self) -> bool {
        self.bypassed.load(Relaxed)
    }
}

/// Sole owner of the link and of all that is under way.
struct Keeper {
    hub: Arc<Hub>,
    bypassed: Arc<AtomicBool>,
    /// `None` before the first router and after the last.
    link: Option<Link>,
    waiting: VecDeque<Item>,
    under_way: VecDeque<Item>,
    /// Log bytes under way.
    bytes: usize,
    deaths: VecDeque<Instant>,
    idle_looks: u32,
}

impl Item {
    fn payload(&self) -> Bytes {
        self.message.as_ref().map(|(message, _)| message.payload.clone()).unwrap_or_default()
    }

    /// What the router's log counts for it.
    fn log_bytes(&self) -> usize {
        let payload = self.message.as_ref().map_or(0, |(message, _)| message.payload.len());
        link::MESSAGE_OVERHEAD + payload
    }
}

impl Keeper {
    async fn run(mut self, mut orders: UnboundedReceiver<Order>) {
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut taken = Vec::with_capacity(BATCH);
        self.open();
        loop {
            self.send_waiting();
            tokio::select! {
                biased;
                back = next(self.link.as_mut()) => self.came_back(back),
                count = orders.recv_many(&mut taken, BATCH), if self.waiting.is_empty() => {
                    if count == 0 {
                        break;
                    }
                    for order in taken.drain(..) {
                        match order {
                            Order::Publish(message, ticket) => self.accept(message, ticket),
                            #[cfg(test)]
                            Order::KillRouter => link::kill(self.link.as_mut()).await,
                        }
                    }
                }
                _ = looks.tick() => self.look(),
            }
        }
        self.finish().await;
    }

    fn accept(&mut self, message: Message, ticket: Option<Arc<Ticket>>) {
        self.waiting.push_back(Item { message: Some((message, ticket)), sent: Instant::now() });
    }

    /// Sends what fits under the bound; a large message goes alone.
    fn send_waiting(&mut self) {
        while let Some(item) = self.waiting.front() {
            let Some(link) = &mut self.link else {
                self.bypass();
                return;
            };
            let bytes = self.bytes + item.log_bytes();
            let fits = bytes <= link::LOG_BYTES && self.under_way.len() < MAX_UNDER_WAY;
            if !fits && !self.under_way.is_empty() {
                return;
            }
            let sent = link.send(item.payload());
            self.bytes = bytes;
            if let Some(mut item) = self.waiting.pop_front() {
                item.sent = Instant::now();
                self.under_way.push_back(item);
            }
            if let Err(dead) = sent {
                self.replace(&dead);
            }
        }
    }

    fn came_back(&mut self, back: Result<Bytes, Dead>) {
        let expected = self.under_way.front().map(Item::payload);
        match back {
            Ok(payload) if expected.as_ref() == Some(&payload) => {
                if let Some(item) = self.under_way.pop_front() {
                    self.bytes -= item.log_bytes();
                    self.fan_out(item);
                }
            }
            Ok(_) => self.replace(&Dead::Gap),
            Err(dead) => self.replace(&dead),
        }
    }

    fn fan_out(&mut self, item: Item) {
        if let Some((message, ticket)) = item.message {
            self.idle_looks = 0;
            self.hub.fan_out(message, ticket.as_ref(), Instant::now());
        }
    }

    fn look(&mut self) {
        let stalled = self.under_way.front().is_some_and(|item| item.sent.elapsed() > STALL);
        if stalled {
            self.replace(&Dead::Stalled);
        } else if self.link.is_some() && self.under_way.is_empty() && self.waiting.is_empty() {
            self.idle_looks += 1;
            if self.idle_looks >= PROBE_LOOKS {
                self.idle_looks = 0;
                self.waiting.push_back(Item { message: None, sent: Instant::now() });
            }
        }
    }

    /// The router is dead: a new one takes what was under way, in order.
    fn replace(&mut self, dead: &Dead) {
        warn!(%dead, under_way = self.under_way.len(), "the router of the MQTT lane is replaced");
        self.hub.counters.lane_restarts.add(1);
        self.link = None;
        self.under_way.append(&mut self.waiting);
        std::mem::swap(&mut self.under_way, &mut self.waiting);
        self.bytes = 0;
        let now = Instant::now();
        self.deaths.push_back(now);
        self.deaths.retain(|death| now.saturating_duration_since(*death) < PERIOD);
        self.open();
    }

    fn open(&mut self) {
        while self.deaths.len() < MAX_DEATHS {
            match Link::open() {
                Ok(link) => {
                    self.link = Some(link);
                    return;
                }
                Err(dead) => {
                    warn!(%dead, "no router for the MQTT lane");
                    self.deaths.push_back(Instant::now());
                }
            }
        }
        error!("the router of the MQTT lane died {MAX_DEATHS} times in a minute: messages go direct from now on");
        self.bypassed.store(true, Relaxed);
    }

    /// Without a router, messages are fanned out as they come.
    fn bypass(&mut self) {
        while let Some(item) = self.waiting.pop_front() {
            self.fan_out(item);
        }
    }

    /// The last publisher is gone: what is under way is waited for, then the link says goodbye.
    async fn finish(mut self) {
        while !(self.under_way.is_empty() && self.waiting.is_empty()) {
            self.send_waiting();
            if !self.under_way.is_empty() {
                let back = tokio::time::timeout(STALL, next(self.link.as_mut())).await;
                self.came_back(back.unwrap_or(Err(Dead::Stalled)));
            }
        }
        if let Some(link) = self.link {
            link.close().await;
        }
    }
}

async fn next(link: Option<&mut Link>) -> Result<Bytes, Dead> {
    match link {
        Some(link) => link.next().await,
        None => pending().await,
    }
}

#[cfg(test)]
mod tests;
