//! Where and when this was measured, and what the operating system counts for a process.

use std::process::Command;

/// Date, commit and machine.
pub(crate) fn describe() -> String {
    let said = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output();
        output.map_or_else(|_| "unknown".to_owned(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let changed =
        if said("git", &["status", "--porcelain", "--untracked-files=no"]).is_empty() { "" } else { " and changes" };
    let processor = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processor.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or(" an unknown processor");
    let model = model.trim_start_matches(['\t', ' ', ':']);
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default();
    format!(
        "{}, commit {}{changed}, {cores} x {model}, Linux {}, load {load} at the start",
        said("date", &["-u", "+%F %H:%M UTC"]),
        said("git", &["rev-parse", "--short", "HEAD"]),
        said("uname", &["-r"]),
    )
}

/// A number of `/proc/PID/<file>` behind a word.
fn counted(pid: u32, file: &str, word: &str) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(word)).unwrap_or_else(|| panic!("no {word} in {file}"));
    line.split_whitespace().next().unwrap().parse().unwrap()
}

/// Resident memory in bytes: all pages, and with shared pages counted in part.
pub(crate) fn memory(pid: u32) -> (u64, u64) {
    (counted(pid, "smaps_rollup", "Rss:") * 1024, counted(pid, "smaps_rollup", "Pss:") * 1024)
}

/// Bytes that the process caused to be written to storage.
pub(crate) fn written(pid: u32) -> u64 {
    counted(pid, "io", "write_bytes:")
}

/// Processor time of all threads so far, in hundredths of a second (user and system, `USER_HZ` = 100).
pub(crate) fn ticks(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    // Behind the program's name in parentheses the third field begins; 14 and 15 are utime and stime.
    let fields: Vec<_> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    fields[11..=12].iter().map(|field| field.parse::<u64>().unwrap()).sum()
}
