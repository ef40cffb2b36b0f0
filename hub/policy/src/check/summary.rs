//! Summaries: sources of one kind, one transform, and the words that it can say.

use std::borrow::Cow;
use std::time::Duration;

use summary::Word;
use toml::Spanned;

use super::{misplaced, number, parsed, time};
use crate::error::Problems;
use crate::file;
use crate::model::{Placed, Summary};
use crate::rule::Rule;
use crate::sample::MAX_AGE;
use crate::source::Source;
use crate::value::{Unit, Value};

/// So many bands at most: an alphabet is something to be read aloud.
const MOST_WORDS: usize = 8;
const MOST_SOURCES: usize = 32;
const DAY: Duration = Duration::from_secs(24 * 3600);

/// What a transform makes of its sources: a rule, and the words that it gives by itself. Without words the owner lists
/// as many as are said here.
struct Made {
    rule: Rule,
    words: Vec<Word>,
    free: usize,
}

pub(super) fn summary(written: &file::Summary, problems: &mut Problems<'_>) -> Option<Summary> {
    let sources = sources(&written.source, problems);
    let listed = values(&written.values, problems);
    let ages = (Duration::from_secs(60), DAY * 400);
    let max_age = written.max_age.as_ref().map_or(Some(MAX_AGE), |text| time(text, ages, problems));
    let (sources, listed) = (sources?, listed?);
    let made = rule(&written.transform, &sources, listed.len(), problems)?;
    let says = |words: &[Word]| {
        let quoted = words.iter().map(|word| format!("\"{word}\"")).chain(["\"unknown\"".to_owned()]);
        format!("[{}]", quoted.collect::<Vec<_>>().join(", "))
    };
    let fits = if made.words.is_empty() { listed.len() == made.free } else { listed == made.words };
    if !fits {
        let remedy = match made.words.as_slice() {
            [] => format!("list {} words of your own, then \"unknown\"", made.free),
            words => format!("write values = {}", says(words)),
        };
        let span = written.values.span();
        problems.note(&span, format!("values = {} is not what the transform can say", says(&listed)), remedy);
        return None;
    }
    Some(Summary { sources, rule: made.rule, words: listed, max_age: max_age? })
}

fn sources(written: &Spanned<Vec<Spanned<String>>>, problems: &mut Problems<'_>) -> Option<Vec<Placed<Source>>> {
    let mut found: Vec<Placed<Source>> = Vec::new();
    let mut right = true;
    for text in written.get_ref() {
        match Source::parse(text.get_ref()) {
            Ok(source) => found.push(Placed { line: problems.line(&text.span()), it: source }),
            Err(error) => {
                problems.note(&text.span(), error.to_string(), error.remedy());
                right = false;
            }
        }
    }
    if found.len() > MOST_SOURCES {
        problems.note(&written.span(), format!("{} sources", found.len()), format!("use at most {MOST_SOURCES}"));
        right = false;
    }
    right.then_some(found)
}

/// The owner's words without the last one, which has to be "unknown".
fn values(written: &Spanned<Vec<Spanned<String>>>, problems: &mut Problems<'_>) -> Option<Vec<Word>> {
    let texts = written.get_ref();
    let Some((last, words)) = texts.split_last().filter(|(last, _)| last.get_ref() == "unknown") else {
        let remedy = "end values with \"unknown\": sources can be out of reach";
        problems.note(&written.span(), "the last of values is not \"unknown\"", remedy);
        return None;
    };
    let mut found: Vec<Word> = Vec::new();
    for text in words {
        let word = parsed(text, problems)?;
        if found.contains(&word) || word.as_str() == last.get_ref() {
            problems.note(&text.span(), format!("{word:?} stands twice", word = word.as_str()), "list each word once");
            return None;
        }
        found.push(word);
    }
    Some(found)
}

fn rule(
    written: &Spanned<file::Transform>,
    sources: &[Placed<Source>],
    listed: usize,
    problems: &mut Problems<'_>,
) -> Option<Made> {
    let (span, transform) = (written.span(), written.get_ref());
    let given = [
        transform.all_of.is_some(),
        transform.any_of.is_some(),
        transform.band.is_some(),
        transform.step.is_some(),
        transform.age.is_some(),
        transform.constant.is_some(),
    ];
    if given.iter().filter(|given| **given).count() != 1 {
        let remedy = "write one of all_of, any_of, band, step, age and constant";
        problems.note(&span, "a summary needs exactly one transform", remedy);
        return None;
    }
    only_what_fits(transform, problems);
    if let Some(text) = &transform.constant {
        return constant(text, sources, &span, problems);
    }
    if sources.is_empty() {
        problems.note(&span, "this transform needs a source", "list it in source");
        return None;
    }
    if let Some(scalar) = transform.all_of.as_ref().or(transform.any_of.as_ref()) {
        return compared(transform, scalar, sources, problems);
    }
    one_source(transform, sources, listed, &span, problems)
}

/// Transforms of one source alone.
fn one_source(
    transform: &file::Transform,
    sources: &[Placed<Source>],
    listed: usize,
    span: &std::ops::Range<usize>,
    problems: &mut Problems<'_>,
) -> Option<Made> {
    if sources.len() != 1 {
        let what = format!("this transform takes one source, not {}", sources.len());
        problems.note(span, what, "make one summary for each source");
        return None;
    }
    if let Some(bands) = &transform.age {
        return age(bands, problems);
    }
    let source = &sources.first()?.it;
    let Some(range) = source.attribute.unit().span() else {
        problems.note(span, format!("{source} is no number"), "use all_of or any_of");
        return None;
    };
    let (edges, words) = match (&transform.band, &transform.step) {
        (Some(bands), _) => bands_of(bands, range, problems)?,
        (None, Some(step)) => (steps(transform, step, listed, range, problems)?, Vec::new()),
        (None, None) => return None,
    };
    let hysteresis = transform.hysteresis.as_ref().map_or(Some(0), |h| number(h, (0, range.1), problems))?;
    let narrowest = edges.iter().zip(edges.iter().skip(1)).map(|(low, high)| high - low).min();
    if narrowest.is_some_and(|narrowest| hysteresis * 2 > narrowest) {
        problems.note(span, "hysteresis is wider than a band", "make it at most half of the narrowest band");
        return None;
    }
    let free = edges.len() + 1;
    Some(Made { rule: Rule::Band { edges, hysteresis }, words, free })
}

/// Notes keys that mean nothing with this transform.
fn only_what_fits(transform: &file::Transform, problems: &mut Problems<'_>) {
    let compares = transform.all_of.is_some() || transform.any_of.is_some();
    let counts = transform.band.is_some() || transform.step.is_some();
    let beside = [
        ("hold_for", transform.hold_for.as_ref().map(Spanned::span), compares, "all_of and any_of alone have it"),
        ("hysteresis", transform.hysteresis.as_ref().map(Spanned::span), counts, "band and step alone have it"),
        ("from", transform.from.as_ref().map(Spanned::span), transform.step.is_some(), "step alone has it"),
    ];
    for (key, span, _, why) in beside.into_iter().filter(|row| !row.2) {
        if let Some(span) = span {
            misplaced(key, &span, &format!("this transform ({why})"), problems);
        }
    }
}

fn constant(
    text: &Spanned<String>,
    sources: &[Placed<Source>],
    span: &std::ops::Range<usize>,
    problems: &mut Problems<'_>,
) -> Option<Made> {
    if !sources.is_empty() {
        problems.note(span, "a constant has no source", "write source = []");
    }
    Some(Made { rule: Rule::Constant, words: vec![parsed(text, problems)?], free: 1 })
}

fn compared(
    transform: &file::Transform,
    scalar: &Spanned<file::Scalar>,
    sources: &[Placed<Source>],
    problems: &mut Problems<'_>,
) -> Option<Made> {
    let is = match scalar.get_ref() {
        file::Scalar::Flag(flag) => Value::Flag(*flag),
        file::Scalar::Word(word) => Value::Word(Cow::Owned(word.clone())),
    };
    let mut right = true;
    for Placed { line, it: source } in sources.iter().filter(|source| !source.it.attribute.can_be(&is)) {
        let counts = !matches!(source.attribute.unit(), Unit::Word | Unit::Flag);
        let remedy = if counts {
            "a number takes band or step".to_owned()
        } else {
            format!("compare it with {}", source.attribute.choices())
        };
        problems.note_line(*line, format!("{source} is never {is}"), remedy);
        right = false;
    }
    let hold = transform
        .hold_for
        .as_ref()
        .map_or(Some(Duration::ZERO), |text| time(text, (Duration::from_secs(1), DAY), problems))?;
    let rule = if transform.all_of.is_some() { Rule::All { is, hold } } else { Rule::Any { is, hold } };
    right.then_some(Made { rule, words: Vec::new(), free: 2 })
}

fn bands_of(
    bands: &Spanned<Vec<file::Band>>,
    range: (i32, i32),
    problems: &mut Problems<'_>,
) -> Option<(Vec<i32>, Vec<Word>)> {
    let rows = bands.get_ref();
    let mut edges = Vec::new();
    for edge in rows.iter().filter_map(|row| row.below.as_ref()) {
        edges.push(number(edge, range, problems)?);
    }
    let open = rows.iter().map(|row| row.below.is_none());
    rising(&edges, open, &bands.span(), problems)?;
    Some((edges, words(rows.iter().map(|row| &row.word), problems)?))
}

fn age(bands: &Spanned<Vec<file::AgeBand>>, problems: &mut Problems<'_>) -> Option<Made> {
    let rows = bands.get_ref();
    let mut edges = Vec::new();
    for edge in rows.iter().filter_map(|row| row.below.as_ref()) {
        edges.push(time(edge, (Duration::from_secs(60), DAY * 400), problems)?);
    }
    rising(&edges, rows.iter().map(|row| row.below.is_none()), &bands.span(), problems)?;
    let words = words(rows.iter().map(|row| &row.word), problems)?;
    let free = words.len();
    Some(Made { rule: Rule::Age { edges }, words, free })
}

fn words<'a>(texts: impl Iterator<Item = &'a Spanned<String>>, problems: &mut Problems<'_>) -> Option<Vec<Word>> {
    texts.map(|text| parsed(text, problems)).collect()
}

/// The last band, and it alone, is open at its end; edges rise.
fn rising<T: PartialOrd>(
    edges: &[T],
    open: impl Iterator<Item = bool>,
    span: &std::ops::Range<usize>,
    problems: &mut Problems<'_>,
) -> Option<()> {
    let open: Vec<bool> = open.collect();
    let ends = open.iter().position(|open| *open) == open.len().checked_sub(1);
    let rise = edges.iter().zip(edges.iter().skip(1)).all(|(low, high)| low < high);
    if !ends || !rise || !(2..=MOST_WORDS).contains(&open.len()) {
        let remedy = "write 2 to 8 bands with rising `below`, and a last one without it";
        problems.note(span, "these bands do not share out all values", remedy);
        return None;
    }
    Some(())
}

/// Edges at `from` and each `step` further, one less than there are words.
fn steps(
    transform: &file::Transform,
    step: &Spanned<f64>,
    listed: usize,
    range: (i32, i32),
    problems: &mut Problems<'_>,
) -> Option<Vec<i32>> {
    let Some(from) = &transform.from else {
        problems.note(&step.span(), "step has no beginning", "write from = the first edge");
        return None;
    };
    let (step_centi, from_centi) = (number(step, (1, range.1), problems)?, number(from, range, problems)?);
    let count = i32::try_from(listed.checked_sub(1)?).ok()?;
    let last = from_centi.checked_add(step_centi.checked_mul((count - 1).max(0))?)?;
    if !(2..=MOST_WORDS).contains(&listed) || last > range.1 {
        let what = format!("{listed} words do not fit these steps");
        problems.note(&step.span(), what, "list 2 to 8 words: one below from, then one for each step");
        return None;
    }
    Some((0..count).map(|place| from_centi + step_centi * place).collect())
}
