//! Publish, subscribe and the in-process handle, on both switches.

mod common;

use std::sync::Arc;

use broker::{Durability, Publish, Publisher, Qos};
use common::{Connect, Running, SWITCHES, config};
use tokio::time::timeout;

fn own(topic: &str, payload: &'static [u8], retain: Option<Durability>) -> Publish {
    Publish { topic: topic.into(), payload: payload.into(), qos: Qos::AtLeastOnce, retain }
}

#[tokio::test]
async fn messages_reach_subscribers_at_the_lesser_qos() {
    for switch in SWITCHES {
        let running = Running::start(config(switch)).await;
        let mut subscriber = running.alice("sub").await;
        assert_eq!(subscriber.subscribe("a/+", 1).await, 1);
        assert_eq!(subscriber.subscribe("b/#", 2).await, 2);
        let mut publisher = running.alice("pub").await;
        publisher.publish("a/x", b"zero", 0, false, 0).await;
        publisher.publish_acked("a/x", b"one", false, 9).await;
        publisher.publish_acked("b/x/y", b"two", false, 10).await;
        let first = subscriber.published().await;
        assert_eq!((first.topic.as_str(), first.payload.as_slice(), first.qos), ("a/x", &b"zero"[..], 0));
        let second = subscriber.published().await;
        assert_eq!((second.payload.as_slice(), second.qos, second.dup), (&b"one"[..], 1, false));
        subscriber.puback(second.id).await;
        let third = subscriber.published().await;
        assert_eq!((third.topic.as_str(), third.qos), ("b/x/y", 1));
        subscriber.puback(third.id).await;
        subscriber.is_quiet().await;
        running.stop().await;
    }
}

#[tokio::test]
async fn the_hub_hears_and_speaks_without_a_socket() {
    for switch in SWITCHES {
        let running = Running::start(config(switch)).await;
        let local = running.broker.local();
        let mut commands = local.subscribe(&["hearth/+/set"]).unwrap();
        let mut client = running.alice("phone").await;
        client.subscribe("hearth/lamp", 1).await;
        client.publish_acked("hearth/lamp/set", b"{}", true, 1).await;
        let command = timeout(common::PATIENCE, commands.recv()).await.unwrap().unwrap();
        assert_eq!(&*command.topic, "hearth/lamp/set");
        assert_eq!((command.qos, command.retain), (Qos::AtLeastOnce, true));
        assert_eq!(command.publisher, Publisher::Client { user: "alice".into(), client_id: "phone".into() });
        local.publish(own("hearth/lamp", b"on", Some(Durability::Volatile))).unwrap();
        let state = client.published().await;
        assert_eq!((state.payload.as_slice(), state.qos, state.retain), (&b"on"[..], 1, false));
        client.puback(state.id).await;
        client.is_quiet().await;
        assert!(local.publish(own("a/#", b"", None)).is_err());
        running.stop().await;
        assert!(timeout(common::PATIENCE, commands.recv()).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn what_is_heard_ahead_is_heard_once_and_by_the_others_too() {
    for switch in SWITCHES {
        let running = Running::start(config(switch)).await;
        let local = running.broker.local();
        let mut client = running.alice("phone").await;
        client.publish_acked("lamp/set", b"kept", true, 1).await;
        let mut ahead = local.subscribe_ahead(&["+/set"]).unwrap();
        let mut behind = local.subscribe(&["lamp/#"]).unwrap();
        for heard in [&mut ahead, &mut behind] {
            assert_eq!(timeout(common::PATIENCE, heard.recv()).await.unwrap().unwrap().payload, &b"kept"[..]);
        }
        client.publish_acked("lamp/set", b"new", false, 2).await;
        client.publish_acked("lamp", b"not for the hub", false, 3).await;
        for heard in [&mut ahead, &mut behind] {
            assert_eq!(timeout(common::PATIENCE, heard.recv()).await.unwrap().unwrap().payload, &b"new"[..]);
        }
        assert!(ahead.try_recv().is_none() && behind.try_recv().is_some());
        drop(ahead);
        client.publish_acked("lamp/set", b"to nobody ahead", false, 4).await;
        running.stop().await;
    }
}

/// A subscriber that comes after the PUBACK would otherwise get the message twice, retained and live.
#[tokio::test]
async fn a_publish_is_acknowledged_after_everybody_was_offered_it() {
    for switch in SWITCHES {
        let running = Running::start(config(switch)).await;
        let mut hub = running.broker.local().subscribe(&["t"]).unwrap();
        let mut client = running.alice("c").await;
        for id in 1..=100 {
            client.publish_acked("t", b"x", false, id).await;
            assert!(hub.try_recv().is_some());
        }
    }
}

#[tokio::test]
async fn version_5_clients_are_served_on_the_same_port() {
    for switch in SWITCHES {
        let running = Running::start(config(switch)).await;
        let mut new = running.login(&Connect::v5("new", "alice")).await;
        let mut old = running.alice("old").await;
        assert_eq!(new.subscribe("t", 1).await, 1);
        assert_eq!(old.subscribe("t", 1).await, 1);
        old.publish("t", b"x", 0, false, 0).await;
        assert_eq!(new.published().await.payload, b"x");
        assert_eq!(old.published().await.payload, b"x");
        new.publish_acked("t", b"y", false, 5).await;
        let got = old.published().await;
        assert_eq!((got.payload.as_slice(), got.qos), (&b"y"[..], 1));
        running.stop().await;
    }
}

#[tokio::test]
async fn stopping_tells_version_5_clients() {
    let running = Running::start(config(SWITCHES[0])).await;
    let mut new = running.login(&Connect::v5("new", "alice")).await;
    let mut old = running.alice("old").await;
    let broker = Arc::clone(&running.broker);
    running.stop().await;
    let last = new.closed().await;
    assert_eq!((last[0].first, last[0].body[0]), (0xe0, 0x8b), "{last:?}");
    assert!(old.closed().await.is_empty());
    assert_eq!(broker.stats().connected, 0);
}

#[tokio::test]
async fn what_was_said_before_stopping_is_heard() {
    let running = Running::start(config(SWITCHES[0])).await;
    let mut client = running.alice("c").await;
    client.subscribe("state", 1).await;
    running.broker.local().publish(own("state", b"offline", Some(Durability::Volatile))).unwrap();
    running.stop().await;
    assert_eq!(client.published().await.payload, b"offline");
    assert!(client.closed().await.is_empty());
}
