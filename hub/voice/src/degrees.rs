//! Temperatures as the vendors write them, in hundredths of °C. Knows scales, no bounds of a grant and no floats.

use serde_json::Number;

/// What a number of degrees is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    /// °C.
    Celsius,
    /// °F.
    Fahrenheit,
    /// K.
    Kelvin,
}

impl Scale {
    /// Reads Alexa's word.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        match word {
            "CELSIUS" => Some(Self::Celsius),
            "FAHRENHEIT" => Some(Self::Fahrenheit),
            "KELVIN" => Some(Self::Kelvin),
            _ => None,
        }
    }

    /// A temperature in hundredths of °C; `None` beyond four digits before the point.
    pub(crate) fn temperature(self, number: &Number) -> Option<i32> {
        let zero = match self {
            Self::Celsius => 0,
            Self::Fahrenheit => 32_000,
            Self::Kelvin => 273_150,
        };
        self.hundredths(thousandths(number)? - zero)
    }

    /// A difference of temperatures in hundredths of °C; `None` beyond four digits before the point.
    pub(crate) fn difference(self, number: &Number) -> Option<i32> {
        self.hundredths(thousandths(number)?)
    }

    /// Rounds to the nearest, the warmer of two.
    fn hundredths(self, thousandths: i64) -> Option<i32> {
        let (times, per) = match self {
            Self::Celsius | Self::Kelvin => (1, 10),
            Self::Fahrenheit => (5, 90),
        };
        i32::try_from((2 * times * thousandths + per).div_euclid(2 * per)).ok()
    }
}

/// Reads up to four digits before the point and three behind it; what follows is left away. An exponent is written only for
/// what is no temperature.
fn thousandths(number: &Number) -> Option<i64> {
    let text = number.to_string();
    let (sign, digits) = text.strip_prefix('-').map_or((1, text.as_str()), |digits| (-1, digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    if whole.len() > 4 || !digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    let part: String = part.chars().chain("000".chars()).take(3).collect();
    Some(sign * (whole.parse::<i64>().ok()? * 1000 + part.parse::<i64>().ok()?))
}

#[cfg(test)]
mod tests {
    use super::Scale::{Celsius, Fahrenheit, Kelvin};
    use super::*;

    fn number(text: &str) -> Number {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn every_scale_ends_in_hundredths_of_celsius() {
        for (scale, text, centi) in [
            (Celsius, "21", 2100),
            (Celsius, "21.5", 2150),
            (Celsius, "-0.005", 0),
            (Celsius, "20.999999999999996", 2100),
            (Celsius, "2.15e1", 2150),
            (Fahrenheit, "70", 2111),
            (Fahrenheit, "68.0", 2000),
            (Fahrenheit, "-40", -4000),
            (Kelvin, "293.15", 2000),
            (Kelvin, "0", -27315),
        ] {
            assert_eq!(scale.temperature(&number(text)), Some(centi), "{text} {scale:?}");
        }
    }

    #[test]
    fn a_difference_has_no_zero() {
        assert_eq!(Celsius.difference(&number("-2")), Some(-200));
        assert_eq!(Fahrenheit.difference(&number("1.8")), Some(100));
        assert_eq!(Kelvin.difference(&number("0.5")), Some(50));
    }

    #[test]
    fn what_is_no_temperature_is_none() {
        for text in ["1e308", "-1e308", "1e17", "10000", "18446744073709551615", "1e-300"] {
            assert_eq!(Celsius.temperature(&number(text)), None, "{text}");
        }
    }
}
