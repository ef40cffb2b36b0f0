//! A house and its hub over time: the order in which the daemon calls the engine.

use home::{Command, CommandId, Event, Input, Now, Origin, Report, State};
use policy::{Disclosure, Engine};
use summary::Pin;

use crate::pair::{Question, Step, What};
use crate::scene::{Scene, at, house, known, online, stick};

/// The hub at the moment at which something is said.
pub(crate) struct Moment<'a> {
    /// Milliseconds after the start from which the delay of the answer counts.
    pub(crate) from: u64,
    pub(crate) state: &'a State,
    /// How often it was restarted.
    pub(crate) restarts: u32,
}

/// Runs a house; `tell` turns what is said into what leaves, in the order in which it was said.
pub(crate) fn run<T>(
    scene: &Scene,
    steps: &[Step],
    questions: &[Question],
    mut tell: impl FnMut(&Disclosure, &Moment<'_>) -> T,
) -> Vec<T> {
    let mut hub = Hub::new(scene);
    let (mut sent, mut questions) = (Vec::new(), questions.iter().peekable());
    for step in steps {
        while let Some(question) = questions.next_if(|question| question.at <= step.at) {
            hub.asked(question, &mut sent, &mut tell);
        }
        hub.step(step);
        hub.look(&mut sent, &mut tell);
    }
    for question in questions {
        hub.asked(question, &mut sent, &mut tell);
    }
    sent
}

struct Hub<'a> {
    scene: &'a Scene,
    state: State,
    engine: Engine,
    /// What survives a kill.
    kept: Option<Vec<u8>>,
    at: u64,
    since: u64,
    restarts: u32,
}

impl<'a> Hub<'a> {
    fn new(scene: &'a Scene) -> Self {
        let engine = scene.engine();
        Self { scene, state: house(at(0, 0)), engine, kept: None, at: 0, since: 0, restarts: 0 }
    }

    fn now(&self) -> Now {
        at(self.at, self.since)
    }

    fn moment(&self, from: u64) -> Moment<'_> {
        Moment { from, state: &self.state, restarts: self.restarts }
    }

    fn step(&mut self, step: &Step) {
        self.at = step.at;
        let now = self.now();
        // As each second before: what was not answered in time is over when a device speaks.
        self.state.tick(now);
        match &step.what {
            What::Look => {}
            What::Restart => self.restart(),
            What::Event(event) => self.apply(Input::Event(event.clone())),
            What::Report(device, reading) => {
                if self.state.device(*device).is_none() {
                    for event in known(*device) {
                        self.apply(Input::Event(event));
                    }
                }
                let report = Report { device: *device, readings: vec![*reading], link: None };
                self.apply(Input::Event(Event::Report(report)));
            }
            What::Wish(wish) => self.apply(command(wish.clone())),
        }
        let now = self.now();
        self.state.tick(now);
    }

    fn apply(&mut self, input: Input) {
        let now = self.now();
        self.state.apply(now, input);
    }

    fn restart(&mut self) {
        self.since = self.at;
        self.restarts += 1;
        let now = self.now();
        let mut devices: Vec<_> = self.state.devices().cloned().collect();
        // What was under way is nobody's any more.
        for device in &mut devices {
            device.pending.clear();
        }
        self.state = State::restore(now, vec![stick()], devices);
        self.apply(Input::Event(Event::Adapter { adapter: stick(), status: online() }));
        self.engine = self.scene.engine();
        if let Some(kept) = &self.kept {
            self.engine.restore(now, kept).unwrap();
        }
    }

    fn look<T>(&mut self, sent: &mut Vec<T>, tell: &mut impl FnMut(&Disclosure, &Moment<'_>) -> T) {
        let now = self.now();
        self.engine.observe(now, &self.state);
        let pushed = self.engine.due_push(now);
        self.keep();
        let beat = self.at - self.at % (self.scene.cadence * 1000);
        sent.extend(pushed.iter().map(|disclosure| tell(disclosure, &self.moment(beat))));
    }

    fn asked<T>(
        &mut self,
        question: &Question,
        sent: &mut Vec<T>,
        tell: &mut impl FnMut(&Disclosure, &Moment<'_>) -> T,
    ) {
        self.at = question.at;
        let (now, audience) = (self.now(), &self.scene.audiences[question.audience]);
        let pins = |pin: &Pin| pin.reveal() == "4711";
        let (disclosure, permitted) = self.engine.answer(audience, &question.ask, now, &pins);
        self.keep();
        sent.push(tell(&disclosure, &self.moment(question.at)));
        for wish in permitted.into_iter().flat_map(|permitted| permitted.into_wishes(&self.state)).collect::<Vec<_>>() {
            self.apply(command(wish));
        }
        self.engine.observe(now, &self.state);
    }

    fn keep(&mut self) {
        self.kept = self.engine.unsaved(self.now()).or_else(|| self.kept.take());
    }
}

fn command(wish: home::Wish) -> Input {
    Input::Command(Command { id: CommandId(2), origin: Origin::Cli, wish })
}
