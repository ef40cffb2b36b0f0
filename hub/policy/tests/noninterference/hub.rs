//! A house and its hub: the order in which the daemon calls the engine. Knows neither answers' bytes nor when they leave.

use home::{Command, CommandId, Event, Input, Now, Origin, Report, State};
use policy::{Disclosure, Engine, Permitted};
use summary::{Ask, AudienceName, Pin};

use crate::pair::{Step, What};
use crate::scene::{self, Scene, at, house, known, online, stick};

/// The hub's PIN.
pub(crate) const PIN: &str = "4711";

/// A house and its hub.
pub(crate) struct Hub<'a> {
    scene: &'a Scene,
    pub(crate) state: State,
    pub(crate) engine: Engine,
    /// What survives a kill.
    kept: Option<Vec<u8>>,
    /// Milliseconds after the start.
    at: u64,
    since: u64,
    /// How often it was restarted.
    pub(crate) restarts: u32,
}

impl<'a> Hub<'a> {
    pub(crate) fn new(scene: &'a Scene) -> Self {
        let engine = scene.engine();
        Self { scene, state: house(at(0, 0)), engine, kept: None, at: 0, since: 0, restarts: 0 }
    }

    fn now(&self) -> Now {
        at(self.at, self.since)
    }

    /// The last beat, in milliseconds after the start: what is told unasked counts from it.
    pub(crate) fn beat(&self) -> u64 {
        self.at - self.at % (self.scene.cadence * 1000)
    }

    /// Something happens, and the hub looks: what is to be told unasked.
    pub(crate) fn step(&mut self, step: &Step) -> Vec<Disclosure> {
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
        self.engine.observe(now, &self.state);
        let pushed = self.engine.due_push(now);
        self.keep();
        pushed
    }

    /// The hub comes to a question that was received at a moment, then or later: what is said, and what may be done.
    pub(crate) fn asked(
        &mut self,
        (received, at): (u64, u64),
        audience: &AudienceName,
        ask: &Ask,
    ) -> (Disclosure, Vec<Permitted>) {
        self.at = at;
        let received = scene::at(received, self.since);
        let said = self.engine.answer(audience, ask, received, &|pin: &Pin| pin.reveal() == PIN);
        self.keep();
        said
    }

    /// What may be done is wished.
    pub(crate) fn permit(&mut self, permitted: Vec<Permitted>) {
        for wish in permitted.into_iter().flat_map(|permitted| permitted.into_wishes(&self.state)).collect::<Vec<_>>() {
            self.apply(command(wish));
        }
        let now = self.now();
        self.engine.observe(now, &self.state);
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

    fn keep(&mut self) {
        self.kept = self.engine.unsaved(self.now()).or_else(|| self.kept.take());
    }
}

fn command(wish: home::Wish) -> Input {
    Input::Command(Command { id: CommandId(2), origin: Origin::Cli, wish })
}
