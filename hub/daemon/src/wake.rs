//! What goes to and from the house's task: one closed list of all that can wake it (invariant 1).

use std::sync::Arc;

use home::{Event, Order, Origin};
use store::CommitError;
use tokio::sync::oneshot;
use web_ui::Refused;

/// All that can wake the house's task.
#[derive(Debug)]
pub(crate) enum Wake {
    /// A driver brings a fact.
    Event(Event),
    /// The command line or the page asks.
    Ask(Ask),
    /// The store has written a batch, or could not.
    Committed(u64, Result<(), CommitError>),
    /// An MQTT message to the hub.
    Message(Arc<broker::Message>),
    /// About a second has passed.
    Tick,
}

/// A question with the way back for its answer.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) request: home::admin::Request,
    pub(crate) origin: Origin,
    pub(crate) reply: oneshot::Sender<Answer>,
}

/// What a question is answered with: the `data` of `home::admin`, or why there is none.
pub(crate) type Answer = Result<serde_json::Value, Refused>;

/// Wakes that may wait before their senders have to.
pub(crate) const WAKES: usize = 1024;

/// What the house tells an adapter's task.
#[derive(Debug)]
pub(crate) enum ToRadio {
    /// Something to do.
    Order(Order),
    /// What the driver wanted kept for its network is durable.
    NetworkKept,
}

/// Orders that may wait for an adapter's task; the driver has queues of its own.
pub(crate) const ORDERS: usize = 256;
