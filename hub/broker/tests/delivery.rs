//! What is delivered, how often and to whom: QoS, sessions, wills, retained messages, rights.

mod common;

use std::{sync::Arc, time::Duration};

use broker::{Config, Durability, Publish, Qos};
use common::{Connect, MemoryStore, Packet, Running, SWITCHES, Will, config, packet, parse_publish, sized, text};

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
async fn a_client_gets_no_more_than_it_takes() {
    for switch in SWITCHES {
        let running = Running::start(config(switch)).await;
        // Receive maximum 2, maximum packet size 100.
        let properties = vec![0x21, 0, 2, 0x27, 0, 0, 0, 100];
        let mut small = running.login(&Connect { properties, ..Connect::v5("small", "alice") }).await;
        small.subscribe("t", 1).await;
        let mut publisher = running.alice("pub").await;
        publisher.publish_acked("t", &[1; 200], false, 1).await;
        for id in 2..=4 {
            publisher.publish_acked("t", &[id], false, u16::from(id)).await;
        }
        let first = small.published().await;
        let second = small.published().await;
        assert_eq!((first.payload[0], second.payload[0]), (2, 3));
        small.is_quiet().await;
        small.puback(first.id).await;
        assert_eq!(small.published().await.payload, [4]);
        assert_eq!(running.broker.stats().dropped, 1);
    }
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

/// Section 11: 30 000 messages at QoS 1 to a reader slower than the writer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn qos_1_loses_nothing_to_a_slow_reader() {
    const COUNT: u32 = 10_000;
    for switch in SWITCHES {
        let running = Running::start(Config { slow_reader_timeout: common::PATIENCE, ..config(switch) }).await;
        let mut subscriber = running.alice("sub").await;
        subscriber.subscribe("t", 1).await;
        let mut publisher = running.alice("pub").await;
        let writing = tokio::spawn(async move {
            let mut open = 0;
            for number in 0..COUNT {
                let id = u16::try_from(number % 60_000 + 1).unwrap();
                let payload = [&number.to_be_bytes()[..], &[0; 1020]].concat();
                publisher.publish("t", &payload, 1, false, id).await;
                open += 1;
                if open == 20 {
                    assert_eq!(publisher.packet().await.first, 0x40);
                    open -= 1;
                }
            }
            for _ in 0..open {
                assert_eq!(publisher.packet().await.first, 0x40);
            }
        });
        for number in 0..COUNT {
            let packet = subscriber.packet().await;
            let got = parse_publish(&packet, 4);
            assert_eq!(got.payload[..4], number.to_be_bytes());
            if number % 1000 == 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            subscriber.puback(got.id).await;
        }
        writing.await.unwrap();
        assert_eq!(running.broker.stats().dropped, 0);
    }
}

#[tokio::test]
async fn a_reader_that_holds_others_back_is_dropped_and_costs_bounded_memory() {
    for switch in SWITCHES {
        let limits = Config {
            max_queued_bytes: 100_000,
            slow_reader_timeout: Duration::from_millis(300),
            write_timeout: 10 * common::PATIENCE,
            ..config(switch)
        };
        let running = Running::start(limits).await;
        let mut stuck = running.login(&Connect::v5("stuck", "alice")).await;
        stuck.subscribe("t", 1).await;
        let mut publisher = running.alice("pub").await;
        // QoS 0 never waits: what does not fit is dropped.
        for _ in 0..2000 {
            publisher.publish("t", &[0; 10_000], 0, false, 0).await;
        }
        publisher.is_quiet().await;
        assert!(running.broker.stats().dropped > 0);
        // QoS 1 waits, but not for ever.
        for id in 1..=20 {
            publisher.publish_acked("t", &[0; 10_000], false, id).await;
        }
        running.until(|| running.broker.stats().slow_readers == 1).await;
        let mut other = running.alice("other").await;
        other.is_quiet().await;
    }
}

#[tokio::test]
async fn a_reader_that_stops_is_dropped_though_it_holds_nobody_back() {
    let limits = Config { write_timeout: Duration::from_millis(300), ..config(SWITCHES[0]) };
    let running = Running::start(limits).await;
    let mut stuck = running.alice("stuck").await;
    stuck.subscribe("t", 0).await;
    let local = running.broker.local();
    for _ in 0..2000 {
        let message =
            Publish { topic: "t".into(), payload: vec![0; 10_000].into(), qos: Qos::AtMostOnce, retain: None };
        local.publish(message).unwrap();
        tokio::task::yield_now().await;
    }
    running.until(|| running.broker.stats().connections == 0).await;
    assert_eq!(running.broker.stats().slow_readers, 1);
}
