//! The rows about a stick that goes away and comes back: how long until a setpoint reaches a device again.

use std::time::Duration;

use crate::numbers::ms;
use crate::rows::{Measured, Scale};
use crate::scene::{Scene, Side};
use crate::support::now;

/// How long to wait for a recovery, as the peer was given.
const PATIENCE: Duration = Duration::from_secs(120);

/// Gives commands from `back` on until one is answered by its device; how long that took, and whether the process lived
/// through it.
fn until_it_works(scene: &mut Scene, back: Duration, limit: Duration) -> Measured {
    let mut centi = 1200;
    let worked = loop {
        if now() > back + PATIENCE || !scene.hub.is_running() {
            break None;
        }
        scene.set(u32::try_from(centi % 10 + 1).unwrap(), centi, None);
        centi += 1;
        scene.client.listen(Duration::from_millis(50));
        if let Some(write) = scene.writes().iter().find(|write| write.at >= back && write.answered) {
            break Some(write.at.saturating_sub(back));
        }
    };
    let alive = scene.hub.is_running();
    let text = match worked {
        Some(time) => format!("works {} after{}", ms(time), if alive { "" } else { ", but the process ended" }),
        None if !alive => "the process ended".to_owned(),
        None => format!("did not recover in {} s", PATIENCE.as_secs()),
    };
    let good = alive && worked.is_some_and(|time| time <= limit);
    Measured { text, good, figures: worked.map(|time| time.as_secs_f64()).into_iter().collect() }
}

pub(crate) fn unplug(side: &Side, _: Scale) -> Measured {
    let Scene { client, hub, sim, stick, addresses } = side.thermostats(10);
    sim.unplug();
    std::thread::sleep(Duration::from_secs(3));
    let back = now();
    let sim = stick.plug_in();
    until_it_works(&mut Scene { client, hub, sim, stick, addresses }, back, Duration::from_secs(1))
}

pub(crate) fn silent(side: &Side, scale: Scale) -> Measured {
    let mut scene = side.thermostats(10);
    let seconds = scale.of(10, 4);
    let start = now();
    scene.sim.tell(&format!("stall {seconds}"));
    // Somebody tries in vain meanwhile.
    scene.set(1, 1100, None);
    scene.client.listen((start + Duration::from_secs(seconds)).saturating_sub(now()));
    until_it_works(&mut scene, start + Duration::from_secs(seconds), Duration::from_millis(500))
}

pub(crate) fn reset(side: &Side, _: Scale) -> Measured {
    let mut scene = side.thermostats(10);
    let back = now();
    scene.sim.tell("reset");
    until_it_works(&mut scene, back, Duration::from_secs(5))
}
