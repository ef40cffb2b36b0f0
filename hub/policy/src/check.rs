//! From what is written to what is meant: every rule of `policy.toml` that its form alone does not show.

mod audience;
mod control;
mod summary;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Range;
use std::str::FromStr;
use std::time::Duration;

use toml::Spanned;

use crate::error::{PolicyErrors, Problems};
use crate::file::File;
use crate::model::Policy;
use crate::number::{centi, duration};

/// A policy is written by hand; whatever is longer is none.
const MOST_BYTES: usize = 256 * 1024;

impl Policy {
    /// Reads a `policy.toml`. It is taken over whole or not at all.
    pub fn parse(text: &str) -> Result<Self, PolicyErrors> {
        let mut problems = Problems::new(text);
        if text.len() > MOST_BYTES {
            problems.note_line(1, format!("the policy has {} bytes", text.len()), "keep it below 256 KiB");
        }
        let file = match problems.is_clean().then(|| toml::from_str::<File>(text)) {
            Some(Ok(file)) => file,
            Some(Err(error)) => {
                let span = error.span().unwrap_or(0..0);
                problems.note(&span, error.message().replace('\n', " "), "see hub/policy/README.md for the keys");
                return Err(problems.into());
            }
            None => return Err(problems.into()),
        };
        let policy = whole(&file, text, &mut problems);
        problems.or(policy)
    }
}

fn whole(file: &File, text: &str, problems: &mut Problems<'_>) -> Policy {
    if *file.version.get_ref() != 1 {
        problems.note(&file.version.span(), format!("version {} is unknown", file.version.get_ref()), "write 1");
    }
    let mut summaries = BTreeMap::new();
    for (name, written) in &file.summary {
        let name = parsed(name, problems);
        let summary = summary::summary(written, problems);
        summaries.extend(name.zip(summary));
    }
    let mut audiences = BTreeMap::new();
    for (name, written) in &file.audience {
        let audience = audience::audience(name, written, &summaries, problems);
        audiences.extend(parsed(name, problems).zip(audience));
    }
    Policy { text: text.to_owned(), summaries, audiences }
}

/// A name of ours, or a problem.
fn parsed<T: FromStr<Err = ::summary::NameError>>(text: &Spanned<String>, problems: &mut Problems<'_>) -> Option<T> {
    text.get_ref()
        .parse()
        .map_err(|error: T::Err| problems.note(&text.span(), error.to_string(), "choose another name"))
        .ok()
}

/// A number in hundredths within a range in hundredths, or a problem.
fn number(written: &Spanned<f64>, range: (i32, i32), problems: &mut Problems<'_>) -> Option<i32> {
    let value = written.get_ref();
    let inside = |centi: &i32| (range.0..=range.1).contains(centi);
    let found = centi(*value).filter(inside);
    if found.is_none() {
        let (low, high) = (range.0 / 100, range.1 / 100);
        let remedy = format!("write a number from {low} to {high} with at most two decimals");
        problems.note(&written.span(), format!("{value} can't stand here"), remedy);
    }
    found
}

/// A time within a range, or a problem.
fn time(written: &Spanned<String>, range: (Duration, Duration), problems: &mut Problems<'_>) -> Option<Duration> {
    let found = duration(written.get_ref()).filter(|time| (range.0..=range.1).contains(time));
    if found.is_none() {
        let (low, high) = (crate::number::spoken(range.0), crate::number::spoken(range.1));
        let remedy = format!("write a time from {low} to {high}, such as \"90s\" or \"15m\"");
        problems.note(&written.span(), format!("{:?} can't stand here", written.get_ref()), remedy);
    }
    found
}

/// Notes a key that means nothing beside the others.
fn misplaced(key: &str, span: &Range<usize>, beside: &str, problems: &mut Problems<'_>) {
    problems.note(span, format!("{key} means nothing with {beside}"), format!("remove {key}"));
}
