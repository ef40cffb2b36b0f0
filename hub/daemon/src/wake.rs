//! What goes to and from the house's task: one closed list of all that can wake it (invariant 1).

use std::sync::Arc;

use home::{Access, Event, Order, Origin};
use store::CommitError;
use tokio::sync::{Notify, mpsc, oneshot};
use web_ui::Answer;

use crate::door::Knock;

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
    /// Something at the door to the assistants.
    Door(Knock),
    /// About a second has passed.
    Tick,
}

/// A question with the way back for its answer.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) request: home::admin::Request,
    pub(crate) asker: Asker,
    pub(crate) reply: oneshot::Sender<Answer>,
}

/// Who asks, and what they may do.
#[derive(Debug, Clone)]
pub(crate) struct Asker {
    pub(crate) origin: Origin,
    pub(crate) access: Arc<Access>,
}

impl Asker {
    /// Whoever can open the admin socket, and the daemon itself: they may do everything.
    pub(crate) fn owner() -> Self {
        Self { origin: Origin::Cli, access: Arc::new(Access::full()) }
    }

    /// Somebody on the page.
    pub(crate) fn page(caller: &web_ui::Caller) -> Self {
        Self { origin: Origin::Page(caller.user.to_string()), access: Arc::clone(&caller.access) }
    }
}

/// Wakes that may wait before their senders have to.
pub(crate) const WAKES: usize = 1024;

/// Orders that may wait for an adapter's task; the driver has queues of its own.
const ORDERS: usize = 256;

/// The house's end of the line to an adapter's task.
#[derive(Debug)]
pub(crate) struct ToRadio {
    orders: mpsc::Sender<Order>,
    /// Apart from the orders: a driver that forms a network waits for this word for ever, however many orders wait.
    kept: Arc<Notify>,
}

/// The other end.
#[derive(Debug)]
pub(crate) struct FromHouse {
    orders: mpsc::Receiver<Order>,
    kept: Arc<Notify>,
}

/// What the house tells an adapter's task.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// Something to do.
    Order(Order),
    /// What the driver wanted kept for its network is durable.
    NetworkKept,
}

/// A line to an adapter's task.
pub(crate) fn radio_line() -> (ToRadio, FromHouse) {
    let (orders, inbox) = mpsc::channel(ORDERS);
    let kept = Arc::new(Notify::new());
    (ToRadio { orders, kept: Arc::clone(&kept) }, FromHouse { orders: inbox, kept })
}

impl ToRadio {
    /// Gives an order, or gets it back if [`ORDERS`] wait or nobody listens.
    pub(crate) fn order(&self, order: Order) -> Result<(), Order> {
        self.orders.try_send(order).map_err(mpsc::error::TrySendError::into_inner)
    }

    /// Says [`Told::NetworkKept`], which is always heard.
    pub(crate) fn network_kept(&self) {
        self.kept.notify_one();
    }
}

impl FromHouse {
    /// What comes next; `None` once the house is gone. Nothing is lost if the call is dropped.
    pub(crate) async fn next(&mut self) -> Option<Told> {
        tokio::select! {
            biased;
            () = self.kept.notified() => Some(Told::NetworkKept),
            order = self.orders.recv() => order.map(Told::Order),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_word_that_the_network_is_kept_is_heard_however_many_orders_wait() {
        let (house, mut radio) = radio_line();
        let order = |number| Order { command: home::CommandId(number), kind: home::OrderKind::PermitJoin(60) };
        for number in 1..=ORDERS as u64 {
            house.order(order(number)).unwrap();
        }
        assert_eq!(house.order(order(0)), Err(order(0)));
        house.network_kept();
        assert_eq!(radio.next().await, Some(Told::NetworkKept));
        assert_eq!(radio.next().await, Some(Told::Order(order(1))));
        drop(house);
        for number in 2..=ORDERS as u64 {
            assert_eq!(radio.next().await, Some(Told::Order(order(number))));
        }
        assert_eq!(radio.next().await, None);
    }
}
