//! Topic names and filters: validity and matching (MQTT 5.0, 4.7; the same in 3.1.1).
//! It knows no sessions; `tree` holds who subscribed to what.

use thiserror::Error;

/// Longest topic or filter taken, in bytes. MQTT allows 65,535; a house needs no such names.
pub(crate) const MAX_BYTES: usize = 1024;
/// Most levels of a topic or filter, which bounds the depth of the subscription tree.
pub(crate) const MAX_LEVELS: usize = 32;

/// Why a topic name or filter was refused.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum TopicError {
    /// A name or filter has at least one character (MQTT 5.0, 4.7.3).
    #[error("topic is empty")]
    Empty,
    /// Not UTF-8 (1.5.4).
    #[error("topic is not utf-8")]
    NotUtf8,
    /// Longer than the broker takes.
    #[error("topic has {0} bytes, the limit is {MAX_BYTES}")]
    TooLong(usize),
    /// Deeper than the broker takes.
    #[error("topic has {0} levels, the limit is {MAX_LEVELS}")]
    TooDeep(usize),
    /// U+0000 is in no topic (1.5.4).
    #[error("topic contains a NUL")]
    Nul,
    /// A wildcard in a topic name, or misplaced in a filter (4.7.1).
    #[error("wildcard not allowed here: {0:?}")]
    Wildcard(String),
}

fn check_common(text: &str) -> Result<(), TopicError> {
    if text.is_empty() {
        return Err(TopicError::Empty);
    }
    if text.len() > MAX_BYTES {
        return Err(TopicError::TooLong(text.len()));
    }
    if text.contains('\0') {
        return Err(TopicError::Nul);
    }
    let levels = text.split('/').count();
    if levels > MAX_LEVELS {
        return Err(TopicError::TooDeep(levels));
    }
    Ok(())
}

/// Checks a topic name to publish to.
pub fn check_name(name: &str) -> Result<(), TopicError> {
    check_common(name)?;
    if name.contains(['+', '#']) {
        return Err(TopicError::Wildcard(name.to_owned()));
    }
    Ok(())
}

/// Checks a filter to subscribe to.
pub fn check_filter(filter: &str) -> Result<(), TopicError> {
    check_common(filter)?;
    let mut levels = filter.split('/').peekable();
    while let Some(level) = levels.next() {
        let multi = level.contains('#') && (level != "#" || levels.peek().is_some());
        let single = level.contains('+') && level != "+";
        if multi || single {
            return Err(TopicError::Wildcard(filter.to_owned()));
        }
    }
    Ok(())
}

/// Whether `filter` matches `name`; both are valid. A wildcard in first place matches no name that starts with `$`.
pub fn matches(filter: &str, name: &str) -> bool {
    if name.starts_with('$') && filter.starts_with(['+', '#']) {
        return false;
    }
    let mut names = name.split('/');
    for level in filter.split('/') {
        if level == "#" {
            return true;
        }
        match names.next() {
            Some(_) if level == "+" => {}
            Some(found) if found == level => {}
            _ => return false,
        }
    }
    names.next().is_none()
}

/// The part of a filter that every matching name starts with: all before the first wildcard level.
pub(crate) fn literal_prefix(filter: &str) -> &str {
    let wildcard = filter.find(['+', '#']);
    let end = wildcard.map_or(filter.len(), |at| at.saturating_sub(1));
    filter.get(..end).unwrap_or("")
}

/// Filters that together describe a set of topics.
#[derive(Debug, Default, Clone)]
pub(crate) struct TopicSet(Vec<String>);

impl TopicSet {
    pub(crate) fn new(filters: &[String]) -> Result<Self, TopicError> {
        filters.iter().try_for_each(|filter| check_filter(filter))?;
        Ok(Self(filters.to_vec()))
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.0.iter().any(|filter| matches(filter, name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn filters_match_as_the_standard_says() {
        // MQTT 5.0, 4.7.1.2, 4.7.1.3 and 4.7.2, their own examples.
        for name in ["sport/tennis/player1", "sport/tennis/player1/ranking", "sport/tennis/player1/score/wimbledon"] {
            assert!(matches("sport/tennis/player1/#", name));
        }
        assert!(matches("sport/#", "sport"));
        assert!(matches("sport/tennis/+", "sport/tennis/player1"));
        assert!(!matches("sport/tennis/+", "sport/tennis/player1/ranking"));
        assert!(!matches("sport/+", "sport"));
        assert!(matches("sport/+", "sport/"));
        assert!(matches("+/+", "/finance"));
        assert!(matches("/+", "/finance"));
        assert!(!matches("+", "/finance"));
        assert!(!matches("#", "$SYS/uptime"));
        assert!(!matches("+/monitor/Clients", "$SYS/monitor/Clients"));
        assert!(matches("$SYS/#", "$SYS/"));
        assert!(matches("été/+", "été/température"));
    }

    #[test]
    fn misplaced_wildcards_are_refused() {
        for filter in ["a/#/b", "sport/tennis#", "sport+", "a/+b/c", "##", "+#", "a/#+"] {
            assert!(matches!(check_filter(filter), Err(TopicError::Wildcard(_))), "{filter}");
        }
        for filter in ["#", "+", "/", "+/+/#", "a//b", "$SYS/#", "été/#"] {
            assert_eq!(check_filter(filter), Ok(()), "{filter}");
        }
    }

    #[test]
    fn names_are_bounded_and_clean() {
        assert_eq!(check_name(""), Err(TopicError::Empty));
        assert_eq!(check_name("a\0b"), Err(TopicError::Nul));
        assert_eq!(check_name(&"x".repeat(1025)), Err(TopicError::TooLong(1025)));
        assert_eq!(check_name(&"/".repeat(32)), Err(TopicError::TooDeep(33)));
        assert!(matches!(check_name("a/+/c"), Err(TopicError::Wildcard(_))));
        assert_eq!(check_name("été/temp"), Ok(()));
    }

    #[test]
    fn prefix_ends_before_the_first_wildcard() {
        assert_eq!(literal_prefix("a/b/#"), "a/b");
        assert_eq!(literal_prefix("+/x"), "");
        assert_eq!(literal_prefix("a/b"), "a/b");
        assert_eq!(literal_prefix("é/+"), "é");
    }

    proptest! {
        #[test]
        fn what_matches_starts_with_the_prefix(filter in "[ab+#/é]{1,12}", name in "[abé/]{1,12}") {
            if check_filter(&filter).is_ok() && matches(&filter, &name) {
                prop_assert!(name.starts_with(literal_prefix(&filter)));
            }
        }

        #[test]
        fn a_name_matches_itself(name in "[^+#\0]{1,40}") {
            prop_assert!(matches(&name, &name));
        }
    }
}
