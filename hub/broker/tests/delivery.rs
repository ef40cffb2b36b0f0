//! What is delivered, how often and to whom: QoS, sessions, wills, retained messages, rights.

mod common;

use std::sync::Arc;

use broker::{Config, Durability, Publish, Qos};
use common::{Connect, MemoryStore, Packet, Running, SWITCHES, Will, config, packet, sized, text};

fn ack(first: u8, id: u16) -> Vec<u8> {
    packet(first, &id.to_be_bytes())
}

#[tokio::test]
async fn qos_2_is_delivered_once_both_ways() {
    for switch in SWITCHES {
        let running = Running::start(config(switch)).await;
        let mut subscriber = running.alice("sub").await;
        subscriber.subscribe("t", 2).await;
        let mut publisher = running.alice("pub").await;
        publisher.publish("t", b"once", 2, false, 7).await;
        assert_eq!(publisher.packet().await, Packet { first: 0x50, body: vec![0, 7] });
        // The same again, as after a lost PUBREC.
        publisher.publish("t", b"once", 2, false, 7).await;
        assert_eq!(publisher.packet().await, Packet { first: 0x50, body: vec![0, 7] });
        publisher.send(&ack(0x62, 7)).await;
        assert_eq!(publisher.packet().await, Packet { first: 0x70, body: vec![0, 7] });
        let got = subscriber.published().await;
        assert_eq!((got.payload.as_slice(), got.qos), (&b"once"[..], 2));
        subscriber.send(&ack(0x50, got.id)).await;
        assert_eq!(subscriber.packet().await, Packet { first: 0x62, body: got.id.to_be_bytes().to_vec() });
        subscriber.send(&ack(0x70, got.id)).await;
        subscriber.is_quiet().await;
    }
}

#[tokio::test]
async fn unsubscribing_is_always_answered() {
    let running = Running::start(config(SWITCHES[0])).await;
    let unsubscribe = |properties: &[u8]| packet(0xa2, &[&[0, 9], properties, &text("t"), &text("unknown")].concat());
    let mut old = running.alice("old").await;
    old.subscribe("t", 0).await;
    old.send(&unsubscribe(&[])).await;
    assert_eq!(old.packet().await, Packet { first: 0xb0, body: vec![0, 9] });
    old.publish("t", b"x", 0, false, 0).await;
    old.is_quiet().await;
    let mut new = running.login(&Connect::v5("new", "alice")).await;
    new.subscribe("t", 0).await;
    new.send(&unsubscribe(&[0])).await;
    assert_eq!(new.packet().await, Packet { first: 0xb0, body: vec![0, 9, 0, 0, 0x11] });
}

#[tokio::test]
async fn filters_and_rights_decide_each_subscription() {
    let running = Running::start(config(SWITCHES[0])).await;
    // Filter, then the code in 3.1.1 and in 5.0 for a user who may only read below `carol/`.
    let table = [
        ("carol/#", 1, 1),
        ("carol/x", 1, 1),
        ("#", 0x80, 0x87),
        ("other/x", 0x80, 0x87),
        ("a/#/b", 0x80, 0x8f),
        ("a+", 0x80, 0x8f),
        ("", 0x80, 0x8f),
        ("$share/g/carol/x", 0x80, 0x9e),
    ];
    let mut old = running.login(&Connect::v4("old", "carol")).await;
    let mut new = running.login(&Connect::v5("new", "carol")).await;
    for (filter, old_code, new_code) in table {
        assert_eq!(old.subscribe(filter, 1).await, old_code, "{filter}");
        assert_eq!(new.subscribe(filter, 1).await, new_code, "{filter}");
    }
    let mut admin = running.alice("admin").await;
    assert_eq!(admin.subscribe("$SYS/#", 1).await, 1);
    assert_eq!(running.broker.stats().refused_subscriptions, 4);
}

#[tokio::test]
async fn publishing_without_the_right_reaches_nobody() {
    for switch in SWITCHES {
        let rules = Config {
            reserved: vec!["hearth/#".into()],
            open: vec!["hearth/+/set".into()],
            never_retained: vec!["hearth/+/set".into()],
            ..config(switch)
        };
        let running = Running::start(rules).await;
        let mut watcher = running.alice("watcher").await;
        watcher.subscribe("#", 1).await;
        let mut carol = running.login(&Connect::v5("carol", "carol")).await;
        carol.publish("other", b"no", 1, true, 1).await;
        assert_eq!(carol.packet().await, Packet { first: 0x40, body: vec![0, 1, 0x87, 0] });
        let mut admin = running.alice("admin").await;
        admin.publish_acked("hearth/lock", b"no", true, 1).await;
        admin.publish("$SYS/uptime", b"no", 0, true, 0).await;
        admin.publish_acked("hearth/lock/set", b"yes", true, 2).await;
        let got = watcher.published().await;
        assert_eq!((got.topic.as_str(), got.payload.as_slice()), ("hearth/lock/set", &b"yes"[..]));
        watcher.puback(got.id).await;
        watcher.is_quiet().await;
        let stats = running.broker.stats();
        assert_eq!((stats.refused_publishes, stats.retained, stats.retained_refused), (3, 0, 1));
    }
}

#[tokio::test]
async fn a_reserved_topic_is_no_will() {
    let running = Running::start(Config { reserved: vec!["hearth/#".into()], ..config(SWITCHES[0]) }).await;
    let will = |topic: &str| Some(Will { topic: topic.into(), ..Will::default() });
    assert_eq!(running.refused(&Connect { will: will("hearth/lock"), ..Connect::v4("c", "alice") }).await, 5);
    assert_eq!(running.refused(&Connect { will: will("hearth/lock"), ..Connect::v5("c", "alice") }).await, 0x87);
    assert_eq!(running.refused(&Connect { will: will("other"), ..Connect::v5("c", "carol") }).await, 0x87);
    assert_eq!(running.refused(&Connect { will: will("a/#"), ..Connect::v5("c", "alice") }).await, 0x90);
}

#[tokio::test]
async fn a_command_is_no_will() {
    let running = Running::start(Config { never_retained: vec!["hearth/+/set".into()], ..config(SWITCHES[0]) }).await;
    let will = |topic: &str| Some(Will { topic: topic.into(), ..Will::default() });
    assert_eq!(running.refused(&Connect { will: will("hearth/lock/set"), ..Connect::v4("c", "alice") }).await, 5);
    assert_eq!(running.refused(&Connect { will: will("hearth/lock/set"), ..Connect::v5("c", "alice") }).await, 0x87);
    assert_eq!(running.broker.stats().refused_publishes, 2);
    running.login(&Connect { will: will("hearth/lock"), ..Connect::v5("c", "alice") }).await;
}

#[tokio::test]
async fn the_hub_hears_that_a_message_is_sent_again() {
    for switch in SWITCHES {
        let running = Running::start(config(switch)).await;
        let mut heard = running.broker.local().subscribe(&["t"]).unwrap();
        let mut client = running.alice("c").await;
        let mut bytes = client.publish_bytes("t", b"x", 1, false, 7);
        for again in [false, true] {
            bytes[0] = 0x32 | u8::from(again) << 3;
            client.send(&bytes).await;
            assert_eq!(client.packet().await, Packet { first: 0x40, body: vec![0, 7] });
            assert_eq!(heard.recv().await.unwrap().again, again);
        }
    }
}

#[tokio::test]
async fn invalid_topic_names_end_the_connection() {
    let running = Running::start(config(SWITCHES[0])).await;
    let long = "x".repeat(1025);
    let deep = "/".repeat(32);
    for name in ["a/+/c", "a/#", "", "a\0b", &long, &deep] {
        let mut client = running.login(&Connect::v5("c", "alice")).await;
        client.publish(name, b"x", 0, false, 0).await;
        let last = client.closed().await;
        assert_eq!((last[0].first, last[0].body[0]), (0xe0, 0x90), "{name:?}");
    }
    let mut client = running.alice("c").await;
    client.send(&[0x30, 4, 0, 2, 0xc3, 0x28]).await;
    assert!(client.closed().await.is_empty(), "not UTF-8");
}

#[tokio::test]
async fn retained_messages_of_clients_outlive_the_broker() {
    for switch in SWITCHES {
        let store = Arc::new(MemoryStore::default());
        let running = Running::start_with(config(switch), Arc::clone(&store) as _).await;
        let mut client = running.alice("c").await;
        client.publish_acked("kept", b"1", true, 1).await;
        client.publish_acked("kept", b"2", true, 2).await;
        client.publish_acked("cleared", b"1", true, 3).await;
        client.publish_acked("cleared", b"", true, 4).await;
        let volatile = Publish {
            topic: "state".into(),
            payload: "on".into(),
            qos: Qos::AtLeastOnce,
            retain: Some(Durability::Volatile),
        };
        running.broker.local().publish(volatile).unwrap();
        client.subscribe("#", 0).await;
        assert_eq!(client.published().await.topic, "kept");
        assert_eq!(client.published().await.topic, "state");
        running.stop().await;
        let running = Running::start_with(config(switch), store).await;
        let mut client = running.alice("c").await;
        client.subscribe("#", 2).await;
        let got = client.published().await;
        assert_eq!((got.topic.as_str(), got.payload.as_slice(), got.qos, got.retain), ("kept", &b"2"[..], 1, true));
        client.puback(got.id).await;
        client.is_quiet().await;
    }
}

#[tokio::test]
async fn clients_cannot_fill_the_memory_with_retained_messages() {
    let running = Running::start(Config { max_retained: 3, ..config(SWITCHES[0]) }).await;
    let mut client = running.alice("c").await;
    for id in 1..=5 {
        client.publish_acked(&format!("t/{id}"), b"x", true, id).await;
    }
    client.publish_acked("t/1", b"newer", true, 6).await;
    let stats = running.broker.stats();
    assert_eq!((stats.retained, stats.retained_refused), (3, 2));
}

#[tokio::test]
async fn subscribe_options_of_version_5_are_kept() {
    let running = Running::start(config(SWITCHES[0])).await;
    let mut client = running.login(&Connect::v5("c", "alice")).await;
    client.publish_acked("r", b"old", true, 1).await;
    let no_local = 0b0000_0100;
    let keep_retain = 0b0000_1000;
    let never = 0b0010_0000;
    assert_eq!(client.subscribe("r", no_local | never).await, 0);
    client.publish("r", b"own", 0, false, 0).await;
    client.is_quiet().await;
    let if_new = 0b0001_0000;
    client.subscribe("r", if_new).await;
    client.is_quiet().await;
    client.subscribe("r", keep_retain | never).await;
    client.publish("r", b"new", 0, true, 0).await;
    assert!(client.published().await.retain);
    // Subscription identifier 5.
    let with_id = packet(0x82, &[&[0, 2][..], &sized(&[0x0b, 5]), &text("id"), &[0]].concat());
    client.send(&with_id).await;
    client.packet().await;
    client.publish("id", b"x", 0, false, 0).await;
    assert_eq!(client.published().await.properties, [0x0b, 5]);
}

#[tokio::test]
async fn expired_messages_are_not_delivered() {
    let running = Running::start(config(SWITCHES[0])).await;
    let mut publisher = running.login(&Connect::v5("pub", "alice")).await;
    let expiring = |topic: &str, seconds: u8| {
        packet(0x31, &[text(topic), sized(&[0x02, 0, 0, 0, seconds]), b"x".to_vec()].concat())
    };
    publisher.send(&expiring("short", 0)).await;
    publisher.send(&expiring("long", 200)).await;
    publisher.is_quiet().await;
    let mut late = running.login(&Connect::v5("late", "alice")).await;
    late.subscribe("+", 0).await;
    let got = late.published().await;
    assert_eq!(got.topic, "long");
    assert_eq!(got.properties[..4], [0x02, 0, 0, 0]);
    late.is_quiet().await;
}
