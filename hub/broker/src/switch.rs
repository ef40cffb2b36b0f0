//! What every message crosses between its publisher and the subscribers: the seam, and the shortest way.

use std::sync::Arc;

use tokio::time::Instant;

use crate::{hub::Hub, mailbox::Ticket, message::Message};

/// Carries messages to [`Hub::fan_out`], each once and in the order of the calls.
pub(crate) trait Switch: Send + Sync {
    /// Takes a message; never blocks. Whoever calls bounds what is under way by the tickets it holds.
    fn publish(&self, message: Message, ticket: Option<Arc<Ticket>>);

    /// Whether messages take another way than the settings say: an alarm.
    fn is_bypassed(&self) -> bool {
        false
    }
}

/// What the program that holds the broker asked to hear first, then the switch.
pub(crate) struct Ahead {
    pub(crate) hub: Arc<Hub>,
    pub(crate) switch: Box<dyn Switch>,
}

impl Switch for Ahead {
    fn publish(&self, message: Message, ticket: Option<Arc<Ticket>>) {
        self.hub.hand_over(&message, ticket.as_ref(), Instant::now());
        self.switch.publish(message, ticket);
    }

    fn is_bypassed(&self) -> bool {
        self.switch.is_bypassed()
    }
}

/// The fan-out as a plain call.
pub(crate) struct Direct(pub(crate) Arc<Hub>);

impl Switch for Direct {
    fn publish(&self, message: Message, ticket: Option<Arc<Ticket>>) {
        self.0.fan_out(message, ticket.as_ref(), Instant::now());
    }
}
