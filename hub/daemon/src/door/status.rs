//! What the owner may know of the door: how the gateway is, and how often what happened. Knows no content.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use super::record::Relay;

/// What is seen of the door from inside. Shared by the keeper and the socket.
#[derive(Debug, Default)]
pub(crate) struct Status(Mutex<Seen>);

/// How it is now, and counts since the start.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    /// As the gateway last said; `None` while there is none.
    pub(super) relay: Option<Relay>,
    /// Why the socket can't be opened.
    pub(super) trouble: Option<String>,
    pub(super) counts: Counts,
}

/// How often what happened since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) questions: u64,
    pub(super) answers: u64,
    /// What an assistant had done.
    pub(super) deeds: u64,
    /// What was told unasked.
    pub(super) pushes: u64,
    /// Frames that did not open: not sealed for us, too old, or known.
    pub(super) refused_frames: u64,
    /// Questions to which nothing was said: nobody is granted anything, too many at a time, or the PIN's queue full.
    pub(super) unheard: u64,
    /// Answers that were not ready in time.
    pub(super) late: u64,
    /// Answers that could not be written into the ledger, so they did not leave.
    pub(super) unwritten: u64,
}

impl Status {
    pub(super) fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn count(&self, change: impl FnOnce(&mut Counts)) {
        change(&mut self.lock().counts);
    }

    /// Whether the gateway has its broker.
    pub(super) fn is_connected(&self) -> bool {
        self.lock().relay.is_some_and(|relay| relay.connected)
    }
}

impl Counts {
    pub(super) fn view(self) -> Value {
        let Self { questions, answers, deeds, pushes, refused_frames, unheard, late, unwritten } = self;
        json!({
            "questions": questions,
            "answers": answers,
            "deeds": deeds,
            "pushes": pushes,
            "refused_frames": refused_frames,
            "unheard": unheard,
            "late": late,
            "unwritten": unwritten,
        })
    }
}

impl Relay {
    pub(super) fn view(self) -> Value {
        let [requests, replies, no_frame, too_fast, undelivered, lost] = self.counts;
        json!({
            "connected": self.connected,
            "requests": requests,
            "replies": replies,
            "no_frame": no_frame,
            "too_fast": too_fast,
            "undelivered": undelivered,
            "lost": lost,
        })
    }
}
