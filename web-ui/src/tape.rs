//! The newest changes, numbered, so that a page that lost its connection for a moment hears what it missed and nothing
//! twice. It listens to the house only while somebody listens to it, and a little longer.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::broadcast::error::RecvError;
use tokio::sync::broadcast::{self, Receiver, Sender};

/// Changes that are remembered.
const LINES: usize = 512;
/// Bytes of them.
const BYTES: usize = 256 * 1024;
/// Changes that wait for one slow listener; with more it has to ask for everything.
const WAITING: usize = 256;
/// For so long after the last listener left.
const LINGER: Duration = Duration::from_secs(60);

/// A change with its number.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    /// Counts on while the tape runs; a gap stands for what was missed.
    pub(crate) number: u64,
    /// What the house said; nothing if some of it was missed.
    pub(crate) line: Option<Arc<str>>,
}

/// What a listener gets to begin with.
#[derive(Debug)]
pub(crate) struct Start {
    /// What it missed, if all of that is still known.
    pub(crate) missed: Option<Vec<Change>>,
    /// Every change from then on.
    pub(crate) changes: Receiver<Change>,
}

#[derive(Debug, Default)]
struct Memory {
    next: u64,
    lines: VecDeque<Change>,
    bytes: usize,
    runs: bool,
}

/// The tape; clones are the same one.
#[derive(Debug, Clone)]
pub(crate) struct Tape {
    memory: Arc<Mutex<Memory>>,
    listeners: Sender<Change>,
}

impl Default for Tape {
    fn default() -> Self {
        Self { memory: Arc::default(), listeners: broadcast::channel(WAITING).0 }
    }
}

impl Tape {
    /// Begins to listen after change `last`; `watch` is asked for the house's changes if the tape has to begin itself.
    pub(crate) fn listen(&self, last: Option<u64>, watch: impl FnOnce() -> Receiver<Arc<str>>) -> Start {
        let mut memory = self.memory();
        let changes = self.listeners.subscribe();
        if !memory.runs {
            memory.runs = true;
            memory.forget();
            let tape = self.clone();
            tokio::spawn(tape.run(watch()));
        }
        let missed = last.and_then(|last| memory.since(last));
        Start { missed, changes }
    }

    async fn run(self, mut house: Receiver<Arc<str>>) {
        loop {
            let line = tokio::select! {
                line = house.recv() => line,
                () = tokio::time::sleep(LINGER) => {
                    if self.is_over() {
                        return;
                    }
                    continue;
                }
            };
            match line {
                Ok(line) => self.note(Some(line)),
                Err(RecvError::Lagged(_)) => self.note(None),
                Err(RecvError::Closed) => return self.memory().runs = false,
            }
        }
    }

    /// Whether nobody listens. A house that changes all the time keeps the tape running; it costs what one listener does.
    fn is_over(&self) -> bool {
        let mut memory = self.memory();
        memory.runs = self.listeners.receiver_count() > 0;
        !memory.runs
    }

    fn note(&self, line: Option<Arc<str>>) {
        let change = self.memory().add(line);
        // Nobody may be listening just now.
        let _ = self.listeners.send(change);
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    fn add(&mut self, line: Option<Arc<str>>) -> Change {
        self.next += 1;
        let change = Change { number: self.next, line };
        match &change.line {
            None => self.forget(),
            Some(line) => {
                self.bytes += line.len();
                self.lines.push_back(change.clone());
            }
        }
        while self.lines.len() > LINES || self.bytes > BYTES {
            let Some(oldest) = self.lines.pop_front() else { break };
            self.bytes -= oldest.line.map_or(0, |line| line.len());
        }
        change
    }

    /// Nothing before now can be told again.
    fn forget(&mut self) {
        self.next += 1;
        self.lines.clear();
        self.bytes = 0;
    }

    /// All changes after `last`, if none of them is forgotten.
    fn since(&self, last: u64) -> Option<Vec<Change>> {
        let oldest = self.lines.front().map_or(self.next + 1, |change| change.number);
        let known = last <= self.next && last + 1 >= oldest;
        known.then(|| self.lines.iter().filter(|change| change.number > last).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(memory: &Memory, last: u64) -> Option<Vec<u64>> {
        memory.since(last).map(|changes| changes.iter().map(|change| change.number).collect())
    }

    #[test]
    fn what_was_missed_is_told_once_and_what_was_forgotten_not_at_all() {
        let mut memory = Memory::default();
        for _ in 0..3 {
            memory.add(Some("x".into()));
        }
        assert_eq!(numbers(&memory, 1), Some(vec![2, 3]));
        assert_eq!(numbers(&memory, 3), Some(vec![]));
        assert_eq!(numbers(&memory, 4), None, "it never said that");
        memory.add(None);
        assert_eq!(numbers(&memory, 3), None, "there is a gap");
        let next = memory.next;
        memory.add(Some("y".into()));
        assert_eq!(numbers(&memory, next), Some(vec![next + 1]));
    }

    #[test]
    fn the_memory_is_bounded() {
        let mut memory = Memory::default();
        for _ in 0..2 * LINES {
            memory.add(Some("x".into()));
        }
        assert_eq!(memory.lines.len(), LINES);
        for _ in 0..10 {
            memory.add(Some("x".repeat(BYTES / 3).into()));
        }
        assert!(memory.bytes <= BYTES && memory.lines.len() <= 3);
    }

    #[tokio::test(start_paused = true)]
    async fn the_tape_runs_a_minute_longer_than_its_last_listener() {
        let (house, _) = broadcast::channel::<Arc<str>>(4);
        let tape = Tape::default();
        let mut start = tape.listen(None, || house.subscribe());
        tokio::task::yield_now().await;
        house.send("one".into()).unwrap();
        let first = start.changes.recv().await.unwrap().number;
        drop(start);
        house.send("two".into()).unwrap();
        tokio::time::sleep(Duration::from_secs(30)).await;
        let start = tape.listen(Some(first), || unreachable!("it runs"));
        assert_eq!(start.missed.unwrap()[0].line.as_deref(), Some("two"));
        drop(start.changes);
        tokio::time::sleep(Duration::from_secs(130)).await;
        assert_eq!(house.receiver_count(), 0);
        assert!(tape.listen(Some(first), || house.subscribe()).missed.is_none());
    }
}
