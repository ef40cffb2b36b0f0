//! When an answer leaves: at its time after the question, never sooner or a little later. Knows no clock.

use std::time::Duration;

/// Later than this after the question nobody waits for the answer (`seal::MAX_AGE_MS`).
const TOO_LATE: Duration = Duration::from_millis(seal::MAX_AGE_MS);

/// When an answer leaves that is ready at `ready` and belongs `after` after `received`, all on the steady clock: at that
/// time; if the disk or the PIN took longer, at the next multiple, so that the time still tells next to nothing. `None` if
/// nobody waits that long.
pub(super) fn due(received: Duration, after: Duration, ready: Duration) -> Option<Duration> {
    let taken = ready.saturating_sub(received);
    let mut wait = after;
    while wait < taken {
        if after.is_zero() || wait > TOO_LATE {
            return None;
        }
        wait += after;
    }
    (wait <= TOO_LATE).then_some(received + wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_leaves_at_its_time_or_at_the_next_or_not_at_all() {
        let ms = Duration::from_millis;
        let leaves = |ready| due(ms(10_000), ms(1500), ms(ready));
        assert_eq!([10_000, 10_001, 11_500].map(leaves), [Some(ms(11_500)); 3]);
        assert_eq!(leaves(9_000), Some(ms(11_500)), "a clock that is odd changes nothing");
        assert_eq!(leaves(11_501), Some(ms(13_000)));
        assert_eq!(leaves(15_900), Some(ms(16_000)));
        assert_eq!([16_001, 100_000].map(leaves), [None; 2]);
        assert_eq!(due(ms(1), Duration::ZERO, ms(2)), None);
    }
}
