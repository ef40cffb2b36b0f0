//! What the ledger costs: bytes and time of a disclosure, one by one and together; then, with 100,000 entries, a start
//! after a clean end and after none, and reading all of it.
//!
//! `cargo bench -p hearth-store --bench ledger`

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a bench prints, reads the clock, and stops at whatever goes wrong"
)]

use std::io::Cursor;
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use store::ledger::{Entry, Kind, Ledger, verify_export};
use store::{Options, Store};

const ENTRIES: u64 = 100_000;

/// An answer about four endpoints is about so long.
const BODY: usize = 600;

fn entry(n: u64) -> Entry {
    let body = format!("{n:0>BODY$}").into_bytes();
    Entry::new(1_795_428_000 + n, "alexa_home".parse().ok(), Kind::Disclosure, "how is Doors", body).unwrap()
}

fn disclose(ledger: &Ledger, entries: Vec<Entry>) {
    let (tell, told) = channel();
    ledger.append(entries, Vec::new(), Box::new(move |result| tell.send(result).unwrap()));
    told.recv().unwrap().unwrap();
}

fn open(dir: &Path) -> Store {
    Store::open(dir, &Options::default()).unwrap().0
}

/// Prints what so many commits of so many entries cost.
fn cost(store: &Store, commits: u64, together: u64) {
    let before = store.health().ledger;
    let mut times: Vec<Duration> = Vec::new();
    for commit in 0..commits {
        let begun = Instant::now();
        disclose(store.ledger(), (0..together).map(|n| entry(commit * together + n)).collect());
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    let after = store.health().ledger;
    let bytes = (after.bytes_written - before.bytes_written) / (commits * together);
    let syncs = (after.syncs - before.syncs) / commits;
    let (half, most) = (times[times.len() / 2], times[times.len() * 99 / 100]);
    println!("{together:>3} in a commit    {bytes:>7} bytes each, {syncs} flushes, p50 {half:?}, p99 {most:?}");
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let done = work();
    println!("{what:<20} {:?}", begun.elapsed());
    done
}

fn main() {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let store = open(dir.path());
    cost(&store, 500, 1);
    cost(&store, 100, 10);
    println!("the file has       {:>10} bytes", store.health().ledger.bytes);
    for first in (0..ENTRIES).step_by(1000) {
        disclose(store.ledger(), (first..first + 1000).map(entry).collect());
    }
    let bytes = store.health().ledger.bytes;
    println!("{ENTRIES} more make {bytes:>10} bytes");
    cost(&store, 500, 1);
    timed("closed in", || store.close());
    let store = timed("opened in", || open(dir.path()));
    timed("head in", || store.ledger().head().unwrap());
    timed("first disclosure in", || disclose(store.ledger(), vec![entry(0)]));
    let export: String = timed("exported in", || store.ledger().export().unwrap().map(Result::unwrap).collect());
    timed("verified in", || store.ledger().verify(None).unwrap().unwrap());
    timed("export verified in", || verify_export(Cursor::new(&export), None).unwrap());
    // A copy of the file as it is now is what a power cut leaves.
    let cut = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    std::fs::copy(dir.path().join("ledger.redb"), cut.path().join("ledger.redb")).unwrap();
    store.close();
    let store = timed("after a power cut", || open(cut.path()));
    timed("first disclosure in", || disclose(store.ledger(), vec![entry(0)]));
    store.close();
}
