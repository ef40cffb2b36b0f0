//! One connection, from its first byte to its last: a task that reads, answers and writes.
//! `handshake` lets it in, `inbound` does what it asks, `outbound` writes what waits for it.
//! It knows the hub and the switch, not the listener.

mod handshake;
mod inbound;
mod outbound;

use std::{collections::VecDeque, net::SocketAddr, sync::Arc, time::Duration};

use bytes::BytesMut;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    time::{Instant, sleep_until, timeout},
};
use tracing::debug;

use crate::{
    auth::{Authenticator, Identity},
    config::Config,
    hub::{End, Hub, SessionRef},
    mailbox::{Finished, Mailbox, Reason},
    session::Outgoing,
    switch::Switch,
    wire::{self, Encoder, WireError},
};

/// What all connections share.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) hub: Arc<Hub>,
    pub(crate) switch: Arc<dyn Switch>,
    pub(crate) auth: Arc<dyn Authenticator>,
}

/// Topic aliases a 5.0 client may set.
const TOPIC_ALIASES: u16 = 32;
/// Bytes written at a time.
const OUT_HIGH: usize = 32 * 1024;
/// Packets handled before the task writes and lets others run.
const BATCH: usize = 64;
/// A buffer that grew beyond this for one packet is given back.
const BUFFER_KEPT: usize = 16 * 1024;
/// For the last packet to a client that may not read.
const FAREWELL: Duration = Duration::from_millis(500);

/// Why a connection ends.
#[derive(Debug)]
enum Leave {
    /// The other side closed, or the network did.
    Closed,
    /// The client sent DISCONNECT.
    Goodbye { with_will: bool, expiry: Option<u32> },
    /// The client sent what MQTT does not allow.
    Broken(WireError),
    /// The broker ends it, with this reason.
    Told(Reason),
}

impl From<WireError> for Leave {
    fn from(error: WireError) -> Self {
        Self::Broken(error)
    }
}

/// A connection that has logged in.
struct Client {
    shared: Arc<Shared>,
    identity: Identity,
    name: Arc<str>,
    session: SessionRef,
    mailbox: Arc<Mailbox>,
    encoder: Encoder,
    /// One and a half times what the client promised (MQTT 5.0, 3.1.2.10).
    keep_alive: Option<Duration>,
    last_heard: Instant,
    aliases: Vec<Option<Arc<str>>>,
    /// Publishes to acknowledge, in the order they came (MQTT 5.0, 4.6).
    unanswered: VecDeque<inbound::Unanswered>,
    finished: Vec<Finished>,
    outgoing: Vec<Outgoing>,
    out: BytesMut,
    /// When `out` last got shorter or was empty.
    last_written: Instant,
    /// Since when this client holds publishers back by not reading.
    blocking_since: Option<Instant>,
}

/// What the task waits for next.
struct Wait {
    reads: bool,
    again: bool,
    deadline: Option<Instant>,
}

/// Serves one connection until it ends.
pub(crate) async fn serve<S: AsyncRead + AsyncWrite + Unpin>(shared: Arc<Shared>, mut stream: S, peer: SocketAddr) {
    let mut input = BytesMut::new();
    let greeting = handshake::greet(&shared, &mut stream, &mut input, peer);
    let Ok(Some(mut client)) = timeout(shared.config.connect_timeout, greeting).await else {
        return;
    };
    let (mut reader, mut writer) = tokio::io::split(stream);
    let leave = client.run(&mut reader, &mut writer, &mut input).await;
    debug!(client = %client.name, user = %client.identity.user, ?leave, "connection ends");
    client.leave(&leave);
    let out = std::mem::take(&mut client.out);
    drop(client);
    farewell(&mut reader, &mut writer, &out).await;
}

/// Writes the last packet and waits a little for the other side to close. Closing on bytes that were not read
/// would reset the connection, and the packet with it.
async fn farewell<R, W>(reader: &mut R, writer: &mut W, last: &[u8])
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let goodbye = async {
        writer.write_all(last).await?;
        writer.shutdown().await?;
        let mut ignored = [0; 512];
        while reader.read(&mut ignored).await? > 0 {}
        std::io::Result::Ok(())
    };
    // Whoever does not read the last packet does not get it.
    let _ = timeout(FAREWELL, goodbye).await;
}

impl Client {
    async fn run<R, W>(&mut self, reader: &mut R, writer: &mut W, input: &mut BytesMut) -> Leave
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        loop {
            let wait = match self.step(input) {
                Ok(wait) => wait,
                Err(leave) => return leave,
            };
            if wait.reads && input.capacity() - input.len() < 1024 {
                input.reserve(4096);
            }
            let deadline = wait.deadline;
            tokio::select! {
                biased;
                written = writer.write_buf(&mut self.out), if !self.out.is_empty() => match written {
                    Ok(1..) => self.last_written = Instant::now(),
                    Ok(0) | Err(_) => return Leave::Closed,
                },
                read = reader.read_buf(input), if wait.reads => match read {
                    Ok(1..) => {}
                    Ok(0) | Err(_) => return Leave::Closed,
                },
                () = self.mailbox.woken() => {}
                () = tokio::task::yield_now(), if wait.again => {}
                () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => {
                    if let Some(leave) = self.late(wait.reads) {
                        return leave;
                    }
                }
            }
        }
    }

    /// All that can be done without waiting.
    fn step(&mut self, input: &mut BytesMut) -> Result<Wait, Leave> {
        let now = Instant::now();
        if self.out.is_empty() {
            self.last_written = now;
        }
        let mut pending = self.answer();
        if let Some(reason) = self.mailbox.close_reason() {
            if reason == Reason::ServerShuttingDown {
                // The last messages are those that say goodbye.
                self.write_outgoing(now)?;
            }
            return Err(Leave::Told(reason));
        }
        let mut handled = 0;
        let mut held = false;
        while handled < BATCH && self.out.len() < OUT_HIGH {
            held = !pending.has_room() && input.first().is_some_and(|first| first >> 4 == 3);
            if held {
                break;
            }
            let Some(frame) = wire::next_frame(input, self.shared.config.max_packet_size)? else {
                break;
            };
            handled += 1;
            self.last_heard = now;
            self.handle(wire::decode(self.encoder.version, frame)?, now)?;
            pending = self.answer();
        }
        self.write_outgoing(now)?;
        if held || self.out.len() >= OUT_HIGH {
            // It is us who do not listen: the client's silence does not count.
            self.last_heard = now;
        }
        if input.is_empty() && input.capacity() > BUFFER_KEPT {
            *input = BytesMut::new();
        }
        let full = self.out.len() >= OUT_HIGH;
        let reads = !held && !full;
        Ok(Wait { reads, again: handled == BATCH && !full, deadline: self.deadline(reads) })
    }

    fn deadline(&self, listening: bool) -> Option<Instant> {
        let config = &self.shared.config;
        let silent = self.keep_alive.filter(|_| listening).map(|allowed| self.last_heard + allowed);
        let blocking = self.blocking_since.map(|since| since + config.slow_reader_timeout);
        let stalled = (!self.out.is_empty()).then(|| self.last_written + config.write_timeout);
        [silent, blocking, stalled].into_iter().flatten().min()
    }

    /// Which deadline has passed.
    fn late(&self, listening: bool) -> Option<Leave> {
        let now = Instant::now();
        let config = &self.shared.config;
        let silent = self.keep_alive.is_some_and(|allowed| listening && self.last_heard + allowed <= now);
        let blocking = self.blocking_since.is_some_and(|since| since + config.slow_reader_timeout <= now);
        let stalled = !self.out.is_empty() && self.last_written + config.write_timeout <= now;
        if blocking || stalled {
            self.shared.hub.counters.slow_readers.add(1);
            return Some(Leave::Told(Reason::QuotaExceeded));
        }
        silent.then_some(Leave::Told(Reason::KeepAliveTimeout))
    }

    /// Gives the session back, publishes the will if there is one to publish, and writes a last packet.
    fn leave(&mut self, leave: &Leave) {
        let (end, expiry) = match leave {
            Leave::Goodbye { with_will: false, expiry } => (End::Normal, *expiry),
            Leave::Goodbye { with_will: true, expiry } => (End::Lost, *expiry),
            Leave::Told(Reason::ServerShuttingDown) => (End::Normal, None),
            Leave::Told(_) | Leave::Closed | Leave::Broken(_) => (End::Lost, None),
        };
        self.detach(end, expiry);
        match leave {
            Leave::Told(reason) => self.encoder.disconnect(*reason, &mut self.out),
            Leave::Broken(error) => {
                self.shared.hub.counters.protocol_errors.add(1);
                self.encoder.disconnect(error.reason(), &mut self.out);
            }
            Leave::Closed | Leave::Goodbye { .. } => self.out.clear(),
        }
    }

    /// Does nothing the second time, as the session has no such connection any more.
    fn detach(&mut self, end: End, expiry: Option<u32>) {
        let longest = self.shared.config.max_session_expiry;
        let expiry = expiry.map(|seconds| Duration::from_secs(u64::from(seconds)).min(longest));
        let will = self.shared.hub.detach(self.session, end, expiry, Instant::now());
        if let Some(will) = will {
            self.shared.switch.publish(will, None);
        }
    }
}

impl Drop for Client {
    /// Also when the task was aborted or panicked, nobody else would end its session.
    fn drop(&mut self) {
        self.detach(End::Lost, None);
    }
}
