//! `cargo xtask demo`: the hub with a simulated home, built in sight and then run in this process's place.

use std::env;
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode};

use crate::{machine, page};

/// Build `hearthd` with cargo's own progress, then become it. Returns only if that fails.
pub(crate) fn run(root: &Path, arguments: impl Iterator<Item = OsString>) -> ExitCode {
    if let Err(lack) = machine::need_c_compiler() {
        eprintln!("{lack}");
        return ExitCode::FAILURE;
    }
    page::freshen(root);
    println!("Building the hub; the first time takes a few minutes.");
    // `cargo run` replaces itself by what it built, so signals reach the hub itself.
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let manifest = root.join("Cargo.toml");
    let mut hub = Command::new(cargo);
    hub.args(["run", "--locked", "--package", "hearthd", "--bin", "hearthd", "--manifest-path"]).arg(manifest);
    let error = hub.args(["--", "demo"]).args(arguments).exec();
    eprintln!("cannot run cargo: {error}");
    ExitCode::FAILURE
}
