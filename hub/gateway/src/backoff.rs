//! How long to wait before the next attempt. Knows no clock and no connection.

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);

/// Doubles from one second to a minute; each wait is cut by up to half at random, so that not all homes come back at once.
#[derive(Debug)]
pub(crate) struct Backoff {
    next: Duration,
}

impl Backoff {
    pub(crate) fn new() -> Self {
        Self { next: FIRST }
    }

    /// The wait before the next attempt. `random` is any number.
    pub(crate) fn wait(&mut self, random: u16) -> Duration {
        let longest = self.next;
        self.next = (longest * 2).min(LONGEST);
        longest / 2 + longest / 2 * u32::from(random) / u32::from(u16::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_minute() {
        let mut backoff = Backoff::new();
        let waits: Vec<u64> = (0..8).map(|_| backoff.wait(u16::MAX).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
    }

    #[test]
    fn chance_takes_half_at_most() {
        assert_eq!(Backoff::new().wait(0), FIRST / 2);
        assert!((FIRST / 2..FIRST).contains(&Backoff::new().wait(1_000)));
    }
}
