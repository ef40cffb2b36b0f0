//! Slow readers and limits of clients: back-pressure at QoS 1, bounded loss at QoS 0.

mod common;

use std::time::Duration;

use broker::{Config, Publish, Qos};
use common::{Connect, Running, SWITCHES, config, parse_publish};

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

#[tokio::test]
async fn more_unreleased_messages_than_announced_end_a_version_5_connection() {
    let running = Running::start(config(SWITCHES[0])).await;
    let mut old = running.alice("old").await;
    let mut new = running.login(&Connect::v5("new", "alice")).await;
    for id in 1..=129 {
        for client in [&mut old, &mut new] {
            client.publish("t", b"x", 2, false, id).await;
        }
    }
    let answers = new.closed().await;
    assert_eq!(answers.len(), 129);
    assert_eq!((answers[127].first, answers[128].first, answers[128].body[0]), (0x50, 0xe0, 0x93));
    for _ in 1..=129 {
        assert_eq!(old.packet().await.first, 0x50);
    }
    old.is_quiet().await;
}
