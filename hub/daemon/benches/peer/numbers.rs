//! Percentiles, and durations as people read them.

use std::time::Duration;

/// The value that `share` of all values do not exceed (nearest rank); zero without values.
pub(crate) fn percentile(values: &[Duration], share: f64) -> Duration {
    let mut sorted = values.to_vec();
    sorted.sort();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank in a list")]
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.max(1) - 1).copied().unwrap_or_default()
}

/// Milliseconds with as many digits as mean something.
pub(crate) fn ms(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    if ms < 100.0 { format!("{ms:.2} ms") } else { format!("{:.2} s", ms / 1000.0) }
}

/// p50 and p99 and the worst.
pub(crate) fn spread(values: &[Duration]) -> String {
    let at = |share| ms(percentile(values, share));
    format!("{} / {} (worst {}, n = {})", at(0.50), at(0.99), at(1.0), values.len())
}
