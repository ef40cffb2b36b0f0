//! The stream of changes.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::fake::Fake;

/// Reads until `text` came, or to the end.
async fn read_until(stream: &mut TcpStream, text: &str) -> String {
    let mut seen = String::new();
    let mut chunk = [0; 1024];
    while !seen.contains(text) {
        match stream.read(&mut chunk).await.unwrap() {
            0 => break,
            count => seen += std::str::from_utf8(&chunk[..count]).unwrap(),
        }
    }
    seen
}

#[tokio::test]
async fn changes_come_as_events() {
    let house = Fake::new();
    let (client, _stop) = house.serve().await;
    let client = client.logged_in().await;
    let mut stream = client.begin("GET", "/api/v1/changes", None).await;
    let head = read_until(&mut stream, ": hearth").await;
    assert!(head.contains("content-type: text/event-stream") && head.contains("retry: 2000"), "{head}");
    house.lines.send(r#"{"change":"device"}"#.into()).unwrap();
    let event = read_until(&mut stream, "\n\n").await;
    assert!(event.contains("data: {\"change\":\"device\"}\n\n"), "{event}");
}

#[tokio::test]
async fn who_misses_changes_is_told_to_reload() {
    let house = Fake::new();
    let (client, _stop) = house.serve().await;
    let client = client.logged_in().await;
    let mut stream = client.begin("GET", "/api/v1/changes", None).await;
    read_until(&mut stream, ": hearth").await;
    // More than the channel holds, without a turn for the server in between.
    for number in 0..10 {
        house.lines.send(number.to_string().into()).unwrap();
    }
    let seen = read_until(&mut stream, "data: 9").await;
    assert!(seen.contains("event: reload\ndata: {}\n"), "{seen}");
    assert!(!seen.contains("data: 5\n"), "{seen}");
}

#[tokio::test]
async fn silence_is_broken_every_15_seconds() {
    let house = Fake::new();
    let (client, _stop) = house.serve().await;
    let client = client.logged_in().await;
    let mut stream = client.begin("GET", "/api/v1/changes", None).await;
    read_until(&mut stream, ": hearth").await;
    let start = tokio::time::Instant::now();
    tokio::time::pause();
    let seen = read_until(&mut stream, "event: alive").await;
    assert!(seen.contains("event: alive"), "{seen}");
    assert_eq!(start.elapsed().as_secs(), 15);
}

#[tokio::test]
async fn a_stream_ends_with_its_session_and_with_the_server() {
    let house = Fake::new();
    let (client, stop) = house.serve().await;
    let (first, second) = (client.logged_in().await, client.logged_in().await);
    let mut ended = first.begin("GET", "/api/v1/changes", None).await;
    let mut kept = second.begin("GET", "/api/v1/changes", None).await;
    read_until(&mut ended, ": hearth").await;
    read_until(&mut kept, ": hearth").await;
    first.ask("DELETE", "/api/v1/session", None).await;
    house.lines.send("one".into()).unwrap();
    assert!(!read_until(&mut ended, "one").await.contains("one"), "a line after the logout");
    assert!(read_until(&mut kept, "one").await.contains("one"));
    drop(stop);
    read_until(&mut kept, "never").await;
}

#[tokio::test]
async fn the_server_stops_although_a_client_dawdles() {
    let house = Fake::new();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(crate::serve(listener, house, None, stopped));
    let mut dawdler = TcpStream::connect(address).await.unwrap();
    dawdler.write_all(b"GET / HTTP/1.1\r\nhost: ").await.unwrap();
    drop(stop);
    server.await.unwrap();
    assert!(TcpStream::connect(address).await.is_err(), "the port is still taken");
}

#[tokio::test]
async fn who_comes_back_hears_what_was_missed_and_nothing_twice() {
    let house = Fake::new();
    let (client, _stop) = house.serve().await;
    let client = client.logged_in().await;
    let mut stream = client.begin("GET", "/api/v1/changes", None).await;
    read_until(&mut stream, ": hearth").await;
    house.lines.send(r#"{"change":"one"}"#.into()).unwrap();
    let event = read_until(&mut stream, "one\"}\n\n").await;
    let id = event.lines().find_map(|line| line.strip_prefix("id: ")).unwrap().to_owned();
    drop(stream);
    house.lines.send(r#"{"change":"two"}"#.into()).unwrap();
    let path = format!("/api/v1/changes?last-event-id={id}");
    let mut again = client.begin("GET", &path, None).await;
    let seen = read_until(&mut again, "two\"}\n\n").await;
    assert!(seen.contains("event: resumed") && !seen.contains("\"one\""), "{seen}");
    for foreign in ["nonsense", "00000000-1", &format!("{id}9")] {
        let mut lost = client.with("last-event-id", foreign).begin("GET", "/api/v1/changes", None).await;
        let seen = read_until(&mut lost, "event: re").await;
        assert!(seen.contains("event: reload") || read_until(&mut lost, "load").await.contains("load"), "{seen}");
    }
}
