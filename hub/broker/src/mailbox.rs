//! What others leave for a connection's task: finished publishes, a wake-up, an order to close.
//! Its lock is a leaf: nothing is called while it is held.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::message::Qos;

/// Why the broker ends a connection, by the codes of DISCONNECT (MQTT 5.0, 3.14.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Reason {
    MalformedPacket = 0x81,
    ProtocolError = 0x82,
    ServerShuttingDown = 0x8b,
    KeepAliveTimeout = 0x8d,
    SessionTakenOver = 0x8e,
    TopicNameInvalid = 0x90,
    ReceiveMaximumExceeded = 0x93,
    TopicAliasInvalid = 0x94,
    PacketTooLarge = 0x95,
    QuotaExceeded = 0x97,
    AdministrativeAction = 0x98,
}

/// A publish that every subscriber has been offered: the client may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Finished {
    pub(crate) packet_id: u16,
    pub(crate) qos: Qos,
}

/// Publishes of one client that are still under way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Pending {
    pub(crate) messages: usize,
    pub(crate) bytes: usize,
}

/// Most publishes of one client under way; 5.0 clients are told. More than common clients keep in flight,
/// so that their acknowledgements are not stuck behind a PUBLISH that has to wait.
pub(crate) const RECEIVE_MAXIMUM: u16 = 128;
/// Bytes of them.
const MAX_PENDING_BYTES: usize = 512 * 1024;

impl Pending {
    /// Whether the client may publish more.
    pub(crate) fn has_room(self) -> bool {
        self.messages < usize::from(RECEIVE_MAXIMUM) && self.bytes < MAX_PENDING_BYTES
    }
}

#[derive(Debug, Default)]
struct Inner {
    finished: Vec<Finished>,
    pending: Pending,
    /// There was no room when the task last looked.
    was_full: bool,
    close: Option<Reason>,
}

/// Letter box of one connection.
#[derive(Debug, Default)]
pub(crate) struct Mailbox {
    inner: Mutex<Inner>,
    notify: Notify,
}

impl Mailbox {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the task; one wake-up is kept for later if it is busy.
    pub(crate) fn wake(&self) {
        self.notify.notify_one();
    }

    /// Returns at the next wake-up. One task waits at a time.
    pub(crate) async fn woken(&self) {
        self.notify.notified().await;
    }

    /// Asks the task to close; the first reason stays.
    pub(crate) fn close(&self, reason: Reason) {
        self.lock().close.get_or_insert(reason);
        self.wake();
    }

    pub(crate) fn close_reason(&self) -> Option<Reason> {
        self.lock().close
    }

    /// Moves the finished publishes to `into`; says what is still under way.
    pub(crate) fn collect(&self, into: &mut Vec<Finished>) -> Pending {
        let mut inner = self.lock();
        into.append(&mut inner.finished);
        inner.was_full = !inner.pending.has_room();
        inner.pending
    }
}

/// Held by whoever still works on a publish. When the last holder lets go, the publisher is told.
#[derive(Debug)]
pub(crate) struct Ticket {
    mailbox: Arc<Mailbox>,
    finished: Finished,
    bytes: usize,
}

impl Ticket {
    pub(crate) fn new(mailbox: &Arc<Mailbox>, finished: Finished, bytes: usize) -> Arc<Self> {
        let mut inner = mailbox.lock();
        inner.pending.messages += 1;
        inner.pending.bytes += bytes;
        drop(inner);
        Arc::new(Self { mailbox: Arc::clone(mailbox), finished, bytes })
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut inner = self.mailbox.lock();
        inner.pending.messages -= 1;
        inner.pending.bytes -= self.bytes;
        let answers = self.finished.qos > Qos::AtMostOnce;
        if answers {
            inner.finished.push(self.finished);
        }
        let wakes = answers || inner.was_full;
        drop(inner);
        if wakes {
            self.mailbox.wake();
        }
    }
}
