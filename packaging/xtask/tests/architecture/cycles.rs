//! Modules that use each other in a circle, by the top level below `src`. Read from text: `crate::` and `super::` paths and what the
//! root re-exports; paths made by macros are missed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

use crate::text::{blank, without_tests, words};

/// Which top-level module uses which.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    uses: BTreeMap<String, BTreeSet<String>>,
}

/// Files that are roots of their own, not modules.
const ROOTS: &[&str] = &["lib", "main", "bin", "build"];

impl Graph {
    /// From the files below one `src`, with paths relative to it.
    pub(crate) fn read(files: &[(PathBuf, String)]) -> Self {
        let code: Vec<(Vec<String>, String)> = files
            .iter()
            .filter(|(path, _)| !is_test(path))
            .map(|(path, text)| (module(path), without_tests(&blank(text))))
            .collect();
        let modules: BTreeSet<&str> = code
            .iter()
            .filter_map(|(path, _)| path.first())
            .map(String::as_str)
            .filter(|name| !ROOTS.contains(name))
            .collect();
        let mut exports = BTreeMap::new();
        for (_, text) in code.iter().filter(|(path, _)| path.iter().all(|name| ROOTS.contains(&name.as_str()))) {
            exports.extend(re_exports(&words(text), &modules));
        }
        let mut graph = Self::default();
        for (path, text) in &code {
            let Some(user) = path.first().filter(|name| modules.contains(name.as_str())) else { continue };
            for used in used_from_root(&words(text), path) {
                let target = modules.get(used).copied().or_else(|| exports.get(used).map(String::as_str));
                if let Some(target) = target.filter(|target| target != user) {
                    graph.uses.entry(user.clone()).or_default().insert(target.to_owned());
                }
            }
        }
        graph
    }

    /// How many modules use another one.
    pub(crate) fn arrows(&self) -> usize {
        self.uses.values().map(BTreeSet::len).sum()
    }

    /// A shortest circle, as `a -> b -> a`.
    pub(crate) fn circle(&self) -> Option<String> {
        let circles = self.uses.keys().filter_map(|start| self.way_back(start));
        circles.min_by_key(Vec::len).map(|way| way.join(" -> "))
    }

    fn way_back<'a>(&'a self, start: &'a str) -> Option<Vec<&'a str>> {
        let mut ways = VecDeque::from([vec![start]]);
        let mut seen = BTreeSet::new();
        while let Some(way) = ways.pop_front() {
            for next in self.uses.get(*way.last()?).into_iter().flatten() {
                let way: Vec<&str> = way.iter().copied().chain([next.as_str()]).collect();
                if next == start {
                    return Some(way);
                }
                if seen.insert(next.as_str()) {
                    ways.push_back(way);
                }
            }
        }
        None
    }
}

fn is_test(path: &Path) -> bool {
    path.iter().any(|part| part == "tests" || part == "tests.rs")
}

/// `link/session.rs` is the module `link::session`.
fn module(path: &Path) -> Vec<String> {
    let mut parts: Vec<String> =
        path.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}

/// Names that the root brings to itself from a module: `use foo::{Bar, Baz as Qux};`.
fn re_exports(words: &[&str], modules: &BTreeSet<&str>) -> BTreeMap<String, String> {
    let mut exports = BTreeMap::new();
    for (at, _) in words.iter().enumerate().filter(|(_, word)| **word == "use") {
        let path: Vec<&str> = words[at + 1..].iter().copied().take_while(|word| *word != ";").collect();
        let path = path.strip_prefix(&["self", "::"]).or(path.strip_prefix(&["crate", "::"])).unwrap_or(&path);
        if let [from, "::", names @ ..] = path
            && modules.contains(from)
        {
            exports.extend(names.iter().map(|name| ((*name).to_owned(), (*from).to_owned())));
        }
    }
    exports
}

/// The first names after the crate's root in all paths of a file that is the module `file`.
fn used_from_root<'a>(words: &[&'a str], file: &[String]) -> Vec<&'a str> {
    let mut used = Vec::new();
    // How deep in braces we are, and at which depths inline modules began.
    let (mut depth, mut inline) = (0_usize, Vec::new());
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        match *word {
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                inline.retain(|began| *began <= depth);
            }
            "mod" if words.get(at + 1) == Some(&"{") => inline.push(depth + 1),
            "crate" if words.get(at) == Some(&"::") => used.extend(heads(&words[at + 1..])),
            "super" => {
                let mut up = 1;
                while words.get(at..at + 2) == Some(&["::", "super"]) {
                    (at, up) = (at + 2, up + 1);
                }
                if up >= file.len() + inline.len() && words.get(at) == Some(&"::") {
                    used.extend(heads(&words[at + 1..]));
                }
            }
            _ => {}
        }
    }
    used
}

/// The first name of the path, or those of each path in its braces.
fn heads<'a>(path: &[&'a str]) -> Vec<&'a str> {
    if path.first() != Some(&"{") {
        return path.first().copied().into_iter().collect();
    }
    let (mut depth, mut heads) = (0, Vec::new());
    for pair in path.windows(2) {
        depth += match pair[0] {
            "{" => 1,
            "}" => -1,
            _ => 0,
        };
        match (depth, pair[0]) {
            (0, _) => break,
            (1, "{" | ",") => heads.push(pair[1]),
            _ => {}
        }
    }
    heads
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circle(files: &[(&str, &str)]) -> Option<String> {
        let files: Vec<_> = files.iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned())).collect();
        Graph::read(&files).circle()
    }

    #[test]
    fn seeded_circles_are_found() {
        let long = [("a.rs", "use crate::b::X;"), ("b.rs", "fn f() { crate::c::g() }"), ("c.rs", "use super::a;")];
        assert_eq!(circle(&long).as_deref(), Some("a -> b -> c -> a"));
        let grouped = [("a.rs", "use crate::{z, b::{c, d}, y};"), ("b/mod.rs", "use super::a;")];
        assert_eq!(circle(&grouped).as_deref(), Some("a -> b -> a"));
        let deep = [("a.rs", "use crate::b;"), ("b.rs", ""), ("b/c.rs", "use super::super::a::X;")];
        assert_eq!(circle(&deep).as_deref(), Some("a -> b -> a"));
        let exported = [("lib.rs", "pub use a::{X, Y as Z};"), ("a.rs", "use crate::b;"), ("b.rs", "use crate::Z;")];
        assert_eq!(circle(&exported).as_deref(), Some("a -> b -> a"));
        let inline = [("a.rs", "mod inner { use super::super::b; }"), ("b.rs", "use super::a;")];
        assert_eq!(circle(&inline).as_deref(), Some("a -> b -> a"));
    }

    #[test]
    fn what_is_no_circle_is_not_called_one() {
        let comment = [("a.rs", "use crate::b; // crate::b"), ("b.rs", "// crate::a\nconst A: &str = \"crate::a\";")];
        assert_eq!(circle(&comment), None);
        let tests = [
            ("a.rs", "use crate::b;"),
            ("b.rs", "#[cfg(test)]\nmod tests { use crate::a; }"),
            ("b/tests.rs", "use crate::a;"),
        ];
        assert_eq!(circle(&tests), None);
        let child =
            [("a.rs", "use crate::b;"), ("b.rs", ""), ("b/a.rs", ""), ("b/c.rs", "use super::a; use super::{a};")];
        assert_eq!(circle(&child), None);
        let inline = [("a.rs", "use crate::b;"), ("b.rs", "fn a() {} mod inner { use super::a; }")];
        assert_eq!(circle(&inline), None);
        let root = [("main.rs", "mod a; use a::X;"), ("a.rs", "use crate::main;")];
        assert_eq!(circle(&root), None);
    }
}
