//! How long to wait before the next attempt.
//!
//! Knows only how often it was asked: the randomness is an argument, so that the law can be tested.

use std::time::Duration;

/// The first delay, at most.
const FIRST: Duration = Duration::from_millis(100);
/// No delay is longer.
const CAP: Duration = Duration::from_secs(10);

/// Doubling delays from about 100 ms to 10 s, each shortened at random by up to a half: an adapter that several programs or hubs wait
/// for is not asked by all of them at once.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    attempts: u32,
}

impl Backoff {
    /// The next delay; `noise` is any random number.
    pub(crate) fn next(&mut self, noise: u16) -> Duration {
        let full = FIRST.saturating_mul(1_u32.checked_shl(self.attempts).unwrap_or(u32::MAX)).min(CAP);
        self.attempts = self.attempts.saturating_add(1);
        full.saturating_sub(full / 2 * u32::from(noise) / u32::from(u16::MAX))
    }

    /// Start again with the shortest delay.
    pub(crate) fn reset(&mut self) {
        self.attempts = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn doubles_until_the_cap() {
        let mut backoff = Backoff::default();
        let delays: Vec<_> = (0..9).map(|_| backoff.next(0).as_millis()).collect();
        assert_eq!(delays, [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
        backoff.reset();
        assert_eq!(backoff.next(0), FIRST);
    }

    proptest! {
        #[test]
        fn stays_within_half_and_full(attempts: u32, noise: u16) {
            let full = Backoff { attempts }.next(0);
            let delay = Backoff { attempts }.next(noise);
            prop_assert!(full / 2 <= delay && delay <= full && full <= CAP);
        }
    }
}
