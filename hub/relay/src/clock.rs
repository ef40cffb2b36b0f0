//! The relay's one look at the clock.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds of Unix time.
#[expect(clippy::disallowed_methods, reason = "the relay's clock; all else takes the time as an argument")]
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
