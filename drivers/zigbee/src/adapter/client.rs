//! One request at a time over a line that loses, repeats and mangles bytes.
//!
//! Knows which answer belongs to which request, when one is overdue, and whether the adapter is alive. When an answer
//! is overdue, a ping goes out before anything else. The adapter answers in order: what comes before the ping's answer
//! still belongs to the overdue request, and what has not come by then never will. So a late answer is never taken
//! for the next request's. Does not know what requests are for.

mod queue;

use std::collections::VecDeque;
use std::time::Duration;

use tracing::debug;

use self::queue::{Item, Queue};
use super::retry::Class;
use crate::mt::{self, Decoder, Frame, Kind};
use crate::ncp::Tag;
use crate::znp::{Areq, Sreq, Srsp};

/// The line went quiet: what is incomplete stays so. The longest frame takes 22 ms at 115200 baud; network adapters jitter.
const QUIET: Duration = Duration::from_millis(100);
/// After so long without an answer the adapter is asked whether it is there.
const IDLE: Duration = Duration::from_secs(15);
/// An answer that is left to wait for when its outcome is known already.
const GRACE: Duration = Duration::from_millis(50);
/// Goes out after a ping without answer. Some boot loaders wait for the host before they start the firmware, and this
/// byte tells them not to. A firmware that took a mangled length for true swallows frames until it has as many bytes:
/// here they are.
const WAKE: [u8; 256] = [0xEF; 256];
/// How long a firmware takes to start.
const BOOT: Duration = Duration::from_secs(1);
/// From so many unanswered pings on the adapter may have restarted meanwhile.
const DOUBTFUL: u32 = 2;

/// Who sent a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// The start of the network.
    Start,
    /// The data frame with this transaction number.
    Data(u8),
    /// A question to device objects.
    Ask(Tag),
    /// A call without more than an answer.
    Call(Tag),
    /// The fetching of long messages.
    Fetch,
}

/// What the line brought.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// A message of the adapter.
    Message(Areq),
    /// The answer to a request.
    Answer(Owner, Srsp),
    /// The adapter is alive, but has not answered the request, as often as its class allows.
    Lost(Owner),
    /// So many pings in a row without answer, the first request of them sent at `since`.
    Silent {
        /// Pings.
        misses: u32,
        /// On the steady clock.
        since: Duration,
    },
    /// The adapter answers, for the first time or again. Only the start's requests go out until [`Client::open`].
    Back,
}

/// What was not as it should be, since the client was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Requests without answer in time.
    pub(super) overdue: u64,
    /// Answers to nothing.
    pub(super) stray: u64,
    /// Frames whose data have not the layout of their command, or of a kind that adapters don't send.
    pub(super) undecodable: u64,
}

/// What is awaited.
#[derive(Debug)]
enum Line {
    /// No link, or nothing to do on it.
    Free,
    /// The answer to this request.
    Busy { item: Item, deadline: Duration },
    /// The answer to a ping.
    Probing(Probe),
}

/// A search for signs of life.
#[derive(Debug)]
struct Probe {
    /// The overdue request.
    lost: Option<Item>,
    /// When the ping is overdue, or due if none is out.
    deadline: Duration,
    /// A ping is out.
    out: bool,
    misses: u32,
    since: Duration,
    /// The answer is news: [`Event::Back`].
    news: bool,
    /// The port was just opened; the adapter may be in its boot loader.
    fresh: bool,
}

/// The client.
#[derive(Debug)]
pub(super) struct Client {
    decoder: Decoder,
    transmit: VecDeque<Vec<u8>>,
    events: VecDeque<Event>,
    queue: Queue,
    line: Line,
    open: bool,
    heard: Duration,
    answered: Duration,
    counts: Counts,
}

impl Client {
    /// A client without a link.
    pub(super) fn new() -> Self {
        Self {
            decoder: Decoder::new(),
            transmit: VecDeque::new(),
            events: VecDeque::new(),
            queue: Queue::default(),
            line: Line::Free,
            open: false,
            heard: Duration::ZERO,
            answered: Duration::ZERO,
            counts: Counts::default(),
        }
    }

    /// Begins anew with an adapter that has forgotten everything. Messages that it sent since stay, and so does
    /// incomplete input: it may be the next frame's beginning.
    pub(super) fn clear(&mut self) {
        self.queue = Queue::default();
        self.line = Line::Free;
        self.open = false;
        self.events.retain(|event| matches!(event, Event::Message(_)));
    }

    /// Forgets all requests: nobody waits for them any more. What was found out about the line stays.
    pub(super) fn forget(&mut self) {
        self.queue = Queue::default();
        match &mut self.line {
            Line::Busy { item, .. } => item.settled = true,
            Line::Probing(probe) => probe.lost = None,
            Line::Free => {}
        }
    }

    /// The port is gone.
    pub(super) fn disconnect(&mut self) {
        self.clear();
        self.events.clear();
        self.transmit.clear();
        self.decoder.flush_stale();
    }

    /// The port was opened: looks whether the adapter answers; [`Event::Back`] says that it does.
    pub(super) fn connect(&mut self, now: Duration) {
        self.disconnect();
        self.answered = now;
        self.probe(now, None, true);
    }

    /// Lets everybody's requests out.
    pub(super) fn open(&mut self, now: Duration) {
        self.open = true;
        self.pump(now);
    }

    /// Lets only the start's requests out.
    pub(super) fn close(&mut self) {
        self.open = false;
    }

    /// Queues a request.
    pub(super) fn submit(&mut self, now: Duration, owner: Owner, class: Class, request: Sreq) {
        self.queue.push(Item { owner, request, class, again: class.row().again, settled: false });
        self.pump(now);
    }

    /// Forgets a request that waits to go out, and does not send again the one that is out: its outcome is known.
    pub(super) fn settle(&mut self, now: Duration, owner: Owner) {
        self.queue.remove(owner);
        match &mut self.line {
            Line::Busy { item, deadline } if item.owner == owner => {
                item.settled = true;
                *deadline = (*deadline).min(now + GRACE);
            }
            Line::Probing(Probe { lost: Some(item), .. }) if item.owner == owner => item.settled = true,
            _ => {}
        }
    }

    /// True if the request waits in the queue and was never sent.
    pub(super) fn is_unsent(&self, owner: Owner) -> bool {
        self.queue.holds_unsent(owner)
    }

    /// Bytes from the port.
    pub(super) fn handle_bytes(&mut self, now: Duration, bytes: &[u8]) {
        self.heard = now;
        for frame in self.decoder.feed(bytes) {
            self.frame(now, &frame);
        }
        self.pump(now);
    }

    /// Time passed.
    pub(super) fn handle_timeout(&mut self, now: Duration) {
        if self.decoder.is_waiting() && now >= self.heard + QUIET {
            for frame in self.decoder.flush_stale() {
                self.frame(now, &frame);
            }
        }
        match std::mem::replace(&mut self.line, Line::Free) {
            Line::Busy { item, deadline } if now >= deadline => {
                self.counts.overdue += 1;
                debug!(request = %item.request.command(), reason = item.class.row().reason, "no answer");
                self.probe(now, Some(item), false);
            }
            Line::Probing(probe) if now >= probe.deadline => self.missed(now, probe),
            Line::Free if self.open && now >= self.answered + IDLE => self.probe(now, None, false),
            line => self.line = line,
        }
        self.pump(now);
    }

    /// When [`Client::handle_timeout`] is due.
    pub(super) fn poll_timeout(&self) -> Option<Duration> {
        let line = match &self.line {
            Line::Busy { deadline, .. } | Line::Probing(Probe { deadline, .. }) => Some(*deadline),
            Line::Free => self.open.then_some(self.answered + IDLE),
        };
        let quiet = self.decoder.is_waiting().then_some(self.heard + QUIET);
        line.into_iter().chain(quiet).min()
    }

    /// Bytes for the port.
    pub(super) fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.transmit.pop_front()
    }

    /// What happened.
    pub(super) fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// A frame for the port that no answer is awaited for.
    pub(super) fn transmit(&mut self, frame: &Frame) {
        debug!(?frame, "to the adapter");
        self.transmit.push_back(frame.encode());
    }

    /// Counters of the client and of the decoder.
    pub(super) fn counts(&self) -> (Counts, mt::Stats) {
        (self.counts, self.decoder.stats())
    }

    fn frame(&mut self, now: Duration, frame: &Frame) {
        debug!(?frame, "from the adapter");
        if let Line::Probing(probe) = &mut self.line
            && !probe.out
        {
            probe.deadline = now;
        }
        match frame.kind() {
            Kind::Srsp => match Srsp::decode(frame) {
                Ok(answer) => self.answer(now, answer),
                Err(error) => self.undecodable(&error),
            },
            Kind::Areq => match Areq::decode(frame) {
                Ok(message) => self.events.push_back(Event::Message(message)),
                Err(error) => self.undecodable(&error),
            },
            Kind::Poll | Kind::Sreq => self.counts.undecodable += 1,
        }
    }

    fn undecodable(&mut self, error: &dyn std::error::Error) {
        self.counts.undecodable += 1;
        debug!(%error, "frame ignored");
    }

    fn answer(&mut self, now: Duration, answer: Srsp) {
        match std::mem::replace(&mut self.line, Line::Free) {
            Line::Busy { item, .. } if answer.answers(&item.request) => {
                self.answered = now;
                self.answered_item(&item, answer);
            }
            Line::Probing(probe) if probe.out && answer.answers(&Sreq::SysPing) => {
                self.answered = now;
                self.found(probe);
            }
            Line::Probing(mut probe) => {
                match probe.lost.take_if(|item| answer.answers(&item.request)) {
                    Some(item) => self.answered_item(&item, answer),
                    None => self.counts.stray += 1,
                }
                self.line = Line::Probing(probe);
            }
            line => {
                self.counts.stray += 1;
                self.line = line;
            }
        }
        self.pump(now);
    }

    fn answered_item(&mut self, item: &Item, answer: Srsp) {
        if !item.settled {
            self.events.push_back(Event::Answer(item.owner, answer));
        }
    }

    /// The ping was answered: nothing that was sent before it will be.
    fn found(&mut self, probe: Probe) {
        if probe.news {
            self.events.push_back(Event::Back);
        }
        match probe.lost {
            Some(item) if item.settled || (probe.news && item.owner == Owner::Start) => {}
            Some(item) if item.again > 0 => self.queue.push_front(Item { again: item.again - 1, ..item }),
            Some(item) => self.events.push_back(Event::Lost(item.owner)),
            None => {}
        }
    }

    /// Looks for signs of life.
    fn probe(&mut self, now: Duration, lost: Option<Item>, fresh: bool) {
        let mut probe = Probe { lost, deadline: now, out: false, misses: 0, since: now, news: fresh, fresh };
        self.ping(now, &mut probe);
        self.line = Line::Probing(probe);
    }

    fn ping(&mut self, now: Duration, probe: &mut Probe) {
        self.transmit(&Sreq::SysPing.encode());
        probe.out = true;
        probe.deadline = now + Class::Ping.row().timeout;
    }

    /// A ping is overdue, or due.
    fn missed(&mut self, now: Duration, mut probe: Probe) {
        let overdue = std::mem::replace(&mut probe.out, false);
        if overdue {
            probe.misses = probe.misses.saturating_add(1);
            self.events.push_back(Event::Silent { misses: probe.misses, since: probe.since });
            if probe.misses >= DOUBTFUL {
                probe.news = true;
                self.open = false;
            }
            if probe.misses % 2 == 1 {
                self.transmit.push_back(WAKE.to_vec());
            }
        }
        if overdue && probe.fresh && probe.misses == 1 {
            probe.deadline = now + BOOT;
        } else {
            self.ping(now, &mut probe);
        }
        self.line = Line::Probing(probe);
    }

    /// Sends the next request if the line is free.
    fn pump(&mut self, now: Duration) {
        if !matches!(self.line, Line::Free) {
            return;
        }
        let Some(item) = self.queue.pop(self.open) else { return };
        let frame = item.request.encode();
        self.transmit(&frame);
        self.line = Line::Busy { deadline: now + item.class.row().timeout, item };
    }
}
