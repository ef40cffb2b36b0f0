//! Says seldom what happens often: the first time at once, then at most once a minute, with how often it was.

use std::time::Duration;

/// The shortest time between two lines.
const PAUSE: Duration = Duration::from_secs(60);

/// How often something happened, and when it was last said.
#[derive(Debug, Default)]
pub(super) struct Seldom {
    said: Option<Duration>,
    times: u64,
}

impl Seldom {
    /// It happened again, `up` being now on the steady clock. How often it did by now, if that is to be said.
    pub(super) fn note(&mut self, up: Duration) -> Option<u64> {
        self.times += 1;
        if self.said.is_some_and(|said| up < said + PAUSE) {
            return None;
        }
        self.said = Some(up);
        Some(self.times)
    }

    /// It is over. How often it happened, if it did.
    pub(super) fn end(&mut self) -> Option<u64> {
        let times = std::mem::take(self).times;
        (times > 0).then_some(times)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_each_second_is_said_each_minute_with_its_count_and_at_its_end() {
        let mut seldom = Seldom::default();
        assert_eq!(seldom.end(), None, "nothing was");
        let said: Vec<_> = (0..130).filter_map(|second| seldom.note(Duration::from_secs(second))).collect();
        assert_eq!(said, [1, 61, 121]);
        assert_eq!((seldom.end(), seldom.end()), (Some(130), None));
        assert_eq!(seldom.note(Duration::from_secs(131)), Some(1), "what is new is said at once");
    }
}
