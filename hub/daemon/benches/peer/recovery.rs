//! The rows about a stick that goes away and comes back: how long until a setpoint reaches a device again.

use std::time::Duration;

use serde_json::json;

use crate::numbers::ms;
use crate::rows::{Measured, Scale};
use crate::support::house::House;
use crate::support::now;
use crate::{scene, trace};

/// How long to wait for a recovery, as the peer was given.
const PATIENCE: Duration = Duration::from_secs(120);

/// Gives commands from `back` on until one is answered by its device; how long that took, and whether the daemon lived
/// through it.
fn until_it_works(house: &mut House, back: Duration, limit: Duration) -> Measured {
    let mut centi = 1200;
    let worked = loop {
        if now() > back + PATIENCE {
            break None;
        }
        let name = format!("thermostat-{}", centi % 10 + 1);
        house.set(&name, &json!({"occupied_heating_setpoint": f64::from(centi) / 100.0}).to_string());
        centi += 1;
        house.client.listen(Duration::from_millis(50));
        let writes = trace::writes(&trace::read(&house.stick.trace()));
        if let Some(write) = writes.iter().find(|write| write.at >= back && write.answered) {
            break Some(write.at.saturating_sub(back));
        }
    };
    let alive = house.hub.is_running();
    let text = match worked {
        Some(time) => format!("works {} after{}", ms(time), if alive { "" } else { ", but the process ended" }),
        None => format!("did not recover in {} s", PATIENCE.as_secs()),
    };
    Measured { text, good: alive && worked.is_some_and(|time| time <= limit) }
}

pub(crate) fn unplug(_: Scale) -> Measured {
    let House { client, hub, sim, place, stick } = scene::thermostats(10);
    sim.unplug();
    std::thread::sleep(Duration::from_secs(3));
    let back = now();
    let sim = stick.plug_in();
    until_it_works(&mut House { client, hub, sim, place, stick }, back, Duration::from_secs(1))
}

pub(crate) fn silent(scale: Scale) -> Measured {
    let mut house = scene::thermostats(10);
    let seconds = scale.of(10, 4);
    let start = now();
    house.sim.tell(&format!("stall {seconds}"));
    // Somebody tries in vain meanwhile.
    house.set("thermostat-1", "11");
    house.client.listen((start + Duration::from_secs(seconds)).saturating_sub(now()));
    until_it_works(&mut house, start + Duration::from_secs(seconds), Duration::from_millis(500))
}

pub(crate) fn reset(_: Scale) -> Measured {
    let mut house = scene::thermostats(10);
    let back = now();
    house.sim.tell("reset");
    until_it_works(&mut house, back, Duration::from_secs(5))
}
