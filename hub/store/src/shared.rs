//! What the handle and both writer threads have in common.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::file::File;
use crate::stage::Stage;

/// Both files and what waits for them.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) core: File,
    pub(crate) history: File,
    stage: Mutex<Stage>,
    /// Last values in core cover all samples below this number.
    covered: AtomicU64,
    damaged: AtomicU64,
    aside: Mutex<Option<PathBuf>>,
}

impl Shared {
    pub(crate) fn new(core: File, history: File, stage: Stage) -> Self {
        let (covered, damaged) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { core, history, stage: Mutex::new(stage), covered, damaged, aside: Mutex::new(None) }
    }

    /// What waits. Hold it for no I/O.
    pub(crate) fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn covered(&self) -> u64 {
        self.covered.load(Ordering::Acquire)
    }

    pub(crate) fn cover(&self, next: u64) {
        self.covered.fetch_max(next, Ordering::AcqRel);
    }

    /// Counts rows that could not be read.
    pub(crate) fn count_damaged(&self, rows: u64) {
        self.damaged.fetch_add(rows, Ordering::Relaxed);
    }

    pub(crate) fn damaged(&self) -> u64 {
        self.damaged.load(Ordering::Relaxed)
    }

    /// Where a damaged history file was put.
    pub(crate) fn aside(&self) -> Option<PathBuf> {
        self.aside.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_aside(&self, path: PathBuf) {
        *self.aside.lock().unwrap_or_else(PoisonError::into_inner) = Some(path);
    }
}
