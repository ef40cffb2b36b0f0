//! Who gets in: CONNACK codes, limits, keepalive, takeover and kick, over a raw socket.

mod common;

use std::time::Duration;

use broker::Config;
use common::{Connect, Packet, Raw, Running, SWITCHES, Will, config, packet, text};
use tokio::io::AsyncReadExt;

#[tokio::test]
async fn refusals_carry_the_codes_of_the_standard() {
    let running = Running::start(config(SWITCHES[0])).await;
    let login = |user: &str, password: &str| Some((user.to_owned(), password.to_owned()));
    // User and password, then the code in 3.1.1 and in 5.0.
    let table = [
        (login("alice", "wrong"), 4, 0x86),
        (login("nobody", "nobody"), 4, 0x86),
        (login("mallory", "mallory"), 5, 0x87),
        (login("", "alice"), 5, 0x87),
        (None, 5, 0x87),
    ];
    for (login, old, new) in table {
        let connect = Connect { login: login.clone(), ..Connect::v4("c", "") };
        assert_eq!(running.refused(&connect).await, old, "{login:?}");
        let connect = Connect { login: login.clone(), ..Connect::v5("c", "") };
        assert_eq!(running.refused(&connect).await, new, "{login:?}");
    }
    assert_eq!(running.broker.stats().refused_logins, 10);
    let nameless = Connect { clean: false, ..Connect::v4("", "alice") };
    assert_eq!(running.refused(&nameless).await, 2);
    let method = Connect { properties: [&[0x15][..], &text("SCRAM")].concat(), ..Connect::v5("c", "alice") };
    assert_eq!(running.refused(&method).await, 0x8c);
}

#[tokio::test]
async fn other_protocol_levels_are_told_so() {
    let running = Running::start(config(SWITCHES[0])).await;
    let mut old = running.raw().await;
    let body = [text("MQIsdp"), vec![3, 2, 0, 60], text("c")].concat();
    old.send(&packet(0x10, &body)).await;
    assert_eq!(old.packet().await.body, [0, 1]);
    old.closed().await;
    let level = Connect { version: 6, ..Connect::v4("c", "alice") };
    assert_eq!(running.refused(&level).await, 0x84);
}

#[tokio::test]
async fn broken_connects_are_closed() {
    let running = Running::start(config(SWITCHES[0])).await;
    let good = Connect::v4("c", "alice").bytes();
    let with = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        bytes
    };
    // Wrong name, reserved flag, password without user, will flags without a will, a cut string.
    for bytes in [with(4, b'X'), with(9, 0xc3), with(9, 0x42), with(9, 0xda), with(13, 200)] {
        let mut raw = running.raw().await;
        raw.send(&bytes).await;
        assert!(raw.closed().await.is_empty(), "{bytes:02x?}");
    }
    let nul = Connect::v4("a\0b", "alice");
    let mut raw = running.raw().await;
    raw.send(&nul.bytes()).await;
    assert!(raw.closed().await.is_empty());
    assert_eq!(running.broker.stats().protocol_errors, 6);
}

#[tokio::test]
async fn a_second_connect_ends_the_connection() {
    let running = Running::start(config(SWITCHES[0])).await;
    for connect in [Connect::v4("c", "alice"), Connect::v5("c", "alice")] {
        let mut client = running.login(&connect).await;
        client.send(&connect.bytes()).await;
        let last: Vec<u8> = client.closed().await.iter().map(|packet| packet.body[0]).collect();
        assert_eq!(last, if connect.version == 5 { vec![0x82] } else { Vec::new() });
    }
}

#[tokio::test]
async fn a_client_without_an_id_is_given_one() {
    let running = Running::start(config(SWITCHES[0])).await;
    let mut one = running.alice("").await;
    let mut two = running.raw().await;
    two.version = 5;
    two.send(&Connect::v5("", "alice").bytes()).await;
    let ack = two.packet().await;
    let ids: Vec<String> = running.broker.clients().into_iter().map(|client| client.client_id).collect();
    assert_eq!(ids.len(), 2);
    let assigned = [&[0x12][..], &text(&ids[1])].concat();
    assert!(ack.body.windows(assigned.len()).any(|window| window == assigned), "{ack:?}");
    one.is_quiet().await;
    two.is_quiet().await;
}

#[tokio::test]
async fn addresses_have_a_limit_of_their_own() {
    let running = Running::start(Config { max_connections_per_address: 2, ..config(SWITCHES[0]) }).await;
    let mut one = running.alice("one").await;
    let _two = running.alice("two").await;
    let mut third = running.raw().await;
    third.stream.read_u8().await.unwrap_err();
    assert_eq!(running.broker.stats().refused_connections, 1);
    one.send(&[0xe0, 0]).await;
    one.closed().await;
    running.until(|| running.broker.stats().connections == 1).await;
    running.alice("three").await;
}

/// Row "keepalive" of section 1: rumqttd restarted the timer with everything it sent.
#[tokio::test]
async fn a_silent_client_is_dropped_though_it_receives() {
    for switch in SWITCHES {
        let running = Running::start(config(switch)).await;
        let will = Will { topic: "gone".into(), payload: b"silent".to_vec(), ..Will::default() };
        let silent = Connect { keep_alive: 1, will: Some(will), ..Connect::v5("silent", "alice") };
        let mut silent = running.login(&silent).await;
        silent.subscribe("tick", 0).await;
        let mut watcher = running.alice("watcher").await;
        watcher.subscribe("gone", 0).await;
        let local = running.broker.local();
        let ticking = tokio::spawn(async move {
            loop {
                let tick = broker::Publish {
                    topic: "tick".into(),
                    payload: "x".into(),
                    qos: broker::Qos::AtMostOnce,
                    retain: None,
                };
                local.publish(tick).unwrap();
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        let mut received = 0;
        let last = loop {
            match silent.packet().await {
                Packet { first: 0x30, .. } => received += 1,
                other => break other,
            }
            assert!(received < 400, "still there");
        };
        assert!(received > 5, "it received all the time");
        assert_eq!(last, Packet { first: 0xe0, body: vec![0x8d, 0] });
        assert_eq!(watcher.published().await.payload, b"silent");
        ticking.abort();
    }
}

#[tokio::test]
async fn keepalive_zero_is_no_keepalive() {
    for connect in [Connect::v4("c", "alice"), Connect::v5("c", "alice")] {
        let running = Running::start(config(SWITCHES[0])).await;
        let mut client = running.login(&Connect { keep_alive: 0, ..connect }).await;
        client.is_quiet().await;
    }
}

#[tokio::test]
async fn the_same_user_takes_its_session_over_and_nobody_else() {
    for switch in SWITCHES {
        let running = Running::start(config(switch)).await;
        let mut first = running.login(&Connect::v5("phone", "alice")).await;
        assert_eq!(running.refused(&Connect::v4("phone", "bob")).await, 2);
        assert_eq!(running.refused(&Connect::v5("phone", "bob")).await, 0x85);
        first.is_quiet().await;
        let mut second = running.alice("phone").await;
        let last = first.closed().await;
        assert_eq!((last[0].first, last[0].body[0]), (0xe0, 0x8e));
        second.is_quiet().await;
        // The end of the first must not end the session of the second.
        assert_eq!(second.subscribe("t", 0).await, 0);
        second.publish("t", b"x", 0, false, 0).await;
        assert_eq!(second.published().await.payload, b"x");
    }
}

#[tokio::test]
async fn a_kicked_client_is_gone_at_once() {
    let running = Running::start(config(SWITCHES[0])).await;
    let mut watcher = running.alice("watcher").await;
    watcher.subscribe("gone", 0).await;
    let will = Will { topic: "gone".into(), payload: b"kicked".to_vec(), ..Will::default() };
    let mut client = running.login(&Connect { will: Some(will), ..Connect::v5("c", "alice") }).await;
    assert!(running.broker.kick("c"));
    assert!(!running.broker.kick("c"));
    let last = client.closed().await;
    assert_eq!((last[0].first, last[0].body[0]), (0xe0, 0x98));
    assert_eq!(watcher.published().await.payload, b"kicked");
    watcher.is_quiet().await;
    assert_eq!(running.broker.clients().len(), 1);
    running.alice("c").await;
}

#[tokio::test]
async fn packets_over_the_limit_are_refused_by_their_header() {
    let running = Running::start(Config { max_packet_size: 1000, ..config(SWITCHES[0]) }).await;
    let mut client = running.login(&Connect::v5("c", "alice")).await;
    client.publish_acked("t", &[0; 900], false, 1).await;
    // Only the header is sent: the rest is not waited for.
    client.send(&[0x30, 0xe9, 0x07]).await;
    let last = client.closed().await;
    assert_eq!((last[0].first, last[0].body[0]), (0xe0, 0x95));
    let mut stranger = Raw::connect(running.address).await;
    stranger.send(&[0x10, 0xff, 0xff, 0x7f]).await;
    assert!(stranger.closed().await.is_empty());
}
