//! A disk that fails: a running program's limit for the size of files, which lets it write nothing and read everything.

use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process, prlimit};

use super::hub::Hub;

impl Hub {
    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.pid().try_into().unwrap());
        kill_process(pid.unwrap(), signal).unwrap();
    }
}

/// From now on every write of this program to a file fails.
pub fn fail(pid: u32) {
    limit(pid, Some(0));
}

/// Ends [`fail`].
pub fn mend(pid: u32) {
    limit(pid, None);
}

fn limit(pid: u32, bytes: Option<u64>) {
    let pid = Pid::from_raw(pid.try_into().unwrap());
    assert!(pid.is_some(), "a process has a number");
    prlimit(pid, Resource::Fsize, Rlimit { current: bytes, maximum: None }).unwrap();
}
