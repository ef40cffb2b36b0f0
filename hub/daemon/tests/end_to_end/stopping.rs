//! How the hub ends: by which signals, and with what it owes the disk.

use rustix::process::Signal;

use crate::support::house::{House, Kit};
use crate::support::{disk, until};

const DOOR: Kit = Kit { thermostats: 0, locks: 1, sensors: 0, contacts: 0 };

/// A door whose lock was turned by hand while the disk takes nothing.
fn turned_on_a_failing_disk() -> House {
    let mut house = House::furnished(DOOR, "--instant --bolt-ms 0");
    house.state("lock-1", |shown| shown["lock_state"] == "locked");
    disk::fail(house.hub.pid());
    house.sim.tell("manual lock-1 unlock");
    until("a commit that fails", || house.hub.said("not written").then_some(()));
    house
}

#[test]
fn news_of_a_lock_that_the_disk_never_took_is_an_error_of_the_end() {
    let House { client, hub, sim: _sim, place: _place, .. } = turned_on_a_failing_disk();
    assert_eq!(hub.stop().code(), Some(74), "sysexits.h: an I/O error");
    drop(client);
}

#[test]
fn a_disk_that_works_again_in_time_loses_nothing_at_the_end() {
    let House { mut client, hub, sim: _sim, place: _place, .. } = turned_on_a_failing_disk();
    hub.signal(Signal::TERM);
    until("the stop", || hub.said("stopping").then_some(()));
    disk::mend(hub.pid());
    client.json("hearth/lock-1", |shown| shown["lock_state"] == "unlocked");
    client.json("hearth/bridge/state", |state| state["state"] == "offline");
    assert!(hub.stop().success());
}

#[test]
fn a_terminal_that_closes_ends_the_hub_as_it_is_told_to() {
    let House { mut client, hub, .. } = House::empty(DOOR, "--instant");
    hub.signal(Signal::HUP);
    client.json("hearth/bridge/state", |state| state["state"] == "offline");
    assert!(hub.stop().success());
}
