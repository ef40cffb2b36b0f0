//! A hub's way from frame to frame, in the order of the daemon's door: open, read, ask the policy, write, wait, seal. What
//! leaves is opened again as the relay does.

use std::collections::VecDeque;
use std::time::Duration;

use home::{BoltShown, Device};
use policy::Disclosure;
use seal::{Opener, Relay, RequestId, Rules};
use summary::{Answer, Reported, Vendor};

use crate::course::{Course, Question, SKEW, STALE, key, sealed, wall};
use crate::hub::Hub;
use crate::leak::{House, Leak, Leaving, Occasion};
use crate::pair::{Step, What};
use crate::random::Random;
use crate::say::{Said, keys, say};
use crate::scene::{FRONT, Scene};
use crate::schedule::due;

/// All that is seen of a frame by who carries it, and by who opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    /// Milliseconds after the start.
    pub(crate) at: u64,
    /// Bytes of the frame.
    pub(crate) length: usize,
    /// The request that it answers; `None` for what was not asked for, whose number is random and means nothing.
    pub(crate) answers: Option<RequestId>,
    /// When it says that it was sealed.
    pub(crate) issued: u64,
    pub(crate) vendor: Vendor,
    /// The vendor's bytes.
    pub(crate) body: String,
}

/// The house comes to a question this much later at most, in milliseconds: it may be busy.
const BUSY: u64 = 30;

/// Something that happens to the hub.
enum Event<'a> {
    Asked(&'a Question),
    Lost,
    Back,
    Step(&'a Step),
}

/// Runs one of the two houses: all that leaves, in the order in which it does.
pub(crate) fn run(course: &Course<'_>, house: usize, leak: Option<Leak>) -> Vec<Sent> {
    let steps = &course.pair.houses[house];
    let mut events: Vec<_> = course.questions.iter().map(|question| (question.at, Event::Asked(question))).collect();
    events.extend(course.outages.iter().flat_map(|away| [(away.start, Event::Lost), (away.end, Event::Back)]));
    events.extend(steps.iter().map(|step| (step.at, Event::Step(step))));
    events.sort_by_key(|(at, _)| *at);
    let mut door = Door::new(course.scene, leak, Random::new(course.seed * 2 + house as u64));
    for (at, event) in events {
        door.come_to(at);
        door.at = at;
        door.events += 1;
        match event {
            Event::Asked(question) if door.away == 0 => door.hear(question),
            Event::Asked(_) => {}
            Event::Lost => door.lost(),
            Event::Back => door.back(),
            Event::Step(step) => door.step(step),
        }
    }
    door.come_to(u64::MAX);
    door.sent
}

/// A question that the house has not come to yet.
struct Heard {
    received: u64,
    /// When it comes to it.
    at: u64,
    vendor: Vendor,
    message: seal::Message,
    /// The connection on which it came: an answer leaves on no other.
    connection: u32,
}

/// Something that leaves at its time.
struct Waiting {
    /// The request that it answers, and the connection on which that came.
    answers: Option<(seal::Message, u32)>,
    vendor: Vendor,
    leaving: Leaving,
}

struct Door<'a> {
    hub: Hub<'a>,
    opener: Opener,
    sealer: seal::Hub,
    pushes: Opener,
    relay: Relay,
    leak: Option<Leak>,
    /// How busy house and disk are, which is the house's own.
    busy: Random,
    heard: VecDeque<Heard>,
    waiting: Vec<Waiting>,
    sent: Vec<Sent>,
    at: u64,
    /// How many outages last, and how many there have been.
    away: u32,
    connection: u32,
    /// Where the front door's bolt was when the connection was lost.
    bolt_when_lost: Option<BoltShown>,
    /// How much happened to the hub.
    events: u64,
}

fn opener(since: u64) -> Opener {
    Opener::requests(&key(), Rules { skew_ms: SKEW, not_before: since })
}

impl<'a> Door<'a> {
    fn new(scene: &'a Scene, leak: Option<Leak>, busy: Random) -> Self {
        let since = wall(0) - 60_000;
        Self {
            hub: Hub::new(scene),
            opener: opener(since),
            sealer: seal::Hub::new(&key()),
            pushes: Opener::pushes(&key(), Rules { skew_ms: SKEW, not_before: since }),
            relay: Relay::new(&key()),
            leak,
            busy,
            heard: VecDeque::new(),
            waiting: Vec::new(),
            sent: Vec::new(),
            at: 0,
            away: 0,
            connection: 0,
            bolt_when_lost: None,
            events: 0,
        }
    }

    /// What house and disk have come to by then is done, and what has waited long enough leaves.
    fn come_to(&mut self, until: u64) {
        while let Some(heard) = self.heard.pop_front_if(|heard| heard.at <= until) {
            self.answer(heard);
        }
        self.leave(until);
    }

    fn hear(&mut self, question: &Question) {
        let Ok(message) = self.opener.open(question.frame.as_ref(), wall(self.at)) else { return };
        // One after the other.
        let free = self.heard.back().map_or(self.at, |last| last.at);
        let at = free.max(self.at + self.busy.of(0..BUSY));
        let (received, vendor, connection) = (self.at, question.vendor, self.connection);
        self.heard.push_back(Heard { received, at, vendor, message, connection });
    }

    fn answer(&mut self, Heard { received, at, vendor, message, connection }: Heard) {
        let Said { body, after, permitted } = say(&mut self.hub, (received, at), vendor, &message.body);
        let ready = at + self.busy.of(0..millis(after) - (at - received) + 1);
        let leaves = due(Duration::from_millis(received), after, Duration::from_millis(ready)).unwrap();
        self.wait(Some((message, connection)), vendor, Leaving { at: millis(leaves), body, padding: 0 }, ready);
        self.hub.permit(permitted);
    }

    fn step(&mut self, step: &Step) {
        let before = self.bolt();
        if matches!(step.what, What::Restart) {
            // What waited in memory is gone, and so is what was remembered of frames.
            self.heard.clear();
            self.waiting.clear();
            self.opener = opener(wall(self.at));
        }
        for disclosure in self.hub.step(step) {
            self.told(&disclosure);
        }
        if matches!(step.what, What::Restart) {
            self.blurt(Occasion::Restart);
        }
        if self.bolt() != before {
            self.blurt(Occasion::BoltTurned);
        }
    }

    /// What is told unasked: a frame for each endpoint.
    fn told(&mut self, disclosure: &Disclosure) {
        let Answer::Report(tick, reported) = disclosure.answer() else { panic!("{disclosure:?}") };
        for one in reported {
            let Reported::Endpoint(endpoint) = one else { panic!("{disclosure:?}") };
            let body = voice::change_report(Vendor::Alexa, *tick, endpoint, &keys(Vendor::Alexa));
            let Some(body) = body else { continue };
            let at = self.hub.beat() + millis(disclosure.reply_after());
            self.wait(None, Vendor::Alexa, Leaving { at, body, padding: 0 }, self.at);
        }
    }

    fn lost(&mut self) {
        self.away += 1;
        self.connection += 1;
        self.bolt_when_lost = self.bolt();
    }

    fn back(&mut self) {
        self.away -= 1;
        self.blurt(Occasion::Reconnect { bolt_turned: self.bolt() != self.bolt_when_lost });
    }

    fn bolt(&self) -> Option<BoltShown> {
        self.hub.state.device(FRONT).map(Device::bolt)
    }

    fn wait(&mut self, answers: Option<(seal::Message, u32)>, vendor: Vendor, mut leaving: Leaving, ready: u64) {
        let house = House { state: &self.hub.state, restarts: self.hub.restarts, events: self.events, ready };
        if let Some(leak) = self.leak {
            leak.spoil(&mut leaving, &house);
        }
        self.waiting.push(Waiting { answers, vendor, leaving });
    }

    /// Says what only a hub with this leak says.
    fn blurt(&mut self, occasion: Occasion) {
        if self.leak.is_some_and(|leak| leak.blurts(occasion)) {
            let leaving = Leaving { at: self.at, body: b"{}".to_vec(), padding: 0 };
            self.waiting.push(Waiting { answers: None, vendor: Vendor::Alexa, leaving });
        }
    }

    /// What has waited long enough leaves, if somebody carries it. What was not asked for waits for that a little.
    fn leave(&mut self, until: u64) {
        let (mut due, mut waiting) =
            std::mem::take(&mut self.waiting).into_iter().partition::<Vec<_>, _>(|waiting| waiting.leaving.at <= until);
        due.sort_by_key(|waiting| waiting.leaving.at);
        for mut one in due {
            let leaves_at = one.leaving.at;
            match &one.answers {
                Some((_, connection)) if *connection != self.connection => {}
                None if self.away > 0 && until <= leaves_at + STALE => waiting.push(one),
                None if self.away > 0 => {}
                // It waited for the connection, which is back since the last that happened.
                None if leaves_at < self.at => {
                    one.leaving.at = self.at;
                    self.send(one);
                }
                _ => self.send(one),
            }
        }
        self.waiting = waiting;
    }

    fn send(&mut self, Waiting { answers, vendor, leaving }: Waiting) {
        let Leaving { at, body, padding } = leaving;
        let (frame, opened) = if let Some((request, _)) = &answers {
            let frame = self.sealer.seal_reply(request, &body, wall(at)).unwrap();
            let opened = self.relay.open_reply(request.id, frame.as_ref()).unwrap();
            (frame, opened)
        } else {
            let frame = self.sealer.seal_push(sealed(vendor), &body, wall(at)).unwrap();
            let opened = self.pushes.open(frame.as_ref(), wall(at)).unwrap();
            (frame, opened)
        };
        assert_eq!((frame.as_ref().len(), opened.vendor), (seal::FRAME, sealed(vendor)));
        self.sent.push(Sent {
            at,
            length: frame.as_ref().len() + padding,
            answers: answers.map(|(request, _)| request.id),
            issued: opened.issued,
            vendor,
            body: String::from_utf8(opened.body.to_vec()).unwrap(),
        });
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap()
}
