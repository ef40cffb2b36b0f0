//! What is wrong with a policy, for the person who wrote it.

use std::fmt;
use std::ops::Range;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line of the file, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}; {}", self.line, self.what, self.remedy)
    }
}

/// All that is wrong with a policy. None of it was taken over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct PolicyErrors(Vec<Problem>);

impl PolicyErrors {
    /// What is wrong, in the order of the lines; never empty.
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }
}

impl fmt::Display for PolicyErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = self.0.iter().map(Problem::to_string).collect::<Vec<_>>();
        f.write_str(&lines.join("\n"))
    }
}

/// Gathers what is wrong while a policy is read.
#[derive(Debug)]
pub(crate) struct Problems<'a> {
    text: &'a str,
    found: Vec<Problem>,
}

impl<'a> Problems<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, found: Vec::new() }
    }

    /// The line on which a span of bytes begins, from 1.
    pub(crate) fn line(&self, span: &Range<usize>) -> usize {
        self.text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1
    }

    /// Notes something that is wrong at `span`.
    pub(crate) fn note(&mut self, span: &Range<usize>, what: impl Into<String>, remedy: impl Into<String>) {
        let line = self.line(span);
        self.note_line(line, what, remedy);
    }

    /// Notes something that is wrong on a line.
    pub(crate) fn note_line(&mut self, line: usize, what: impl Into<String>, remedy: impl Into<String>) {
        self.found.push(Problem { line, what: what.into(), remedy: remedy.into() });
    }

    /// True as long as nothing was wrong.
    pub(crate) fn is_clean(&self) -> bool {
        self.found.is_empty()
    }

    /// `value` if nothing was wrong.
    pub(crate) fn or<T>(mut self, value: T) -> Result<T, PolicyErrors> {
        if self.is_clean() {
            return Ok(value);
        }
        self.found.sort_by_key(|problem| problem.line);
        Err(self.into())
    }
}

impl From<Problems<'_>> for PolicyErrors {
    fn from(problems: Problems<'_>) -> Self {
        Self(problems.found)
    }
}
