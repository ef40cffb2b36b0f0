//! Bytes from an MQTT client: the packets of one connection, on both protocol levels. Each input is read as it is and
//! behind a good CONNECT, which would take long to guess.

#![no_main]

use libfuzzer_sys::fuzz_target;

/// CONNECT of level 4 and 5; the first byte of the input chooses.
const CONNECTS: [&[u8]; 2] =
    [b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01a", b"\x10\x0e\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x01a"];

fuzz_target!(|input: &[u8]| {
    broker::read_packets(input);
    if let Some((choice, packets)) = input.split_first() {
        let connect = CONNECTS[usize::from(*choice) % CONNECTS.len()];
        broker::read_packets(&[connect, packets].concat());
    }
});
