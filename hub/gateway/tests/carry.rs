//! The gateway between a stand-in for the hub and a true broker with TLS and client certificates.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

mod support;

use std::net::TcpListener;
use std::time::Duration;

use bytes::Bytes;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{Packet, Publish, PublishProperties};
use rumqttc::v5::{Client, Connection, Event};
use support::{Hub, Mosquitto, RULES, certificates, client_options, free_port, gateway_config, run_gateway};

const FRAME: usize = 16_384;
const REQUESTS: &str = "hub/home/req";
const REPLIES: &str = "hub/home/rsp/word";

/// Sends a message with the relay's rights, and goes on with the connection until the broker has it.
fn send(client: &Client, connection: &mut Connection, payload: Vec<u8>, properties: PublishProperties) {
    client.publish_with_properties(REQUESTS, QoS::AtLeastOnce, false, payload, properties).unwrap();
    until(connection, |event| matches!(event, Packet::PubAck(_)).then_some(()));
}

fn until<T>(connection: &mut Connection, wanted: impl Fn(Packet) -> Option<T>) -> T {
    connection
        .iter()
        .find_map(|event| match event.unwrap() {
            Event::Incoming(packet) => wanted(packet),
            Event::Outgoing(_) => None,
        })
        .unwrap()
}

fn back_to(topic: &str, correlation: &[u8]) -> PublishProperties {
    PublishProperties {
        response_topic: Some(topic.to_owned()),
        correlation_data: Some(Bytes::copy_from_slice(correlation)),
        ..PublishProperties::default()
    }
}

fn relay(folder: &std::path::Path, port: u16) -> (Client, Connection) {
    let (client, mut connection) = Client::new(client_options(folder, "relay", port), 100);
    client.subscribe(REPLIES, QoS::AtLeastOnce).unwrap();
    until(&mut connection, |packet| matches!(packet, Packet::SubAck(_)).then_some(()));
    (client, connection)
}

#[test]
fn without_the_hubs_socket_nobody_is_called() {
    let folder = tempfile::tempdir().unwrap();
    certificates(folder.path());
    let broker = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    broker.set_nonblocking(true).unwrap();
    run_gateway(gateway_config(folder.path(), broker.local_addr().unwrap().port()));
    // Several times the interval at which the socket is looked for.
    std::thread::sleep(Duration::from_millis(2_500));
    assert_eq!(broker.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    // The same gateway calls as soon as there is a socket, and hangs up with it.
    let hub = Hub::listen(folder.path());
    let gateway = hub.accept();
    broker.set_nonblocking(false).unwrap();
    let (mut called, _) = broker.accept().unwrap();
    drop((gateway, hub));
    std::io::copy(&mut called, &mut std::io::sink()).unwrap();
}

#[test]
fn frames_are_carried_there_and_back() {
    if !support::mosquitto_is_there() {
        return;
    }
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    certificates(folder.path());
    let _broker = Mosquitto::start(folder.path(), port, RULES.as_ref());
    let hub = Hub::listen(folder.path());
    run_gateway(gateway_config(folder.path(), port));
    let mut gateway = hub.accept();
    gateway.until_connected(true);
    let (client, mut connection) = relay(folder.path(), port);

    send(&client, &mut connection, vec![7; FRAME], back_to(REPLIES, b"correlation"));
    let (route, frame) = gateway.request();
    assert_eq!(frame, [7; FRAME]);
    gateway.write(&route, &[8; FRAME]);
    let reply: Publish = until(&mut connection, |packet| match packet {
        Packet::Publish(reply) => Some(reply),
        _ => None,
    });
    assert_eq!((reply.topic.as_ref(), reply.payload.as_ref()), (REPLIES.as_bytes(), &[8; FRAME][..]));
    let properties = reply.properties.unwrap();
    assert_eq!(properties.correlation_data.as_deref(), Some(&b"correlation"[..]));
    assert!(properties.message_expiry_interval.is_some_and(|seconds| seconds <= 7));
}

#[test]
fn what_nobody_asked_for_goes_to_a_topic_of_its_own() {
    if !support::mosquitto_is_there() {
        return;
    }
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    certificates(folder.path());
    let broker = Mosquitto::start(folder.path(), port, RULES.as_ref());
    let hub = Hub::listen(folder.path());
    run_gateway(gateway_config(folder.path(), port));
    let mut gateway = hub.accept();
    gateway.until_connected(true);
    let (client, mut connection) = relay(folder.path(), port);
    client.subscribe("hub/home/push", QoS::AtLeastOnce).unwrap();
    until(&mut connection, |packet| matches!(packet, Packet::SubAck(_)).then_some(()));
    // More than the line queues: they come at once and all arrive, in their order.
    let all: Vec<u8> = (0..100).collect();
    for number in &all {
        let mut route = [0; 64];
        route[0] = 3;
        gateway.write(&route, &[*number; FRAME]);
    }
    for number in &all {
        let pushed: Publish = until(&mut connection, |packet| match packet {
            Packet::Publish(pushed) => Some(pushed),
            _ => None,
        });
        assert_eq!((pushed.topic.as_ref(), pushed.payload.as_ref()), (&b"hub/home/push"[..], &[*number; FRAME][..]));
        let properties = pushed.properties.unwrap();
        assert!(properties.message_expiry_interval.is_some_and(|seconds| seconds <= 30));
        assert_eq!((properties.correlation_data, properties.response_topic), (None, None));
    }
    drop(broker);
    assert_eq!(gateway.until_connected(false)[1..], [0, 0, 0, 0, 1, 100]);
}

#[test]
fn what_is_no_frame_with_a_way_back_is_dropped_and_counted() {
    if !support::mosquitto_is_there() {
        return;
    }
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    certificates(folder.path());
    let broker = Mosquitto::start(folder.path(), port, RULES.as_ref());
    let hub = Hub::listen(folder.path());
    run_gateway(gateway_config(folder.path(), port));
    let mut gateway = hub.accept();
    gateway.until_connected(true);
    let (client, mut connection) = relay(folder.path(), port);
    let garbage = [
        (Vec::new(), back_to(REPLIES, b"")),
        (vec![0; FRAME - 1], back_to(REPLIES, b"")),
        (vec![0; FRAME + 1], back_to(REPLIES, b"")),
        // Larger than the gateway takes: the broker keeps it.
        (vec![0; 100_000], back_to(REPLIES, b"")),
        (vec![0; FRAME], PublishProperties::default()),
        (vec![0; FRAME], back_to("hub/home/req", b"")),
        (vec![0; FRAME], back_to("hub/home/rsp/", b"")),
        (vec![0; FRAME], back_to("hub/home/rsp/a/b", b"")),
        (vec![0; FRAME], back_to("hub/other/rsp/a", b"")),
        (vec![0; FRAME], back_to(REPLIES, &[0; 33])),
    ];
    let dropped = garbage.len() as u64 - 1;
    for (payload, properties) in garbage {
        send(&client, &mut connection, payload, properties);
    }
    send(&client, &mut connection, vec![1; FRAME], back_to(REPLIES, b"good"));
    let (route, frame) = gateway.request();
    assert_eq!(frame, [1; FRAME]);
    // A route that the gateway did not make goes nowhere, nor does a push with one; the next reply shows that they were looked at.
    gateway.write(&[0; 64], &[0; FRAME]);
    gateway.write(&[3; 64], &[0; FRAME]);
    gateway.write(&route, &[2; FRAME]);
    until(&mut connection, |packet| matches!(packet, Packet::Publish(_)).then_some(()));
    drop(broker);
    let counts = gateway.until_connected(false);
    assert_eq!(counts, [1, 1, dropped, 0, 2, 1, 0]);
}

#[test]
fn a_flood_that_the_hub_does_not_take_is_dropped_and_the_line_goes_on() {
    if !support::mosquitto_is_there() {
        return;
    }
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    certificates(folder.path());
    let broker = Mosquitto::start(folder.path(), port, RULES.as_ref());
    let hub = Hub::listen(folder.path());
    run_gateway(gateway_config(folder.path(), port));
    let mut gateway = hub.accept();
    gateway.until_connected(true);
    let (client, mut connection) = relay(folder.path(), port);
    // The hub reads nothing meanwhile.
    let sent = 500;
    for _ in 0..sent {
        send(&client, &mut connection, vec![3; FRAME], back_to(REPLIES, b""));
    }
    // It reads again. The broker keeps the order, so what comes last shows that nothing is under way any more.
    let reading = std::thread::spawn(move || {
        while gateway.request().1 != [4; FRAME] {}
        gateway
    });
    let mut all = sent;
    while !reading.is_finished() {
        send(&client, &mut connection, vec![4; FRAME], back_to(REPLIES, b""));
        all += 1;
    }
    let mut gateway = reading.join().unwrap();
    drop(broker);
    let counts = gateway.until_connected(false);
    assert!((sent + 1..=all).contains(&(counts[0] + counts[3])), "{counts:?} of {all}");
    assert!(counts[3] > 0, "{counts:?}");
    // The broker is back, and so is the gateway.
    let _broker = Mosquitto::start(folder.path(), port, RULES.as_ref());
    gateway.until_connected(true);
}
