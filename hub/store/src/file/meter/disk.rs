//! A disk for tests that becomes full as real ones do: what was written can be written over, but nothing new fits.

use std::collections::BTreeSet;
use std::io;
use std::sync::Mutex;

const PAGE: u64 = 4096;

/// A disk that can be filled.
#[derive(Debug, Default)]
pub(crate) struct Disk(Mutex<Pages>);

#[derive(Debug, Default)]
struct Pages {
    /// Pages that hold something.
    taken: BTreeSet<u64>,
    /// How many more fit, if there is a limit.
    room: Option<usize>,
}

impl Disk {
    /// From now on so many more pages fit; without a number, any.
    pub(crate) fn set_room(&self, pages: Option<usize>) {
        self.0.lock().unwrap().room = pages;
    }

    pub(super) fn take(&self, offset: u64, bytes: u64) -> io::Result<()> {
        let mut pages = self.0.lock().unwrap();
        for page in offset / PAGE..(offset + bytes).div_ceil(PAGE) {
            if pages.taken.contains(&page) {
                continue;
            }
            match pages.room.as_mut() {
                Some(0) => return Err(io::Error::new(io::ErrorKind::StorageFull, "no space left on device")),
                Some(room) => *room -= 1,
                None => {}
            }
            pages.taken.insert(page);
        }
        Ok(())
    }
}
