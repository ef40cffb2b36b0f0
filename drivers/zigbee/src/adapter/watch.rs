//! What silence, resets and failed starts mean for those above.
//!
//! The client pings a silent adapter for ever; here it is decided when that is worth telling.

use std::time::Duration;

/// From so many unanswered pings on, an adapter that never answered is said not to.
const PINGS: u32 = 3;
/// After so much silence an adapter that ran is said to be down. Before that, requests wait.
const SILENCE: Duration = Duration::from_secs(3);
/// The word of one restart can come twice; a firmware takes longer than this to restart again.
const REPETITION: Duration = Duration::from_millis(200);
/// So many restarts during a start are told, then twice as many, and so on.
const RESETS: u32 = 3;
/// First pause after a start that failed; it doubles up to the longest.
const PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

const NO_ANSWER: &str =
    "the adapter does not answer (wrong port, baud rate, firmware, or another program holds the port)";
const FELL_SILENT: &str = "the adapter fell silent";

/// What those above were told, and what it takes to tell them more.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// They were told that the network runs, and nothing else since.
    announced: bool,
    /// The last reason for being down that they were told.
    told: Option<String>,
    /// The adapter answered since the port was opened.
    ran: bool,
    restarted: Option<Duration>,
    /// Restarts by itself since the network ran or the port was opened.
    resets: u32,
    pause: Option<Duration>,
}

impl Watch {
    /// True while those above believe that the network runs.
    pub(super) fn is_announced(&self) -> bool {
        self.announced
    }

    /// The port was opened.
    pub(super) fn link_up(&mut self) {
        *self = Self::default();
    }

    /// The network runs. True if that is to be told.
    pub(super) fn up(&mut self) -> bool {
        self.told = None;
        self.pause = None;
        self.resets = 0;
        self.ran = true;
        !std::mem::replace(&mut self.announced, true)
    }

    /// The network does not run. True if that is to be told.
    pub(super) fn down(&mut self, reason: &str) -> bool {
        let news = self.announced || self.told.as_deref() != Some(reason);
        self.announced = false;
        self.told = Some(reason.to_owned());
        news
    }

    /// The adapter is left alone.
    pub(super) fn refused(&mut self) {
        self.announced = false;
    }

    /// The adapter has not answered `misses` pings, the first sent at `since`. Tells why that is worth telling.
    pub(super) fn silent(&self, now: Duration, misses: u32, since: Duration) -> Option<&'static str> {
        if self.ran {
            (now.saturating_sub(since) >= SILENCE).then_some(FELL_SILENT)
        } else {
            (misses >= PINGS).then_some(NO_ANSWER)
        }
    }

    /// The adapter says that it restarted. False if that was said just before.
    pub(super) fn restarted(&mut self, now: Duration) -> bool {
        let news = self.restarted.is_none_or(|before| now >= before + REPETITION);
        if news {
            self.restarted = Some(now);
        }
        news
    }

    /// The adapter restarted by itself during its start. Tells how often, if that is worth telling: one restart only
    /// delays, and one that does so for ever is not told of each time.
    pub(super) fn reset_in_start(&mut self) -> Option<u32> {
        self.resets = self.resets.saturating_add(1);
        let worth = self.resets.is_multiple_of(RESETS) && (self.resets / RESETS).is_power_of_two();
        worth.then_some(self.resets)
    }

    /// When to try again after a start that failed.
    pub(super) fn next_try(&mut self, now: Duration) -> Duration {
        let pause = self.pause.map_or(PAUSE, |before| (before * 2).min(LONGEST_PAUSE));
        self.pause = Some(pause);
        now + pause
    }
}
