//! What stopped rumqttd 0.20 or made it lie, row by row, sent over a raw socket to both switches.

mod common;

use std::time::Duration;

use broker::{Config, Durability, Publish, Qos};
use common::{Connect, Raw, Running, SWITCHES, Will, config, packet, sized, text};
use tokio::io::AsyncReadExt;

/// Newcomers are served, messages cross, no router died and no task panicked.
async fn survived(running: &Running) {
    let mut one = running.alice("survivor").await;
    assert_eq!(one.subscribe("survivor", 1).await, 1);
    let mut two = running.login(&Connect::v5("survivor-5", "bob")).await;
    two.publish_acked("survivor", b"alive", false, 1).await;
    assert_eq!(one.published().await.payload, b"alive");
    let stats = running.broker.stats();
    assert_eq!((stats.lane_restarts, stats.failed_connections), (0, 0));
}

/// Row 1: a topic whose first character is not ASCII.
#[tokio::test]
async fn a_topic_may_start_with_any_character() {
    for switch in SWITCHES {
        let running = Running::start(config(switch)).await;
        let mut client = running.alice("a").await;
        assert_eq!(client.subscribe("+/temp", 0).await, 0);
        client.publish("été/temp", b"21", 0, false, 0).await;
        assert_eq!(client.published().await.topic, "été/temp");
        survived(&running).await;
    }
}

/// Row 2: client ids with the characters of filters, twice.
#[tokio::test]
async fn a_client_id_may_have_any_characters() {
    for switch in SWITCHES {
        let running = Running::start(config(switch)).await;
        for id in ["dev/1", "a+b", "c#", "$d", "é", " "] {
            for _ in 0..2 {
                running.alice(id).await;
            }
        }
        survived(&running).await;
    }
}

/// Row 3: one more client than allowed, and it tries again.
#[tokio::test]
async fn a_full_broker_recovers() {
    for switch in SWITCHES {
        let running = Running::start(Config { max_connections: 3, ..config(switch) }).await;
        let mut inside = Vec::new();
        for id in ["a", "b", "c"] {
            inside.push(running.alice(id).await);
        }
        for _ in 0..3 {
            let mut extra = running.raw().await;
            extra.stream.read_u8().await.unwrap_err();
        }
        assert_eq!(running.broker.stats().refused_connections, 3);
        for client in &mut inside {
            client.send(&[0xe0, 0]).await;
            client.closed().await;
        }
        running.until(|| running.broker.stats().connections == 0).await;
        survived(&running).await;
    }
}

/// Row 4: a shared subscription whose last member leaves with messages unacknowledged.
#[tokio::test]
async fn shared_subscriptions_are_refused_as_the_standard_says() {
    for switch in SWITCHES {
        let running = Running::start(config(switch)).await;
        let kept = Connect { clean: false, ..Connect::v4("member", "alice") };
        let mut member = running.login(&kept).await;
        assert_eq!(member.subscribe("$share/g/t", 1).await, 0x80);
        let mut new = running.login(&Connect::v5("member-5", "alice")).await;
        assert_eq!(new.subscribe("$share/g/t", 1).await, 0x9e);
        new.publish_acked("t", b"x", false, 1).await;
        drop(member);
        running.login(&kept).await.is_quiet().await;
        survived(&running).await;
    }
}

/// Row 5: DISCONNECT with a backlog, as `mosquitto_sub -C 1` does on a busy topic.
#[tokio::test]
async fn leaving_in_the_middle_of_a_flood_is_ordinary() {
    for switch in SWITCHES {
        let running = Running::start(config(switch)).await;
        let local = running.broker.local();
        for round in 0..60 {
            let mut client = running.alice(if round % 2 == 0 { "leaver" } else { "other" }).await;
            client.subscribe("flood", 1).await;
            for _ in 0..50 {
                let flood = Publish {
                    topic: "flood".into(),
                    payload: vec![7; 500].into(),
                    qos: Qos::AtLeastOnce,
                    retain: None,
                };
                local.publish(flood).unwrap();
            }
            client.published().await;
            client.send(&[0xe0, 0]).await;
        }
        survived(&running).await;
    }
}

/// Row 6: 5.0 properties on the way to a 3.1.1 subscriber.
#[tokio::test]
async fn properties_stop_before_old_clients() {
    for switch in SWITCHES {
        let running = Running::start(config(switch)).await;
        let mut old = running.alice("old").await;
        let mut new = running.login(&Connect::v5("new", "alice")).await;
        let mut publisher = running.login(&Connect::v5("pub", "alice")).await;
        old.subscribe("p", 0).await;
        new.subscribe("p", 0).await;
        let user_property = [&[0x26][..], &text("k"), &text("v")].concat();
        let properties = [&[1, 1, 3][..], &text("text/plain"), &user_property].concat();
        publisher.send(&packet(0x30, &[text("p"), sized(&properties), b"hello".to_vec()].concat())).await;
        assert_eq!(old.published().await.payload, b"hello");
        let got = new.published().await;
        assert_eq!(got.payload, b"hello");
        assert!(got.properties.windows(user_property.len()).any(|window| window == user_property), "{got:?}");
        old.is_quiet().await;
        survived(&running).await;
    }
}

/// Row 7: one topic's payload under another's alias. None are given out, those that come in are per topic.
#[tokio::test]
async fn aliases_never_lead_to_another_topic() {
    for switch in SWITCHES {
        let running = Running::start(config(switch)).await;
        let aliases = Connect { properties: vec![0x22, 0, 10], ..Connect::v5("new", "alice") };
        let mut new = running.login(&aliases).await;
        new.subscribe("h/#", 0).await;
        let mut publisher = running.login(&Connect::v5("pub", "alice")).await;
        let publish = |topic: &str, alias: u8, payload: &[u8]| {
            packet(0x30, &[text(topic), sized(&[0x23, 0, alias]), payload.to_vec()].concat())
        };
        for (topic, alias) in [("h/lock", 1), ("h/thermostat", 2), ("", 1), ("", 2), ("", 1)] {
            publisher.send(&publish(topic, alias, &[alias])).await;
        }
        for (topic, alias) in [("h/lock", 1), ("h/thermostat", 2), ("h/lock", 1), ("h/thermostat", 2), ("h/lock", 1)] {
            let got = new.published().await;
            assert_eq!((got.topic.as_str(), got.payload.as_slice()), (topic, &[alias][..]));
            assert!(got.properties.is_empty());
        }
        survived(&running).await;
    }
}

#[tokio::test]
async fn aliases_out_of_range_or_unknown_end_the_connection() {
    let running = Running::start(config(SWITCHES[0])).await;
    for (topic, alias, reason) in [("t", 0, 0x94), ("t", 33, 0x94), ("", 5, 0x82)] {
        let mut client = running.login(&Connect::v5("pub", "alice")).await;
        client.send(&packet(0x30, &[text(topic), sized(&[0x23, 0, alias])].concat())).await;
        let last = client.closed().await;
        assert_eq!((last[0].first, last[0].body[0]), (0xe0, reason), "alias {alias}");
    }
}

/// Row 8: a peer that connects and says nothing.
#[tokio::test]
async fn silent_strangers_hold_nobody_up() {
    for switch in SWITCHES {
        let short = Config { connect_timeout: Duration::from_millis(200), ..config(switch) };
        let running = Running::start(short).await;
        let mut silent = running.raw().await;
        let mut halting = running.raw().await;
        halting.send(&Connect::v4("halting", "alice").bytes()[..10]).await;
        survived(&running).await;
        assert!(silent.closed().await.is_empty());
        assert!(halting.closed().await.is_empty());
    }
}

/// Row 9: an empty payload clears only when it is itself retained.
#[tokio::test]
async fn an_empty_message_without_the_flag_clears_nothing() {
    for switch in SWITCHES {
        let running = Running::start(config(switch)).await;
        let mut client = running.alice("a").await;
        client.publish_acked("r", b"kept", true, 1).await;
        client.publish_acked("r", b"", false, 2).await;
        let mut late = running.alice("late").await;
        late.subscribe("r", 0).await;
        let got = late.published().await;
        assert_eq!((got.payload.as_slice(), got.retain), (&b"kept"[..], true));
        client.publish_acked("r", b"", true, 3).await;
        let mut later = running.alice("later").await;
        later.subscribe("r", 0).await;
        later.is_quiet().await;
        survived(&running).await;
    }
}

/// Row 10: packets a client must not send, before and after login.
#[tokio::test]
async fn packets_of_the_server_are_refused() {
    for switch in SWITCHES {
        let running = Running::start(config(switch)).await;
        let strange: [&[u8]; 9] = [
            &[0x20, 3, 0, 0, 0],
            &[0xb0, 4, 0, 1, 0, 0],
            &[0x90, 4, 0, 1, 0, 0],
            &[0xd0, 0],
            &[0xf0, 0],
            &[0x00, 0],
            &[0x36, 2, 0, 0],
            &[0x80, 2, 0, 0],
            &[0x30, 0xff, 0xff, 0xff, 0xff, 0x7f],
        ];
        for bytes in strange {
            let mut stranger = running.raw().await;
            stranger.send(bytes).await;
            assert!(stranger.closed().await.is_empty(), "{bytes:02x?}");
            for connect in [Connect::v4("c", "alice"), Connect::v5("c", "alice")] {
                let mut client = running.login(&connect).await;
                client.send(bytes).await;
                let last = client.closed().await;
                assert_eq!(last.len(), usize::from(connect.version == 5), "{bytes:02x?}");
            }
        }
        survived(&running).await;
    }
}

/// Row 11 (section 11): one client id that reconnects quickly, with a will and without waiting.
#[tokio::test]
async fn a_client_may_reconnect_quickly() {
    for switch in SWITCHES {
        let running = Running::start(config(switch)).await;
        let will = Will { topic: "gone".into(), payload: b"x".to_vec(), ..Will::default() };
        let connect = Connect { will: Some(will), ..Connect::v4("flapper", "alice") };
        for round in 0..200 {
            let mut raw = Raw::connect(running.address).await;
            raw.send(&connect.bytes()).await;
            if round % 3 == 0 {
                raw.packet().await;
            }
        }
        survived(&running).await;
        running.until(|| running.broker.stats().connected <= 2).await;
    }
}

/// Retained messages of any number and quality reach a late subscriber (section 1: rumqttd gave 100 or 200).
#[tokio::test]
async fn five_thousand_retained_messages_reach_a_late_subscriber() {
    for switch in SWITCHES {
        let running = Running::start(config(switch)).await;
        let local = running.broker.local();
        for number in 0..5000 {
            let retained = Publish {
                topic: format!("r/{number}").into(),
                payload: "value".into(),
                qos: Qos::AtLeastOnce,
                retain: Some(Durability::Volatile),
            };
            local.publish(retained).unwrap();
        }
        running.until(|| running.broker.stats().retained == 5000).await;
        for qos in [0, 1] {
            let mut late = running.alice("late").await;
            late.subscribe("r/#", qos).await;
            let mut topics = std::collections::BTreeSet::new();
            for _ in 0..5000 {
                let got = late.published().await;
                assert!(got.retain && got.qos == qos);
                topics.insert(got.topic);
                if qos == 1 {
                    late.puback(got.id).await;
                }
            }
            assert_eq!(topics.len(), 5000);
            late.is_quiet().await;
        }
        survived(&running).await;
    }
}
