//! The one task that owns the house (invariant 1): it waits for the next [`Wake`], lets [`State::apply`] change the
//! house, and has the changes stored, shown and sent.

mod answers;
mod asks;
mod bridge;
mod codes;
mod door;
mod effects;
mod outbox;
mod seldom;
mod show;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use home::{
    AdapterName, Change, Command, CommandId, Event, Failure, Input, Now, Order, Origin, Outcome, Refusal, State, Wish,
};
use store::Store;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::clock::Clock;
use crate::door::{Keeper, Knock};
use crate::mqtt::discovery;
use crate::mqtt::topics::{Inbound, Topics};
use crate::wake::{ToRadio, Wake};
use answers::{Answers, Waiting};
use outbox::Outbox;
use seldom::Seldom;

/// Lines that a slow watcher may lag behind.
const WATCH_LINES: usize = 256;
/// How long a stop may take for what the disk did not take yet, and how often it is tried.
const LAST_TRIES: Duration = Duration::from_secs(5);
const TRY_AGAIN: Duration = Duration::from_millis(250);

/// How many changes were not durable when the house ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unwritten(pub(crate) usize);

/// An adapter as the house deals with it.
pub(crate) struct AdapterSeat {
    pub(crate) port: String,
    pub(crate) radio: ToRadio,
}

/// What the house needs from outside.
pub(crate) struct Outside {
    pub(crate) name: String,
    pub(crate) clock: Clock,
    pub(crate) store: Store,
    pub(crate) local: broker::Local,
    pub(crate) broker_stats: Arc<dyn Fn() -> broker::Stats + Send + Sync>,
    pub(crate) topics: Topics,
    pub(crate) adapters: BTreeMap<AdapterName, AdapterSeat>,
    pub(crate) keeper: Keeper,
}

/// The house and all that hangs on it.
pub(crate) struct House {
    state: State,
    outside: Outside,
    outbox: Outbox,
    answers: Answers,
    watchers: broadcast::Sender<Arc<str>>,
    acks: mpsc::UnboundedSender<Wake>,
    ack_inbox: Option<mpsc::UnboundedReceiver<Wake>>,
    knocks: mpsc::UnboundedReceiver<Knock>,
    last_command: u64,
    /// Commits that failed.
    failing: Seldom,
    /// `set` messages that could not be followed.
    misunderstood: Seldom,
    /// What Home Assistant was told of each device.
    discovered: BTreeMap<home::Ieee, discovery::Told>,
    /// Each lock as it was last shown: what the disk does not have yet is not told to those who ask either.
    shown: BTreeMap<home::Ieee, serde_json::Value>,
}

impl House {
    /// `knocks` is what wakes it at the door: as many at a time as the door's socket lets in.
    pub(crate) fn new(state: State, outside: Outside, knocks: mpsc::UnboundedReceiver<Knock>) -> Self {
        // Not bounded: there is one for each batch under way, and that is one at a time.
        let (acks, ack_inbox) = mpsc::unbounded_channel();
        Self {
            state,
            outside,
            outbox: Outbox::default(),
            answers: Answers::default(),
            watchers: broadcast::channel(WATCH_LINES).0,
            acks,
            ack_inbox: Some(ack_inbox),
            knocks,
            last_command: 0,
            failing: Seldom::default(),
            misunderstood: Seldom::default(),
            discovered: BTreeMap::new(),
            shown: BTreeMap::new(),
        }
    }

    /// Where each change can be heard as a line of JSON.
    pub(crate) fn watchers(&self) -> broadcast::Sender<Arc<str>> {
        self.watchers.clone()
    }

    /// Runs until `stop` is told; then has the disk take what waits for it, and says goodbye on MQTT.
    pub(crate) async fn run(
        mut self,
        mut wakes: mpsc::Receiver<Wake>,
        mut messages: broker::Messages,
        mut stop: oneshot::Receiver<()>,
    ) -> Unwritten {
        let mut ticks = interval(Duration::from_secs(1));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let Some(mut acks) = self.ack_inbox.take() else { return Unwritten(0) };
        self.announce();
        self.show_keeper();
        loop {
            let wake = tokio::select! {
                Some(wake) = acks.recv() => wake,
                Some(wake) = wakes.recv() => wake,
                Some(knock) = self.knocks.recv() => Wake::Door(knock),
                message = messages.recv() => {
                    let Some(message) = message else {
                        tracing::error!("the broker gives the house no more messages");
                        break;
                    };
                    Wake::Message(message)
                }
                _ = ticks.tick() => Wake::Tick,
                _ = &mut stop => {
                    self.write_all(&mut acks).await;
                    break;
                }
            };
            let looks = matches!(wake, Wake::Tick);
            self.handle(wake);
            if looks && (self.outbox.is_overfull() || self.outside.store.health().is_ruined()) {
                tracing::error!("the database is damaged or fails for too long; nothing more can be kept");
                break;
            }
        }
        self.say_goodbye().await;
        Unwritten(self.outbox.unwritten())
    }

    /// Before a stop: waits for the disk, which may be failing, but not for ever.
    async fn write_all(&mut self, acks: &mut mpsc::UnboundedReceiver<Wake>) {
        let mut again = interval(TRY_AGAIN);
        let all = async {
            while self.outbox.unwritten() > 0 {
                tokio::select! {
                    Some(wake) = acks.recv() => self.handle(wake),
                    _ = again.tick() => self.retry_failed_commit(),
                }
            }
        };
        // What is left is counted by whoever asked for the stop.
        let _ = timeout(LAST_TRIES, all).await;
    }

    fn handle(&mut self, wake: Wake) {
        match wake {
            Wake::Event(event) => self.apply(Input::Event(event)),
            Wake::Ask(ask) => self.answer(ask),
            Wake::Committed(ticket, result) => self.committed(ticket, result),
            Wake::Message(message) => self.message(&message),
            Wake::Door(knock) => self.knock(knock),
            Wake::Tick => self.tick(),
        }
    }

    fn now(&self) -> Now {
        self.outside.clock.now()
    }

    fn apply(&mut self, input: Input) {
        let changes = self.state.apply(self.now(), input);
        self.show_keeper();
        self.absorb(changes);
    }

    fn tick(&mut self) {
        let now = self.now();
        let changes = self.state.tick(now);
        self.show_keeper();
        self.outside.keeper.tick(now);
        self.absorb(changes);
        self.answers.expire(now.up);
        self.retry_failed_commit();
    }

    /// Gives a wish its number and carries it out; `waiting` hears what becomes of it.
    fn wish(&mut self, origin: Origin, wish: Wish, waiting: Option<Waiting>) {
        self.last_command += 1;
        let id = CommandId(self.last_command);
        if let Some(waiting) = waiting {
            let now = self.now();
            self.answers.expect(id, now.up, waiting);
        }
        if self.outbox.is_behind() && self.waits_for_disk(&wish) {
            let outcome = Outcome::Refused(Refusal::DiskBehind);
            return self.absorb(vec![Change::Outcome { command: id, device: None, outcome }]);
        }
        self.apply(Input::Command(Command { id, origin, wish }));
    }

    /// Whether what comes of a wish can't be shown before the disk has something.
    fn waits_for_disk(&self, wish: &Wish) -> bool {
        match wish {
            Wish::Read { .. } | Wish::PermitJoin { seconds: 0, .. } => false,
            Wish::Act { device, action } => action.is_security() || self.outbox.holds(*device),
            _ => true,
        }
    }

    fn order(&mut self, adapter: &AdapterName, order: Order) {
        let Some(seat) = self.outside.adapters.get(adapter) else { return };
        let Err(order) = seat.radio.order(order) else { return };
        tracing::warn!(%adapter, "the driver takes no more orders");
        let delivery = home::Delivery::Failed(Failure::Busy);
        self.apply(Input::Event(Event::Delivery { command: order.command, delivery }));
    }

    fn message(&mut self, message: &broker::Message) {
        let topics = self.outside.topics.clone();
        let broker::Publisher::Client { user, .. } = &message.publisher else { return };
        let Some(inbound) = topics.parse(&message.topic) else { return };
        if message.retain && inbound != Inbound::HomeAssistant {
            self.refuse_retained(inbound);
            return;
        }
        let origin = Origin::Mqtt(user.to_string());
        match inbound {
            Inbound::Set { device, key } => self.set(&origin, device, key, message),
            Inbound::Get { device } => self.get(origin, device),
            Inbound::Request { verb } => self.bridge_request(origin, verb, &message.payload),
            Inbound::HomeAssistant if message.payload.as_ref() == b"online" && !self.outbox.is_behind() => {
                self.rediscover();
            }
            Inbound::HomeAssistant => {}
        }
    }

    /// A retained command would be carried out again at each start of the broker, so none ever is (invariant 10).
    fn refuse_retained(&mut self, inbound: Inbound<'_>) {
        let text = "a retained command is never carried out; publish it again without the retain flag";
        match inbound {
            Inbound::Set { device, .. } | Inbound::Get { device } => self.say_error(device, text),
            Inbound::Request { verb } => self.respond(verb, Err(text.to_owned()), None),
            Inbound::HomeAssistant => {}
        }
    }

    fn absorb(&mut self, changes: Vec<Change>) {
        if !changes.is_empty() {
            effects::absorb(self, changes);
        }
    }
}

#[cfg(test)]
mod tests;
