//! Quantities as devices send them: integers with a unit, never a float.

use std::fmt;
use std::str::FromStr;

/// Temperature in hundredths of a degree Celsius, -327.67 to 327.67 °C.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CentiCelsius(pub i16);

/// Difference of temperatures in tenths of a kelvin, -12.7 to 12.7 K.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeciKelvin(pub i8);

/// Relative humidity in hundredths of a percent, 0 to 100 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CentiPercent(pub u16);

/// Charge of a battery in halves of a percent, 0 to 200.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BatteryHalfPercent(pub u8);

/// A share in percent, 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(pub u8);

/// Electric tension in millivolts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MilliVolt(pub u16);

/// Link quality of the last frame as the radio rates it, 0 to 255, more is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkQuality(pub u8);

/// The text is not a decimal number of the unit's range and precision.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseDecimalError {
    /// Not of the form `-12.34`.
    #[error("not a number: {0:?}")]
    Form(String),
    /// A number, but outside of what the unit can hold.
    #[error("out of range: {0}")]
    Range(String),
}

impl FromStr for CentiCelsius {
    type Err = ParseDecimalError;

    /// Reads `21`, `21.5`, `-3.25`; digits past the hundredths are rounded half away from zero.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let centi = parse_centi(text)?;
        i16::try_from(centi).map(Self).map_err(|_| ParseDecimalError::Range(clip(text)))
    }
}

impl fmt::Display for CentiCelsius {
    /// Writes `21.5`, `-0.05`, `20`: no trailing zeros.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, rest) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        match (rest, rest % 10) {
            (0, _) => write!(f, "{sign}{whole}"),
            (_, 0) => write!(f, "{sign}{whole}.{}", rest / 10),
            _ => write!(f, "{sign}{whole}.{rest:02}"),
        }
    }
}

fn clip(text: &str) -> String {
    text.chars().take(32).collect()
}

/// Hundredths of the decimal number in `text`.
fn parse_centi(text: &str) -> Result<i64, ParseDecimalError> {
    let wrong = || ParseDecimalError::Form(clip(text));
    let trimmed = text.trim();
    let (negative, digits) = match trimmed.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, trimmed),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) {
        return Err(wrong());
    }
    let whole: i64 = whole.parse().map_err(|_| ParseDecimalError::Range(clip(text)))?;
    let mut places = fraction.bytes().map(|b| i64::from(b - b'0'));
    let mut place = || places.next().unwrap_or(0);
    let (tenth, hundredth, next) = (place(), place(), place());
    let centi = whole
        .checked_mul(100)
        .and_then(|c| c.checked_add(tenth * 10 + hundredth + i64::from(next >= 5)))
        .ok_or_else(|| ParseDecimalError::Range(clip(text)))?;
    Ok(if negative { -centi } else { centi })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temperatures_read_and_write_without_floats() {
        for (text, centi) in
            [("21", 2100), ("21.5", 2150), ("-3.25", -325), ("0.05", 5), ("-0.5", -50), ("19.99", 1999)]
        {
            assert_eq!(text.parse(), Ok(CentiCelsius(centi)), "{text}");
            assert_eq!(CentiCelsius(centi).to_string(), text);
        }
        assert_eq!("21.499999".parse(), Ok(CentiCelsius(2150)));
        assert_eq!("21.500".parse(), Ok(CentiCelsius(2150)));
    }

    #[test]
    fn what_is_no_temperature_is_refused() {
        for text in ["", "-", ".5", "5.", "1e3", "NaN", "21,5", "+3", "400", "99999999999999999999"] {
            assert!(text.parse::<CentiCelsius>().is_err(), "{text}");
        }
    }
}
