//! How often a thing that comes and goes is shown: at once, until it does so too often. Knows times, not things.

use std::collections::VecDeque;
use std::time::Duration;

/// So many losses within [`WINDOW`] are flapping.
const LOSSES: usize = 3;
const WINDOW: Duration = Duration::from_secs(60);
/// While it flaps, a change is shown so long after the one before at the earliest.
const PAUSE: Duration = Duration::from_secs(30);

/// When the last losses were, and what is still to be shown. All times are on the steady clock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Damper {
    losses: VecDeque<Duration>,
    shown: Duration,
    due: Option<Duration>,
}

impl Damper {
    /// Something changed; `loss` says that the thing is gone that was there. True if that is to be shown now, else what
    /// is true at the time is to be shown when [`Damper::take_due`] says so.
    pub(crate) fn change(&mut self, up: Duration, loss: bool) -> bool {
        self.losses.retain(|at| up < *at + WINDOW);
        let calm = self.losses.len() < LOSSES;
        if loss {
            self.losses.truncate(LOSSES - 1);
            self.losses.push_front(up);
        }
        if self.due.is_some() {
            return false;
        }
        if calm || up >= self.shown + PAUSE {
            self.shown = up;
            return true;
        }
        self.due = Some(self.shown + PAUSE);
        false
    }

    /// True once when the time has come to show what was held back.
    pub(crate) fn take_due(&mut self, up: Duration) -> bool {
        let due = self.due.take_if(|due| *due <= up).is_some();
        if due {
            self.shown = up;
        }
        due
    }
}
