//! Which requests are too old, too new or known: the rule against replays, over times and ids alone.

use std::collections::BTreeMap;

use crate::frame::{OpenError, RequestId};

/// A request is answered within this time of being made, or not at all: 6 s.
pub const MAX_AGE_MS: u64 = 6_000;
/// The most that the clocks of hub and relay may be apart by configuration: 30 s.
pub const MAX_SKEW_MS: u64 = 30_000;
/// How many requests are remembered at most. More within the window are refused: forgetting one would let it be replayed.
pub const MAX_WAITING: usize = 1_024;

/// What an [`crate::Opener`] goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// How far apart the clocks of hub and relay may be, in milliseconds; above [`MAX_SKEW_MS`] counts as that.
    pub skew_ms: u64,
    /// Nothing opens that was issued up to here: the start of the hub, or the last time at which it knows that it ran, whichever is
    /// later, in milliseconds of Unix time.
    pub not_before: u64,
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The frame itself does not open.
    #[error(transparent)]
    Frame(#[from] OpenError),
    /// Issued too long ago, or before the hub was there to answer.
    #[error("a request from {0} ms ago")]
    Old(u64),
    /// Issued later than now by more than clocks may differ.
    #[error("a request from {0} ms in the future")]
    Future(u64),
    /// This very request was opened before.
    #[error("a request that was opened before")]
    Again,
    /// More requests within the window than are remembered.
    #[error("more than {MAX_WAITING} requests at a time")]
    Full,
}

/// The requests that could come again.
#[derive(Debug)]
pub(crate) struct Window {
    skew: u64,
    /// Nothing issued before this passes, ever again. Only grows, so a clock that is set back lets nothing pass twice.
    horizon: u64,
    known: BTreeMap<RequestId, u64>,
}

impl Window {
    pub(crate) fn new(rules: Rules) -> Self {
        let skew = rules.skew_ms.min(MAX_SKEW_MS);
        // A frame that was opened before the restart was issued at most `skew` after `not_before`.
        let horizon = rules.not_before.saturating_add(skew).saturating_add(1);
        Self { skew, horizon, known: BTreeMap::new() }
    }

    /// Remembers the request, or says why it must not pass.
    pub(crate) fn admit(&mut self, id: RequestId, issued: u64, now: u64) -> Result<(), Refused> {
        if issued > now.saturating_add(self.skew) {
            return Err(Refused::Future(issued - now));
        }
        self.horizon = self.horizon.max(now.saturating_sub(MAX_AGE_MS + self.skew));
        self.known.retain(|_, issued| *issued >= self.horizon);
        if issued < self.horizon {
            return Err(Refused::Old(now.saturating_sub(issued)));
        }
        if self.known.contains_key(&id) {
            return Err(Refused::Again);
        }
        if self.known.len() >= MAX_WAITING {
            return Err(Refused::Full);
        }
        self.known.insert(id, issued);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const START: u64 = 1_000_000;

    fn window() -> Window {
        Window::new(Rules { skew_ms: 2_000, not_before: START })
    }

    fn id(number: usize) -> RequestId {
        RequestId((number as u128).to_be_bytes())
    }

    #[test]
    fn age_and_skew_are_the_limits_on_both_sides() {
        let now = START + 100_000;
        for (issued, expected) in [
            (now - MAX_AGE_MS - 2_001, Err(Refused::Old(MAX_AGE_MS + 2_001))),
            (now - MAX_AGE_MS - 2_000, Ok(())),
            (now + 2_000, Ok(())),
            (now + 2_001, Err(Refused::Future(2_001))),
        ] {
            assert_eq!(window().admit(id(1), issued, now), expected, "{issued}");
        }
    }

    #[test]
    fn what_an_earlier_run_may_have_opened_does_not_pass() {
        // At the last moment of the earlier run, a relay whose clock is ahead by the whole skew.
        let issued = START + 2_000;
        assert_eq!(window().admit(id(1), issued, START + 10), Err(Refused::Old(0)));
        assert_eq!(window().admit(id(1), issued + 1, START + 10), Ok(()));
    }

    #[test]
    fn a_full_window_refuses_until_the_oldest_could_no_longer_pass() {
        let (mut window, now) = (window(), START + 100_000);
        for number in 0..MAX_WAITING {
            window.admit(id(number), now, now).unwrap();
        }
        assert_eq!(window.admit(id(MAX_WAITING), now, now), Err(Refused::Full));
        assert_eq!(window.admit(id(0), now, now), Err(Refused::Again));
        let later = now + MAX_AGE_MS + 2_001;
        assert_eq!(window.admit(id(0), now, later), Err(Refused::Old(MAX_AGE_MS + 2_001)));
        assert_eq!(window.admit(id(MAX_WAITING), later, later), Ok(()));
    }

    #[test]
    fn a_wide_skew_is_cut_and_extreme_times_are_no_matter() {
        let mut window = Window::new(Rules { skew_ms: u64::MAX, not_before: 0 });
        assert_eq!(window.admit(id(1), MAX_SKEW_MS + 101, 100), Err(Refused::Future(MAX_SKEW_MS + 1)));
        assert_eq!(window.admit(id(1), u64::MAX, u64::MAX), Ok(()));
        assert_eq!(window.admit(id(2), 0, u64::MAX), Err(Refused::Old(u64::MAX)));
    }

    proptest! {
        /// Also with a clock that jumps: nothing passes twice.
        #[test]
        fn no_request_passes_twice(
            steps in proptest::collection::vec((0..20_usize, -20_000..20_000_i64), 1..200)
        ) {
            let mut window = window();
            let mut now = START + 100_000;
            let mut passed = std::collections::BTreeSet::new();
            for (number, jump) in steps {
                now = now.saturating_add_signed(jump);
                let issued = START + 60_000 + 4_000 * number as u64;
                if window.admit(id(number), issued, now).is_ok() {
                    prop_assert!(passed.insert(number), "{} passed again", number);
                }
            }
        }
    }
}
