//! TI network processors (Z-Stack with the Monitor and Test API) behind the seam `ncp`.
//!
//! [`Znp`] starts its network as soon as the adapter answers, carries requests and indications, and starts over when
//! the adapter resets or was silent. Its parts: `client` (the line), `retry` (the table of patience), `start`,
//! `data`, `questions`, `fetch` and `inbound` (what is under way), `watch` (what silence and resets mean), `seam` (how it
//! looks from outside). Knows nothing of clusters and devices.

mod client;
mod data;
mod fetch;
mod inbound;
mod questions;
mod retry;
mod seam;
mod start;
mod watch;

use std::collections::VecDeque;
use std::time::Duration;

use tracing::{info, warn};

use self::client::{Client, Event, Owner};
use self::data::Deliveries;
use self::fetch::Fetches;
use self::inbound::Inbound;
use self::questions::Questions;
use self::start::{Plan, Progress, Start};
use self::watch::Watch;
use crate::ncp::{Entropy, Indication, Network};
use crate::znp::{Areq, Srsp};

/// What the owner has settled for an adapter.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Channel for a new network, 11 to 26; drawn among 11, 15, 20 and 25 if `None`.
    pub channel: Option<u8>,
    /// The hub's network, if it has one; see [`crate::network::decode`].
    pub network: Option<Network>,
}

/// What was not as it should be, since the program started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Frames with a wrong check sequence.
    pub bad_check: u64,
    /// Frames cut short.
    pub cut: u64,
    /// Bytes that belong to no frame.
    pub garbage: u64,
    /// Frames whose data we can't read.
    pub undecodable: u64,
    /// Requests that the adapter did not answer in time.
    pub overdue: u64,
    /// Answers and confirms that nobody waited for.
    pub stray: u64,
    /// Messages that came twice.
    pub repeated: u64,
    /// Messages dropped for want of room or of a short address.
    pub dropped: u64,
}

/// What happened, not fetched yet.
type Outbox = VecDeque<Indication>;

/// What each part works with.
struct Io<'a> {
    /// The steady clock.
    now: Duration,
    client: &'a mut Client,
    out: &'a mut Outbox,
}

/// Where the adapter stands.
#[derive(Debug)]
enum Phase {
    /// No link, or no sign of life yet.
    Closed,
    /// Starting its network.
    Starting(Box<Start>),
    /// A start failed; the next one begins then.
    Pausing(Duration),
    /// The network runs.
    Up,
    /// Left alone until the link is opened again.
    Refused,
}

/// A TI adapter.
pub struct Znp {
    plan: Plan,
    client: Client,
    phase: Phase,
    deliveries: Deliveries,
    questions: Questions,
    fetches: Fetches,
    inbound: Inbound,
    watch: Watch,
    out: Outbox,
    stray: u64,
}

impl Znp {
    /// An adapter whose link is not open yet.
    pub fn new(settings: Settings, entropy: Box<dyn Entropy>) -> Self {
        Self {
            plan: Plan { channel: settings.channel, network: settings.network, entropy },
            client: Client::new(),
            phase: Phase::Closed,
            deliveries: Deliveries::default(),
            questions: Questions::default(),
            fetches: Fetches::default(),
            inbound: Inbound::default(),
            watch: Watch::default(),
            out: Outbox::new(),
            stray: 0,
        }
    }

    /// Counters of bad input.
    pub fn stats(&self) -> Stats {
        let (client, decoder) = self.client.counts();
        Stats {
            bad_check: decoder.bad_check,
            cut: decoder.stale,
            garbage: decoder.garbage,
            undecodable: client.undecodable,
            overdue: client.overdue,
            stray: client.stray + self.stray,
            repeated: self.inbound.repeated,
            dropped: self.inbound.dropped,
        }
    }

    /// Works off what the client heard. Runs after each input.
    fn work(&mut self, now: Duration) {
        while let Some(event) = self.client.poll_event() {
            match event {
                Event::Message(message) => self.message(now, &message),
                Event::Answer(owner, answer) => self.answered(now, owner, Some(&answer)),
                Event::Lost(owner) => self.answered(now, owner, None),
                Event::Silent { misses, since } => {
                    if let Some(reason) = self.watch.silent(now, misses, since) {
                        self.down(now, reason.into());
                    }
                }
                Event::Back => self.start(now),
            }
        }
    }

    /// A request was answered, or never will be.
    fn answered(&mut self, now: Duration, owner: Owner, answer: Option<&Srsp>) {
        let io = &mut Io { now, client: &mut self.client, out: &mut self.out };
        match (owner, answer) {
            (Owner::Start, _) => {
                let Phase::Starting(start) = &mut self.phase else { return };
                let progress = match answer {
                    Some(answer) => start.handle_answer(io, &mut self.plan, answer),
                    None => start.handle_lost(io, &mut self.plan),
                };
                self.progress(now, progress);
            }
            (Owner::Data(number), Some(answer)) => self.deliveries.handle_answer(io, number, answer),
            (Owner::Data(number), None) => self.deliveries.handle_lost(now, number),
            (Owner::Ask(tag), Some(answer)) => self.questions.handle_answer(io, tag, answer),
            (Owner::Ask(tag), None) => self.questions.handle_lost(io, tag),
            (Owner::Call(tag), _) => self.questions.handle_called(io, tag, answer),
            (Owner::Fetch, _) => self.fetches.handle_answer(io, answer),
        }
    }

    fn message(&mut self, now: Duration, message: &Areq) {
        if let Areq::SysResetInd(reset) = message {
            let awaited = matches!(&self.phase, Phase::Starting(start) if start.awaits_reset());
            let news = self.watch.restarted(now);
            if !awaited && !news {
                return self.inbound.repeated += 1;
            }
            if !awaited {
                return self.restarted(now, &format!("the adapter restarted ({:?})", reset.reason));
            }
        }
        let io = &mut Io { now, client: &mut self.client, out: &mut self.out };
        match &mut self.phase {
            Phase::Closed | Phase::Pausing(_) | Phase::Refused => {}
            Phase::Starting(start) => {
                let progress = start.handle_message(io, &mut self.plan, message);
                self.progress(now, progress);
                if self.watch.is_announced() {
                    self.deliver(now, message);
                } else {
                    self.inbound.hold(message);
                }
            }
            Phase::Up => self.deliver(now, message),
        }
    }

    /// A message while the network is known to run.
    fn deliver(&mut self, now: Duration, message: &Areq) {
        let io = &mut Io { now, client: &mut self.client, out: &mut self.out };
        if let Areq::AfDataConfirm(confirm) = message {
            if !self.deliveries.handle_confirm(io, confirm) {
                self.stray += 1;
            }
        } else if !self.questions.handle_message(io, message) {
            self.inbound.handle(io, &mut self.fetches, message);
        }
    }

    fn progress(&mut self, now: Duration, progress: Progress) {
        match progress {
            Progress::Going => {}
            Progress::Ready(running) => {
                self.phase = Phase::Up;
                if self.watch.up() {
                    info!(channel = running.channel, firmware = %running.firmware, "the network runs");
                    self.out.push_back(Indication::Up(running));
                }
                self.client.open(now);
                for message in self.inbound.release() {
                    self.deliver(now, &message);
                }
            }
            Progress::Refused(reason) => {
                warn!(%reason, "the adapter is left alone");
                self.fail(now);
                self.watch.refused();
                self.phase = Phase::Refused;
                self.out.push_back(Indication::Refused { reason });
            }
            Progress::Failed(reason) => {
                self.down(now, reason);
                self.client.clear();
                self.phase = Phase::Pausing(self.watch.next_try(now));
            }
        }
    }

    /// The adapter answers: begins with the first step, whatever was before.
    fn start(&mut self, now: Duration) {
        if matches!(self.phase, Phase::Refused) {
            return;
        }
        let io = &mut Io { now, client: &mut self.client, out: &mut self.out };
        io.client.close();
        io.client.settle(now, Owner::Start);
        let mut start = Box::new(Start::new());
        let progress = start.begin(io, &mut self.plan);
        self.phase = Phase::Starting(start);
        self.progress(now, progress);
    }

    /// The adapter restarted by itself: it has forgotten everything that was under way.
    fn restarted(&mut self, now: Duration, reason: &str) {
        if matches!(self.phase, Phase::Refused) {
            return;
        }
        if self.watch.is_announced() {
            self.down(now, reason.into());
        } else if let Some(times) = self.watch.reset_in_start() {
            self.down(now, format!("the stick resets during its start, {times} times; try another USB port or cable"));
        }
        self.client.clear();
        self.start(now);
    }

    /// The network is gone for those above; what was under way has failed.
    fn down(&mut self, now: Duration, reason: String) {
        self.fail(now);
        if self.watch.down(&reason) {
            warn!(%reason, "the adapter is down");
            self.out.push_back(Indication::Down { reason });
        }
    }

    /// Ends everything that was under way.
    fn fail(&mut self, now: Duration) {
        let io = &mut Io { now, client: &mut self.client, out: &mut self.out };
        self.deliveries.fail_all(io);
        self.questions.fail_all(io);
        self.fetches.clear();
        self.inbound.clear();
        self.client.forget();
    }
}

#[cfg(test)]
mod tests;
