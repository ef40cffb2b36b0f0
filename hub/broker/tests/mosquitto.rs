//! The real `mosquitto_pub` and `mosquitto_sub` as clients.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, outside test functions")]

mod common;

use std::process::Stdio;

use broker::{Config, SwitchKind};
use common::{Running, SWITCHES, config};
use tokio::{
    process::{Child, Command},
    time::timeout,
};

/// One of the two programs, logged in as alice.
fn mosquitto(program: &str, running: &Running, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .args(["-h", "127.0.0.1", "-p", &running.address.port().to_string(), "-u", "alice", "-P", "alice"])
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

fn start(mut command: Command) -> Child {
    command.spawn().unwrap_or_else(|error| panic!("mosquitto-clients is needed: {error}"))
}

async fn output(child: Child) -> String {
    let output = timeout(common::PATIENCE, child.wait_with_output()).await.expect("ends in time").unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).unwrap()
}

async fn publish(running: &Running, arguments: &[&str]) {
    output(start(mosquitto("mosquitto_pub", running, arguments))).await;
}

async fn until_subscribed(running: &Running, count: usize) {
    running.until(|| running.broker.clients().iter().filter(|client| client.subscriptions > 0).count() >= count).await;
}

#[tokio::test]
async fn every_version_and_quality_of_service_works() {
    for switch in SWITCHES {
        let running = Running::start(config(switch)).await;
        for version in ["311", "5"] {
            for qos in ["0", "1", "2"] {
                let arguments = ["-V", version, "-q", qos, "-t", "haus/größe/#", "-C", "2", "-F", "%t %q %r %p"];
                let subscriber = start(mosquitto("mosquitto_sub", &running, &arguments));
                until_subscribed(&running, 1).await;
                for text in ["eins", "zwei"] {
                    publish(&running, &["-V", version, "-q", qos, "-t", "haus/größe/x", "-m", text]).await;
                }
                let expected = format!("haus/größe/x {qos} 0 eins\nhaus/größe/x {qos} 0 zwei\n");
                assert_eq!(output(subscriber).await, expected, "version {version}");
                running.until(|| running.broker.clients().is_empty()).await;
            }
        }
    }
}

#[tokio::test]
async fn retained_messages_and_wills_work() {
    for switch in SWITCHES {
        let running = Running::start(config(switch)).await;
        publish(&running, &["-q", "1", "-r", "-t", "r/a", "-m", "kept"]).await;
        let late = start(mosquitto("mosquitto_sub", &running, &["-t", "r/#", "-C", "1", "-F", "%r %p"]));
        assert_eq!(output(late).await, "1 kept\n");
        let watcher = start(mosquitto("mosquitto_sub", &running, &["-i", "watcher", "-t", "gone", "-C", "1"]));
        until_subscribed(&running, 1).await;
        let will = ["-i", "leaver", "-t", "x", "--will-topic", "gone", "--will-payload", "lost"];
        let mut leaver = start(mosquitto("mosquitto_sub", &running, &will));
        until_subscribed(&running, 2).await;
        leaver.start_kill().unwrap();
        assert_eq!(output(watcher).await, "lost\n");
    }
}

#[tokio::test]
async fn a_kept_session_is_filled_while_its_client_is_away() {
    for switch in SWITCHES {
        let running = Running::start(config(switch)).await;
        let kept = ["-i", "kept", "-c", "-q", "1", "-t", "k"];
        let first = start(mosquitto("mosquitto_sub", &running, &[&kept[..], &["-E"]].concat()));
        output(first).await;
        for text in ["1", "2", "3"] {
            publish(&running, &["-q", "1", "-t", "k", "-m", text]).await;
        }
        let second = start(mosquitto("mosquitto_sub", &running, &[&kept[..], &["-C", "3"]].concat()));
        assert_eq!(output(second).await, "1\n2\n3\n");
    }
}

#[tokio::test]
async fn leaving_after_one_message_of_a_flood_hurts_nobody() {
    for switch in SWITCHES {
        let running = Running::start(config(switch)).await;
        let numbers: Vec<String> = (0..2000).map(|number| number.to_string()).collect();
        let lines = numbers.join("\n") + "\n";
        let path = std::env::temp_dir().join(format!("hearth-flood-{}", running.address.port()));
        std::fs::write(&path, &lines).unwrap();
        let all = start(mosquitto("mosquitto_sub", &running, &["-i", "all", "-q", "1", "-t", "f", "-C", "2000"]));
        let mut leavers = Vec::new();
        for _ in 0..5 {
            leavers.push(start(mosquitto("mosquitto_sub", &running, &["-q", "1", "-t", "f", "-C", "1"])));
        }
        until_subscribed(&running, 6).await;
        let mut flood = mosquitto("mosquitto_pub", &running, &["-q", "1", "-t", "f", "-l"]);
        flood.stdin(std::fs::File::open(&path).unwrap());
        output(start(flood)).await;
        for leaver in leavers {
            assert_eq!(output(leaver).await, "0\n");
        }
        assert_eq!(output(all).await, lines);
        assert_eq!(running.broker.stats().lane_restarts, 0);
        std::fs::remove_file(path).unwrap();
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_and_a_limit_is_kept() {
    let running = Running::start(Config { max_connections: 1, ..config(SwitchKind::Direct) }).await;
    let mut wrong = mosquitto("mosquitto_pub", &running, &["-t", "x", "-m", "x", "-P", "wrong"]);
    let failed = timeout(common::PATIENCE, wrong.output()).await.expect("ends in time").unwrap();
    let text = String::from_utf8_lossy(&failed.stderr).into_owned();
    assert!(!failed.status.success() && text.contains("bad user name or password"), "{text}");
    publish(&running, &["-V", "5", "-t", "$SYS/x", "-m", "refused in silence at QoS 0"]).await;
    let all = start(mosquitto("mosquitto_sub", &running, &["-t", "$SYS/#", "-t", "#", "-C", "1", "-E"]));
    assert_eq!(output(all).await, "");
    assert_eq!(running.broker.stats().refused_publishes, 1);
}
