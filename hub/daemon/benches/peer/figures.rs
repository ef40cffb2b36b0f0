//! The rows about a house that is well.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use crate::numbers::{ms, percentile, spread};
use crate::rows::{Measured, Scale};
use crate::scene::{Scene, Side, degrees};
use crate::support::client::Message;
use crate::support::now;
use crate::{machine, trace};

const fn millis(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Longer than `[history] flush`, so that whatever was reported before is written after.
const FLUSHED: Duration = Duration::from_secs(35);

/// Starts the hub again and again on the same state and stick.
pub(crate) fn start(side: &Side, scale: Scale) -> Measured {
    let Scene { client, mut hub, sim: _sim, stick: _stick, .. } = side.thermostats(100);
    drop(client);
    hub.stop();
    let mut times = Vec::new();
    let mut remarks = Vec::new();
    for _ in 0..scale.of(15, 5) {
        let started = hub.start();
        let (known, remark) = hub.known(100);
        times.push(known.saturating_sub(started));
        remarks.push(remark);
        hub.stop();
        std::thread::sleep(millis(300));
    }
    remarks.sort();
    let remark = &remarks[remarks.len() / 2];
    let (median, best) = (percentile(&times, 0.5), percentile(&times, 0.0));
    let text = format!("{} median, {} best of {} ({remark})", ms(median), ms(best), times.len());
    Measured { text, good: median <= millis(100), figures: vec![median.as_secs_f64()] }
}

/// After a login, a look at the page and some reports, at rest.
pub(crate) fn memory(side: &Side, scale: Scale) -> Measured {
    let mut scene = side.thermostats(100).restart();
    scene.hub.visit();
    scene.sim.tell("burst 50 10");
    scene.client.listen(scale.of(FLUSHED, millis(12_000)));
    let used: Vec<_> = scene.hub.pids().into_iter().map(machine::memory).collect();
    let mb = |bytes: u64| format!("{:.1}", bytes as f64 / 1e6);
    let all = |part: fn(&(u64, u64)) -> u64| used.iter().map(|used| mb(part(used))).collect::<Vec<_>>().join(" + ");
    let rss: u64 = used.iter().map(|used| used.0).sum();
    let text = format!("{} MB ({} MB without shared pages' other share)", all(|used| used.0), all(|used| used.1));
    Measured { text, good: rss <= 16_000_000, figures: vec![rss as f64] }
}

/// One command at a time. The values are half degrees, for the peer rounds to those; the next command to the same device
/// has another one.
pub(crate) fn set_latency(side: &Side, scale: Scale) -> Measured {
    let mut scene = side.thermostats(100);
    let mut sent = Vec::new();
    for number in 0..scale.of(1000_u32, 200) {
        let (device, centi) = (number % 100 + 1, 1000 + 50 * i16::try_from(number / 100).unwrap());
        let at = scene.set(device, centi, None);
        sent.push((scene.address(device), centi, at));
        scene.shows(device, "occupied_heating_setpoint", centi);
        std::thread::sleep(millis(5));
        scene.client.take(|_| true);
    }
    let mut first = HashMap::new();
    for write in scene.writes() {
        first.entry((write.device, write.centi)).or_insert(write.at);
    }
    let time = |(device, centi, at): &(u16, i16, Duration)| first[&(*device, *centi)].saturating_sub(*at);
    judge_latency(&sent.iter().map(time).collect::<Vec<_>>())
}

/// One report at a time, each with a value of its own.
pub(crate) fn report_latency(side: &Side, scale: Scale) -> Measured {
    let mut scene = side.thermostats(100);
    let mut heard = Vec::new();
    for number in 0..scale.of(1000_u32, 200) {
        let (device, centi) = (number % 100 + 1, 1000 + i16::try_from(number).unwrap());
        scene.sim.tell(&format!("report thermostat-{device} local_temperature {centi}"));
        heard.push((centi, scene.shows(device, "local_temperature", centi)));
        std::thread::sleep(millis(5));
    }
    let mut first = HashMap::new();
    for report in scene.reports() {
        first.entry(report.centi).or_insert(report.at);
    }
    judge_latency(&heard.iter().map(|(centi, at)| at.saturating_sub(first[centi])).collect::<Vec<_>>())
}

fn judge_latency(times: &[Duration]) -> Measured {
    let [p50, p99] = [0.50, 0.99].map(|share| percentile(times, share));
    let good = p50 <= Duration::from_micros(400) && p99 <= Duration::from_micros(1500);
    Measured { text: spread(times), good, figures: vec![p50.as_secs_f64(), p99.as_secs_f64()] }
}

/// Processor time while a subscriber hears 50 reports a second.
pub(crate) fn cpu(side: &Side, scale: Scale) -> Measured {
    let mut scene = side.thermostats(100);
    let seconds = scale.of(30, 10);
    let ticks = |scene: &Scene| scene.hub.pids().into_iter().map(machine::ticks).collect::<Vec<_>>();
    scene.sim.tell(&format!("burst 50 {}", seconds + 4));
    scene.client.listen(millis(2000));
    let (start, before) = (now(), ticks(&scene));
    let heard = scene.client.listen(Duration::from_secs(seconds));
    let heard = heard.iter().filter(|message| scene.addresses.contains_key(&message.topic)).count();
    let after = ticks(&scene);
    let time = now().saturating_sub(start).as_secs_f64();
    let used: Vec<_> = after.iter().zip(before).map(|(after, before)| (after - before) as f64 / time).collect();
    let percent: f64 = used.iter().sum();
    let parts = used.iter().map(|used| format!("{used:.2}")).collect::<Vec<_>>().join(" + ");
    let text = format!("{parts} % ({:.0} messages/s heard)", heard as f64 / time);
    Measured { text, good: percent <= 1.5, figures: vec![percent] }
}

pub(crate) fn bytes(side: &Side, scale: Scale) -> Measured {
    written_per_report(&mut side.thermostats(100), 50, scale.of(180, 60), 500)
}

pub(crate) fn minute(side: &Side, scale: Scale) -> Measured {
    // A little less than one a minute each: 180 of 200.
    written_per_report(&mut side.thermostats(200), 3, scale.of(600, 120), 700)
}

/// Everything that is written from a rest to the next, over the reports between them.
fn written_per_report(scene: &mut Scene, rate: u32, seconds: u64, limit: u64) -> Measured {
    scene.client.listen(FLUSHED);
    let written = |scene: &Scene| scene.hub.pids().into_iter().map(machine::written).sum::<u64>();
    let count = |scene: &Scene| scene.reports().len() as u64;
    let before = (written(scene), scene.hub.stored(), count(scene));
    scene.sim.tell(&format!("burst {rate} {seconds}"));
    scene.client.listen(Duration::from_secs(seconds) + FLUSHED);
    let after = (written(scene), scene.hub.stored(), count(scene));
    let reports = after.2 - before.2;
    let per_report = |bytes: u64| bytes / reports.max(1);
    let system = per_report(after.0 - before.0);
    let own = after.1.zip(before.1).map(|(after, before)| per_report(after - before));
    let said = own.map(|own| format!(", {own} by the store's")).unwrap_or_default();
    let text = format!("{system} by the kernel's count{said} ({reports} reports in {seconds} s)");
    let good = reports > 0 && system.max(own.unwrap_or_default()) <= limit;
    Measured { text, good, figures: vec![system as f64] }
}

/// As many reports as the issue asks for.
pub(crate) fn rate(side: &Side, scale: Scale) -> Measured {
    at_rate(&mut side.thermostats(100), 5000, scale)
}

/// As many reports as the peer was tried with on the day of the facts.
pub(crate) fn lower_rate(side: &Side, scale: Scale) -> Measured {
    at_rate(&mut side.thermostats(100), 1300, scale)
}

/// So many reports a second; each must come out, soon.
fn at_rate(scene: &mut Scene, wanted: u32, scale: Scale) -> Measured {
    let before = scene.reports().len();
    scene.client.take(|_| true);
    let seconds = scale.of(10, 3);
    scene.sim.tell(&format!("burst {wanted} {seconds}"));
    let heard = until_silent(scene, Duration::from_secs(seconds));
    let reports = scene.reports();
    let sent = &reports[before..];
    let rate = sent.len() as f64 / sent.last().unwrap().at.saturating_sub(sent[0].at).as_secs_f64();
    let times = delays(sent, &heard, scene);
    let lost = sent.len() - times.len();
    let p99 = percentile(&times, 0.99);
    let text =
        format!("{rate:.0}/s, {lost} of {} lost, p99 {}, worst {}", sent.len(), ms(p99), ms(percentile(&times, 1.0)));
    let good = lost == 0 && rate >= 0.99 * f64::from(wanted) && p99 <= millis(20);
    Measured { text, good, figures: vec![p99.as_secs_f64()] }
}

/// All states of devices that are told in this time and after, until nothing was told for a while.
fn until_silent(scene: &mut Scene, time: Duration) -> Vec<Message> {
    const SILENCE: Duration = millis(3000);
    let mut heard = scene.client.listen(time);
    loop {
        let more = scene.client.listen(SILENCE);
        let told = more.iter().any(|message| scene.addresses.contains_key(&message.topic));
        heard.extend(more);
        if !told {
            return heard;
        }
    }
}

/// Pairs the reports of each device with the messages about it, both in order and with the same temperature.
fn delays(sent: &[trace::Report], heard: &[Message], scene: &Scene) -> Vec<Duration> {
    let mut waiting: HashMap<u16, VecDeque<_>> = HashMap::new();
    for report in sent {
        waiting.entry(report.device).or_default().push_back(report);
    }
    let mut times = Vec::new();
    for message in heard {
        let queue = scene.addresses.get(&message.topic).and_then(|device| waiting.get_mut(device));
        let Some(queue) = queue else { continue };
        let shown = message.json()["local_temperature"].as_f64().unwrap_or_default();
        if queue.front().is_some_and(|report| (degrees(report.centi) - shown).abs() < 0.001) {
            times.extend(queue.pop_front().map(|report| message.at.saturating_sub(report.at)));
        }
    }
    times
}
