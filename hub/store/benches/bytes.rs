//! What the store writes: a day of two hundred thermostats that report each minute, with the real flush policy and an
//! accelerated clock; then durable lock events, one by one. Goals: facts/storage.md, section 5.
//!
//! `cargo bench -p hearth-store --bench bytes`; a short form of it is a test (`tests/budget.rs`).

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a bench prints, and stops at whatever goes wrong"
)]

#[path = "../tests/load/mod.rs"]
mod load;

use std::fs;

/// Bytes this process caused to be written to the block layer; 0 where the kernel does not say.
fn process_bytes() -> u64 {
    let io = fs::read_to_string("/proc/self/io").unwrap_or_default();
    let line = io.lines().find_map(|line| line.strip_prefix("write_bytes: "));
    line.and_then(|bytes| bytes.parse().ok()).unwrap_or_default()
}

/// The most memory that was resident so far, roll-up included.
fn peak_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|kib| kib.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}

fn main() {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let store = load::open(dir.path(), 200);
    let (redb_before, process_before) = (load::written(&store), process_bytes());
    // A day and the minutes after midnight, so that the roll-up is in it.
    let minutes = 24 * 60 + 15;
    let reports = load::thermostats(&store, 200, minutes);
    let (redb, process) = (load::written(&store) - redb_before, process_bytes() - process_before);
    println!("reports            {reports:>10}");
    println!("redb wrote         {redb:>10} bytes, {} a report", redb / reports);
    println!("the process wrote  {process:>10} bytes, {} a report", process / reports);
    let health = store.health();
    println!("core               {:>10} bytes, {} commits", health.core.bytes, health.core.commits);
    println!("history            {:>10} bytes, {} commits", health.history.bytes, health.history.commits);
    println!("resident at most   {:>10} KiB", peak_kib());

    let (redb_before, syncs_before) = (load::written(&store), store.health().core.syncs);
    let events = 500;
    let mut times = load::lock_events(&store, events);
    let (redb, syncs) = (load::written(&store) - redb_before, store.health().core.syncs - syncs_before);
    times.sort_unstable();
    let (half, most) = (times[times.len() / 2], times[times.len() * 99 / 100]);
    println!("lock event         {:>10} bytes, {} flushes", redb / events, syncs / events);
    println!("lock event takes   p50 {half:?}, p99 {most:?}");
    store.close();
    assert!(redb / events <= 64 * 1024, "a lock event costs more than 64 KiB");
}
