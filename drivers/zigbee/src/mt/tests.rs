use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

fn frame(kind: Kind, subsystem: Subsystem, id: u8, data: &[u8]) -> Frame {
    Frame::new(kind, Command::new(subsystem, id), data).unwrap()
}

fn frames() -> impl Strategy<Value = Frame> {
    let kind = prop_oneof![Just(Kind::Poll), Just(Kind::Sreq), Just(Kind::Areq), Just(Kind::Srsp)];
    (kind, 0_u8..32, any::<u8>(), vec(any::<u8>(), 0..=MAX_DATA))
        .prop_map(|(kind, subsystem, id, data)| frame(kind, subsystem.into(), id, &data))
}

/// Noise rich in start bytes and short lengths, the worst there is for this framing.
fn noise() -> impl Strategy<Value = Vec<u8>> {
    vec(prop_oneof![3 => any::<u8>(), 1 => Just(START), 1 => 0_u8..8], 0..40)
}

/// True if a start byte within the first `noise` bytes opens something that passes every check, which one false
/// start in 256 does: the framing has no defence against that.
fn passes_by_chance(bytes: &[u8], noise: usize) -> bool {
    (0..noise).any(|at| {
        let length = bytes.get(at + 1).map_or(0, |length| usize::from(*length));
        bytes[at] == START
            && bytes.get(at + 1..at + OVERHEAD + length).is_some_and(|body| check(body) == 0 && body[1] < 0x80)
    })
}

#[test]
fn a_ping_is_five_bytes() {
    let ping = frame(Kind::Sreq, Subsystem::Sys, 1, &[]);
    assert_eq!(ping.encode(), [0xFE, 0x00, 0x21, 0x01, 0x20]);
    assert_eq!(Decoder::new().feed(&ping.encode()), [ping]);
}

#[test]
fn more_than_250_bytes_are_refused() {
    let command = Command::new(Subsystem::Sys, 0);
    assert_eq!(Frame::new(Kind::Areq, command, [0; 251]), Err(TooLong(251)));
}

#[test]
fn a_bad_check_costs_one_byte_only() {
    let good = frame(Kind::Srsp, Subsystem::Sys, 1, &[0x59, 0x06]);
    let mut bytes = vec![START, 4, 0x61, 0x01];
    bytes.extend(good.encode());
    let mut decoder = Decoder::new();
    let found = [decoder.feed(&bytes), decoder.flush_stale()].concat();
    assert_eq!(found, [good]);
    assert_eq!(decoder.stats(), Stats { bad_check: 1, stale: 0, garbage: 4 });
}

#[test]
fn a_long_false_start_holds_frames_only_until_the_line_is_quiet() {
    let good = frame(Kind::Areq, Subsystem::Zdo, 0xC0, &[9]);
    let mut decoder = Decoder::new();
    assert_eq!(decoder.feed(&[START, 200, 0x44]), []);
    assert_eq!(decoder.feed(&good.encode()), []);
    assert!(decoder.is_waiting());
    assert_eq!(decoder.flush_stale(), [good]);
    assert!(!decoder.is_waiting());
    assert_eq!(decoder.stats(), Stats { bad_check: 0, stale: 1, garbage: 3 });
}

#[test]
fn impossible_headers_are_no_candidates() {
    let mut decoder = Decoder::new();
    decoder.feed(&[START, 251, START, 0, 0x80]);
    assert!(!decoder.is_waiting());
    assert_eq!(decoder.stats().garbage, 5);
}

#[test]
fn the_data_do_not_show_in_debug_text() {
    let text = format!("{:?}", frame(Kind::Sreq, Subsystem::Af, 1, b"1234"));
    assert_eq!(text, "Sreq Af 0x01 [4 bytes]");
}

proptest! {
    #[test]
    fn frames_survive_any_split(sent in vec(frames(), 0..4), cut in 0_usize..600) {
        let bytes: Vec<u8> = sent.iter().flat_map(Frame::encode).collect();
        let (first, second) = bytes.split_at(cut.min(bytes.len()));
        let mut decoder = Decoder::new();
        let found = [decoder.feed(first), decoder.feed(second)].concat();
        prop_assert_eq!(found, sent);
        prop_assert_eq!(decoder.stats(), Stats::default());
    }

    #[test]
    fn noise_before_a_frame_never_loses_it(noise in noise(), sent in frames(), cut in 0_usize..300) {
        let bytes = [noise.clone(), sent.encode()].concat();
        prop_assume!(!passes_by_chance(&bytes, noise.len()));
        let (first, second) = bytes.split_at(cut.min(bytes.len()));
        let mut decoder = Decoder::new();
        let found = [decoder.feed(first), decoder.feed(second), decoder.flush_stale()].concat();
        prop_assert!(found.contains(&sent));
    }

    #[test]
    fn any_bytes_are_taken_within_bounds(chunks in vec(vec(any::<u8>(), 0..400), 0..8)) {
        let mut decoder = Decoder::new();
        for chunk in &chunks {
            let frames = decoder.feed(chunk);
            prop_assert!(frames.len() * OVERHEAD <= 400 + MAX_DATA + OVERHEAD);
        }
        decoder.flush_stale();
        prop_assert!(!decoder.is_waiting());
    }
}
