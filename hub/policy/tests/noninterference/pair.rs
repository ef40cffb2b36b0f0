//! Pairs: first what the audiences may know at each beat, then two houses of which that is true, and questions to both.
//! Nothing is thrown away: each history is built from the trace, so even rare ones are as many as wanted.
//!
//! From beat to beat a house does as it likes for the first half. Then it settles: each device says something that makes
//! its summary what the trace wants, and nothing that would change it before the beat.

use home::lock::Bolt;
use home::thermostat::RunningState;
use home::{Action, AdapterStatus, CentiCelsius, CentiPercent, Event, Ieee, Percent, Reading, Wish};
use summary::{Act, Ask, EndpointId, Intent, Pin};

use crate::random::Random;
use crate::scene::{AIR, BACK, FRONT, GRANTED, HALL, STRANGERS, Scene, WINDOW, online, stick};

/// What the audiences may know at a beat; `None` is "unknown".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Truth {
    pub(crate) doors: Option<bool>,
    pub(crate) window: Option<bool>,
    pub(crate) heating: Option<bool>,
    pub(crate) comfort: Option<u8>,
    /// Whole degrees.
    pub(crate) setpoint: Option<i16>,
    pub(crate) lately: Option<bool>,
}

/// Something that happens in a house, so many milliseconds after the start.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) at: u64,
    pub(crate) what: What,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    /// A second passes.
    Look,
    /// The hub is killed and starts again.
    Restart,
    Event(Event),
    Report(Ieee, Reading),
    /// Somebody at home wants something.
    Wish(Wish),
}

/// A question of an audience (0 or 1).
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) at: u64,
    pub(crate) audience: usize,
    pub(crate) ask: Ask,
}

#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) truths: Vec<Truth>,
    pub(crate) questions: Vec<Question>,
    pub(crate) houses: [Vec<Step>; 2],
}

impl Pair {
    /// The pair of this seed.
    pub(crate) fn new(scene: &Scene, seed: u64) -> Self {
        let random = &mut Random::new(seed);
        let truths: Vec<_> = (0..random.of(2..5)).map(|_| truth(random)).collect();
        let questions = questions(scene, truths.len() as u64 + 1, random);
        let houses = [(); 2].map(|()| history(scene.cadence * 1000, &truths, random));
        Self { truths, questions, houses }
    }
}

fn truth(random: &mut Random) -> Truth {
    fn known<T>(random: &mut Random, value: impl FnOnce(&mut Random) -> T) -> Option<T> {
        (!random.once_in(4)).then(|| value(random))
    }
    Truth {
        doors: known(random, |random| random.once_in(2)),
        window: known(random, |random| random.once_in(2)),
        heating: known(random, |random| random.once_in(2)),
        comfort: known(random, |random| random.one(&[0, 1, 2])),
        setpoint: known(random, |random| random.signed(15..24)),
        lately: known(random, |random| random.once_in(2)),
    }
}

fn history(cadence: u64, truths: &[Truth], random: &mut Random) -> Vec<Step> {
    // A valve tells how far it is open, another thermostat that it heats.
    let valve = random.once_in(2);
    let mut steps = Vec::new();
    for (beat, truth) in (0..).zip(truths) {
        let mut house = House { start: beat * cadence, cadence, valve, steps: &mut steps, random };
        house.noise();
        house.settle(truth);
    }
    let end = truths.len() as u64 * cadence;
    steps.push(Step { at: end + random.of(0..1000), what: What::Look });
    steps.sort_by_key(|step| step.at);
    steps
}

/// A house from one beat to the next.
struct House<'a> {
    start: u64,
    cadence: u64,
    valve: bool,
    steps: &'a mut Vec<Step>,
    random: &'a mut Random,
}

impl House<'_> {
    /// `at` milliseconds after the beat.
    fn push(&mut self, at: u64, what: What) {
        self.steps.push(Step { at: self.start + at, what });
    }

    fn noise(&mut self) {
        let at = self.random.of(0..1000);
        self.push(at, What::Look);
        let (quarter, half) = (self.cadence / 4, self.cadence / 2 - 2000);
        for _ in 0..self.random.of(0..8) {
            let at = self.random.of(2000..half);
            let what = self.anything();
            self.push(at, what);
        }
        if self.random.once_in(3) {
            let device = self.random.one(&[FRONT, BACK]);
            let action = self.random.one(&[Action::Lock(None), Action::Unlock(None)]);
            let at = self.random.of(2000..quarter);
            self.push(at, What::Wish(Wish::Act { device, action }));
        }
        if self.random.once_in(4) {
            let gone = self.random.of(2000..quarter);
            let back = self.random.of(gone..quarter) + 1;
            let status = AdapterStatus::Offline { reason: String::new() };
            self.push(gone, What::Event(Event::Adapter { adapter: stick(), status }));
            self.push(back, What::Event(Event::Adapter { adapter: stick(), status: online() }));
        }
        if self.random.once_in(4) {
            let at = self.random.of(2000..half);
            self.push(at, What::Restart);
        }
    }

    fn anything(&mut self) -> What {
        let random = &mut *self.random;
        let device = random.one(&GRANTED);
        let stranger = Ieee(STRANGERS + random.of(0..4));
        match random.of(0..10) {
            0 => What::Event(Event::Unreachable { device }),
            1 => What::Event(Event::Left { device }),
            2 => What::Event(Event::Left { device: stranger }),
            3 => {
                // A stranger may take over the name that a device lost.
                let name = random.one(&["front", "back", "hall", "new"]).parse().unwrap();
                What::Wish(Wish::Rename { device: random.one(&[device, stranger]), name })
            }
            4 => What::Report(stranger, Reading::Humidity(Some(humidity(random)))),
            5 => What::Look,
            _ => What::Report(device, self.reading(device)),
        }
    }

    /// Anything that a device may say.
    fn reading(&mut self, device: Ieee) -> Reading {
        let random = &mut *self.random;
        let bolts = [Bolt::Locked, Bolt::Unlocked, Bolt::Jammed, Bolt::NotFullyLocked];
        let celsius = Some(CentiCelsius(random.signed(500..3000)));
        match (device, random.of(0..3)) {
            (FRONT | BACK, _) => Reading::LockState((!random.once_in(5)).then(|| random.one(&bolts))),
            (HALL, 0) => Reading::LocalTemperature(celsius),
            (HALL, 1) => Reading::OccupiedHeatingSetpoint(celsius),
            (HALL, _) => {
                let on = random.once_in(2);
                self.call_for_heat(on)
            }
            (WINDOW, _) => Reading::Contact(random.one(&[None, Some(true), Some(false)])),
            _ => Reading::Humidity(Some(humidity(random))),
        }
    }

    fn call_for_heat(&mut self, on: bool) -> Reading {
        let percent = if on { self.random.of(1..101) } else { 0 };
        let idle = [RunningState::Idle, RunningState::Cool, RunningState::FanOnly];
        match self.valve {
            true => Reading::PiHeatingDemand(Some(Percent(u8::try_from(percent).unwrap()))),
            false if on => Reading::RunningState(Some(RunningState::Heat)),
            false => Reading::RunningState(Some(self.random.one(&idle))),
        }
    }

    fn settle(&mut self, truth: &Truth) {
        self.settle_doors(truth.doors);
        match truth.window {
            Some(closed) => self.say(WINDOW, Reading::Contact(Some(closed))),
            None => self.silence(WINDOW, Reading::Contact(None)),
        }
        self.settle_hall(truth);
        self.settle_air(truth.lately);
        let last = self.random.of(self.cadence - 1000..self.cadence - 1);
        self.push(last, What::Look);
    }

    /// When a device says how it is, once it has settled.
    fn calm(&mut self) -> u64 {
        self.random.of(self.cadence * 6 / 10..self.cadence * 7 / 10)
    }

    /// Later than [`House::calm`], before the last look.
    fn later(&mut self) -> u64 {
        self.random.of(self.cadence * 7 / 10..self.cadence - 1500)
    }

    /// Says it once or twice.
    fn say(&mut self, device: Ieee, reading: Reading) {
        let at = self.calm();
        self.push(at, What::Report(device, reading));
        if self.random.once_in(3) {
            let at = self.later();
            self.push(at, What::Report(device, reading));
        }
    }

    /// One of the ways in which nothing is known of a device.
    fn silence(&mut self, device: Ieee, nothing: Reading) {
        let at = self.calm();
        let what = match self.random.of(0..3) {
            0 => What::Report(device, nothing),
            1 => What::Event(Event::Unreachable { device }),
            _ => What::Event(Event::Left { device }),
        };
        self.push(at, what);
    }

    fn settle_doors(&mut self, truth: Option<bool>) {
        let open = [Bolt::Unlocked, Bolt::Jammed, Bolt::NotFullyLocked];
        let pick = self.random.one(&[FRONT, BACK]);
        let other = if pick == FRONT { BACK } else { FRONT };
        match truth {
            Some(true) => [pick, other].map(|device| self.say(device, Reading::LockState(Some(Bolt::Locked)))),
            Some(false) => {
                let (bolt, any) = (self.random.one(&open), self.random.one(&[Bolt::Locked, Bolt::Unlocked]));
                [(pick, bolt), (other, any)].map(|(device, bolt)| self.say(device, Reading::LockState(Some(bolt))))
            }
            None => {
                self.silence(pick, Reading::LockState(None));
                let any = self.random.one(&[Bolt::Locked, Bolt::Unlocked]);
                [self.say(other, Reading::LockState(Some(any))), ()]
            }
        };
    }

    fn settle_hall(&mut self, truth: &Truth) {
        if (truth.heating, truth.comfort, truth.setpoint) == (None, None, None) && self.random.once_in(2) {
            let at = self.calm();
            let gone = [Event::Unreachable { device: HALL }, Event::Left { device: HALL }];
            let event = self.random.one(&gone);
            return self.push(at, What::Event(event));
        }
        let calls = match truth.heating {
            Some(on) => self.call_for_heat(on),
            None if self.valve => Reading::PiHeatingDemand(None),
            None => Reading::RunningState(None),
        };
        self.say(HALL, calls);
        // Well inside of the band first, then as far out as the hysteresis lets it.
        let bands = [(500..1750, 500..1850), (1850..2250, 1750..2350), (2350..3000, 2250..3000)];
        let band = truth.comfort.map(|band| bands[usize::from(band)].clone());
        match band {
            Some((inside, near)) => {
                let (first, then) = (self.random.signed(inside), self.random.signed(near));
                let (calm, later) = (self.calm(), self.later());
                self.push(calm, What::Report(HALL, Reading::LocalTemperature(Some(CentiCelsius(first)))));
                self.push(later, What::Report(HALL, Reading::LocalTemperature(Some(CentiCelsius(then)))));
            }
            None => self.say(HALL, Reading::LocalTemperature(None)),
        }
        let setpoint = match truth.setpoint {
            Some(degrees) => Some(degrees * 100 + self.random.signed(-50..50)),
            None => self.random.one(&[None, Some(500), Some(1449), Some(2350), Some(3000)]),
        };
        self.say(HALL, Reading::OccupiedHeatingSetpoint(setpoint.map(CentiCelsius)));
    }

    fn settle_air(&mut self, lately: Option<bool>) {
        let said = Reading::Humidity(Some(humidity(self.random)));
        let half = self.cadence / 2;
        match lately {
            Some(true) => {
                let at = self.random.of(half + 2000..self.cadence - 1500);
                self.push(at, What::Report(AIR, said));
            }
            // Last, so that it is there whatever came before.
            Some(false) => self.push(half - 1999, What::Report(AIR, said)),
            None => {
                let at = self.calm();
                self.push(at, What::Event(Event::Left { device: AIR }));
            }
        }
    }
}

fn humidity(random: &mut Random) -> CentiPercent {
    CentiPercent(random.signed(0..10_000).unsigned_abs())
}

fn questions(scene: &Scene, beats: u64, random: &mut Random) -> Vec<Question> {
    let cadence = scene.cadence * 1000;
    let mut all = Vec::new();
    for beat in 0..beats {
        for _ in 0..random.of(1..4) {
            let audience = usize::from(random.once_in(2));
            let ids = &scene.ids[audience];
            // What moves a bolt is asked early, so that it is over when the house settles.
            let (ask, until) = match random.of(0..8) {
                0 => (Ask::Discover, cadence),
                1..4 => (Ask::Report(some(ids, random)), cadence),
                4..7 => (Ask::Act((0..random.of(1..4)).map(|_| act(ids, random)).collect()), cadence / 4),
                _ => (random.one(&[Ask::Malformed, Ask::Grant, Ask::Unlink]), cadence),
            };
            all.push(Question { at: beat * cadence + random.of(0..until), audience, ask });
        }
        let audience = usize::from(random.once_in(2));
        let ask = Ask::Report(scene.ids[audience].iter().copied().map(Some).collect());
        all.push(Question { at: beat * cadence + random.of(0..cadence), audience, ask });
    }
    all.sort_by_key(|question| question.at);
    all
}

fn some(ids: &[EndpointId], random: &mut Random) -> Vec<Option<EndpointId>> {
    (0..random.of(0..4)).map(|_| one(ids, random)).collect()
}

fn one(ids: &[EndpointId], random: &mut Random) -> Option<EndpointId> {
    match random.of(0..8) {
        0 => None,
        1 => Some(EndpointId([7; 16])),
        _ => Some(random.one(ids)),
    }
}

fn act(ids: &[EndpointId], random: &mut Random) -> Act {
    let pin = random.one(&[None, Pin::new("4711"), Pin::new("4712")]);
    let centi = i32::from(random.signed(1000..3000));
    let intents = [
        Intent::SetSetpoint(centi),
        Intent::AdjustSetpoint(centi - 2000),
        Intent::Lock,
        Intent::Unlock(pin),
        Intent::Activate,
        Intent::Other,
    ];
    Act { endpoint: one(ids, random), intent: random.one(&intents) }
}
