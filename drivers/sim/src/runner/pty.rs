//! A pseudo-terminal as a stick's port: raw, under a name of our choice, open to one host after the other.
//!
//! We hold the master side alone. Holding the slave side too would keep the locks of a host that was killed.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use tokio::io::Join;
use tokio::net::unix::pipe;
use tokio::time::sleep;

use super::engine::Engine;

/// Between looks whether a host opened the port: the kernel does not tell.
const LOOK: Duration = Duration::from_millis(10);

/// A pseudo-terminal and the link to it, which is removed with it.
#[derive(Debug)]
pub struct Pty {
    master: File,
    link: PathBuf,
}

impl Pty {
    /// Makes one and links it at `link`. A link that stands there is replaced, anything else is not.
    pub fn create(link: &Path) -> io::Result<Self> {
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let master = openpt(OpenptFlags::from_bits_retain((flags | OFlags::NONBLOCK).bits()))?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let name = ptsname(&master, Vec::new())?;
        // Opened and closed once, so that the master side sees a hang-up until a host comes.
        drop(rustix::fs::open(name.as_c_str(), flags, Mode::empty())?);
        if link.is_symlink() {
            std::fs::remove_file(link)?;
        }
        let target = name.to_str().map_err(|_| io::Error::from(ErrorKind::InvalidData))?;
        std::os::unix::fs::symlink(target, link)?;
        Ok(Self { master: master.into(), link: link.into() })
    }

    /// Waits for a host to open the port.
    async fn opened(&self) -> io::Result<()> {
        loop {
            let mut look = [PollFd::new(&self.master, PollFlags::IN)];
            poll(&mut look, Some(&rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 }))?;
            if !look.iter().any(|fd| fd.revents().contains(PollFlags::HUP)) {
                break;
            }
            sleep(LOOK).await;
        }
        // The kernel forgets the mode with each closing.
        let mut mode = tcgetattr(&self.master)?;
        mode.make_raw();
        tcsetattr(&self.master, OptionalActions::Now, &mode)?;
        Ok(())
    }

    /// The port while a host has it open; a hang-up reads as an error. Registered anew for each host, for the runtime
    /// never forgets a hang-up. The type for pipes takes any file that can be waited for.
    fn stream(&self) -> io::Result<Join<pipe::Receiver, pipe::Sender>> {
        let receiver = pipe::Receiver::from_file_unchecked(self.master.try_clone()?)?;
        let sender = pipe::Sender::from_file_unchecked(self.master.try_clone()?)?;
        Ok(tokio::io::join(receiver, sender))
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.link) {
            tracing::debug!(link = %self.link.display(), %error, "the link is gone already");
        }
    }
}

/// Serves one host after the other. A stick that was pulled comes back under the same name.
pub(super) async fn serve(engine: &mut Engine, mut pty: Pty) -> io::Result<()> {
    loop {
        if let Some(opened) = engine.until(pty.opened()).await {
            opened?;
            match engine.session(pty.stream()?).await {
                Ok(()) => tracing::debug!("the host closed the port"),
                Err(error) => tracing::debug!(%error, "the host hung up"),
            }
        }
        if engine.is_unplugged() {
            let link = pty.link.clone();
            drop(pty);
            engine.replug().await;
            pty = Pty::create(&link)?;
        }
    }
}
