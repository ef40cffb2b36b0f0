//! The gateway's socket: there while the keeper grants it, one gateway at a time. Opens frames, brings questions to the
//! house, and lets answers go at their time.
//!
//! It runs on a thread of its own, so that the moment at which a frame leaves does not tell what the house computes.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use home::Now;
use seal::{Hub, Message, Opener, Rules};
use summary::Vendor;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixListener;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{sleep, sleep_until};

use super::record::{self, RECORD, Record, Route};
use super::schedule::due;
use super::status::Status;
use super::{Access, Knock, Lines, Push, Question};
use crate::clock::Clock;

/// Questions under way; further ones are dropped. A person asks one at a time, a routine a few.
const QUESTIONS: usize = 16;
/// Frames that wait for the gateway to read them.
const WAITING: usize = 32;
/// How far apart the clocks of relay and hub may be.
const SKEW_MS: u64 = 3_000;
/// How long until a socket that can't be made is tried again.
const AGAIN: Duration = Duration::from_secs(5);
/// What was to leave longer ago is left out: no gateway was there.
const STALE: Duration = Duration::from_secs(5);

/// The socket's end of the door.
pub(crate) struct Socket {
    pub(crate) path: PathBuf,
    pub(crate) lines: Lines,
    pub(crate) house: mpsc::UnboundedSender<Knock>,
    pub(crate) clock: Clock,
}

/// What frames of one pairing are opened and sealed with. It outlasts connections: a frame that was opened stays known.
struct Seals {
    access: Access,
    opener: Opener,
    hub: Arc<Hub>,
}

impl Seals {
    fn new(access: Access) -> Self {
        let rules = Rules { skew_ms: SKEW_MS, not_before: access.not_before };
        Self { opener: Opener::requests(&access.key, rules), hub: Arc::new(Hub::new(&access.key)), access }
    }
}

/// What a connection works with.
struct Desk<'a> {
    house: &'a mpsc::UnboundedSender<Knock>,
    status: &'a Arc<Status>,
    clock: Clock,
    out: mpsc::Sender<Vec<u8>>,
}

impl Socket {
    /// Serves on a thread of its own until the keeper is gone.
    pub(crate) fn start(self) -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = std::thread::Builder::new().name("door".to_owned());
        thread.spawn(move || runtime.block_on(self.serve())).map(drop)
    }

    /// Serves until the keeper is gone.
    pub(super) async fn serve(mut self) {
        let mut seals = None;
        loop {
            let granted = self.lines.access.borrow_and_update().clone();
            let Some(access) = granted else {
                if self.lines.access.changed().await.is_err() {
                    return;
                }
                continue;
            };
            let mut using = match seals.take() {
                Some(seals @ Seals { .. }) if access.is_same(&seals.access) => seals,
                _ => Seals::new(access),
            };
            let ended = self.open(&mut using).await;
            seals = Some(using);
            if ended {
                return;
            }
        }
    }

    /// Has the socket open until the access changes; true if the keeper is gone.
    async fn open(&mut self, seals: &mut Seals) -> bool {
        let Self { path, lines, house, clock } = self;
        let listener = match crate::listen::listen(path) {
            Ok(listener) => listener,
            Err(error) => {
                let trouble = format!("can't open {}: {error}", path.display());
                tracing::error!(%trouble, "the door can't be opened; trying again");
                lines.status.lock().trouble = Some(trouble);
                return tokio::select! {
                    () = sleep(AGAIN) => false,
                    changed = lines.access.changed() => changed.is_err(),
                };
            }
        };
        lines.status.lock().trouble = None;
        tracing::info!(path = %path.display(), "the door is open to the gateway");
        let serving = accept(&listener, seals, house, *clock, &lines.status, &mut lines.pushes);
        let ended = tokio::select! {
            () = serving => false,
            changed = lines.access.changed() => changed.is_err(),
        };
        close(path);
        lines.status.lock().relay = None;
        tracing::info!("the door is shut");
        ended
    }
}

fn close(path: &Path) {
    // It may be gone already.
    let _ = std::fs::remove_file(path);
}

/// Serves one gateway after the other.
async fn accept(
    listener: &UnixListener,
    seals: &mut Seals,
    house: &mpsc::UnboundedSender<Knock>,
    clock: Clock,
    status: &Arc<Status>,
    pushes: &mut mpsc::Receiver<Push>,
) {
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "can't accept the gateway");
                sleep(AGAIN).await;
                continue;
            }
        };
        tracing::info!("a gateway has come");
        let (out, outbox) = mpsc::channel(WAITING);
        let desk = Desk { house, status, clock, out };
        let hub = Arc::clone(&seals.hub);
        let (read, write) = stream.into_split();
        let reason = tokio::select! {
            Err(error) = hear(read, seals, &desk) => error.to_string(),
            Err(error) = say(write, outbox) => error.to_string(),
            () = tell(pushes, &hub, &desk) => "the hub is stopping".to_owned(),
        };
        status.lock().relay = None;
        tracing::info!(reason, "the gateway has gone");
    }
}

/// Reads what the gateway brings. Answers that are under way end with it.
async fn hear(mut gateway: OwnedReadHalf, seals: &mut Seals, desk: &Desk<'_>) -> io::Result<std::convert::Infallible> {
    let mut bytes = vec![0; RECORD];
    let mut answers = JoinSet::new();
    loop {
        gateway.read_exact(&mut bytes).await?;
        while answers.try_join_next().is_some() {}
        match record::read(&bytes) {
            Some(Record::Status(relay)) => desk.status.lock().relay = Some(relay),
            Some(Record::Question(route, frame)) => {
                let received = desk.clock.now();
                match seals.opener.open(frame, received.wall.0) {
                    Err(refused) => {
                        desk.status.count(|counts| counts.refused_frames += 1);
                        tracing::warn!(%refused, "a frame was not opened");
                    }
                    Ok(_) if answers.len() >= QUESTIONS => desk.status.count(|counts| counts.unheard += 1),
                    Ok(message) => {
                        let answer = Answering { message, route, received, hub: Arc::clone(&seals.hub) };
                        answers.spawn(answer.run(desk));
                    }
                }
            }
            None => return Err(io::Error::new(io::ErrorKind::InvalidData, "it does not speak as a gateway")),
        }
    }
}

/// A question under way.
struct Answering {
    message: Message,
    route: Route,
    received: Now,
    hub: Arc<Hub>,
}

impl Answering {
    fn run(self, desk: &Desk<'_>) -> impl Future<Output = ()> + use<> {
        let Self { message, route, received, hub } = self;
        let (reply, told) = oneshot::channel();
        let vendor = match message.vendor {
            seal::Vendor::Alexa => Vendor::Alexa,
            seal::Vendor::Google => Vendor::Google,
        };
        let request = voice::Request::parse(vendor, &message.body);
        let question = Question { request, received, compared: None, reply };
        // Without a house the reply is dropped, and with it the question.
        let _ = desk.house.send(Knock::Question(question));
        let (clock, status, out) = (desk.clock, Arc::clone(desk.status), desk.out.clone());
        async move {
            let Ok(reply) = told.await else { return };
            let Some(at) = due(received.up, reply.after, clock.now().up) else {
                return status.count(|counts| counts.late += 1);
            };
            // Sealed before its time, so that only the sending is left then.
            let wait = u64::try_from(at.saturating_sub(received.up).as_millis()).unwrap_or(u64::MAX);
            let frame = match hub.seal_reply(&message, &reply.body, received.wall.0.saturating_add(wait)) {
                Ok(frame) => record::answer(route, &frame),
                Err(error) => return tracing::error!(%error, "an answer can't be sealed"),
            };
            sleep_until(clock.instant(at)).await;
            if out.try_send(frame).is_err() {
                status.count(|counts| counts.late += 1);
            }
        }
    }
}

/// Writes what is ready, in its order.
async fn say(mut gateway: OwnedWriteHalf, mut outbox: mpsc::Receiver<Vec<u8>>) -> io::Result<std::convert::Infallible> {
    while let Some(record) = outbox.recv().await {
        gateway.write_all(&record).await?;
    }
    Err(io::ErrorKind::BrokenPipe.into())
}

/// Lets go, at its time, what nobody asked for; ends when there can't be more.
async fn tell(pushes: &mut mpsc::Receiver<Push>, hub: &Hub, desk: &Desk<'_>) {
    while let Some(push) = pushes.recv().await {
        let now = desk.clock.now();
        if push.at + STALE < now.up {
            continue;
        }
        let wait = u64::try_from(push.at.saturating_sub(now.up).as_millis()).unwrap_or(u64::MAX);
        match hub.seal_push(push.vendor, &push.body, now.wall.0.saturating_add(wait)) {
            Ok(frame) => {
                sleep_until(desk.clock.instant(push.at)).await;
                if desk.out.try_send(record::push(&frame)).is_err() {
                    desk.status.count(|counts| counts.late += 1);
                }
            }
            Err(error) => tracing::error!(%error, "a push can't be sealed"),
        }
    }
}
