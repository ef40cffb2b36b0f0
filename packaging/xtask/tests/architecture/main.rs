//! The rules of the workspace that no compiler checks, as tests that read it: which crate may use which, how long a file is, that
//! modules form no circle, which words and licences are not for here. Each rule is a function from what it reads to the violations it
//! finds, and is tested with a violation made for it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail the test")]

mod arrows;
mod cycles;
mod licences;
mod lines;
mod text;
mod words;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Folders that hold no source of ours.
const NOT_OURS: &[&str] = &["target", "node_modules", ".git", "corpus", "artifacts", "dist"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()
}

/// Our files below `folder`, as path and content; those that are no text are left out.
fn files(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let (path, kind) = (entry.path(), entry.file_type().unwrap());
            if kind.is_dir() && !NOT_OURS.contains(&entry.file_name().to_string_lossy().as_ref()) {
                folders.push(path);
            } else if kind.is_file()
                && let Ok(text) = fs::read_to_string(&path)
            {
                found.push((path, text));
            }
        }
    }
    found.sort();
    found
}

fn rust_files(folder: &Path) -> Vec<(PathBuf, String)> {
    files(folder).into_iter().filter(|(path, _)| path.extension().is_some_and(|end| end == "rs")).collect()
}

fn metadata(arguments: &[&str]) -> Value {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root()).args(["metadata", "--format-version=1", "--locked"]).args(arguments);
    let output = cargo.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn assert_none(violations: &[String]) {
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

#[test]
fn crates_use_only_what_the_design_lets_them() {
    assert_none(&arrows::violations(&metadata(&["--no-deps", "--offline"])));
}

#[test]
fn who_talks_to_the_internet_reaches_neither_house_nor_database() {
    assert_none(&arrows::reached(&metadata(&["--offline"])));
}

#[test]
fn no_file_is_too_long() {
    let sources = rust_files(root());
    assert!(sources.len() > 10, "found only {} files", sources.len());
    assert_none(&lines::long_files(&sources));
    // A hint, seen with --nocapture: some functions are tables.
    for function in lines::long_functions(&sources) {
        println!("{function}");
    }
}

#[test]
fn modules_form_no_circle() {
    let packages = metadata(&["--no-deps", "--offline"]);
    let manifests =
        packages["packages"].as_array().unwrap().iter().map(|package| package["manifest_path"].as_str().unwrap());
    let mut seen = 0;
    for manifest in manifests {
        let source = Path::new(manifest).with_file_name("src");
        let modules =
            rust_files(&source).into_iter().map(|(path, text)| (path.strip_prefix(&source).unwrap().to_owned(), text));
        let graph = cycles::Graph::read(&modules.collect::<Vec<_>>());
        seen += graph.arrows();
        assert_none(&graph.circle().map(|circle| format!("{manifest}: {circle}")).into_iter().collect::<Vec<_>>());
    }
    assert!(seen > 5, "found only {seen} uses between modules: the reader is blind");
}

#[test]
fn no_forbidden_word_is_in_a_file() {
    assert_none(&words::violations(&files(root())));
}

#[test]
fn licences_are_on_the_list() {
    let platform = Command::new(env!("CARGO")).args(["-vV"]).output().unwrap();
    let platform = String::from_utf8(platform.stdout).unwrap();
    let host = platform.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let rules = fs::read_to_string(root().join(".cargo/deny.toml")).unwrap();
    assert_none(&licences::violations(&rules, &metadata(&["--filter-platform", host])));
}
