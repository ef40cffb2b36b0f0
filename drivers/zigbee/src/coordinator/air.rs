//! What is on its way to devices: at most 16 frames at once, one to each device, in fair turns.
//!
//! Knows when a request may be sent, when it counts as lost, and what to do then. Does not know what requests mean.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use home::{CommandId, Ieee};

use super::job::{Answer, Destination, Ended, Job, Rank};
use super::lane::{Item, Lane, Open};
use super::rule::{Miss, Next, Trouble};
use crate::ncp::{Request, SendError, Tag, ZdoRequest, ZdoResponse};
use crate::zcl::Frame;

/// Frames under way at once, for a Z-Stack 3.x.0 (facts/zigbee.md 3a).
const FLIGHTS: usize = 16;
/// Of those, how many may be such that nobody waits for.
const BACKGROUND: usize = 12;
/// The most questions to the network that wait.
const LOOSE: usize = 16;
/// How often the short address of one device is asked for.
const SEEK: Duration = Duration::from_secs(30);

/// A request that belongs to no device's lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loose {
    /// Let devices join for so many seconds.
    Permit {
        /// 0 to 254.
        seconds: u8,
        /// The owner's command.
        command: Option<CommandId>,
    },
    /// Look for a way to a short address.
    Route(u16),
    /// Which short address has this device?
    Address(Ieee),
    /// Which device has this short address?
    Who(u16),
    /// A device is to leave.
    Leave {
        /// The device.
        ieee: Ieee,
        /// Its short address.
        nwk: u16,
    },
}

/// What became of something.
#[derive(Debug)]
pub(super) enum Out {
    /// A request is over.
    Ended(Ended),
    /// An owner's command waits for its device to wake up, for at most so long.
    Queued(CommandId, Duration),
    /// A loose request is over.
    Loose(Loose, Result<Option<ZdoResponse>, SendError>),
}

#[derive(Debug, Clone, Copy)]
enum Flight {
    Device(Ieee),
    Loose(Loose),
}

/// The lanes of all devices and what is under way.
#[derive(Debug, Default)]
pub(super) struct Air {
    lanes: BTreeMap<Ieee, Lane>,
    /// Devices whose lane may hold something: only these are looked at again and again.
    busy: BTreeSet<Ieee>,
    flights: BTreeMap<Tag, Flight>,
    loose: VecDeque<Loose>,
    up: bool,
    next_tag: u32,
    sequence: u8,
    turn: u64,
    requests: VecDeque<Request>,
    out: VecDeque<Out>,
}

impl Air {
    /// Notes where a device is and whether it sleeps.
    pub(super) fn place(&mut self, ieee: Ieee, nwk: Option<u16>, sleepy: bool) {
        let lane = self.lanes.entry(ieee).or_insert_with(|| Lane::new(ieee));
        (lane.nwk, lane.sleepy) = (nwk, sleepy);
    }

    /// Forgets a device and all that was asked of it; the owner's commands among that come back.
    pub(super) fn remove(&mut self, ieee: Ieee) -> Vec<CommandId> {
        let Some(lane) = self.lanes.remove(&ieee) else { return Vec::new() };
        for tag in lane.tags() {
            self.flights.remove(&tag);
        }
        lane.commands().collect()
    }

    /// Takes a request for a device.
    pub(super) fn push(&mut self, ieee: Ieee, job: Job) {
        let mut ended = Vec::new();
        match self.lanes.get_mut(&ieee) {
            Some(lane) => {
                lane.push(job, &mut ended);
                self.busy.insert(ieee);
            }
            None => ended.push(job.end(ieee, Err(Miss::Unreachable))),
        }
        self.out.extend(ended.into_iter().map(Out::Ended));
    }

    /// Takes a request of the network; too many are turned away.
    pub(super) fn push_loose(&mut self, loose: Loose) {
        if self.loose.contains(&loose) {
            return;
        }
        if self.loose.len() < LOOSE {
            self.loose.push_back(loose);
        } else {
            self.out.push_back(Out::Loose(loose, Err(SendError::Busy)));
        }
    }

    /// The network runs: all that waited may be tried.
    pub(super) fn up(&mut self) {
        self.up = true;
        // What was asked of the network before it went away is void.
        self.flights.retain(|_, flight| matches!(flight, Flight::Device(_)));
        for lane in self.lanes.values_mut() {
            lane.heard();
            lane.hold = Duration::ZERO;
        }
    }

    /// The network is gone: nothing is sent. The adapter tells of what was under way.
    pub(super) fn down(&mut self) {
        self.up = false;
        self.out.extend(self.loose.drain(..).map(|loose| Out::Loose(loose, Err(SendError::LinkDown))));
    }

    /// Notes that a device spoke: it is awake.
    pub(super) fn heard(&mut self, ieee: Ieee) {
        if let Some(lane) = self.lanes.get_mut(&ieee) {
            lane.heard();
        }
    }

    /// True if something waits for this device.
    pub(super) fn has_waiting(&self, ieee: Ieee) -> bool {
        self.lanes.get(&ieee).is_some_and(Lane::has_waiting)
    }

    /// True if nothing waits for this device and nothing is under way.
    pub(super) fn is_idle(&self, ieee: Ieee) -> bool {
        self.lanes.get(&ieee).is_none_or(Lane::is_empty)
    }

    /// The adapter's word on a frame.
    pub(super) fn sent(&mut self, up: Duration, tag: Tag, result: Result<(), SendError>) {
        match self.flights.remove(&tag) {
            Some(Flight::Loose(loose)) => self.out.push_back(Out::Loose(loose, result.map(|()| None))),
            Some(Flight::Device(ieee)) => {
                let Some(open) = self.lanes.get_mut(&ieee).and_then(|lane| lane.take_flight(tag)) else { return };
                match result {
                    Ok(()) => self.acknowledged(up, ieee, open),
                    Err(error) => self.failed(up, ieee, open, Trouble::Sending(error)),
                }
            }
            // Its place was given away: the answer came first, or the adapter took too long.
            None => {}
        }
    }

    /// The device objects' answer.
    pub(super) fn objects(&mut self, up: Duration, tag: Tag, result: Result<ZdoResponse, SendError>) {
        match self.flights.remove(&tag) {
            Some(Flight::Loose(loose)) => self.out.push_back(Out::Loose(loose, result.map(Some))),
            Some(Flight::Device(ieee)) => {
                let Some(open) = self.lanes.get_mut(&ieee).and_then(|lane| lane.take_flight(tag)) else { return };
                match result {
                    Ok(response) => self.end(ieee, open.item, Ok(Answer::Objects(response))),
                    Err(error) => self.failed(up, ieee, open, Trouble::Sending(error)),
                }
            }
            None => {}
        }
    }

    /// Takes a frame if it answers a request. A lost confirmation must not hold the device's place: the answer ends it.
    pub(super) fn answer(&mut self, up: Duration, ieee: Ieee, endpoint: u8, cluster: u16, frame: &Frame) -> bool {
        let Some(lane) = self.lanes.get_mut(&ieee) else { return false };
        let Some(open) = lane.take_answered(endpoint, cluster, frame) else { return false };
        lane.pace.answered(up, up.saturating_sub(open.item.since));
        if let Some(tag) = open.tag {
            self.flights.remove(&tag);
        }
        self.end(ieee, open.item, Ok(Answer::Frame { endpoint, cluster, frame: frame.clone() }));
        true
    }

    fn acknowledged(&mut self, up: Duration, ieee: Ieee, open: Open) {
        if open.void {
            return;
        }
        if !open.item.job.is_answered() {
            return self.end(ieee, open.item, Ok(Answer::Acknowledged));
        }
        if let Some(lane) = self.lanes.get_mut(&ieee) {
            let until = up + open.item.job.class.rule().answer_time(open.item.tries, lane.pace.heard());
            lane.sent(Open { tag: None, until, ..open });
        }
    }

    fn end(&mut self, ieee: Ieee, item: Item, result: Result<Answer, Miss>) {
        self.out.push_back(Out::Ended(item.job.end(ieee, result)));
    }

    fn failed(&mut self, up: Duration, ieee: Ieee, open: Open, trouble: Trouble) {
        let Some(lane) = self.lanes.get_mut(&ieee) else { return };
        if open.void {
            return;
        }
        let mut item = open.item;
        let mut ended = Vec::new();
        let rule = item.job.class.rule();
        match rule.next(trouble, item.tries, lane.sleepy) {
            Next::Again(after) => {
                tracing::debug!(device = %ieee, ?trouble, tries = item.tries, why = rule.why, "sending again");
                lane.hold = up + after;
                heal(&mut self.loose, lane, trouble, item.tries);
                lane.put_back(item, &mut ended);
            }
            Next::Wait => {
                // An adapter or a device that says nothing is no sign of sleep to others that wait.
                lane.dozing |= item.job.deadline.is_some() || trouble.is_sleep();
                item.sequence = None;
                match item.job.deadline {
                    Some(_) => lane.put_back(item, &mut ended),
                    // It heard the request and has no answer to it: it does not sleep.
                    None if trouble == Trouble::Silence => ended.push(item.job.end(ieee, Err(Miss::Unclear))),
                    None => ended.push(item.job.end(ieee, Err(Miss::Asleep))),
                }
                self.out.extend(lane.untold(up).into_iter().map(|(command, left)| Out::Queued(command, left)));
            }
            Next::End(miss) => ended.push(item.job.end(ieee, Err(miss))),
        }
        self.out.extend(ended.into_iter().map(Out::Ended));
    }

    /// Gives up what took too long.
    pub(super) fn expire(&mut self, up: Duration) {
        let late: Vec<_> =
            self.busy_lanes().filter(|l| l.next_change(up).is_some_and(|at| at <= up)).map(|l| l.device).collect();
        for ieee in late {
            while let Some(open) = self.lanes.get_mut(&ieee).and_then(|lane| lane.take_late(up)) {
                let trouble = match open.tag {
                    Some(tag) => {
                        self.flights.remove(&tag);
                        Trouble::Sending(SendError::Unclear)
                    }
                    None => Trouble::Silence,
                };
                self.failed(up, ieee, open, trouble);
            }
            while let Some(item) = self.lanes.get_mut(&ieee).and_then(|lane| lane.take_expired(up)) {
                let miss = if self.up { Miss::Expired } else { Miss::AdapterOffline };
                self.end(ieee, item, Err(miss));
            }
        }
    }

    /// Sends what may be sent.
    pub(super) fn pump(&mut self, up: Duration) {
        let Self { busy, lanes, .. } = self;
        busy.retain(|ieee| lanes.get(ieee).is_some_and(|lane| !lane.is_empty()));
        if !self.up {
            return;
        }
        while self.flights.len() < FLIGHTS
            && let Some(loose) = self.loose.pop_front()
        {
            let tag = self.tag();
            self.flights.insert(tag, Flight::Loose(loose));
            self.requests.push_back(loose.request(tag));
        }
        self.seek(up);
        while self.flights.len() < FLIGHTS
            && let Some(ieee) = self.next(up)
        {
            self.launch(up, ieee);
        }
    }

    /// The device whose turn it is: the most urgent request first, then who was served longest ago.
    fn next(&self, up: Duration) -> Option<Ieee> {
        let ready = self.busy_lanes().filter_map(|lane| Some((lane.ready(up)?, lane.turn, lane.device)));
        let (rank, _, ieee) = ready.min()?;
        (rank < Rank::Background || self.flights.len() < BACKGROUND).then_some(ieee)
    }

    fn launch(&mut self, up: Duration, ieee: Ieee) {
        let tag = self.tag();
        self.turn += 1;
        let Some(lane) = self.lanes.get_mut(&ieee) else { return };
        let (Some(nwk), Some(mut item)) = (lane.nwk, lane.pop()) else { return };
        let sequence = item.sequence.filter(|kept| !lane.awaits(*kept)).unwrap_or_else(|| {
            self.sequence = self.sequence.wrapping_add(1);
            while lane.awaits(self.sequence) {
                self.sequence = self.sequence.wrapping_add(1);
            }
            self.sequence
        });
        if item.sequence.replace(sequence).is_none() {
            item.since = up;
        }
        item.tries = item.tries.saturating_add(1);
        lane.turn = self.turn;
        let to = Destination { ieee, nwk, sleepy: lane.sleepy };
        self.requests.push_back(item.job.request(tag, to, sequence));
        let pace = lane.pace.now(up, lane.sleepy);
        let until = up + item.job.class.rule().patience(item.tries, lane.sleepy, pace);
        lane.sent(Open { item, tag: Some(tag), sequence, until, void: false });
        self.flights.insert(tag, Flight::Device(ieee));
    }

    /// Asks for the short addresses of devices that have something waiting and none.
    fn seek(&mut self, up: Duration) {
        for ieee in &self.busy {
            let Some(lane) = self.lanes.get_mut(ieee).filter(|lane| lane.is_lost()) else { continue };
            if lane.sought.is_none_or(|at| at + SEEK <= up) && self.loose.len() < LOOSE {
                lane.sought = Some(up);
                self.loose.push_back(Loose::Address(lane.device));
            }
        }
    }

    fn tag(&mut self) -> Tag {
        self.next_tag = self.next_tag.wrapping_add(1);
        Tag(self.next_tag)
    }

    /// What the adapter is to do.
    pub(super) fn poll_request(&mut self) -> Option<Request> {
        self.requests.pop_front()
    }

    /// What became of requests.
    pub(super) fn poll(&mut self) -> Option<Out> {
        self.out.pop_front()
    }

    /// When [`Air::expire`] and [`Air::pump`] are to be called next.
    pub(super) fn next_change(&self, up: Duration) -> Option<Duration> {
        self.busy_lanes().filter_map(|lane| lane.next_change(up)).min()
    }

    fn busy_lanes(&self) -> impl Iterator<Item = &Lane> {
        self.busy.iter().filter_map(|ieee| self.lanes.get(ieee))
    }

    /// Has the next frame numbered `next`, as a captured one is.
    #[cfg(test)]
    pub(super) fn number_next(&mut self, next: u8) {
        self.sequence = next.wrapping_sub(1);
    }
}

/// A way that failed twice is looked for anew, then the address (3a, routing errors).
fn heal(loose: &mut VecDeque<Loose>, lane: &Lane, trouble: Trouble, tries: u8) {
    let Trouble::Sending(SendError::NotDelivered(_)) = trouble else { return };
    let remedy = match (tries, lane.nwk) {
        (1, Some(nwk)) => Loose::Route(nwk),
        _ => Loose::Address(lane.device),
    };
    if loose.len() < LOOSE && !loose.contains(&remedy) {
        loose.push_back(remedy);
    }
}

impl Loose {
    fn request(self, tag: Tag) -> Request {
        let zdo = |request| Request::Zdo { tag, request };
        match self {
            Self::Permit { seconds, .. } => Request::PermitJoin { tag, seconds },
            Self::Route(nwk) => Request::DiscoverRoute { tag, nwk },
            Self::Address(ieee) => zdo(ZdoRequest::NetworkAddress { ieee }),
            Self::Who(nwk) => zdo(ZdoRequest::IeeeAddress { nwk }),
            Self::Leave { ieee, nwk } => zdo(ZdoRequest::Leave { nwk, ieee }),
        }
    }
}
