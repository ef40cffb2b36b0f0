//! `cargo xtask page`: the page, built from `web-ui/page` into the folder that the hub's build embeds.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::SystemTime;

use crate::machine;

/// What to do where Node is missing.
const NO_NODE: &str = "Node.js 20.19 or later with npm is needed to build the page: install nodejs and npm";

/// Builds the page.
pub(crate) fn run(root: &Path) -> ExitCode {
    match build(root) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Builds the page if it is missing or older than its sources. Without Node the hub runs without its page, and says so.
pub(crate) fn freshen(root: &Path) {
    let page = root.join("web-ui/page");
    let built = modified(&page.join("dist/index.html"));
    let sources = ["src", "public", "index.html", "package-lock.json", "vite.config.ts"];
    let newest = sources.iter().filter_map(|name| newest(&page.join(name))).max();
    if built.is_some() && built >= newest {
        return;
    }
    println!("Building the page.");
    if let Err(error) = build(root) {
        eprintln!("{error}\nThe hub runs without its page until then.");
    }
}

fn build(root: &Path) -> Result<(), String> {
    if machine::find("npm").is_none() || machine::find("node").is_none() {
        return Err(NO_NODE.to_owned());
    }
    let page = root.join("web-ui/page");
    describe(root, &page)?;
    install(&page)?;
    npm(&page, &["run", "--silent", "types"])?;
    npm(&page, &["run", "--silent", "build", "--", "--logLevel", "warn"])
}

/// Writes the API's description, from which the page's types are made.
fn describe(root: &Path, page: &Path) -> Result<(), String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut example = Command::new(cargo);
    example.current_dir(root).args([
        "run",
        "--quiet",
        "--locked",
        "--package",
        "hearth-web-ui",
        "--example",
        "openapi",
    ]);
    let output = example.output().map_err(|error| format!("cannot run cargo: {error}"))?;
    if !output.status.success() {
        return Err(format!("the API can't be described:\n{}", String::from_utf8_lossy(&output.stderr)));
    }
    fs::write(page.join("openapi.json"), output.stdout).map_err(|error| format!("cannot write openapi.json: {error}"))
}

/// Installs what the lock file names, unless that was done since it changed.
pub(crate) fn install(folder: &Path) -> Result<(), String> {
    let installed = modified(&folder.join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= modified(&folder.join("package-lock.json")) {
        return Ok(());
    }
    npm(folder, &["ci", "--no-audit", "--no-fund", "--loglevel=error"])
}

/// Runs npm in a folder.
pub(crate) fn npm(page: &Path, arguments: &[&str]) -> Result<(), String> {
    let status = Command::new("npm").current_dir(page).args(arguments).status();
    let status = status.map_err(|error| format!("cannot run npm: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("npm {} failed", arguments.join(" "))) }
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

/// When anything in a folder, or a file, was last changed.
fn newest(path: &PathBuf) -> Option<SystemTime> {
    let own = modified(path);
    let inside = fs::read_dir(path).ok().into_iter().flatten().flatten();
    inside.filter_map(|entry| newest(&entry.path())).chain(own).max()
}
