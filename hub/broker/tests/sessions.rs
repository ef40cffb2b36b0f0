//! What outlives a connection: wills and kept sessions.

mod common;

use common::{Connect, Running, SWITCHES, Will, config};

#[tokio::test]
async fn a_will_is_published_unless_the_client_says_goodbye() {
    for switch in SWITCHES {
        let running = Running::start(config(switch)).await;
        let mut watcher = running.alice("watcher").await;
        watcher.subscribe("gone", 1).await;
        let will = Will { topic: "gone".into(), payload: b"lost".to_vec(), qos: 1, retain: true, ..Will::default() };
        let connect = Connect { will: Some(will), ..Connect::v4("c", "alice") };
        let mut polite = running.login(&connect).await;
        polite.send(&[0xe0, 0]).await;
        polite.closed().await;
        watcher.is_quiet().await;
        drop(running.login(&connect).await);
        let got = watcher.published().await;
        assert_eq!((got.payload.as_slice(), got.qos, got.retain), (&b"lost"[..], 1, false));
        watcher.puback(got.id).await;
        let mut late = running.alice("late").await;
        late.subscribe("gone", 0).await;
        assert!(late.published().await.retain);
        // MQTT 5.0, 3.14.2.1: DISCONNECT that asks for the will, with a reason and no properties.
        let mut asking = running.login(&Connect { version: 5, ..connect }).await;
        asking.send(&[0xe0, 1, 4]).await;
        assert_eq!(watcher.published().await.payload, b"lost");
    }
}

#[tokio::test]
async fn a_delayed_will_is_withdrawn_by_coming_back() {
    let running = Running::start(config(SWITCHES[0])).await;
    let mut watcher = running.alice("watcher").await;
    watcher.subscribe("gone/+", 0).await;
    let connect = |id: &str| Connect {
        will: Some(Will {
            topic: format!("gone/{id}"),
            payload: b"lost".to_vec(),
            properties: vec![0x18, 0, 0, 0, 1],
            ..Will::default()
        }),
        properties: vec![0x11, 0, 0, 0, 60],
        clean: false,
        ..Connect::v5(id, "alice")
    };
    drop(running.login(&connect("a")).await);
    drop(running.login(&connect("b")).await);
    let _back = running.login(&connect("a")).await;
    assert_eq!(watcher.published().await.topic, "gone/b");
    watcher.is_quiet().await;
}

#[tokio::test]
async fn a_kept_session_gets_what_it_missed() {
    for switch in SWITCHES {
        let running = Running::start(config(switch)).await;
        let kept = Connect { clean: false, ..Connect::v4("kept", "alice") };
        let mut client = running.raw().await;
        client.send(&kept.bytes()).await;
        assert_eq!(client.packet().await.body, [0, 0]);
        client.subscribe("t", 1).await;
        let mut publisher = running.alice("pub").await;
        publisher.publish_acked("t", b"unacknowledged", false, 1).await;
        let first = client.published().await;
        drop(client);
        running.until(|| running.broker.stats().connected == 1).await;
        publisher.publish_acked("t", b"missed", false, 2).await;
        publisher.publish("t", b"qos 0 is not kept", 0, false, 0).await;
        publisher.is_quiet().await;
        let mut client = running.raw().await;
        client.send(&kept.bytes()).await;
        assert_eq!(client.packet().await.body, [1, 0], "session present");
        let again = client.published().await;
        assert_eq!((again.payload.as_slice(), again.dup, again.id), (&b"unacknowledged"[..], true, first.id));
        let missed = client.published().await;
        assert_eq!((missed.payload.as_slice(), missed.dup), (&b"missed"[..], false));
        client.puback(again.id).await;
        client.puback(missed.id).await;
        client.is_quiet().await;
        // A clean session forgets all of it.
        client.send(&Connect::v4("kept", "alice").bytes()).await;
        client.closed().await;
        running.alice("kept").await.is_quiet().await;
    }
}

#[tokio::test]
async fn a_version_5_session_ends_with_its_expiry() {
    let running = Running::start(config(SWITCHES[0])).await;
    let connect = Connect { properties: vec![0x11, 0, 0, 0, 1], clean: false, ..Connect::v5("c", "alice") };
    drop(running.login(&connect).await);
    running.until(|| running.broker.clients().is_empty()).await;
    let mut back = running.raw().await;
    back.send(&connect.bytes()).await;
    assert_eq!(back.packet().await.body[0], 0, "session gone");
}

#[tokio::test]
async fn a_kept_session_moves_to_the_newer_connection() {
    let running = Running::start(config(SWITCHES[0])).await;
    let kept = Connect { clean: false, ..Connect::v4("kept", "alice") };
    let mut first = running.login(&kept).await;
    first.subscribe("t", 1).await;
    for round in 1..=5 {
        let mut second = running.raw().await;
        second.send(&kept.bytes()).await;
        assert_eq!(second.packet().await.body, [1, 0]);
        first.closed().await;
        // The end of the first must not end what is the second's now.
        second.publish_acked("t", &[round], false, 1).await;
        let got = second.published().await;
        assert_eq!(got.payload, [round]);
        second.puback(got.id).await;
        second.is_quiet().await;
        first = second;
    }
    assert_eq!(running.broker.stats().connected, 1);
}
