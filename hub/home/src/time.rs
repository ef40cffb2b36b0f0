//! Points in time. Nothing here reads a clock.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// Milliseconds since 1970-01-01 UTC, as the wall clock had it. It can jump; use it to show, not to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// Whole seconds since 1970-01-01 UTC.
    pub fn seconds(self) -> u64 {
        self.0 / 1000
    }

    /// Time from `earlier` to this one; zero if the clock went back.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

/// One reading of both clocks: the wall clock to show, the steady one to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// The wall clock.
    pub wall: Timestamp,
    /// Time since the daemon started; never goes back.
    pub up: Duration,
}

impl Now {
    /// This moment moved on by `by` on both clocks: what a test's clock does.
    pub fn after(self, by: Duration) -> Self {
        let millis = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        Self { wall: Timestamp(self.wall.0.saturating_add(millis)), up: self.up.saturating_add(by) }
    }
}

/// ISO 8601 in UTC with milliseconds: `2026-11-23T18:00:00.000Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, millis) = (self.0 / 1000, self.0 % 1000);
        let (days, clock) = (seconds / 86_400, seconds % 86_400);
        let (year, month, day) = civil(days);
        let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
    }
}

/// The text is no point in time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a point in time (2026-11-23T18:00:00Z): {0:?}")]
pub struct ParseTimestampError(String);

/// ISO 8601 in UTC, to the minute, the second or the millisecond: what [`Display`](fmt::Display) writes, or less of it.
impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        read(text).map(Self).ok_or_else(|| ParseTimestampError(text.chars().take(32).collect()))
    }
}

fn read(text: &str) -> Option<u64> {
    let (date, clock) = text.strip_suffix('Z')?.split_once('T')?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let (clock, millis) = clock.split_once('.').unwrap_or((clock, "000"));
    let [millis] = numbers(millis, '.', [3])?;
    let [hour, minute, second] = numbers(clock, ':', [2, 2, 2]).or_else(|| {
        let [hour, minute] = numbers(clock, ':', [2, 2])?;
        Some([hour, minute, 0])
    })?;
    if year < 1970 || !(1..=12).contains(&month) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = days_of(year, month, day);
    // A day that a month does not have comes back as another one.
    (civil(days) == (year, month, day)).then(|| ((days * 24 + hour) * 3600 + minute * 60 + second) * 1000 + millis)
}

/// Numbers of just so many digits with `between` between them.
fn numbers<const N: usize>(text: &str, between: char, digits: [usize; N]) -> Option<[u64; N]> {
    let mut parts = text.split(between);
    let mut numbers = [0; N];
    for (number, digits) in numbers.iter_mut().zip(digits) {
        let part = parts.next().filter(|part| part.len() == digits && part.bytes().all(|b| b.is_ascii_digit()))?;
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

/// The inverse of [`civil`], from the same source; `year` is 1970 or later.
fn days_of(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year / 400, year % 400);
    let march_month = (month + 9) % 12;
    let day_of_year = (153 * march_month + 2) / 5 + day.saturating_sub(1);
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * 146_097 + day_of_era).saturating_sub(719_468)
}

/// Year, month and day of the `days`-th day after 1970-01-01 in the Gregorian calendar.
/// Years start in March here, so that the leap day is the last one (Hinnant, "chrono-compatible low-level date algorithms").
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        let cases = [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_795_456_800_123, "2026-11-23T18:00:00.123Z"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ];
        for (millis, text) in cases {
            assert_eq!(Timestamp(millis).to_string(), text);
        }
    }

    #[test]
    fn a_time_reads_back_as_written_and_a_day_that_is_none_does_not() {
        for millis in [0, 951_782_400_000, 1_709_164_800_123, 1_795_500_000_999, 4_102_444_800_000] {
            assert_eq!(Timestamp(millis).to_string().parse(), Ok(Timestamp(millis)));
        }
        assert_eq!("1970-01-02T00:01Z".parse(), Ok(Timestamp(86_460_000)));
        assert_eq!("1970-01-02T00:01:05Z".parse(), Ok(Timestamp(86_465_000)));
        for text in [
            "",
            "2026-11-23",
            "2026-02-29T00:00Z",
            "2026-13-01T00:00Z",
            "2026-00-01T00:00Z",
            "2026-01-00T00:00Z",
            "2026-11-23T24:00Z",
            "2026-11-23T18:00:00",
            "2026-11-23T18:00:00.1Z",
            "+026-11-23T18:00Z",
            "1969-01-01T00:00Z",
            "2026-11-23T18:00:00:00Z",
            "2026-11-23T18:00\u{0660}0Z",
        ] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }
}
