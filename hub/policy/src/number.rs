//! Numbers and times as the policy writes them. Decimals go through their text, so nothing is computed with floats.

use std::time::Duration;

use home::CentiCelsius;

/// Hundredths of the number; `None` if it has more digits than that or is out of every unit's range.
pub(crate) fn centi(number: f64) -> Option<i32> {
    let text = number.to_string();
    let centi: CentiCelsius = text.parse().ok()?;
    (centi.to_string() == text).then(|| centi.0.into())
}

/// `1500ms`, `90s`, `15m`, `2h`, `3d`; at most 400 days.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let factor = match text.strip_prefix(digits)? {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let count: u64 = plain.then(|| digits.parse().ok())??;
    let millis = count.checked_mul(factor)?;
    (millis <= 400 * 86_400_000).then(|| Duration::from_millis(millis))
}

/// A time in the words of a person: `15 minutes`, `1 hour`, `1500 ms`.
pub(crate) fn spoken(time: Duration) -> String {
    let millis = time.as_millis();
    let units = [(86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"), (1_000, "second")];
    let fitting = units.iter().find(|(factor, _)| millis >= *factor && millis.is_multiple_of(*factor));
    match fitting {
        Some((factor, unit)) if millis / factor == 1 => format!("1 {unit}"),
        Some((factor, unit)) => format!("{} {unit}s", millis / factor),
        None => format!("{millis} ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact_or_refused() {
        let cases = [(18.0, Some(1800)), (0.5, Some(50)), (-3.25, Some(-325)), (19.99, Some(1999)), (20.001, None)];
        for (number, wanted) in cases {
            assert_eq!(centi(number), wanted, "{number}");
        }
        for bad in [f64::NAN, f64::INFINITY, 1e9, -1e300, 1e-7] {
            assert_eq!(centi(bad), None, "{bad}");
        }
    }

    #[test]
    fn times_have_a_unit() {
        assert_eq!(duration("1500ms"), Some(Duration::from_millis(1500)));
        assert_eq!(duration("15m"), Some(Duration::from_secs(900)));
        for bad in ["", "m", "15", "1.5m", "-1m", "1 m", "15min", "99999999999999999999s", "401d", "١m"] {
            assert_eq!(duration(bad), None, "{bad}");
        }
        assert_eq!(spoken(Duration::from_secs(900)), "15 minutes");
        assert_eq!(spoken(Duration::from_secs(3600)), "1 hour");
        assert_eq!(spoken(Duration::from_millis(1500)), "1500 ms");
    }
}
