//! What the hub's own machine is, and what the hub takes of it. Everything here may be missing: not every system tells.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

/// Files of the state directory that grow.
const FILES: [(&str, &str); 3] = [("core", "core.redb"), ("history", "history.redb"), ("ledger", "ledger.redb")];

/// The machine and the process; `state` is the state directory.
pub(crate) fn describe(state: &Path) -> Value {
    let size = |name: &str| fs::metadata(state.join(name)).ok().map(|file| file.len());
    let files: serde_json::Map<_, _> = FILES.iter().map(|(key, name)| ((*key).to_owned(), json!(size(name)))).collect();
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "rss_bytes": resident(),
        "files_bytes": files,
        "host": {
            "os": os(),
            "kernel": fs::read_to_string("/proc/sys/kernel/osrelease").ok().map(|text| text.trim().to_owned()),
            "machine": std::env::consts::ARCH,
        },
    })
}

/// Memory of this process that is in use, in bytes.
fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

/// What the distribution calls itself.
fn os() -> Option<String> {
    let release = fs::read_to_string("/etc/os-release").ok()?;
    let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(name.trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linux_machine_tells_what_it_is() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("core.redb"), [0; 7]).unwrap();
        let told = describe(dir.path());
        assert_eq!(told["files_bytes"]["core"], 7);
        assert_eq!(told["files_bytes"]["ledger"], Value::Null);
        assert!(told["rss_bytes"].as_u64().unwrap() > 100_000);
    }
}
