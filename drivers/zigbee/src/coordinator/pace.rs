//! How fast a device answers, so that a lost answer is missed soon: the wait of a class alone would have to suit the
//! slowest device there is.
//!
//! Knows times alone, no frames.

use std::time::Duration;

/// For how long a device that sleeps is taken for awake after it answered. A wrong guess costs it a request that it gets
/// twice.
const AWAKE: Duration = Duration::from_secs(60);

/// How long a device lately took to answer.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pace {
    /// The longest of the last answers, older ones counting less, and when the last of them came.
    slowest: Option<(Duration, Duration)>,
}

impl Pace {
    /// An answer came at `up`, so long after the question was sent for the first time. With that of a question which was
    /// sent again this is too long rather than too short: a device that became slower is learned, too.
    pub(super) fn answered(&mut self, up: Duration, took: Duration) {
        let faded = self.slowest.map_or(Duration::ZERO, |(slowest, _)| slowest * 3 / 4);
        self.slowest = Some((faded.max(took), up));
    }

    /// How long a device that heard the question takes to answer, if it ever did.
    pub(super) fn heard(self) -> Option<Duration> {
        self.slowest.map(|(slowest, _)| slowest)
    }

    /// How long a question takes that is sent now, if that can be told: one that sleeps may take much longer.
    pub(super) fn now(self, up: Duration, sleepy: bool) -> Option<Duration> {
        let (slowest, at) = self.slowest?;
        (!sleepy || up < at + AWAKE).then_some(slowest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn a_slow_answer_counts_at_once_and_is_forgotten_slowly() {
        let mut pace = Pace::default();
        assert_eq!(pace.heard(), None);
        pace.answered(ms(0), ms(80));
        pace.answered(ms(1), ms(400));
        assert_eq!(pace.heard(), Some(ms(400)));
        pace.answered(ms(2), ms(10));
        assert_eq!(pace.heard(), Some(ms(300)));
        for _ in 0..20 {
            pace.answered(ms(3), ms(10));
        }
        assert_eq!(pace.heard(), Some(ms(10)));
    }

    #[test]
    fn whether_a_device_that_sleeps_is_awake_is_known_for_a_minute() {
        let mut pace = Pace::default();
        pace.answered(ms(1000), ms(80));
        assert_eq!(pace.now(ms(60_999), true), Some(ms(80)));
        assert_eq!(pace.now(ms(61_000), true), None);
        assert_eq!(pace.now(ms(61_000), false), Some(ms(80)));
    }
}
