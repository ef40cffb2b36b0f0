//! How often a door may be unlocked, and how often a PIN may be wrong. Counts what was asked, never what the house did, so
//! a refusal tells nothing of the house. On the wall clock: the counts outlast a restart.

use home::Timestamp;

/// So many unlocks within [`WINDOW`].
const UNLOCKS: usize = 3;
const WINDOW: u64 = 10 * 60 * 1000;
/// So many wrong PINs in a row close the door to further ones for [`LOCKOUT`].
const WRONG: u8 = 5;
const LOCKOUT: u64 = 15 * 60 * 1000;

/// The counts of one audience. Times are milliseconds since 1970.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Guard {
    pub(crate) unlocks: Vec<u64>,
    pub(crate) wrong: u8,
    /// Since when no PIN is taken.
    pub(crate) locked_since: Option<u64>,
}

impl Guard {
    /// True while no PIN is taken.
    pub(crate) fn is_locked_out(&mut self, now: Timestamp) -> bool {
        // A clock that went back must not keep the owner out for years.
        let since = self.locked_since.map(|since| since.min(now.0));
        self.locked_since = since.filter(|since| now.0 - since < LOCKOUT);
        self.locked_since.is_some()
    }

    /// Counts a PIN that was right or wrong.
    pub(crate) fn pin(&mut self, right: bool, now: Timestamp) {
        self.wrong = if right { 0 } else { self.wrong.saturating_add(1) };
        if self.wrong >= WRONG {
            self.wrong = 0;
            self.locked_since = Some(now.0);
        }
    }

    /// Counts an unlock, if there may be another one.
    pub(crate) fn unlock(&mut self, now: Timestamp) -> bool {
        self.unlocks.iter_mut().for_each(|at| *at = (*at).min(now.0));
        self.unlocks.retain(|at| now.0 - at < WINDOW);
        let granted = self.unlocks.len() < UNLOCKS;
        if granted {
            self.unlocks.push(now.0);
        }
        granted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: u64 = 60 * 1000;

    #[test]
    fn three_unlocks_in_ten_minutes() {
        let mut guard = Guard::default();
        let mut at = |minute| guard.unlock(Timestamp(1_000 * MINUTE + minute * MINUTE));
        assert_eq!([at(0), at(1), at(2), at(3), at(9)], [true, true, true, false, false]);
        assert_eq!([at(10), at(10), at(11)], [true, false, true]);
    }

    #[test]
    fn five_wrong_pins_in_a_row_close_the_door() {
        let mut guard = Guard::default();
        let start = 1_000 * MINUTE;
        for right in [false, false, false, false, true, false, false, false, false] {
            guard.pin(right, Timestamp(start));
            assert!(!guard.is_locked_out(Timestamp(start)));
        }
        guard.pin(false, Timestamp(start));
        assert!(guard.is_locked_out(Timestamp(start + 14 * MINUTE)));
        assert!(!guard.is_locked_out(Timestamp(start + 15 * MINUTE)));
    }

    #[test]
    fn a_clock_that_goes_back_keeps_nobody_out_for_long() {
        let mut guard = Guard { locked_since: Some(u64::MAX), unlocks: vec![u64::MAX; 3], wrong: 0 };
        assert!(guard.is_locked_out(Timestamp(5)) && !guard.unlock(Timestamp(5)));
        assert!(!guard.is_locked_out(Timestamp(5 + LOCKOUT)) && guard.unlock(Timestamp(5 + WINDOW)));
    }
}
