//! The rows about a house that is well.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::numbers::{ms, percentile, spread};
use crate::rows::{Measured, Scale};
use crate::support::house::House;
use crate::support::hub::{Hub, PASSWORD, USER};
use crate::support::now;
use crate::{machine, scene, trace};

const fn millis(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Longer than `[history] flush`, so that whatever was reported before is written after.
const FLUSHED: Duration = Duration::from_secs(35);

/// Starts the daemon again and again on the same state and stick.
pub(crate) fn start(scale: Scale) -> Measured {
    let House { client, hub, sim: _sim, place, stick: _stick } = scene::thermostats(100);
    drop(client);
    assert!(hub.stop().success());
    let mut times = Vec::new();
    let mut ready = Vec::new();
    for _ in 0..scale.of(15, 5) {
        let hub = Hub::start(&place);
        let known = json!({"total": 100, "available": 100});
        loop {
            let status = hub.status();
            if status["devices"] == known && status["adapters"][0]["status"] == "online" {
                break;
            }
            std::thread::sleep(millis(2));
        }
        times.push(now().saturating_sub(hub.started.0));
        ready.push(hub.started.1.saturating_sub(hub.started.0));
        assert!(hub.stop().success());
        std::thread::sleep(millis(300));
    }
    let median = percentile(&times, 0.5);
    let text = format!(
        "{} median, {} best of {} (`ready` after {})",
        ms(median),
        ms(percentile(&times, 0.0)),
        times.len(),
        ms(percentile(&ready, 0.5))
    );
    Measured { text, good: median <= millis(100) }
}

/// After a login, a look at the page and some reports, at rest.
pub(crate) fn memory(scale: Scale) -> Measured {
    let house = scene::thermostats(100);
    let mut house = house.restart(|hub| assert!(hub.stop().success()));
    house.client.json("hearth/bridge/info", |info| info["adapters"][0]["status"] == "online");
    assert_eq!(house.hub.web("GET", "/", None, None).status, 200);
    let login = json!({"user": USER, "password": PASSWORD});
    let cookie = house.hub.web("POST", "/api/v1/session", None, Some(&login)).cookie();
    assert_eq!(house.hub.web("GET", "/api/v1/devices", Some(&cookie), None).status, 200);
    house.sim.tell("burst 50 10");
    house.client.listen(scale.of(FLUSHED, millis(12_000)));
    let (rss, pss) = machine::memory(house.hub.pid());
    let mb = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
    Measured { text: format!("{} ({} without shared pages' other share)", mb(rss), mb(pss)), good: rss <= 16_000_000 }
}

/// One command at a time, each with a value of its own.
pub(crate) fn set_latency(scale: Scale) -> Measured {
    let mut house = scene::thermostats(100);
    let mut sent = HashMap::new();
    for number in 0..scale.of(1000_i16, 200) {
        let (device, centi) = (number % 100 + 1, 700 + number);
        let body = json!({"occupied_heating_setpoint": f64::from(centi) / 100.0, "transaction": number});
        let at = house.client.publish(&format!("hearth/thermostat-{device}/set"), body.to_string());
        sent.insert(centi, at);
        house.outcome(&format!("thermostat-{device}"), u64::try_from(number).unwrap(), "done");
        house.client.take(|_| true);
        std::thread::sleep(millis(5));
    }
    let mut first = HashMap::new();
    for write in trace::writes(&trace::read(&house.stick.trace())) {
        first.entry(write.centi).or_insert(write.at);
    }
    judge_latency(&sent.iter().map(|(centi, at)| first[centi].saturating_sub(*at)).collect::<Vec<_>>())
}

/// One report at a time, each with a value of its own.
pub(crate) fn report_latency(scale: Scale) -> Measured {
    let mut house = scene::thermostats(100);
    let mut heard = HashMap::new();
    for number in 0..scale.of(1000_i16, 200) {
        let (device, centi) = (number % 100 + 1, 1000 + number);
        let degrees = f64::from(centi) / 100.0;
        house.sim.tell(&format!("report thermostat-{device} local_temperature {centi}"));
        let message = house
            .client
            .message(&format!("hearth/thermostat-{device}"), |message| message.json()["local_temperature"] == degrees);
        heard.insert(centi, message.at);
        std::thread::sleep(millis(5));
    }
    let mut first = HashMap::new();
    for report in trace::reports(&trace::read(&house.stick.trace())) {
        first.entry(report.centi).or_insert(report.at);
    }
    judge_latency(&heard.iter().map(|(centi, at)| at.saturating_sub(first[centi])).collect::<Vec<_>>())
}

fn judge_latency(times: &[Duration]) -> Measured {
    let good =
        percentile(times, 0.5) <= Duration::from_micros(400) && percentile(times, 0.99) <= Duration::from_micros(1500);
    Measured { text: spread(times), good }
}

/// Processor time while a subscriber hears 50 reports a second.
pub(crate) fn cpu(scale: Scale) -> Measured {
    let mut house = scene::thermostats(100);
    let seconds = scale.of(30, 10);
    house.sim.tell(&format!("burst 50 {}", seconds + 4));
    house.client.listen(millis(2000));
    let (start, before) = (now(), machine::ticks(house.hub.pid()));
    let heard = house.client.listen(Duration::from_secs(seconds)).len();
    let used = machine::ticks(house.hub.pid()) - before;
    let time = now().saturating_sub(start).as_secs_f64();
    let percent = used as f64 / time;
    Measured { text: format!("{percent:.2} % ({:.0} messages/s heard)", heard as f64 / time), good: percent <= 1.5 }
}

pub(crate) fn bytes(scale: Scale) -> Measured {
    written_per_report(100, 50, scale.of(180, 60), 500)
}

pub(crate) fn minute(scale: Scale) -> Measured {
    // A little less than one a minute each: 180 of 200.
    written_per_report(200, 3, scale.of(600, 120), 700)
}

/// Everything that is written from a rest to the next, over the reports between them.
fn written_per_report(devices: usize, rate: u32, seconds: u64, limit: u64) -> Measured {
    let mut house = scene::thermostats(devices);
    house.client.listen(FLUSHED);
    let pid = house.hub.pid();
    let stored = |house: &House| house.hub.status()["store"]["bytes_written"].as_u64().unwrap();
    let count = |house: &House| trace::reports(&trace::read(&house.stick.trace())).len() as u64;
    let before = (machine::written(pid), stored(&house), count(&house));
    house.sim.tell(&format!("burst {rate} {seconds}"));
    house.client.listen(Duration::from_secs(seconds) + FLUSHED);
    let after = (machine::written(pid), stored(&house), count(&house));
    let reports = after.2 - before.2;
    let per_report = |bytes: u64| bytes / reports.max(1);
    let (system, own) = (per_report(after.0 - before.0), per_report(after.1 - before.1));
    let text = format!("{system} by the kernel's count, {own} by the store's ({reports} reports in {seconds} s)");
    Measured { text, good: reports > 0 && system.max(own) <= limit }
}

/// As many reports as the issue asks for; each must come out, soon.
pub(crate) fn rate(scale: Scale) -> Measured {
    let mut house = scene::thermostats(100);
    let before = trace::reports(&trace::read(&house.stick.trace())).len();
    house.client.take(|_| true);
    let seconds = scale.of(10, 3);
    house.sim.tell(&format!("burst 5000 {seconds}"));
    let mut heard = house.client.listen(Duration::from_secs(seconds + 3));
    heard.retain(|message| message.topic.starts_with("hearth/thermostat-") && message.topic.matches('/').count() == 1);
    let frames = trace::read(&house.stick.trace());
    let sent = &trace::reports(&frames)[before..];
    let rate = sent.len() as f64 / sent.last().unwrap().at.saturating_sub(sent[0].at).as_secs_f64();
    let times = delays(sent, &heard, &house);
    let lost = sent.len() - times.len();
    let p99 = percentile(&times, 0.99);
    let text =
        format!("{rate:.0}/s, {lost} of {} lost, p99 {}, worst {}", sent.len(), ms(p99), ms(percentile(&times, 1.0)));
    Measured { text, good: lost == 0 && rate >= 4950.0 && p99 <= millis(20) }
}

/// Pairs the reports of each device with the messages about it, both in order and with the same temperature.
fn delays(sent: &[trace::Report], heard: &[crate::support::client::Message], house: &House) -> Vec<Duration> {
    let short = short_addresses(house);
    let mut waiting: HashMap<u16, std::collections::VecDeque<_>> = HashMap::new();
    for report in sent {
        waiting.entry(report.device).or_default().push_back(report);
    }
    let mut times = Vec::new();
    for message in heard {
        let Some(queue) = short.get(&message.topic).and_then(|device| waiting.get_mut(device)) else { continue };
        let shown = message.json()["local_temperature"].as_f64().unwrap_or_default();
        if queue.front().is_some_and(|report| (f64::from(report.centi) / 100.0 - shown).abs() < 0.001) {
            times.extend(queue.pop_front().map(|report| message.at.saturating_sub(report.at)));
        }
    }
    times
}

/// The network address behind each topic, from the simulator's own list.
fn short_addresses(house: &House) -> HashMap<String, u16> {
    let entry = |(name, device): (&String, &Value)| {
        let short = u16::from_str_radix(device["short"].as_str()?, 16).ok()?;
        Some((format!("hearth/{name}"), short))
    };
    house.sim.status()["devices"].as_object().unwrap().iter().filter_map(entry).collect()
}
