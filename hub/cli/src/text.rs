//! Text for a terminal: values in words, columns by display width, and nothing that moves the cursor.

use serde_json::Value;
use unicode_width::UnicodeWidthStr;

/// What stands where there is no value.
pub(crate) const NONE: &str = "-";

/// `text` without what a terminal would act on: names come by radio and could hold escape sequences.
pub(crate) fn clean(text: &str) -> String {
    text.chars().map(|c| if acts(c) { '\u{fffd}' } else { c }).collect()
}

/// `value` as one line of JSON; what [`clean`] would replace is escaped, so that it is still the same data.
pub(crate) fn json(value: &Value) -> String {
    let line = value.to_string();
    if !line.contains(acts) {
        return line;
    }
    // Such a character stands inside of a string, where an escape means the same. All are in the basic plane.
    let escaped = |c: char| if acts(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
    line.chars().map(escaped).collect()
}

/// Control characters, and those that turn the direction of what follows.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A value as people write it.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::Null => NONE.to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) if text.is_empty() => NONE.to_owned(),
        Value::String(text) => clean(text),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Number(_) | Value::Object(_) => clean(&value.to_string()),
    }
}

/// The field `key` of `object`, as people write it.
pub(crate) fn field(object: &Value, key: &str) -> String {
    plain(object.get(key).unwrap_or(&Value::Null))
}

/// The point in time in the field `key`, in UTC to the second: `2026-11-23 18:00:00`.
pub(crate) fn when(object: &Value, key: &str) -> String {
    time(object.get(key).unwrap_or(&Value::Null))
}

/// A point in time, in UTC to the second.
pub(crate) fn time(value: &Value) -> String {
    let text = plain(value);
    text.get(..19).map_or_else(|| text.clone(), |seconds| seconds.replace('T', " "))
}

/// A length of time in its two largest units: `3 h 5 min`.
pub(crate) fn span(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min"),
        (0, _, _) => format!("{hours} h {minutes} min"),
        (_, _, _) => format!("{days} d {hours} h"),
    }
}

/// Each item on a line of its own.
pub(crate) fn lines(lines: &[String]) -> String {
    lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
}

/// Rows under a heading, each column as wide as its widest cell.
pub(crate) fn table<const N: usize>(heading: [&str; N], rows: &[[String; N]]) -> String {
    let mut widths = heading.map(UnicodeWidthStr::width);
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    let mut text = line(heading.iter().copied(), &widths);
    for row in rows {
        text.push_str(&line(row.iter().map(String::as_str), &widths));
    }
    text
}

fn line<'a>(cells: impl Iterator<Item = &'a str>, widths: &[usize]) -> String {
    let mut text = String::new();
    for (cell, width) in cells.zip(widths) {
        text.push_str(cell);
        // By what the terminal shows, not by characters: `ü` may be two of them, a kana takes two places.
        text.push_str(&" ".repeat(width.saturating_sub(cell.width()) + 2));
    }
    let mut text = text.trim_end().to_owned();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn columns_align_by_what_is_shown() {
        let rows = [
            ["Küche".to_owned(), "1".to_owned()],
            ["居間".to_owned(), "2".to_owned()],
            ["u\u{308}".to_owned(), "3".to_owned()],
        ];
        let expected = "NAME   N\nKüche  1\n居間   2\nu\u{308}      3\n";
        assert_eq!(table(["NAME", "N"], &rows), expected);
    }

    #[test]
    fn nothing_acts_on_the_terminal() {
        assert_eq!(clean("a\u{1b}[2Jb\nc\u{9b}d\u{202e}e"), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d\u{fffd}e");
        let value = json!({"name": "a\u{1b}\u{9b}\u{202e}ü"});
        let line = json(&value);
        assert!(line.chars().all(|c| !acts(c)), "{line}");
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), value);
    }

    #[test]
    fn spans_have_two_units() {
        let cases = [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3725, "1 h 2 min"), (90_000, "1 d 1 h")];
        for (seconds, text) in cases {
            assert_eq!(span(seconds), text);
        }
    }

    #[test]
    fn times_are_short_and_odd_ones_unharmed() {
        assert_eq!(time(&json!("2026-11-23T18:00:00.123Z")), "2026-11-23 18:00:00");
        assert_eq!(time(&json!(null)), "-");
        assert_eq!(time(&json!("äääääääääääääääääääääää")), "äääääääääääääääääääääää");
    }
}
