//! The same adapter on every kind of port, in real time.

#![allow(clippy::unwrap_used, reason = "helpers of tests, outside test functions")]

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;

use sim::runner::pty::Pty;
use sim::{Kind, Scenario, Simulation};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::spawn_blocking;

const PING: [u8; 5] = [0xFE, 0x00, 0x21, 0x01, 0x20];
const PONG: [u8; 7] = [0xFE, 0x02, 0x61, 0x01, 0x59, 0x06, 0x3D];

fn scenario() -> Scenario {
    Scenario { instant: true, ..Scenario::default() }.with(Kind::Lock, 1)
}

#[tokio::test]
async fn in_process() {
    let (mut host, stick) = tokio::io::duplex(256);
    let (mut simulation, remote) = Simulation::new(&scenario());
    let task = tokio::spawn(async move { simulation.attach(stick).await });
    host.write_all(&PING).await.unwrap();
    let mut answer = [0; 7];
    host.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer, PONG);
    let status = remote.order("status").await.unwrap().unwrap();
    assert_eq!(status["devices"]["lock-1"]["joined"], false);
    assert!(remote.order("dance").await.is_err());
    drop(host);
    task.await.unwrap().unwrap();
    assert!(remote.order("status").await.is_err(), "it has ended");
}

#[tokio::test]
async fn over_tcp_one_host_after_the_other() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(sim::serve(listener, scenario()));
    for _ in 0..2 {
        let mut host = TcpStream::connect(address).await.unwrap();
        host.write_all(&PING).await.unwrap();
        let mut answer = [0; 7];
        host.read_exact(&mut answer).await.unwrap();
        assert_eq!(answer, PONG);
    }
    task.abort();
}

fn open(path: &Path) -> File {
    let port = OpenOptions::new().read(true).write(true).open(path).unwrap();
    let mut mode = rustix::termios::tcgetattr(&port).unwrap();
    mode.make_raw();
    rustix::termios::tcsetattr(&port, rustix::termios::OptionalActions::Now, &mode).unwrap();
    port
}

#[tokio::test]
async fn a_pty_outlives_its_hosts_and_its_link_does_not_outlive_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stick");
    let pty = Pty::create(&path).unwrap();
    let (mut simulation, remote) = Simulation::new(&scenario());
    let task = tokio::spawn(async move { simulation.serve_pty(pty).await });
    for _ in 0..3 {
        let path = path.clone();
        let answer = spawn_blocking(move || {
            let mut port = open(&path);
            port.write_all(&PING).unwrap();
            let mut answer = [0; 7];
            port.read_exact(&mut answer).unwrap();
            answer
        });
        assert_eq!(answer.await.unwrap(), PONG);
        // Between hosts it lives on.
        remote.order("report lock-1 battery 100").await.unwrap_err();
    }
    task.abort();
    let _ = task.await;
    assert!(!path.is_symlink());
}

#[test]
fn a_file_in_the_way_of_a_pty_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stick");
    std::fs::write(&path, "mine").unwrap();
    assert!(Pty::create(&path).is_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
}

#[tokio::test]
async fn a_pulled_stick_hangs_up_and_comes_back_under_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stick");
    let pty = Pty::create(&path).unwrap();
    let (mut simulation, remote) = Simulation::new(&scenario());
    let task = tokio::spawn(async move { simulation.serve_pty(pty).await });
    let at = path.clone();
    let mut port = spawn_blocking(move || {
        let mut port = open(&at);
        port.write_all(&PING).unwrap();
        port.read_exact(&mut [0; 7]).unwrap();
        port
    })
    .await
    .unwrap();
    remote.order("unplug 0.05").await.unwrap();
    // The end, or an error: a hang-up either way.
    let count = spawn_blocking(move || port.read(&mut [0; 7]).unwrap_or(0)).await.unwrap();
    assert_eq!(count, 0);
    while !path.is_symlink() {
        tokio::task::yield_now().await;
    }
    let answer = spawn_blocking(move || {
        let mut port = open(&path);
        let mut answer = [0; 4];
        port.write_all(&PING).unwrap();
        port.read_exact(&mut answer).unwrap();
        answer
    });
    let answer = answer.await.unwrap();
    // The answer, or the word that it started.
    assert!(answer == PONG[..4] || answer == [0xFE, 0x06, 0x41, 0x80], "{answer:?}");
    task.abort();
}

#[tokio::test]
async fn a_pulled_network_stick_comes_back_under_its_address() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (mut simulation, remote) = Simulation::new(&scenario());
    let task = tokio::spawn(async move { simulation.serve(listener).await });
    let mut host = TcpStream::connect(address).await.unwrap();
    host.write_all(&PING).await.unwrap();
    host.read_exact(&mut [0; 7]).await.unwrap();
    remote.order("unplug 0.02").await.unwrap();
    assert_eq!(host.read(&mut [0; 7]).await.unwrap_or(0), 0);
    let mut host = loop {
        match TcpStream::connect(address).await {
            Ok(host) => break host,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    host.write_all(&PING).await.unwrap();
    assert_ne!(host.read(&mut [0; 7]).await.unwrap(), 0, "an answer, or the word that it started");
    task.abort();
}
