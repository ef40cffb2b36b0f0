//! Latency and burst rate of both switches on a runtime of one thread: client to hub and hub to client over
//! TCP, as the daemon runs it. `cargo bench -p hearth-broker`.
#![allow(clippy::print_stdout, reason = "it is a program that prints figures")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "it stops at the first error")]

#[path = "../tests/common/mod.rs"]
mod common;

use std::time::Duration;

use broker::{Config, Publish, Qos};
use common::{Running, SWITCHES, parse_publish};
use tokio::time::{Instant, sleep};

const PACED: u32 = 2000;
const BURST: u32 = 20_000;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    for switch in SWITCHES {
        let running = Running::start(Config { max_connections_per_address: 200, switch, ..Config::default() }).await;
        println!("{switch:?}, QoS 1, 200 bytes, one thread");
        client_to_hub(&running).await;
        hub_to_client(&running).await;
        bursts(&running).await;
        println!("  memory: {}", resident());
        let mut clients = Vec::new();
        for number in 0..100 {
            let mut client = running.alice(&format!("idle-{number}")).await;
            client.subscribe("idle/#", 1).await;
            clients.push(client);
        }
        println!("  with 100 clients, this program's sockets included: {}", resident());
    }
}

/// Resident memory of this process, as Linux tells it.
fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.unwrap_or("unknown").trim().to_owned()
}

fn own(topic: &str) -> Publish {
    Publish { topic: topic.into(), payload: vec![1; 200].into(), qos: Qos::AtLeastOnce, retain: None }
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 1000].as_micros();
    println!("  {what}: p50 {} us, p99 {} us, p99.9 {} us", at(500), at(990), at(999));
}

async fn client_to_hub(running: &Running) {
    let mut hub = running.broker.local().subscribe(&["up"]).unwrap();
    let mut client = running.alice("client").await;
    let mut times = Vec::new();
    for number in 0..PACED {
        sleep(Duration::from_millis(2)).await;
        let start = Instant::now();
        client.publish("up", &[1; 200], 1, false, u16::try_from(number % 60_000 + 1).unwrap()).await;
        hub.recv().await.unwrap();
        times.push(start.elapsed());
        client.packet().await;
    }
    report("client -> hub", times);
}

async fn hub_to_client(running: &Running) {
    let local = running.broker.local();
    let mut client = running.alice("client").await;
    client.subscribe("down", 1).await;
    let mut times = Vec::new();
    for _ in 0..PACED {
        sleep(Duration::from_millis(2)).await;
        let start = Instant::now();
        local.publish(own("down")).unwrap();
        let packet = client.packet().await;
        times.push(start.elapsed());
        client.puback(parse_publish(&packet, 4).id).await;
    }
    report("hub -> client", times);
}

async fn bursts(running: &Running) {
    let mut hub = running.broker.local().subscribe(&["up"]).unwrap();
    let mut client = running.alice("client").await;
    let start = Instant::now();
    let sending = tokio::spawn(async move {
        for number in 0..BURST {
            client.publish("up", &[1; 200], 1, false, u16::try_from(number % 60_000 + 1).unwrap()).await;
            if number >= 50 {
                client.packet().await;
            }
        }
        for _ in 0..50 {
            client.packet().await;
        }
    });
    for _ in 0..BURST {
        hub.recv().await.unwrap();
    }
    println!("  burst client -> hub: {:.0} msg/s", f64::from(BURST) / start.elapsed().as_secs_f64());
    sending.await.unwrap();
}
