//! A link over real ports: a pseudo-terminal behind a link in the file system, as a stick is, and a socket on loopback.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serial::{Event, Link, Lost, OpenError, Port, SendError, Settings, Writer};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_serial::{SerialPort, SerialStream};

/// Ends a test that hangs; no test comes near it.
const LIMIT: Duration = Duration::from_secs(30);

/// A stick that can be pulled: its by-id link and, while it is in, the adapter's side of the line.
struct Stick {
    folder: TempDir,
    adapter: Option<(SerialStream, SerialStream)>,
}

impl Stick {
    fn out() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), adapter: None }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("usb-stick")
    }

    fn plug(&mut self) {
        let (ours, theirs) = SerialStream::pair().unwrap();
        symlink(Path::new(&theirs.name().unwrap()), self.path()).unwrap();
        self.adapter = Some((ours, theirs));
    }

    fn pull(&mut self) {
        std::fs::remove_file(self.path()).unwrap();
        self.adapter = None;
    }

    fn far_end(&mut self) -> &mut SerialStream {
        &mut self.adapter.as_mut().unwrap().0
    }

    fn link(&self) -> Link {
        Link::spawn(Port::Tty(self.path()), Settings::default())
    }
}

async fn next(link: &mut Link) -> Event {
    timeout(LIMIT, link.next()).await.expect("an event in time").expect("a running link")
}

async fn opened(link: &mut Link) -> Writer {
    loop {
        match next(link).await {
            Event::Opened(writer) => return writer,
            Event::Lost(Lost::Open(_)) => {}
            other => panic!("{other:?}"),
        }
    }
}

async fn lost(link: &mut Link) -> Lost {
    match next(link).await {
        Event::Lost(lost) => lost,
        other => panic!("{other:?}"),
    }
}

async fn bytes(link: &mut Link, count: usize) -> Vec<u8> {
    let mut all = Vec::new();
    while all.len() < count {
        match next(link).await {
            Event::Bytes(bytes) => all.extend(bytes),
            other => panic!("{other:?} after {} bytes", all.len()),
        }
    }
    all
}

async fn read(from: &mut (impl AsyncReadExt + Unpin), count: usize) -> Vec<u8> {
    let mut all = vec![0; count];
    timeout(LIMIT, from.read_exact(&mut all)).await.expect("bytes in time").unwrap();
    all
}

#[tokio::test]
async fn every_byte_value_passes_a_tty_both_ways() {
    let mut stick = Stick::out();
    stick.plug();
    let mut link = stick.link();
    let writer = opened(&mut link).await;
    let all: Vec<u8> = (0..=255).collect();

    writer.send(all.clone()).unwrap();
    assert_eq!(read(stick.far_end(), 256).await, all);
    stick.far_end().write_all(&all).await.unwrap();
    assert_eq!(bytes(&mut link, 256).await, all);
}

#[tokio::test]
async fn a_pulled_stick_is_lost_and_works_again_when_it_is_back() {
    let mut stick = Stick::out();
    let mut link = stick.link();
    assert!(matches!(lost(&mut link).await, Lost::Open(OpenError::Missing(_))));

    for round in 0..3 {
        stick.plug();
        let writer = opened(&mut link).await;
        writer.send(vec![round]).unwrap();
        assert_eq!(read(stick.far_end(), 1).await, [round]);

        stick.pull();
        assert!(matches!(lost(&mut link).await, Lost::Closed | Lost::Read(_)));
        assert_eq!(writer.send(vec![9]), Err(SendError::Lost));
        assert!(matches!(lost(&mut link).await, Lost::Open(OpenError::Missing(_))));
    }
}

#[tokio::test]
async fn more_than_the_tty_takes_at_once_arrives_whole_while_bytes_come_in() {
    let mut stick = Stick::out();
    stick.plug();
    let mut link = stick.link();
    let writer = opened(&mut link).await;
    let out: Vec<u8> = (0..60_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    writer.send(out.clone()).unwrap();

    let far_end = stick.far_end();
    // Only when our queue is full does the adapter begin to read, and it writes first: a pump that finishes writing before it reads hangs.
    sleep(Duration::from_millis(50)).await;
    let (mut from, mut to) = tokio::io::split(far_end);
    let (received, sent, came) =
        tokio::join!(read(&mut from, out.len()), timeout(LIMIT, to.write_all(&out)), bytes(&mut link, out.len()));
    sent.unwrap().unwrap();
    assert!(received == out && came == out);
}

#[tokio::test]
async fn a_line_pulse_keeps_the_order_of_frames() {
    let mut stick = Stick::out();
    stick.plug();
    let mut link = stick.link();
    let writer = opened(&mut link).await;
    writer.send(vec![1]).unwrap();
    writer.leave_bootloader().unwrap();
    writer.send(vec![2]).unwrap();
    assert_eq!(read(stick.far_end(), 2).await, [1, 2]);
}

#[tokio::test]
async fn a_dropped_writer_closes_and_opens_the_port() {
    let mut stick = Stick::out();
    stick.plug();
    let mut link = stick.link();
    drop(opened(&mut link).await);
    assert!(matches!(lost(&mut link).await, Lost::Dropped));
    let writer = opened(&mut link).await;
    writer.send(vec![7]).unwrap();
    assert_eq!(read(stick.far_end(), 1).await, [7]);
}

#[tokio::test]
async fn a_closed_link_frees_the_tty() {
    let mut stick = Stick::out();
    stick.plug();
    let mut link = stick.link();
    let _writer = opened(&mut link).await;
    let mut second = stick.link();
    assert!(matches!(lost(&mut second).await, Lost::Open(OpenError::Busy(_))));
    link.close().await;
    opened(&mut second).await;
}

async fn listen() -> (TcpListener, Port) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = Port::Tcp { host: "127.0.0.1".to_owned(), port: listener.local_addr().unwrap().port() };
    (listener, port)
}

async fn accept(listener: &TcpListener) -> TcpStream {
    timeout(LIMIT, listener.accept()).await.expect("a connection in time").unwrap().0
}

#[tokio::test]
async fn a_socket_that_its_peer_closes_is_connected_again_after_the_old_one_is_closed() {
    let (listener, port) = listen().await;
    let mut link = Link::spawn(port, Settings::default());
    let mut peer = accept(&listener).await;
    let writer = opened(&mut link).await;
    peer.write_all(b"hello").await.unwrap();
    assert_eq!(bytes(&mut link, 5).await, b"hello");

    peer.shutdown().await.unwrap();
    assert!(matches!(lost(&mut link).await, Lost::Closed));
    assert_eq!(
        timeout(LIMIT, peer.read(&mut [0; 8])).await.unwrap().unwrap(),
        0,
        "our side is closed before the next one opens"
    );
    assert_eq!(writer.send(b"stale".to_vec()), Err(SendError::Lost));

    let mut peer = accept(&listener).await;
    opened(&mut link).await.send(b"fresh".to_vec()).unwrap();
    assert_eq!(read(&mut peer, 5).await, b"fresh");
}

#[tokio::test]
async fn a_peer_that_is_not_there_yet_is_waited_for() {
    let (listener, port) = listen().await;
    let address = listener.local_addr().unwrap();
    drop(listener);
    let mut link = Link::spawn(port, Settings::default());
    assert!(matches!(lost(&mut link).await, Lost::Open(OpenError::Connect { .. })));
    let listener = TcpListener::bind(address).await.unwrap();
    let _peer = accept(&listener).await;
    opened(&mut link).await;
}

#[tokio::test]
async fn a_dropped_link_closes_its_socket() {
    let (listener, port) = listen().await;
    let mut link = Link::spawn(port, Settings::default());
    let mut peer = accept(&listener).await;
    let _writer = opened(&mut link).await;
    drop(link);
    assert_eq!(timeout(LIMIT, peer.read(&mut [0; 8])).await.expect("closed in time").unwrap(), 0);
}
