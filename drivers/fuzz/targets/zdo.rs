//! What nodes say of themselves.

#![no_main]

use libfuzzer_sys::fuzz_target;
use zigbee::wire::Field;
use zigbee::zdo::{Measured, Neighbor, NodeDescriptor, PowerDescriptor, SimpleDescriptor};

/// What is understood is written as something that is understood as the same, within the length promised.
fn round_trip<T: Field + PartialEq + std::fmt::Debug>(bytes: &[u8]) {
    if let Ok(value) = T::from_bytes(bytes) {
        let written = value.to_bytes();
        assert!(written.len() <= T::MAX);
        assert_eq!(T::from_bytes(&written), Ok(value));
    }
}

fuzz_target!(|input: &[u8]| {
    round_trip::<NodeDescriptor>(input);
    round_trip::<PowerDescriptor>(input);
    round_trip::<SimpleDescriptor>(input);
    round_trip::<Measured>(input);
    round_trip::<Neighbor>(input);
});
