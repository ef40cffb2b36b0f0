//! One redb file: made safely, opened, written and read with every failure caught, opened again after one.
//!
//! Knows nothing of what is in the tables but the schema version. redb latches every I/O error (facts: storage, 3),
//! so after any failed write the handle is dropped and the file opened anew before the work is tried once more.

mod fault;
mod meter;

use std::fs::{self, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use redb::backends::FileBackend;
use redb::{Builder, Database, ReadTransaction, ReadableDatabase, WriteTransaction};

pub(crate) use fault::Fault;
pub(crate) use meter::Meter;

use crate::row;
use crate::tables::{META, META_SCHEMA, SCHEMA};

/// What is fixed about a file.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Its name in the state directory.
    pub(crate) name: &'static str,
    /// redb's page cache, in bytes.
    pub(crate) cache: usize,
    /// Whether each page's checksum is verified whenever it is opened.
    pub(crate) verify: bool,
    /// Whether each commit notes which pages are in use: a start after a power cut need not read the whole file then,
    /// and a commit takes two flushes instead of one.
    pub(crate) quick_repair: bool,
    /// Makes its tables.
    pub(crate) create: fn(&WriteTransaction) -> Result<(), redb::Error>,
}

/// An open file, or one that waits to be opened again.
#[derive(Debug)]
pub(crate) struct File {
    path: PathBuf,
    plan: &'static Plan,
    meter: Arc<Meter>,
    commits: AtomicU64,
    /// Readers and the writer share it; only opening it again takes it for itself.
    db: RwLock<Option<Database>>,
    /// A reader met damage; the next write looks at the whole file first.
    suspect: AtomicBool,
    trouble: Mutex<Option<Fault>>,
}

/// What is done in one write transaction.
pub(crate) type Work<'w> = dyn FnMut(&WriteTransaction) -> Result<(), redb::Error> + 'w;

impl File {
    /// Opens the file in `dir`; makes it if there is none. On a fault there is still a `File`, closed, that the next
    /// write tries to open again.
    pub(crate) fn open(dir: &Path, plan: &'static Plan) -> (Self, Result<(), Fault>) {
        let file = Self {
            path: dir.join(plan.name),
            plan,
            meter: Arc::default(),
            commits: AtomicU64::new(0),
            db: RwLock::new(None),
            suspect: AtomicBool::new(false),
            trouble: Mutex::new(None),
        };
        let opened = file.reopen(plan.verify);
        (file, opened)
    }

    /// Does `work` in one durable transaction. If that fails, opens the file again and tries once more, so `work` must
    /// do the same each time it runs; a transaction that failed may yet have landed. Of writes that fail in a row for
    /// the same reason only the first is logged: the log may lie on the same full disk.
    pub(crate) fn write(&self, work: &mut Work<'_>) -> Result<(), Fault> {
        let before = self.trouble().map(|fault| fault.to_string());
        let done = self.verify_if_suspect().and_then(|()| self.attempt(work));
        let done = done.or_else(|fault| self.after(&fault, before.is_some()).and_then(|()| self.attempt(work)));
        // Also after the second failure: readers can go on with a full disk, but not with a handle that has failed.
        let done = done.or_else(|fault| self.after(&fault, true).and(Err(fault)));
        self.note(done.as_ref().err());
        let (file, fault) = (self.plan.name, done.as_ref().err());
        match news(before.as_deref(), fault) {
            Some(News::Fails) => tracing::error!(
                file,
                error = fault.map(tracing::field::display),
                "the file can't be written; what waits stays in memory and is tried again"
            ),
            Some(News::Over) => tracing::info!(file, "the file is written again"),
            None => {}
        }
        done
    }

    /// Does `work` on the last committed state. Keep it short: pages it can see are not reused meanwhile.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&ReadTransaction) -> Result<T, redb::Error>) -> Result<T, Fault> {
        let db = self.db.read().unwrap_or_else(PoisonError::into_inner);
        let db = db.as_ref().ok_or(Fault::Closed)?;
        let done = guarded(|| work(&db.begin_read()?));
        if matches!(done, Err(Fault::Damaged(_))) {
            self.suspect.store(true, Ordering::Release);
        }
        done
    }

    /// Puts a damaged file aside under a new name, which it returns, and starts an empty one.
    pub(crate) fn move_aside(&self) -> Result<PathBuf, Fault> {
        self.close();
        let aside = (1..=1000)
            .map(|n| self.path.with_extension(format!("redb.damaged-{n}")))
            .find(|path| !path.exists())
            .ok_or_else(|| Fault::Io("too many damaged files lie in the state directory".to_owned()))?;
        fs::rename(&self.path, &aside)?;
        self.reopen(false)?;
        Ok(aside)
    }

    /// Drops the handle. Another write opens the file again.
    pub(crate) fn close(&self) {
        let db = self.db.write().unwrap_or_else(PoisonError::into_inner).take();
        // Closing writes, and what is closed after an error may panic as well.
        if catch_unwind(AssertUnwindSafe(|| drop(db))).is_err() {
            tracing::warn!(file = self.plan.name, "closing the file panicked");
        }
    }

    /// What is wrong with it, as far as the last write or opening told.
    pub(crate) fn trouble(&self) -> Option<Fault> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What went to the disk since start.
    pub(crate) fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Transactions committed since start.
    pub(crate) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Its length in bytes; 0 if it can't be told.
    pub(crate) fn len(&self) -> u64 {
        fs::metadata(&self.path).map_or(0, |meta| meta.len())
    }

    fn attempt(&self, work: &mut Work<'_>) -> Result<(), Fault> {
        let db = self.db.read().unwrap_or_else(PoisonError::into_inner);
        let db = db.as_ref().ok_or(Fault::Closed)?;
        guarded(|| {
            let mut txn = db.begin_write()?;
            txn.set_quick_repair(self.plan.quick_repair);
            work(&txn)?;
            Ok(txn.commit()?)
        })?;
        self.commits.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn verify_if_suspect(&self) -> Result<(), Fault> {
        if self.suspect.swap(false, Ordering::AcqRel) { self.reopen(true) } else { Ok(()) }
    }

    /// Opens the file again after a fault, which `known` says was told.
    fn after(&self, fault: &Fault, known: bool) -> Result<(), Fault> {
        if !known {
            tracing::warn!(file = self.plan.name, error = %fault, "a transaction failed; opening the file again");
        }
        self.reopen(self.plan.verify || matches!(fault, Fault::Damaged(_)))
    }

    fn reopen(&self, verify: bool) -> Result<(), Fault> {
        self.close();
        let opened = self.open_database(verify);
        self.note(opened.as_ref().err());
        *self.db.write().unwrap_or_else(PoisonError::into_inner) = Some(opened?);
        Ok(())
    }

    fn open_database(&self, verify: bool) -> Result<Database, Fault> {
        if !self.path.try_exists()? {
            self.create()?;
        }
        if fs::metadata(&self.path)?.len() == 0 {
            // redb would make a new database of it, and nobody would notice that the old one is gone.
            return Err(Fault::Damaged("the file is empty".to_owned()));
        }
        let db = self.database(&self.path, verify)?;
        let schema =
            guarded(|| Ok(db.begin_read()?.open_table(META)?.get(META_SCHEMA)?.map(|row| row.value().to_vec())))?;
        match schema.as_deref().map(row::read_number) {
            Some(Ok(SCHEMA)) => Ok(db),
            Some(Ok(newer)) if newer > SCHEMA => Err(Fault::Newer(newer)),
            _ => Err(Fault::Damaged("it has no schema version".to_owned())),
        }
    }

    /// Makes the file under another name first: a power cut in the middle leaves no half-made database behind.
    fn create(&self) -> Result<(), Fault> {
        let unfinished = self.path.with_extension("redb.new");
        match fs::remove_file(&unfinished) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
        let db = self.database(&unfinished, false)?;
        guarded(|| {
            let txn = db.begin_write()?;
            (self.plan.create)(&txn)?;
            txn.open_table(META)?.insert(META_SCHEMA, row::write_number(SCHEMA).as_slice())?;
            txn.commit()?;
            db.close()?;
            Ok(())
        })?;
        fs::rename(&unfinished, &self.path)?;
        if let Some(dir) = self.path.parent() {
            fs::File::open(dir)?.sync_all()?;
        }
        Ok(())
    }

    fn database(&self, path: &Path, verify: bool) -> Result<Database, Fault> {
        let handle = OpenOptions::new().read(true).write(true).open(path)?;
        guarded(|| {
            let backend = meter::Metered::new(FileBackend::new(handle)?, Arc::clone(&self.meter));
            let mut builder = Builder::new();
            builder.set_cache_size(self.plan.cache).set_check_integrity_on_open(verify);
            Ok(builder.create_with_backend(backend)?)
        })
    }

    fn note(&self, fault: Option<&Fault>) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = fault.cloned();
    }
}

/// What the log is told about a file.
#[derive(Debug, PartialEq, Eq)]
enum News {
    Fails,
    Over,
}

/// Whether what became of a write is news, after what was wrong before it.
fn news(before: Option<&str>, fault: Option<&Fault>) -> Option<News> {
    match (before, fault) {
        (before, Some(fault)) => (before != Some(fault.to_string().as_str())).then_some(News::Fails),
        (Some(_), None) => Some(News::Over),
        (None, None) => None,
    }
}

/// Runs database code; a panic in it (facts: a damaged page can cause one) is a fault like any other.
fn guarded<T>(work: impl FnOnce() -> Result<T, redb::Error>) -> Result<T, Fault> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => Ok(result?),
        Err(_) => Err(Fault::Damaged("the database code panicked over it".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_stays_full_is_told_once() {
        let fault = |text: &str| Some(Fault::Io(text.to_owned()));
        let mut before: Option<String> = None;
        let mut told = Vec::new();
        for fault in [None, fault("full"), fault("full"), fault("full"), fault("gone"), None, None, fault("full")] {
            told.push(news(before.as_deref(), fault.as_ref()));
            before = fault.map(|fault| fault.to_string());
        }
        let (fails, over) = (Some(News::Fails), Some(News::Over));
        assert!(told == [None, fails, None, None, Some(News::Fails), over, None, Some(News::Fails)], "{told:?}");
    }
}
