//! What `cargo xtask test` runs, as a table. To add a check, add a row.

use crate::machine;

/// One command, run in the workspace's folder; it passes if it exits with 0.
pub(crate) struct Step {
    /// What is printed, and what selects it on the command line.
    pub(crate) name: &'static str,
    /// Program and arguments; `cargo` is the one that runs us.
    pub(crate) command: &'static [&'static str],
    /// Environment variables on top of ours.
    pub(crate) environment: &'static [(&'static str, &'static str)],
    /// A program without which the step is left out, and what stands in for it then.
    pub(crate) only_with: Option<(&'static str, &'static str)>,
}

const fn step(name: &'static str, command: &'static [&'static str]) -> Step {
    Step { name, command, environment: &[], only_with: None }
}

/// In the order in which failures are cheapest to find.
pub(crate) const STEPS: &[Step] = &[
    step("format", &["cargo", "fmt", "--all", "--check"]),
    step("lints", &["cargo", "clippy", "--locked", "--workspace", "--all-targets", "--", "--deny", "warnings"]),
    Step {
        environment: &[("RUSTDOCFLAGS", "--deny warnings")],
        ..step("documentation", &["cargo", "doc", "--locked", "--workspace", "--no-deps"])
    },
    // Building cargo-deny costs more minutes than all else here, and its advisories need the network, so it is used where it is
    // installed. The licences are checked by the architecture tests in any case.
    Step {
        only_with: Some(("cargo-deny", "is not installed; the architecture tests check the licences")),
        ..step("dependencies", &["cargo", "deny", "--locked", "check", "bans", "licenses", "sources"])
    },
    step("page", &["cargo", "xtask", "page"]),
    step("page-types", &["npm", "--prefix", "web-ui/page", "run", "--silent", "check"]),
    // Unit, integration and documentation tests.
    step("tests", &["cargo", "test", "--locked", "--workspace", "--no-fail-fast"]),
    // The page in Chromium against the real daemon.
    step("browser", &["cargo", "xtask", "browser"]),
    // Hostile bytes for each parser, for a few seconds each; longer by hand.
    step("fuzz", &["bash", "drivers/fuzz/run", "10"]),
];

/// The step that comes first where the tests call programs that the machine lacks: the shell command that brings them.
pub(crate) fn set_up() -> Option<String> {
    machine::missing_packages()
}
