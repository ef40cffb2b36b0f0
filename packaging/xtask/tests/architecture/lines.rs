//! How long files and functions are.

use std::path::PathBuf;

use crate::text::{blank, item, without_tests};

/// A file longer than this is several.
const FILE: usize = 600;
/// A function longer than this wants a name for its parts.
const FUNCTION: usize = 60;

pub(crate) fn long_files(sources: &[(PathBuf, String)]) -> Vec<String> {
    let lengths = sources.iter().map(|(path, text)| (path, text.lines().count()));
    lengths
        .filter(|(_, length)| *length > FILE)
        .map(|(path, length)| format!("{}: {length} lines, more than {FILE}", path.display()))
        .collect()
}

pub(crate) fn long_functions(sources: &[(PathBuf, String)]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in sources {
        let code = without_tests(&blank(text));
        for (at, _) in code.match_indices("fn ") {
            let length = code[at..at + item(&code[at..])].lines().count();
            if length > FUNCTION {
                let line = code[..at].matches('\n').count() + 1;
                found.push(format!("{}:{line}: a function of {length} lines", path.display()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_too_many_is_found() {
        let file = |lines| vec![(PathBuf::from("a.rs"), "x\n".repeat(lines))];
        assert_eq!(long_files(&file(FILE)), [""; 0]);
        assert_eq!(long_files(&file(FILE + 1)), ["a.rs: 601 lines, more than 600"]);

        let function = |lines| vec![(PathBuf::from("a.rs"), format!("\nfn f() {{{}}}", "\n".repeat(lines - 1)))];
        assert_eq!(long_functions(&function(FUNCTION)), [""; 0]);
        assert_eq!(long_functions(&function(FUNCTION + 1)), ["a.rs:2: a function of 61 lines"]);
    }
}
