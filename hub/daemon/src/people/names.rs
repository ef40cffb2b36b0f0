//! People's names: what one may be, and when two are the same.

use web_ui::Refused;

use super::invalid;

/// The name as people are looked up by it: telephones write the first letter large, unasked.
pub(super) fn key(name: &str) -> String {
    name.trim().to_lowercase()
}

/// The name as it is kept, or why it is none.
pub(super) fn checked(name: &str) -> Result<String, Refused> {
    let name = name.trim();
    let fits = (1..=64).contains(&name.chars().count()) && !name.chars().any(is_confusing);
    if fits {
        Ok(name.to_owned())
    } else {
        Err(invalid("a name has 1 to 64 characters, without / and control characters"))
    }
}

/// Control characters, those that turn the direction of writing, and the one that parts a person from a token.
fn is_confusing(c: char) -> bool {
    c.is_control()
        || c == '/'
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_visible_and_the_same_in_any_case() {
        for name in ["ada", " Ada L. ", "Zoë", "<b>"] {
            assert_eq!(checked(name).unwrap(), name.trim());
        }
        for name in ["", "  ", "a/b", "a\nb", "a\u{202e}b", &"a".repeat(65)] {
            checked(name).unwrap_err();
        }
        assert_eq!(key(" ADA "), key("ada"));
    }
}
