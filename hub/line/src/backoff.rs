//! How long to wait before the next attempt. Knows no clock and no connection.

use std::time::Duration;

/// Goes through its waits to the last one, and stays there; each is cut by up to half at random, so that not all come back at once.
#[derive(Debug, Clone)]
pub struct Backoff {
    waits: &'static [Duration],
    failed: usize,
}

impl Backoff {
    /// With these waits, from the first to the longest; without any it waits for nothing.
    pub const fn new(waits: &'static [Duration]) -> Self {
        Self { waits, failed: 0 }
    }

    /// The wait before the next attempt. `random` is any number.
    pub(crate) fn wait(&mut self, random: u16) -> Duration {
        let longest = self.waits.get(self.failed).or(self.waits.last()).copied().unwrap_or_default();
        self.failed = self.failed.saturating_add(1);
        longest / 2 + longest / 2 * u32::from(random) / u32::from(u16::MAX)
    }

    /// An attempt was a success.
    pub(crate) fn reset(&mut self) {
        self.failed = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAITS: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(60)];

    #[test]
    fn waits_grow_to_the_last_one_and_begin_again_after_a_success() {
        let mut backoff = Backoff::new(&WAITS);
        let waits: Vec<u64> = (0..5).map(|_| backoff.wait(u16::MAX).as_secs()).collect();
        assert_eq!(waits, [1, 2, 60, 60, 60]);
        backoff.reset();
        assert_eq!(backoff.wait(u16::MAX), WAITS[0]);
    }

    #[test]
    fn chance_takes_half_at_most() {
        assert_eq!(Backoff::new(&WAITS).wait(0), WAITS[0] / 2);
        assert!((WAITS[0] / 2..WAITS[0]).contains(&Backoff::new(&WAITS).wait(1_000)));
        assert_eq!(Backoff::new(&[]).wait(u16::MAX), Duration::ZERO);
    }
}
