//! A port that is kept open for ever: what happens to it, as events, and the way to write to it.
//!
//! Knows when to open and when to wait. Does not know what is said over the port, nor when silence means trouble: a driver that wants
//! the port closed and opened again drops its [`Writer`].

mod journal;
mod session;

use std::io;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use crate::backoff::Backoff;
use crate::node::Node;
use crate::port::{Port, Settings};
use crate::wire::{OpenError, Wire};
use journal::Journal;

/// Events that may wait for the driver; then the port is not read, so that its sender slows down.
const EVENTS: usize = 64;
/// Frames that may wait for the port. Drivers have one request at a time under way, so a full queue means a stalled port.
const FRAMES: usize = 64;
/// A port that held this long was well: the next loss starts with the shortest delay.
const STABLE: Duration = Duration::from_secs(5);
/// How often a missing device node is looked for. The stick is to be at work within a second of its return.
const LOOK: Duration = Duration::from_millis(100);

/// What happens to a port.
#[derive(Debug)]
pub enum Event {
    /// It is open. Nothing of what an earlier writer was given reaches it.
    Opened(Writer),
    /// Bytes arrived: any number from 1 to 1024, cut anywhere.
    Bytes(Vec<u8>),
    /// It is not open any more, or could not be opened and the reason is a new one. It is being tried again.
    Lost(Lost),
}

/// Why a port is not open.
#[derive(Debug, thiserror::Error)]
pub enum Lost {
    /// An attempt to open it failed.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The stick was pulled or the peer closed its socket.
    #[error("closed by the other side")]
    Closed,
    /// Reading failed.
    #[error("reading failed: {0}")]
    Read(io::Error),
    /// Writing failed.
    #[error("writing failed: {0}")]
    Write(io::Error),
    /// The port took no bytes for 10 s.
    #[error("took no bytes for 10 s")]
    Stalled,
    /// The driver dropped its writer.
    #[error("closed by the driver")]
    Dropped,
}

/// Writes to a port for as long as it stays open. Dropping it closes the port and has it
/// opened anew; what was sent last may be lost.
#[derive(Debug)]
pub struct Writer {
    orders: mpsc::Sender<Order>,
}

/// Why bytes were not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The port is lost; the event that says so is on its way.
    #[error("the port is lost")]
    Lost,
    /// 64 frames wait already.
    #[error("the port is stalled")]
    Full,
}

/// What a writer asks of the port, done in order.
#[derive(Debug)]
enum Order {
    Write(Vec<u8>),
    LeaveBootloader,
}

impl Writer {
    fn new() -> (Self, mpsc::Receiver<Order>) {
        let (orders, queue) = mpsc::channel(FRAMES);
        (Self { orders }, queue)
    }

    /// Write a frame. It is written whole, right after those before it, or the port is lost.
    pub fn send(&self, frame: Vec<u8>) -> Result<(), SendError> {
        self.order(Order::Write(frame))
    }

    /// Pulse DTR and RTS so that a TI adapter which does not answer leaves its bootloader. Takes 450 ms, in which frames wait; does
    /// nothing on TCP and on a pty.
    pub fn leave_bootloader(&self) -> Result<(), SendError> {
        self.order(Order::LeaveBootloader)
    }

    fn order(&self, order: Order) -> Result<(), SendError> {
        self.orders.try_send(order).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => SendError::Full,
            mpsc::error::TrySendError::Closed(_) => SendError::Lost,
        })
    }
}

/// A port in the care of a task of its own. Dropping it ends the task and closes the port.
#[derive(Debug)]
pub struct Link {
    events: mpsc::Receiver<Event>,
    task: JoinHandle<()>,
}

impl Link {
    /// Start to keep `port` open; `settings` are for a tty. Needs a tokio runtime with I/O and time.
    pub fn spawn(port: Port, settings: Settings) -> Self {
        let (sender, events) = mpsc::channel(EVENTS);
        let task = tokio::spawn(Keeper { port, settings, events: sender }.run());
        Self { events, task }
    }

    /// The next event. Does not end while the runtime runs; may be dropped and called again without losing an event.
    pub async fn next(&mut self) -> Option<Event> {
        self.events.recv().await
    }

    /// Close the port and wait until it is closed. What was sent last may be lost.
    pub async fn close(self) {
        let Self { events, task } = self;
        drop(events);
        // An error means that the task ended with the runtime.
        let _ = task.await;
    }
}

/// The task behind a [`Link`].
struct Keeper {
    port: Port,
    settings: Settings,
    events: mpsc::Sender<Event>,
}

/// The link was dropped.
struct Gone;

impl Keeper {
    async fn run(self) {
        let mut backoff = Backoff::default();
        let mut journal = Journal::new(&self.port);
        loop {
            let before = self.node();
            match self.attempt(&mut journal).await {
                Ok(held) if held >= STABLE => backoff.reset(),
                Ok(_) => {}
                Err(Gone) => return,
            }
            let delay = backoff.next(getrandom::u32().map_or(0, |noise| u16::try_from(noise >> 16).unwrap_or(0)));
            tokio::select! {
                returned = self.pause(delay, before) => if returned { backoff.reset() },
                () = self.events.closed() => return,
            }
        }
    }

    /// Open the port and pump it until it is lost. The time it held.
    async fn attempt(&self, journal: &mut Journal) -> Result<Duration, Gone> {
        let mut wire = match Wire::open(&self.port, self.settings).await {
            Ok(wire) => wire,
            Err(error) => {
                if journal.failed(&error) {
                    self.tell(Event::Lost(error.into())).await?;
                }
                return Ok(Duration::ZERO);
            }
        };
        journal.opened();
        let since = Instant::now();
        let (writer, orders) = Writer::new();
        let told = self.tell(Event::Opened(writer)).await;
        let end = match told {
            Ok(()) => session::run(&mut wire, orders, &self.events).await,
            Err(gone) => Err(gone),
        };
        // Before anyone hears of the loss: adapters serve one connection, and a new one may be wanted at once.
        wire.close().await;
        let (held, lost) = (since.elapsed(), end?);
        journal.lost(&lost, held >= STABLE);
        self.tell(Event::Lost(lost)).await?;
        Ok(held)
    }

    async fn tell(&self, event: Event) -> Result<(), Gone> {
        self.events.send(event).await.map_err(|_| Gone)
    }

    /// Wait for `delay`, or until another device node than `seen` is there: then true.
    async fn pause(&self, delay: Duration, mut seen: Option<Node>) -> bool {
        let mut left = delay;
        while !left.is_zero() {
            let nap = left.min(LOOK);
            sleep(nap).await;
            left -= nap;
            let now = self.node();
            if now.is_some() && now != seen {
                return true;
            }
            seen = now;
        }
        false
    }

    /// The tty's device node. One `stat` in memory, so it may run on an async thread.
    fn node(&self) -> Option<Node> {
        match &self.port {
            Port::Tty(path) => Node::at(path),
            Port::Tcp { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests;
