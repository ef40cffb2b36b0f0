//! The rules that turn readings into a word, and what they remember. Pure: no device and no clock is known here.

use std::time::Duration;

use summary::Shown;

use crate::value::Value;

/// How a summary is made of its sources. The outcome is the place of a word in the owner's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Word 0 if each source is `is`, else word 1.
    All { is: Value, hold: Duration },
    /// Word 0 if a source is `is`, else word 1.
    Any { is: Value, hold: Duration },
    /// One more for each edge that the number is not below. Edges rise, in hundredths of the unit.
    Band { edges: Vec<i32>, hysteresis: i32 },
    /// One more for each edge that the age is not below. Edges rise.
    Age { edges: Vec<Duration> },
    /// Word 0, whatever happens.
    Constant,
}

/// What the sources say: all of them, or "not all are known".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Input {
    /// A value for each.
    Values(Vec<Value>),
    /// How long ago the source spoke.
    Age(Duration),
    /// At least one is missing, out of reach or old.
    Unknown,
}

/// What a rule remembers from one look to the next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Memory {
    /// The word that was last said, and until when it stays (steady clock).
    pub(crate) said: Option<(u8, Duration)>,
}

impl Rule {
    /// The word for this input at `up` on the steady clock.
    pub(crate) fn say(&self, input: &Input, memory: &mut Memory, up: Duration) -> Shown<u8> {
        if *self == Self::Constant {
            return Shown::Known(0);
        }
        let last = memory.said.map(|(word, _)| word);
        let Some(word) = self.word(input, last) else { return Shown::Unknown };
        match memory.said {
            Some((held, until)) if held != word && up < until => Shown::Known(held),
            Some((same, _)) if same == word => Shown::Known(word),
            _ => {
                memory.said = Some((word, up.saturating_add(self.hold())));
                Shown::Known(word)
            }
        }
    }

    fn word(&self, input: &Input, last: Option<u8>) -> Option<u8> {
        match (self, input) {
            (Self::All { is, .. }, Input::Values(values)) => Some(u8::from(!values.iter().all(|value| value == is))),
            (Self::Any { is, .. }, Input::Values(values)) => Some(u8::from(!values.contains(is))),
            (Self::Band { edges, hysteresis }, Input::Values(values)) => match values.as_slice() {
                [Value::Number(number)] => Some(band(edges, *hysteresis, *number, last)),
                _ => None,
            },
            (Self::Age { edges }, Input::Age(age)) => Some(place(edges, age)),
            _ => None,
        }
    }

    /// A word that was said stays at least so long.
    fn hold(&self) -> Duration {
        match self {
            Self::All { hold, .. } | Self::Any { hold, .. } => *hold,
            _ => Duration::ZERO,
        }
    }
}

/// How many edges `value` is not below.
fn place<T: PartialOrd>(edges: &[T], value: &T) -> u8 {
    u8::try_from(edges.iter().take_while(|edge| *edge <= value).count()).unwrap_or(u8::MAX)
}

/// Stays in the band it was in while the number is less than `hysteresis` outside of it.
fn band(edges: &[i32], hysteresis: i32, number: i32, last: Option<u8>) -> u8 {
    let plain = place(edges, &number);
    let Some(last) = last else { return plain };
    let at = usize::from(last);
    let above = at.checked_sub(1).and_then(|below| edges.get(below)).is_none_or(|edge| number >= edge - hysteresis);
    let below = edges.get(at).is_none_or(|edge| number < edge + hysteresis);
    if above && below && at <= edges.len() { last } else { plain }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;

    use super::*;

    fn number(number: i32) -> Input {
        Input::Values(vec![Value::Number(number)])
    }

    fn flags(flags: &[bool]) -> Input {
        Input::Values(flags.iter().map(|flag| Value::Flag(*flag)).collect())
    }

    #[test]
    fn one_unknown_source_makes_the_summary_unknown() {
        let rule = Rule::All { is: Value::Word(Cow::Borrowed("locked")), hold: Duration::ZERO };
        let mut memory = Memory::default();
        assert_eq!(rule.say(&Input::Unknown, &mut memory, Duration::ZERO), Shown::Unknown);
        assert_eq!(Rule::Constant.say(&Input::Unknown, &mut memory, Duration::ZERO), Shown::Known(0));
    }

    #[test]
    fn a_word_is_held_for_its_time_and_unknown_is_not() {
        let rule = Rule::Any { is: Value::Flag(true), hold: Duration::from_secs(900) };
        let mut memory = Memory::default();
        let mut say = |input: &Input, at| rule.say(input, &mut memory, Duration::from_secs(at));
        assert_eq!(say(&flags(&[false, true]), 0), Shown::Known(0));
        assert_eq!(say(&flags(&[false, false]), 60), Shown::Known(0));
        assert_eq!(say(&Input::Unknown, 61), Shown::Unknown);
        assert_eq!(say(&flags(&[false, false]), 899), Shown::Known(0));
        assert_eq!(say(&flags(&[false, false]), 900), Shown::Known(1));
        assert_eq!(say(&flags(&[true, false]), 1000), Shown::Known(1));
    }

    #[test]
    fn a_number_on_an_edge_does_not_flutter() {
        let rule = Rule::Band { edges: vec![1800, 2300], hysteresis: 50 };
        let mut memory = Memory::default();
        let steps = [(1790, 0), (1849, 0), (1850, 1), (1750, 1), (1749, 0), (2500, 2), (2250, 2), (2249, 1)];
        for (centi, word) in steps {
            assert_eq!(rule.say(&number(centi), &mut memory, Duration::ZERO), Shown::Known(word), "{centi}");
        }
    }

    proptest! {
        #[test]
        fn far_from_edges_the_band_is_that_of_the_number(last in 0u8..8, number in -5_000i32..10_000) {
            let edges = [1800, 2300];
            let near = edges.iter().any(|edge| (edge - number).abs() <= 50);
            let said = band(&edges, 50, number, Some(last));
            prop_assert!(said <= 2);
            prop_assert!(near || said == place(&edges, &number));
        }
    }
}
