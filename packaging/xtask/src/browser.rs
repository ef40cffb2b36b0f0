//! `cargo xtask browser`: the page's tests in the distribution's own browser, against the real daemon with a simulated home.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::page;

/// The folder of the environment; its end is the version.
const SCHEMATHESIS: &str = "schemathesis-4.32.5";

/// Builds what the tests start, and runs them; arguments go to the test runner.
pub(crate) fn run(root: &Path, arguments: impl Iterator<Item = OsString>) -> ExitCode {
    match test(root, arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn test(root: &Path, arguments: impl Iterator<Item = OsString>) -> Result<(), String> {
    let tests = root.join("web-ui/e2e");
    page::install(&tests)?;
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(&cargo);
    build.current_dir(root).args(["build", "--quiet", "--locked", "--package", "hearthd", "--package", "hearth-sim"]);
    succeed("cargo build", &mut build)?;
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |target| root.join(target));
    page::npm(&tests, &["run", "--silent", "check"])?;
    let schemathesis = schemathesis(&target)?;
    let mut browser = Command::new("npm");
    browser.current_dir(&tests).env("HEARTH_BIN", target.join("debug")).env("SCHEMATHESIS", schemathesis);
    browser.args(["test", "--silent", "--"]).args(arguments);
    succeed("the page's tests", &mut browser)
}

/// Schemathesis in a Python environment of its own beside what is built. It asks the API whatever its description allows.
fn schemathesis(target: &Path) -> Result<PathBuf, String> {
    let folder = target.join(SCHEMATHESIS);
    let program = folder.join("bin/st");
    if !program.is_file() {
        succeed("python3 -m venv", Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        let pip = folder.join("bin/pip");
        let version = format!("schemathesis=={}", SCHEMATHESIS.rsplit('-').next().unwrap_or_default());
        succeed("pip", Command::new(pip).args(["install", "--quiet", "--disable-pip-version-check", &version]))?;
    }
    Ok(program)
}

fn succeed(what: &str, command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("cannot run {what}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{what} failed")) }
}
