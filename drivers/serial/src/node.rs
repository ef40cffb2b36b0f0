//! Which device is behind a path right now.
//!
//! A stick that is pulled takes its node with it, and comes back with a new one. Comparing nodes tells the return at once, also when
//! the absence fell between two looks, and when udev set its owner a moment after it appeared.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// The identity of a device node: equal only while it is the same node with the same owner and mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Node {
    filesystem: u64,
    inode: u64,
    device: u64,
    changed: (i64, i64),
}

impl Node {
    /// The node at the end of `path`, links followed. `None` while there is none.
    pub(crate) fn at(path: &Path) -> Option<Self> {
        let meta = fs::metadata(path).ok()?;
        Some(Self {
            filesystem: meta.dev(),
            inode: meta.ino(),
            device: meta.rdev(),
            changed: (meta.ctime(), meta.ctime_nsec()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_node_is_known_through_its_link_and_told_from_its_successor() {
        let folder = tempfile::tempdir().unwrap();
        let (link, first, second) = (folder.path().join("link"), folder.path().join("a"), folder.path().join("b"));
        symlink(&first, &link).unwrap();
        assert_eq!(Node::at(&link), None, "a link into nothing");

        fs::write(&first, "").unwrap();
        let before = Node::at(&link);
        assert!(before.is_some());
        assert_eq!(Node::at(&link), before);

        fs::write(&second, "").unwrap();
        fs::remove_file(&link).unwrap();
        symlink(&second, &link).unwrap();
        assert_ne!(Node::at(&link), before);
    }
}
