//! Rust source made easy to search: comments and literals blanked, test code cut, the rest as words. Lines stay where they were.

/// `source` with comments and the insides of literals replaced by blanks.
pub(crate) fn blank(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = literal(rest).or_else(|| comment(rest));
        match length {
            Some(length) => out.extend(rest[..length].chars().map(|c| if c == '\n' { c } else { ' ' })),
            None if first.is_alphanumeric() || first == '_' => {
                let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                out.push_str(&rest[..word]);
                rest = &rest[word..];
                continue;
            }
            None => out.push(first),
        }
        rest = &rest[length.unwrap_or(first.len_utf8())..];
    }
    out
}

fn comment(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    if !text.starts_with("/*") {
        return None;
    }
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        let here = &text[at..];
        if here.starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if here.starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return Some(at);
            }
        } else {
            at += here.chars().next().map_or(1, char::len_utf8);
        }
    }
    Some(text.len())
}

/// The length of the string or character at the start of `text`.
fn literal(text: &str) -> Option<usize> {
    let plain = text.strip_prefix(['b', 'c']).filter(|rest| rest.starts_with(['"', '\'', 'r'])).unwrap_or(text);
    let before = text.len() - plain.len();
    match plain.chars().next()? {
        '"' => Some(before + closing(plain, '"')),
        // 'a is a lifetime; 'a' and '\n' are characters.
        '\'' if plain.starts_with("'\\") || plain.chars().nth(2) == Some('\'') => Some(before + closing(plain, '\'')),
        'r' => raw_string(plain).map(|length| before + length),
        _ => None,
    }
}

/// The length up to the closing quote of a literal that has escapes.
fn closing(text: &str, quote: char) -> usize {
    let mut inside = text.char_indices().skip(1);
    while let Some((at, c)) = inside.next() {
        if c == quote {
            return at + 1;
        }
        if c == '\\' {
            inside.next();
        }
    }
    text.len()
}

fn raw_string(text: &str) -> Option<usize> {
    let hashes = text.get(1..)?.find(|c| c != '#')?;
    let start = 1 + hashes;
    let end = format!("\"{}", "#".repeat(hashes));
    let inside = text.get(start..)?.strip_prefix('"')?;
    Some(inside.find(&end).map_or(text.len(), |at| start + 1 + at + end.len()))
}

/// `code` (blanked) without the items marked `#[cfg(test)]` and without functions marked `#[test]`.
pub(crate) fn without_tests(code: &str) -> String {
    let mut out = String::new();
    let mut rest = code;
    while let Some(at) = ["#[cfg(test)]", "#[test]"].iter().filter_map(|mark| rest.find(mark)).min() {
        let after = at + rest[at..].find(']').map_or(0, |end| end + 1);
        let end = after + item(&rest[after..]);
        out.push_str(&rest[..at]);
        out.extend(rest[at..end].chars().filter(|c| *c == '\n'));
        rest = &rest[end..];
    }
    out + rest
}

/// The length of the item or match arm at the start of `code`: to its closing brace, its semicolon or, for an arm, its comma.
pub(crate) fn item(code: &str) -> usize {
    let first = code.trim_start().split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let arm = first.starts_with(char::is_uppercase);
    let mut depth = 0;
    for (at, c) in code.char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' if depth == 0 => return at,
            '}' | ')' | ']' => depth -= 1,
            ';' if depth == 0 => return at + 1,
            ',' if depth == 0 && arm => return at + 1,
            _ => {}
        }
        if depth == 0 && c == '}' {
            return at + 1;
        }
    }
    code.len()
}

/// The words of `code` (blanked): identifiers, `::`, and single characters.
pub(crate) fn words(code: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if first.is_alphanumeric() || first == '_' {
            rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        words.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_blanked_and_code_stays() {
        let source =
            "a /* b /* c */ d */ e // f\n\"g\\\" h\" i r#\"j \" k\"# l 'm' 'n '\\'' o b'p' q '\\u{1F}' r br\"s\" t";
        assert_eq!(words(&blank(source)).join(" "), "a e i l ' n o q r t");
        assert_eq!(blank(source).lines().count(), 2);
        assert_eq!(
            words(&blank("fn f<'a>(x: &'a str) -> r#type")).join(" "),
            "fn f < ' a > ( x : & ' a str ) - > r # type"
        );
    }

    #[test]
    fn test_code_is_cut_and_lines_stay() {
        let code = "use a;\n#[cfg(test)]\nmod tests {\n use b; { }\n}\n#[cfg(test)]\nmod c;\nuse d;\n#[test]\nfn e() { f(); }\nuse g;";
        let cut = without_tests(code);
        assert_eq!(words(&cut).join(" "), "use a ; use d ; use g ;");
        assert_eq!(cut.lines().count(), code.lines().count());
        let arms = "match x { A => 1, #[cfg(test)] B(y, z) => f(y, z), C => 2, #[cfg(test)] D => 3 } g";
        assert_eq!(words(&without_tests(arms)).join(" "), "match x { A = > 1 , C = > 2 , } g");
    }
}
