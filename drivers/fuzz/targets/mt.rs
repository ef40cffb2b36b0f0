//! Bytes from an adapter's line. The first byte of the input says how the rest is cut into reads, which must make no difference.

#![no_main]

use libfuzzer_sys::fuzz_target;
use zigbee::mt::{Decoder, Frame};

/// A frame has at most 250 bytes of data and 5 around them; more than one incomplete frame is never kept.
const LONGEST: usize = 255;

fuzz_target!(|input: &[u8]| {
    let Some((cut, bytes)) = input.split_first() else { return };
    let mut decoder = Decoder::new();
    let mut frames: Vec<Frame> = bytes.chunks(usize::from(*cut).max(1)).flat_map(|read| decoder.feed(read)).collect();
    frames.extend(decoder.flush_stale());
    assert!(!decoder.is_waiting(), "nothing is kept after silence");

    let mut whole = Decoder::new();
    let mut at_once = whole.feed(bytes);
    at_once.extend(whole.flush_stale());
    assert_eq!(frames, at_once, "reads of {cut} bytes");

    let found: usize = frames.iter().map(|frame| frame.encode().len()).sum();
    let stats = whole.stats();
    assert_eq!(found as u64 + stats.garbage, bytes.len() as u64, "each byte is in a frame or counted");
    for frame in &frames {
        assert!(frame.encode().len() <= LONGEST);
        assert_eq!(Decoder::new().feed(&frame.encode()), [frame.clone()]);
    }
});
