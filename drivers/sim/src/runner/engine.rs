//! The task that owns the adapter: bytes of the host, orders and the clock, in one `select!`.

use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::Errand;
use super::clock::Clock;
use super::trace::{self, Trace};
use crate::adapter::Adapter;
use crate::control::Order;

/// Bytes read at once.
const READ: usize = 4096;
/// A host that does not read loses what it does not take in so long, as on a line without flow control.
const PATIENCE: Duration = Duration::from_millis(500);
/// Changes of memory are written together.
const SAVE_AFTER: Duration = Duration::from_millis(100);
/// When nothing is due.
const IDLE: Duration = Duration::from_secs(3600);

/// Files beside the port.
#[derive(Debug, Default)]
pub struct Options {
    /// Where traces go.
    pub trace: Option<Trace>,
    /// Where memory is kept.
    pub memory: Option<PathBuf>,
}

/// An adapter in time.
#[derive(Debug)]
pub(super) struct Engine {
    adapter: Adapter,
    clock: Clock,
    options: Options,
    orders: mpsc::Receiver<Errand>,
    deaf: bool,
    save_at: Option<Instant>,
    unplugged: Option<Duration>,
}

/// What woke the task.
enum Wake<T> {
    Read(io::Result<usize>),
    Order(Option<Errand>),
    Time,
    Done(T),
}

impl Engine {
    pub(super) fn new(adapter: Adapter, speed: f64, options: Options, orders: mpsc::Receiver<Errand>) -> Self {
        Self { adapter, clock: Clock::start(speed), options, orders, deaf: false, save_at: None, unplugged: None }
    }

    /// Plays the stick until the host closes the port or somebody pulls the stick.
    pub(super) async fn session<S: AsyncRead + AsyncWrite + Unpin>(&mut self, mut stream: S) -> io::Result<()> {
        self.adapter.reopen();
        let mut buffer = vec![0; READ];
        loop {
            self.write_due(&mut stream).await?;
            let alarm = self.alarm();
            let wake: Wake<()> = tokio::select! {
                read = stream.read(&mut buffer) => Wake::Read(read),
                order = self.orders.recv(), if !self.deaf => Wake::Order(order),
                () = sleep_until(alarm) => Wake::Time,
            };
            match wake {
                Wake::Read(read) => match buffer.get(..read?) {
                    Some([]) | None => return Ok(()),
                    Some(bytes) => self.take(bytes),
                },
                Wake::Order(errand) => self.obey(errand),
                Wake::Time | Wake::Done(()) => self.tick().await,
            }
            if self.unplugged.is_some() {
                return Ok(());
            }
        }
    }

    /// Lives on without a host until something else is done, or `None` if the stick is pulled before.
    /// What it would have said is lost.
    pub(super) async fn until<T>(&mut self, event: impl Future<Output = T>) -> Option<T> {
        tokio::pin!(event);
        loop {
            while self.adapter.poll(self.clock.now()).is_some() {}
            let alarm = self.alarm();
            let wake = tokio::select! {
                done = &mut event => Wake::Done(done),
                order = self.orders.recv(), if !self.deaf => Wake::Order(order),
                () = sleep_until(alarm) => Wake::Time,
            };
            match wake {
                Wake::Done(done) => return Some(done),
                Wake::Order(errand) => self.obey(errand),
                Wake::Time | Wake::Read(_) => self.tick().await,
            }
            if self.unplugged.is_some() {
                return None;
            }
        }
    }

    /// True if somebody pulled the stick.
    pub(super) fn is_unplugged(&self) -> bool {
        self.unplugged.is_some()
    }

    /// Waits until the stick is put back.
    pub(super) async fn replug(&mut self) {
        while let Some(length) = self.unplugged.take() {
            self.until(sleep(length)).await;
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        let at = trace::now();
        let frames = self.adapter.handle_bytes(self.clock.now(), bytes);
        if let Some(trace) = &mut self.options.trace {
            for frame in &frames {
                trace.read(at, frame);
            }
        }
        self.note_changes();
    }

    fn obey(&mut self, errand: Option<Errand>) {
        let Some((order, answer)) = errand else {
            self.deaf = true;
            return;
        };
        if let Order::Unplug(length) = order {
            self.unplugged = Some(length);
        }
        let outcome = self.adapter.handle_order(self.clock.now(), &order);
        // Whoever asked may have gone.
        let _ = answer.send(outcome);
        self.note_changes();
    }

    async fn tick(&mut self) {
        self.adapter.handle_timeout(self.clock.now());
        self.note_changes();
        if self.save_at.is_some_and(|at| at <= Instant::now()) {
            self.write_memory().await;
        }
    }

    async fn write_due(&mut self, stream: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
        let mut wrote = false;
        while let Some(piece) = self.adapter.poll(self.clock.now()) {
            if let (Some(trace), Some(frame)) = (&mut self.options.trace, &piece.frame) {
                trace.writing(frame);
            }
            if let Ok(written) = timeout(PATIENCE, stream.write_all(&piece.bytes)).await {
                written?;
            } else {
                tracing::debug!(bytes = piece.bytes.len(), "lost, for the host does not read");
            }
            wrote = true;
        }
        if wrote {
            stream.flush().await?;
        }
        if let Some(trace) = &mut self.options.trace {
            trace.flush();
        }
        Ok(())
    }

    fn alarm(&self) -> Instant {
        let due = self.adapter.deadline().map(|at| self.clock.instant(at));
        [due, self.save_at].into_iter().flatten().min().unwrap_or_else(|| Instant::now() + IDLE)
    }

    fn note_changes(&mut self) {
        if self.options.memory.is_some() && self.save_at.is_none() && self.adapter.take_changed() {
            self.save_at = Some(Instant::now() + SAVE_AFTER);
        }
    }

    /// Writes the memory file if something changed.
    pub(super) async fn save(&mut self) {
        self.note_changes();
        if self.save_at.is_some() {
            self.write_memory().await;
        }
    }

    async fn write_memory(&mut self) {
        self.save_at = None;
        self.adapter.take_changed();
        let Some(path) = &self.options.memory else { return };
        let beside = path.with_extension("new");
        let text = self.adapter.save().to_string();
        let written = async {
            tokio::fs::write(&beside, text).await?;
            tokio::fs::rename(&beside, path).await
        };
        if let Err(error) = written.await {
            tracing::warn!(path = %path.display(), %error, "the memory cannot be written");
        }
    }
}
