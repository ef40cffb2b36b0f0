//! Counts tests from what test runners print: the `test result:` lines of Rust's harness.

/// How many tests passed and failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Tests that passed.
    pub(crate) passed: u64,
    /// Tests that failed.
    pub(crate) failed: u64,
}

impl Tally {
    /// The sum over all `test result: ok. 3 passed; 0 failed; …` lines.
    pub(crate) fn of(output: &str) -> Self {
        let results = output.lines().filter_map(|line| line.trim_start().strip_prefix("test result: "));
        results.fold(Self::default(), |sum, line| {
            sum.plus(Self { passed: count(line, "passed"), failed: count(line, "failed") })
        })
    }

    /// Both together.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self { passed: self.passed.saturating_add(other.passed), failed: self.failed.saturating_add(other.failed) }
    }
}

/// The number before `word`.
fn count(line: &str, word: &str) -> u64 {
    let words: Vec<&str> = line.split([' ', ';', '.']).filter(|word| !word.is_empty()).collect();
    let number = words.array_windows().find(|[_, after]| *after == word).map(|[number, _]| number.parse());
    number.and_then(Result::ok).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_what_the_harness_prints_and_nothing_else() {
        let output = "running 2 tests
test a ... ok
test result: ok. 31 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.09s
5 passed; 7 failed
   test result: FAILED. 9 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.50s
test result: gibberish
";
        assert_eq!(Tally::of(output), Tally { passed: 40, failed: 2 });
        assert_eq!(Tally::of(""), Tally::default());
    }
}
