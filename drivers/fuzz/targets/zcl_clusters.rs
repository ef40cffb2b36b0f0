//! Commands of each cluster in each direction. The first two bytes choose the set and the command.

#![no_main]

use libfuzzer_sys::fuzz_target;
use zigbee::zcl::{
    ClusterCommand, Request, alarms, basic, door_lock, ias_zone, identify, ota, poll_control, thermostat,
};

/// What is understood is written as something that is understood as the same, also inside a frame.
fn round_trip<C: ClusterCommand + PartialEq + std::fmt::Debug>(id: u8, payload: &[u8]) {
    let Ok(command) = C::decode(id, payload) else { return };
    assert_eq!(command.id(), id);
    let frame = Request::cluster(&command).frame(id);
    assert_eq!(frame.cluster::<C>(), Some(Ok(command)));
}

const SETS: [fn(u8, &[u8]); 15] = [
    round_trip::<alarms::ToServer>,
    round_trip::<alarms::ToClient>,
    round_trip::<basic::ToServer>,
    round_trip::<door_lock::ToServer>,
    round_trip::<door_lock::ToClient>,
    round_trip::<ias_zone::ToServer>,
    round_trip::<ias_zone::ToClient>,
    round_trip::<identify::ToServer>,
    round_trip::<identify::ToClient>,
    round_trip::<ota::ToServer>,
    round_trip::<ota::ToClient>,
    round_trip::<poll_control::ToServer>,
    round_trip::<poll_control::ToClient>,
    round_trip::<thermostat::ToServer>,
    round_trip::<thermostat::ToClient>,
];

fuzz_target!(|input: &[u8]| {
    let [set, id, payload @ ..] = input else { return };
    SETS[usize::from(*set) % SETS.len()](*id, payload);
});
