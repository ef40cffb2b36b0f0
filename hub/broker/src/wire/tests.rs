//! Hostile bytes and round trips. The codec's own vectors are rumqttd's business.

use bytes::{BufMut, BytesMut};
use proptest::prelude::*;

use super::*;

fn frames(bytes: &[u8], max: usize) -> Result<Vec<Frame>, WireError> {
    let mut buffer = BytesMut::from(bytes);
    let mut frames = Vec::new();
    while let Some(frame) = next_frame(&mut buffer, max)? {
        frames.push(frame);
    }
    Ok(frames)
}

#[test]
fn a_disconnect_may_have_a_reason_and_no_properties() {
    let frame = frames(&[0xe0, 1, 4], 100).unwrap().remove(0);
    let read = decode(Version::V5, frame).unwrap();
    assert!(matches!(read, Incoming::Disconnect { with_will: true, expiry: None }));
}

#[test]
fn packet_ids_are_not_zero() {
    for bytes in [&[0x32, 5, 0, 1, b't', 0, 0][..], &[0x82, 6, 0, 0, 0, 1, b't', 0], &[0x40, 2, 0, 0], &[0x40, 0]] {
        let frame = frames(bytes, 100).unwrap().remove(0);
        assert!(matches!(decode(Version::V4, frame), Err(WireError::Protocol(_))), "{bytes:02x?}");
    }
}

#[test]
fn headers_are_judged_before_their_packet_is_there() {
    assert!(matches!(frames(&[0x20], 100), Err(WireError::Header(0x20))));
    assert!(matches!(frames(&[0x30, 101], 100), Err(WireError::TooLarge(101))));
    assert!(matches!(frames(&[0x30, 0xff, 0xff, 0xff, 0xff], 100), Err(WireError::Length)));
    assert!(frames(&[0x30, 0xff, 0xff, 0xff], 100).unwrap().is_empty());
}

/// A packet that is nearly right: a type a client may send, a true length, a body of likely bytes.
fn nearly_a_packet() -> impl Strategy<Value = Vec<u8>> {
    let first = prop_oneof![
        Just(0x10),
        Just(0x30),
        Just(0x32),
        Just(0x3d),
        Just(0x40),
        Just(0x50),
        Just(0x62),
        Just(0x70),
        Just(0x82),
        Just(0xa2),
        Just(0xe0)
    ];
    let start = prop_oneof![
        Just(&b""[..]),
        Just(&b"\x00\x04MQTT\x04"[..]),
        Just(&b"\x00\x04MQTT\x05\xc6\x00\x3c"[..]),
        Just(&b"\x00\x01t\x00\x01"[..]),
        Just(&b"\x00\x07"[..]),
    ];
    let likely = prop_oneof![0_u8..12, Just(0x26), Just(0x80), any::<u8>()];
    (first, start, prop::collection::vec(likely, 0..60)).prop_map(|(first, start, rest)| {
        let body = [start, &rest].concat();
        let mut bytes = vec![first, u8::try_from(body.len()).unwrap()];
        bytes.extend(body);
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    /// No bytes make the framing or the codecs panic.
    #[test]
    fn hostile_bytes_are_an_error_at_most(bytes in prop_oneof![
        nearly_a_packet(),
        prop::collection::vec(any::<u8>(), 0..80),
    ]) {
        for version in [Version::V4, Version::V5] {
            for frame in frames(&bytes, 1000).unwrap_or_default() {
                let _ = decode(version, frame);
            }
            for frame in frames(&bytes, 1000).unwrap_or_default() {
                let _ = decode_connect(frame);
            }
        }
    }

    /// Packets are found whatever pieces they come in.
    #[test]
    fn pieces_make_the_same_packets(cuts in prop::collection::vec(1_usize..7, 1..40)) {
        let mut stream = BytesMut::new();
        for id in 1..=20_u8 {
            stream.put_slice(&[0x32, 6, 0, 1, b't', 0, id, id]);
        }
        let mut buffer = BytesMut::new();
        let mut ids = Vec::new();
        for cut in cuts.iter().cycle() {
            if stream.is_empty() {
                break;
            }
            buffer.put(stream.split_to((*cut).min(stream.len())));
            while let Some(frame) = next_frame(&mut buffer, 100).unwrap() {
                if let Incoming::Publish(publish) = decode(Version::V4, frame).unwrap() {
                    ids.push(publish.packet_id);
                }
            }
        }
        prop_assert_eq!(ids, (1..=20).collect::<Vec<u16>>());
    }
}
