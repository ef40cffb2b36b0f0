//! Sockets with a name in the file system, made so that nobody connects before their mode is set.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tokio::net::UnixListener;

/// Opens the socket at `path`, in place of one that a dead daemon left.
pub(crate) fn listen(path: &Path) -> io::Result<UnixListener> {
    if std::os::unix::net::UnixStream::connect(path).is_ok() {
        return Err(io::Error::new(io::ErrorKind::AddrInUse, "another hearthd answers on it"));
    }
    // Made under another name first: nobody shall connect before the mode is set.
    let making = path.with_extension("new");
    match std::fs::remove_file(&making) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&making)?;
    std::fs::set_permissions(&making, std::fs::Permissions::from_mode(0o660))?;
    std::fs::rename(&making, path)?;
    Ok(listener)
}
