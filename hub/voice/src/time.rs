//! A tick as text. Knows the calendar, no clock and no zone but UTC.

use summary::Tick;

/// 9999-12-31T23:59:59Z: a year has four digits.
const LAST: u64 = 253_402_300_799;

/// The tick as RFC 3339 in UTC, in whole seconds; at most the end of the year 9999.
pub(crate) fn rfc3339(tick: Tick) -> String {
    let at = tick.at().min(LAST);
    let (year, month, day) = date(at / 86_400);
    let (hour, minute, second) = (at / 3600 % 24, at / 60 % 60, at % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Year, month and day of a day since 1970-01-01, counted in years that begin in March: so the leap day is their last.
fn date(days: u64) -> (u64, u64, u64) {
    let since_march_0000 = days + 719_468;
    let (era, day) = (since_march_0000 / 146_097, since_march_0000 % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year + next, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tick_is_a_date() {
        for (at, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_164_800, "2024-02-29T00:00:00Z"),
            (1_795_446_900, "2026-11-23T15:15:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (LAST, "9999-12-31T23:59:59Z"),
            (u64::MAX, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(rfc3339(Tick::before(at, 1)), text, "{at}");
        }
    }

    #[test]
    fn no_day_comes_twice() {
        let mut last = date(0);
        for days in 1..300_000 {
            let next = date(days);
            assert!(next > last && (next.2 == last.2 + 1 || next.2 == 1), "{last:?} {next:?}");
            last = next;
        }
    }
}
