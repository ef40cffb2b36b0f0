//! From an adapter that answers to a network that runs: looks what is there, decides, resumes or forms, opens endpoints.
//!
//! Runs the tables of `steps`. Knows steps, pauses and patience; does not know how answers are waited for.

mod endpoints;
mod exchange;
mod steps;
mod survey;

use std::time::Duration;

use self::steps::{Ask, Fault, Next, Step, TO_FINISH, TO_FORM, TO_JUDGE, TO_RESUME};
use self::survey::{Found, Verdict, judge};
use super::Io;
use super::client::Owner;
use super::retry::Class;
use crate::ncp::{Entropy, Indication, Network, Running};
use crate::znp::sys::{Product, ResetType};
use crate::znp::{Areq, Sreq, Srsp};

/// The word of a reset is asked for again after so long; a firmware takes about one second to start.
const RESET_AGAIN: Duration = Duration::from_secs(6);

/// Where a start led.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// It goes on.
    Going,
    /// The network runs and the endpoints are open.
    Ready(Running),
    /// The adapter is to be left alone.
    Refused(String),
    /// It did not work.
    Failed(String),
}

/// What a start needs to know and to keep.
pub(super) struct Plan {
    /// Channel for a new network; drawn if `None`.
    pub(super) channel: Option<u8>,
    /// The network of this hub, once there is one.
    pub(super) network: Option<Network>,
    /// Where keys come from.
    pub(super) entropy: Box<dyn Entropy>,
}

/// A start under way.
#[derive(Debug)]
pub(super) struct Start {
    scripts: &'static [&'static [Step]],
    script: usize,
    step: usize,
    found: Found,
    plan: Option<Network>,
    /// What was asked last.
    asked: Option<Sreq>,
    /// The step asks again then.
    again: Option<Duration>,
    /// The step has failed then.
    expiry: Option<Duration>,
}

impl Start {
    /// A start before its first step.
    pub(super) fn new() -> Self {
        Self {
            scripts: TO_JUDGE,
            script: 0,
            step: 0,
            found: Found::default(),
            plan: None,
            asked: None,
            again: None,
            expiry: None,
        }
    }

    /// Takes the first step.
    pub(super) fn begin(&mut self, io: &mut Io<'_>, plan: &mut Plan) -> Progress {
        self.enter(io, plan)
    }

    /// The answer to what the step asked.
    pub(super) fn handle_answer(&mut self, io: &mut Io<'_>, plan: &mut Plan, answer: &Srsp) -> Progress {
        let Some(step) = self.current() else { return Progress::Going };
        // A message may have ended the step that asked before its answer came.
        if !self.asked.as_ref().is_some_and(|asked| answer.answers(asked)) {
            return Progress::Going;
        }
        match exchange::take(step, &mut self.found, self.plan.as_ref(), answer) {
            Ok(Next::Go) => self.advance(io, plan),
            Ok(Next::Again(pause)) => {
                self.again = Some(io.now + pause);
                Progress::Going
            }
            Err(Fault::Failed(reason)) => Progress::Failed(reason),
            Err(Fault::Refused(reason)) => Progress::Refused(reason),
        }
    }

    /// The adapter never answered. A start of the stack may be under way all the same, which its state will tell; an
    /// endpoint may be open, which the first step of that script will tell.
    pub(super) fn handle_lost(&mut self, io: &mut Io<'_>, plan: &mut Plan) -> Progress {
        match self.current() {
            Some(Step::Form | Step::Startup) => self.advance(io, plan),
            Some(Step::Register(_)) => {
                self.step = 0;
                self.enter(io, plan)
            }
            Some(step) => Progress::Failed(format!("the adapter did not answer: {step}")),
            None => Progress::Going,
        }
    }

    /// A message; it may be what the step waits for.
    pub(super) fn handle_message(&mut self, io: &mut Io<'_>, plan: &mut Plan, message: &Areq) -> Progress {
        match self.current() {
            Some(step) if exchange::hears(step, &mut self.found, message) => {
                io.client.settle(io.now, Owner::Start);
                self.advance(io, plan)
            }
            _ => Progress::Going,
        }
    }

    /// What was to be kept is durable.
    pub(super) fn handle_kept(&mut self, io: &mut Io<'_>, plan: &mut Plan) -> Progress {
        match self.current() {
            Some(Step::Keep { .. }) => self.advance(io, plan),
            _ => Progress::Going,
        }
    }

    /// Time passed.
    pub(super) fn handle_timeout(&mut self, io: &mut Io<'_>, plan: &mut Plan) -> Progress {
        if let (Some(expiry), Some(step)) = (self.expiry, self.current())
            && io.now >= expiry
        {
            return Progress::Failed(late(step));
        }
        match self.again {
            Some(again) if io.now >= again => self.act(io, plan),
            _ => Progress::Going,
        }
    }

    /// When [`Start::handle_timeout`] is due.
    pub(super) fn poll_timeout(&self) -> Option<Duration> {
        self.again.into_iter().chain(self.expiry).min()
    }

    /// True if the adapter was told to restart and has not said yet that it did.
    pub(super) fn awaits_reset(&self) -> bool {
        matches!(self.current(), Some(Step::Reset))
    }

    fn current(&self) -> Option<Step> {
        self.scripts.get(self.script)?.get(self.step).copied()
    }

    fn advance(&mut self, io: &mut Io<'_>, plan: &mut Plan) -> Progress {
        self.step += 1;
        self.enter(io, plan)
    }

    /// Enters the step at hand, or what follows the script that has ended.
    fn enter(&mut self, io: &mut Io<'_>, plan: &mut Plan) -> Progress {
        let Some(step) = self.current() else { return self.next_script(io, plan) };
        self.expiry = step.patience().map(|patience| io.now + patience);
        self.act(io, plan)
    }

    fn act(&mut self, io: &mut Io<'_>, plan: &mut Plan) -> Progress {
        self.again = None;
        let Some(step) = self.current() else { return Progress::Going };
        match exchange::ask(step, &self.found, self.plan.as_ref()) {
            Ask::Skip => return self.advance(io, plan),
            Ask::Request(request) => {
                let class = Class::of(&request);
                self.asked = Some(request.clone());
                io.client.submit(io.now, Owner::Start, class, request);
            }
            Ask::Reset => {
                io.client.transmit(&Areq::SysReset(ResetType::Soft).encode());
                self.again = Some(io.now + RESET_AGAIN);
            }
            Ask::Keep(network) => {
                // From here on it is ours, also if the link goes before the word comes that it is durable: another
                // start must not draw another key.
                self.plan = Some(network.clone());
                plan.network = Some(network.clone());
                io.out.push_back(Indication::KeepNetwork(network));
            }
        }
        Progress::Going
    }

    fn next_script(&mut self, io: &mut Io<'_>, plan: &mut Plan) -> Progress {
        self.step = 0;
        self.script += 1;
        if self.plan.is_none() {
            let Plan { channel, network, entropy } = plan;
            let fresh = || survey::fresh(*channel, entropy.as_mut());
            let (scripts, network) = match judge(network.as_ref(), &self.found, fresh) {
                Verdict::Resume(network) if network.formed => (TO_RESUME, network),
                Verdict::Resume(network) => (TO_FINISH, network),
                Verdict::Form(network) => (TO_FORM, network),
                Verdict::Refuse(reason) => return Progress::Refused(reason),
            };
            self.scripts = scripts;
            self.plan = Some(network);
        }
        if self.script < self.scripts.len() { self.enter(io, plan) } else { self.ready() }
    }

    fn ready(&mut self) -> Progress {
        self.expiry = None;
        let (Some(site), Some(device), Some(version)) = (self.found.running, &self.found.device, &self.found.version)
        else {
            return Progress::Failed("the adapter did not tell its network".into());
        };
        let generation = if version.product == Product::ZStack30x { "3.0.x" } else { "3.x.0" };
        let build = version.revision.map(|build| format!(" build {build}")).unwrap_or_default();
        Progress::Ready(Running {
            ieee: device.ieee,
            channel: site.channel,
            pan_id: site.pan_id,
            extended_pan_id: site.extended_pan_id,
            firmware: format!("Z-Stack {generation}{build}"),
        })
    }
}

fn late(step: Step) -> String {
    match step {
        Step::AwaitCoordinator => {
            "the adapter did not start its network; the channel may be disturbed or the PAN id taken".into()
        }
        Step::Reset => "the adapter did not come back from a reset".into(),
        Step::AwaitStored => "the adapter did not store its network".into(),
        step => format!("the adapter took too long: {step}"),
    }
}
