//! Routers are killed under load; nothing may be lost, doubled or out of order.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex},
    time::{sleep, timeout},
};

use super::Lane;
use crate::{
    AllowAll, Authenticator, Config, Identity, Local, Login, NoStore, Publish, Qos, Verdict,
    client::{self, Shared},
    hub::Hub,
    local::Messages,
    switch::Switch,
};

const PATIENCE: Duration = Duration::from_secs(30);

fn lane() -> (Arc<Hub>, Arc<Lane>, Local) {
    let config = Config { max_queued_bytes: 64 * 1024 * 1024, ..Config::default() };
    let hub = Arc::new(Hub::new(&config, Arc::new(NoStore), tokio::time::Instant::now()).unwrap());
    let lane = Arc::new(Lane::start(Arc::clone(&hub)));
    let switch: Arc<dyn Switch> = Arc::clone(&lane) as Arc<dyn Switch>;
    let local = Local::new(Arc::clone(&hub), switch);
    (hub, lane, local)
}

fn numbered(number: u32, size: usize) -> Publish {
    let mut payload = number.to_be_bytes().to_vec();
    payload.resize(size.max(4), 0);
    Publish { topic: "n".into(), payload: payload.into(), qos: Qos::AtLeastOnce, retain: None }
}

async fn expect(messages: &mut Messages, numbers: std::ops::Range<u32>) {
    for number in numbers {
        let message = timeout(PATIENCE, messages.recv()).await.expect("in time").unwrap();
        assert_eq!(message.payload[..4], number.to_be_bytes());
    }
}

#[tokio::test]
async fn messages_of_all_sizes_cross_in_order() {
    let (hub, _lane, local) = lane();
    let mut messages = local.subscribe(&["n"]).unwrap();
    for number in 0..3000 {
        let size = if number % 100 == 0 { 200_000 } else { (number as usize * 7) % 900 };
        local.publish(numbered(number, size)).unwrap();
    }
    expect(&mut messages, 0..3000).await;
    assert!(messages.try_recv().is_none());
    assert_eq!(hub.stats().lane_restarts, 0);
}

/// Small messages come so fast that the router pauses until it is told to go on.
#[tokio::test]
async fn a_flood_of_small_messages_crosses() {
    let (hub, _lane, local) = lane();
    let mut messages = local.subscribe(&["n"]).unwrap();
    for number in 0..20_000 {
        local.publish(numbered(number, 4)).unwrap();
    }
    expect(&mut messages, 0..20_000).await;
    assert_eq!(hub.stats().lane_restarts, 0);
}

#[tokio::test]
async fn an_empty_payload_crosses() {
    let (_hub, _lane, local) = lane();
    let mut messages = local.subscribe(&["n"]).unwrap();
    local.publish(Publish { topic: "n".into(), payload: Bytes::new(), qos: Qos::AtMostOnce, retain: None }).unwrap();
    assert!(timeout(PATIENCE, messages.recv()).await.unwrap().unwrap().payload.is_empty());
}

#[tokio::test]
async fn a_new_router_takes_over_and_nothing_is_lost_or_doubled() {
    let (hub, lane, local) = lane();
    let mut messages = local.subscribe(&["n"]).unwrap();
    for round in 0..4 {
        for number in 0..1000 {
            if number == 300 {
                lane.kill_router();
            }
            local.publish(numbered(round * 1000 + number, 100)).unwrap();
        }
        expect(&mut messages, round * 1000..(round + 1) * 1000).await;
    }
    assert!(messages.try_recv().is_none());
    assert_eq!(hub.stats().lane_restarts, 4);
    assert!(!lane.is_bypassed());
}

#[tokio::test]
async fn five_deaths_in_a_minute_send_messages_direct() {
    let (hub, lane, local) = lane();
    let mut messages = local.subscribe(&["n"]).unwrap();
    for round in 0..7 {
        lane.kill_router();
        local.publish(numbered(round, 100)).unwrap();
        expect(&mut messages, round..round + 1).await;
    }
    assert!(lane.is_bypassed());
    assert_eq!(hub.stats().lane_restarts, 5);
    for number in 7..1000 {
        local.publish(numbered(number, 100)).unwrap();
    }
    expect(&mut messages, 7..1000).await;
}

#[tokio::test]
async fn a_router_that_dies_idle_is_noticed() {
    let (hub, lane, _local) = lane();
    lane.kill_router();
    let noticed = async {
        while hub.stats().lane_restarts == 0 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, noticed).await.expect("noticed");
}

/// A logged-in client over a pipe, with its end of it.
async fn connect(shared: &Arc<Shared>, id: u8) -> DuplexStream {
    let (mut ours, theirs) = duplex(64 * 1024);
    tokio::spawn(client::serve(Arc::clone(shared), theirs, ([127, 0, 0, 1], 1).into()));
    ours.write_all(&[0x10, 18, 0, 4, b'M', b'Q', b'T', b'T', 4, 0xc2, 0, 60, 0, 1, id, 0, 1, b'u', 0, 0])
        .await
        .unwrap();
    let mut ack = [0; 4];
    ours.read_exact(&mut ack).await.unwrap();
    assert_eq!(ack, [0x20, 2, 0, 0]);
    ours
}

struct Anyone;

impl Authenticator for Anyone {
    fn verify(&self, login: Login) -> Verdict<'_> {
        Box::pin(async move { Ok(Identity { user: login.user.into(), rights: Arc::new(AllowAll) }) })
    }
}

#[tokio::test]
async fn clients_stay_connected_while_routers_die() {
    let (hub, lane, _local) = lane();
    let shared = Arc::new(Shared {
        config: Config::default(),
        hub: Arc::clone(&hub),
        switch: Arc::clone(&lane) as Arc<dyn Switch>,
        auth: Arc::new(Anyone),
    });
    let mut subscriber = connect(&shared, b's').await;
    let mut publisher = connect(&shared, b'p').await;
    let talk = async {
        subscriber.write_all(&[0x82, 6, 0, 1, 0, 1, b't', 0]).await.unwrap();
        subscriber.read_exact(&mut [0; 5]).await.unwrap();
        for number in 1..=200 {
            if number % 50 == 0 {
                lane.kill_router();
            }
            publisher.write_all(&[0x32, 6, 0, 1, b't', 0, number, number]).await.unwrap();
            let mut ack = [0; 4];
            publisher.read_exact(&mut ack).await.unwrap();
            assert_eq!(ack, [0x40, 2, 0, number]);
            let mut message = [0; 6];
            subscriber.read_exact(&mut message).await.unwrap();
            assert_eq!(message, [0x30, 4, 0, 1, b't', number]);
        }
    };
    timeout(PATIENCE, talk).await.expect("in time");
    assert_eq!(hub.stats().lane_restarts, 4);
}
