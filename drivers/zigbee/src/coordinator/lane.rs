//! The requests for one device: those that wait, in order, and those whose answer is awaited.
//!
//! Knows which of two requests makes the other void. Does not know other devices, and sends nothing.

use std::collections::VecDeque;
use std::time::Duration;

use home::{CommandId, Ieee};

use super::job::{Ended, Job, Rank, Topic};
use super::pace::Pace;
use super::rule::Miss;
use crate::ncp::Tag;
use crate::zcl::Frame;

/// The most requests that wait for one device.
const WAITING: usize = 32;
/// The most answers awaited from one device: some lose count beyond a few.
const OPEN: usize = 3;

/// A request and how often it was tried.
#[derive(Debug)]
pub(super) struct Item {
    /// The request.
    pub(super) job: Job,
    /// Its ZCL number: kept for a second try right after the first, so that a late answer to the first still counts.
    pub(super) sequence: Option<u8>,
    /// When it was sent under that number for the first time, on the steady clock.
    pub(super) since: Duration,
    /// Tries so far.
    pub(super) tries: u8,
    /// Whether its sender was told that it waits for the device to wake up.
    pub(super) told: bool,
}

/// A request that was sent.
#[derive(Debug)]
pub(super) struct Open {
    /// The request.
    pub(super) item: Item,
    /// Number at the adapter until its word came.
    pub(super) tag: Option<Tag>,
    /// ZCL sequence number.
    pub(super) sequence: u8,
    /// When it counts as lost, on the steady clock.
    pub(super) until: Duration,
    /// True once a newer request took its place: it only holds its place in the air.
    pub(super) void: bool,
}

/// All that is asked of one device.
#[derive(Debug)]
pub(super) struct Lane {
    /// The device.
    pub(super) device: Ieee,
    /// Its short address, if known.
    pub(super) nwk: Option<u16>,
    /// Whether it hears only what it fetches. Unknown devices are taken for such.
    pub(super) sleepy: bool,
    /// True after a try that showed that it sleeps, until it speaks or somebody asks for something new.
    pub(super) dozing: bool,
    /// Nothing is sent before, on the steady clock.
    pub(super) hold: Duration,
    /// How fast it answers.
    pub(super) pace: Pace,
    /// When it was last served, to take turns.
    pub(super) turn: u64,
    /// When its short address was last asked for.
    pub(super) sought: Option<Duration>,
    waiting: VecDeque<Item>,
    open: Vec<Open>,
}

impl Lane {
    /// A lane for a device.
    pub(super) fn new(device: Ieee) -> Self {
        Self {
            device,
            nwk: None,
            sleepy: true,
            dozing: false,
            hold: Duration::ZERO,
            pace: Pace::default(),
            turn: 0,
            sought: None,
            waiting: VecDeque::new(),
            open: Vec::new(),
        }
    }

    /// Takes a request behind those that are as urgent. What it makes void ends in `ended`.
    pub(super) fn push(&mut self, job: Job, ended: &mut Vec<Ended>) {
        if self.make_void(&job, ended) {
            return;
        }
        if self.waiting.len() >= WAITING {
            ended.push(job.end(self.device, Err(Miss::Busy)));
            return;
        }
        // Somebody wants something: the device is worth a try even if it slept at the last one.
        if job.rank <= Rank::Interview {
            self.dozing = false;
        }
        let place = self.waiting.partition_point(|other| other.job.rank <= job.rank);
        self.waiting.insert(place, Item { job, sequence: None, since: Duration::ZERO, tries: 0, told: false });
    }

    /// Ends what `job` makes void; true if `job` itself is superfluous.
    fn make_void(&mut self, job: &Job, ended: &mut Vec<Ended>) -> bool {
        let Some(topic) = job.topic else { return false };
        let same = |other: &Job| other.topic == Some(topic);
        if !job.class.newest_wins() {
            return job.purpose.command().is_none() && self.waiting.iter().any(|item| same(&item.job));
        }
        while let Some(place) = self.waiting.iter().position(|item| same(&item.job)) {
            let older = self.waiting.remove(place).map(|item| item.job.end(self.device, Err(Miss::Superseded)));
            ended.extend(older);
        }
        // A value under way must not be written again over the newer one. A bolt's command is never written again.
        if let Topic::Write { .. } = topic {
            for open in self.open.iter_mut().filter(|open| !open.void && same(&open.item.job)) {
                open.void = true;
                ended.push(Ended {
                    device: self.device,
                    purpose: open.item.job.purpose.clone(),
                    command: 0,
                    result: Err(Miss::Superseded),
                });
            }
        }
        false
    }

    /// Puts a request back in front of those that are as urgent, unless a newer one took its place.
    pub(super) fn put_back(&mut self, item: Item, ended: &mut Vec<Ended>) {
        let newer = |other: &Item| item.job.class.newest_wins() && other.job.topic == item.job.topic;
        if item.job.topic.is_some() && self.waiting.iter().any(newer) {
            ended.push(item.job.end(self.device, Err(Miss::Superseded)));
            return;
        }
        let place = self.waiting.partition_point(|other| other.job.rank < item.job.rank);
        self.waiting.insert(place, item);
    }

    /// How urgent the request is that could be sent now, if one could.
    pub(super) fn ready(&self, up: Duration) -> Option<Rank> {
        let first = self.waiting.front()?.job.rank;
        let room = self.open.len() < OPEN || first == Rank::Reply;
        (self.nwk.is_some() && !self.dozing && self.hold <= up && room && !self.is_flying()).then_some(first)
    }

    /// True while the adapter has not said what became of the last frame.
    fn is_flying(&self) -> bool {
        self.open.iter().any(|open| open.tag.is_some())
    }

    /// True if it has something to send and no address to send it to.
    pub(super) fn is_lost(&self) -> bool {
        self.nwk.is_none() && !self.waiting.is_empty()
    }

    /// Takes the first request that waits.
    pub(super) fn pop(&mut self) -> Option<Item> {
        self.waiting.pop_front()
    }

    /// Notes that a request was sent.
    pub(super) fn sent(&mut self, open: Open) {
        self.open.push(open);
    }

    /// Whether an answer under this number is awaited.
    pub(super) fn awaits(&self, sequence: u8) -> bool {
        self.open.iter().any(|open| open.sequence == sequence)
    }

    /// Takes the request with this number at the adapter.
    pub(super) fn take_flight(&mut self, tag: Tag) -> Option<Open> {
        let place = self.open.iter().position(|open| open.tag == Some(tag))?;
        Some(self.open.swap_remove(place))
    }

    /// Takes the request that `frame` answers.
    pub(super) fn take_answered(&mut self, endpoint: u8, cluster: u16, frame: &Frame) -> Option<Open> {
        let place = self
            .open
            .iter()
            .position(|open| !open.void && open.item.job.is_answered_by(open.sequence, endpoint, cluster, frame))?;
        Some(self.open.swap_remove(place))
    }

    /// Takes a request whose time is up.
    pub(super) fn take_late(&mut self, up: Duration) -> Option<Open> {
        let place = self.open.iter().position(|open| open.until <= up)?;
        Some(self.open.swap_remove(place))
    }

    /// Takes a request that waited too long.
    pub(super) fn take_expired(&mut self, up: Duration) -> Option<Item> {
        let place = self.waiting.iter().position(|item| item.job.deadline.is_some_and(|deadline| deadline <= up))?;
        self.waiting.remove(place)
    }

    /// Notes that the device was heard: what waits may be tried.
    pub(super) fn heard(&mut self) {
        self.dozing = false;
        if self.sleepy {
            self.hold = Duration::ZERO;
        }
    }

    /// The owner's commands that wait for the device to wake up, and for how long at most, once each.
    pub(super) fn untold(&mut self, up: Duration) -> Vec<(CommandId, Duration)> {
        let mut untold = Vec::new();
        for item in self.waiting.iter_mut().filter(|item| self.dozing && !item.told) {
            if let (Some(command), Some(deadline)) = (item.job.purpose.command(), item.job.deadline) {
                item.told = true;
                untold.push((command, deadline.saturating_sub(up)));
            }
        }
        untold
    }

    /// True if nothing waits and no answer is awaited.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.open.is_empty()
    }

    /// True if something waits.
    pub(super) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Numbers at the adapter of what is under way.
    pub(super) fn tags(&self) -> impl Iterator<Item = Tag> {
        self.open.iter().filter_map(|open| open.tag)
    }

    /// The owner's commands whose end is still to come.
    pub(super) fn commands(&self) -> impl Iterator<Item = CommandId> {
        let open = self.open.iter().filter(|open| !open.void).map(|open| &open.item);
        self.waiting.iter().chain(open).filter_map(|item| item.job.purpose.command())
    }

    /// When something here changes by time alone.
    pub(super) fn next_change(&self, up: Duration) -> Option<Duration> {
        let hold = (self.has_waiting() && !self.dozing && self.nwk.is_some() && self.hold > up).then_some(self.hold);
        let late = self.open.iter().map(|open| open.until);
        let expired = self.waiting.iter().filter_map(|item| item.job.deadline);
        late.chain(expired).chain(hold).min()
    }
}
