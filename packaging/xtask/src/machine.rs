//! What the machine has: programs on its path, and Debian packages that bring missing ones.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Programs that tests call and the Debian packages they are in. The C++ compiler builds libFuzzer.
const PACKAGES: &[(&str, &str)] = &[
    ("mosquitto_pub", "mosquitto-clients"),
    ("c++", "g++"),
    ("node", "nodejs"),
    ("npm", "npm"),
    ("chromium", "chromium"),
];

/// The program `name` on the path.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// A C compiler, which Rust links with. What to do where there is none.
pub(crate) fn need_c_compiler() -> Result<(), String> {
    let works = Command::new("cc").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if works.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    Err("a C compiler is needed to link: install the package build-essential (Debian), or your system's compiler"
        .to_owned())
}

/// The shell command that installs what the tests call and the machine lacks; `None` if it lacks nothing.
pub(crate) fn missing_packages() -> Option<String> {
    let missing: Vec<&str> = PACKAGES.iter().filter(|(program, _)| find(program).is_none()).map(|row| row.1).collect();
    if missing.is_empty() {
        return None;
    }
    let packages = missing.join(" ");
    Some(format!(
        "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends {packages}"
    ))
}
