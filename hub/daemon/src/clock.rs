//! The one place that reads the clocks; everywhere else time is an argument.

use std::time::SystemTime;

use home::{Now, Timestamp};
use tokio::time::Instant;

/// Both clocks of the machine, counted from the daemon's start.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    start: Instant,
}

impl Clock {
    /// Starts the steady clock at zero.
    pub(crate) fn start() -> Self {
        Self { start: Instant::now() }
    }

    /// What both clocks say.
    pub(crate) fn now(self) -> Now {
        Now { wall: wall(), up: self.start.elapsed() }
    }

    /// The moment on tokio's clock at which the steady clock says `up`.
    pub(crate) fn instant(self, up: std::time::Duration) -> Instant {
        self.start + up
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the clock module")]
fn wall() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp(u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX))
}
