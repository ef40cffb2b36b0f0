//! Text that comes by radio, made fit to be shown.

/// The most characters kept: the longest names that devices have are half of this.
const LONGEST: usize = 64;

/// `text` without control and invisible characters, at most 64 characters; `None` if nothing is left.
pub(super) fn clean(text: &str) -> Option<String> {
    let kept: String = text.chars().filter(|c| !c.is_control() && !is_invisible(*c)).take(LONGEST).collect();
    let kept = kept.trim();
    (!kept.is_empty()).then(|| kept.to_owned())
}

/// Characters that change how their neighbours look, and the mark of bad UTF-8.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fffd}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_device_calls_itself_is_fit_to_be_shown() {
        let cases = [
            (" TRV 1\t", Some("TRV 1")),
            ("Ya\u{202e}le\u{1b}[31m", Some("Yale[31m")),
            ("\u{fffd}\u{fffd}", None),
            ("", None),
        ];
        for (text, cleaned) in cases {
            assert_eq!(clean(text).as_deref(), cleaned, "{text:?}");
        }
        assert_eq!(clean(&"ä".repeat(300)).map(|text| text.chars().count()), Some(64));
    }
}
