//! The house in which a row is measured: its own daemon, stick and devices.

use std::path::Path;
use std::time::Duration;

use crate::support::house::{House, Kit};
use crate::support::sim::Stick;

/// A house with so many thermostats, named and at rest, all frames noted.
pub(crate) fn thermostats(count: usize) -> House {
    let kit = Kit { thermostats: count, ..Kit::default() };
    let stick = Stick::new(&format!("{} --instant --still", kit.arguments())).traced();
    let mut house = House::with(stick, "");
    house.furnish(count);
    rest(&house.stick.trace());
    house
}

/// Waits until the port has been silent for a while: interviews and reporting are over.
pub(crate) fn rest(trace: &Path) {
    let length = || std::fs::metadata(trace).unwrap().len();
    let mut before = 0;
    for _ in 0..60 {
        let now = length();
        if now == before {
            return;
        }
        before = now;
        std::thread::sleep(Duration::from_secs(2));
    }
    eprintln!("the port is never silent");
}
