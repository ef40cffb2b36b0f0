//! A redb backend that counts what goes to the disk.

#[cfg(test)]
pub(crate) mod disk;

use std::io;
use std::ops::Bound;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use redb::backends::FileBackend;
use redb::{BackendError, StorageBackend};

/// What went to the disk since start.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    written: AtomicU64,
    syncs: AtomicU64,
    /// Bytes that redb read.
    #[cfg(test)]
    pub(crate) read: AtomicU64,
    /// A disk that tests can fill.
    #[cfg(test)]
    pub(crate) disk: disk::Disk,
}

impl Meter {
    /// Bytes that redb wrote.
    pub(crate) fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// How often redb had the disk flush.
    pub(crate) fn syncs(&self) -> u64 {
        self.syncs.load(Ordering::Relaxed)
    }
}

/// redb's own file backend, counted.
#[derive(Debug)]
pub(super) struct Metered {
    inner: FileBackend,
    meter: Arc<Meter>,
}

impl Metered {
    pub(super) fn new(inner: FileBackend, meter: Arc<Meter>) -> Self {
        Self { inner, meter }
    }
}

type Range = Bound<u64>;

impl StorageBackend for Metered {
    fn len(&self) -> io::Result<u64> {
        self.inner.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        #[cfg(test)]
        self.meter.read.fetch_add(out.len() as u64, Ordering::Relaxed);
        self.inner.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.inner.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.meter.syncs.fetch_add(1, Ordering::Relaxed);
        self.inner.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let bytes = data.len() as u64;
        #[cfg(test)]
        self.meter.disk.take(offset, bytes)?;
        self.meter.written.fetch_add(bytes, Ordering::Relaxed);
        self.inner.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.inner.close()
    }

    fn try_lock_range(&self, start: Range, end: Range) -> Result<bool, BackendError> {
        self.inner.try_lock_range(start, end)
    }

    fn try_lock_shared_range(&self, start: Range, end: Range) -> Result<bool, BackendError> {
        self.inner.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Range, end: Range) -> Result<(), BackendError> {
        self.inner.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Range, end: Range) -> Result<(), BackendError> {
        self.inner.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Range, end: Range) -> Result<(), BackendError> {
        self.inner.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Range, end: Range) -> Result<bool, BackendError> {
        self.inner.query_lock_range(start, end)
    }
}
