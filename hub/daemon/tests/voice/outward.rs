//! G7, as far as the process itself goes: it waits to be asked. (That the system holds it to that is the units' matter.)

use std::collections::BTreeSet;
use std::path::Path;

use crate::scene::{POLICY, Scene};
use crate::vendor;

/// States of a connection that is under way or there, in `/proc/net/tcp` (Linux `tcp_states.h`).
const CONNECTED: [&str; 2] = ["01", "02"];

/// Local ports of TCP connections of a process.
fn connections(process: u32) -> BTreeSet<u16> {
    let fds = std::fs::read_dir(format!("/proc/{process}/fd")).unwrap();
    let links = fds.filter_map(|fd| std::fs::read_link(fd.ok()?.path()).ok());
    let sockets: BTreeSet<String> =
        links.filter_map(|link| Some(link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned())).collect();
    let mut ports = BTreeSet::new();
    for table in ["tcp", "tcp6"] {
        let path = format!("/proc/{process}/net/{table}");
        if !Path::new(&path).exists() {
            continue;
        }
        for row in std::fs::read_to_string(path).unwrap().lines().skip(1) {
            let columns: Vec<&str> = row.split_whitespace().collect();
            if sockets.contains(columns[9]) && CONNECTED.contains(&columns[3]) {
                let (_, port) = columns[1].rsplit_once(':').unwrap();
                ports.insert(u16::from_str_radix(port, 16).unwrap());
            }
        }
    }
    ports
}

#[test]
fn g7_every_connection_of_the_hub_is_one_that_it_was_asked_for() {
    let scene = Scene::new();
    let mut gateway = scene.open();
    let hub = &scene.house.hub;
    let asked: BTreeSet<_> = [hub.http, hub.mqtt].into();
    // The test's own connection to the broker is among them, so an empty table can't pass.
    assert_eq!(connections(hub.pid()), [hub.mqtt].into());
    for body in [vendor::discover(), "nonsense".to_owned(), vendor::unlock("00")] {
        gateway.alexa(&body);
        let outward: Vec<_> = connections(hub.pid()).difference(&asked).copied().collect();
        assert!(outward.is_empty(), "{outward:?}");
    }
    scene.apply(&POLICY.replace("max = 23.0", "max = 22.0"));
    assert!(connections(hub.pid()).is_subset(&asked));
}
