use proptest::prelude::*;

use super::*;
use crate::key::{Direction, PairingKey};
use crate::{Hub, Opener, Refused, Relay, Rules};

const NOW: u64 = 1_700_000_000_000;

fn key() -> PairingKey {
    PairingKey::from_bytes([9; 32])
}

fn opener() -> Opener {
    Opener::requests(&key(), Rules { skew_ms: 30_000, not_before: 0 })
}

fn request(body: &[u8]) -> (Frame, RequestId) {
    Relay::new(&key()).seal_request(Vendor::Google, body, NOW).unwrap()
}

/// A frame sealed with the right key whose plain text was tampered with before.
fn tampered(change: impl Fn(&mut [u8])) -> Vec<u8> {
    let cipher = key().cipher(Direction::ToHub);
    let mut frame = request(b"body").0.into_bytes();
    let beside = beside(Kind::Request, RequestId([0; 16]));
    let nonce = XNonce::try_from(&frame[1..25]).unwrap();
    let tag = Tag::try_from(&frame[FRAME - TAG..]).unwrap();
    let plain = &mut frame[25..FRAME - TAG];
    cipher.0.decrypt_inout_detached(&nonce, &beside, (&mut *plain).into(), &tag).unwrap();
    change(plain);
    let tag = cipher.0.encrypt_inout_detached(&nonce, &beside, plain.into()).unwrap();
    frame[FRAME - TAG..].copy_from_slice(&tag);
    frame
}

#[test]
fn a_request_opens_once_and_its_reply_is_for_it_alone() {
    let (relay, hub, mut requests) = (Relay::new(&key()), Hub::new(&key()), opener());
    let (frame, id) = request(b"are the doors locked");
    let opened = requests.open(frame.as_ref(), NOW + 5).unwrap();
    assert_eq!((opened.id, opened.issued, opened.vendor), (id, NOW, Vendor::Google));
    assert_eq!(opened.body.as_slice(), b"are the doors locked");
    assert_eq!(requests.open(frame.as_ref(), NOW + 6), Err(Refused::Again));

    let reply = hub.seal_reply(&opened, b"yes", NOW + 1_500).unwrap();
    assert_eq!(relay.open_reply(id, reply.as_ref()).unwrap().body.as_slice(), b"yes");
    let (_, other) = request(b"another");
    assert_eq!(relay.open_reply(other, reply.as_ref()), Err(OpenError::Tag));
}

#[test]
fn a_frame_is_good_for_its_key_direction_and_kind_alone() {
    let (relay, hub) = (Relay::new(&key()), Hub::new(&key()));
    let (frame, id) = request(b"unlock");
    let opened = opener().open(frame.as_ref(), NOW).unwrap();
    let reply = hub.seal_reply(&opened, b"done", NOW).unwrap();
    let push = hub.seal_push(Vendor::Alexa, b"news", NOW).unwrap();
    let rules = Rules { skew_ms: 0, not_before: 0 };
    let no = Err(Refused::Frame(OpenError::Tag));
    assert_eq!(opener().open(reply.as_ref(), NOW), no, "reflected");
    assert_eq!(opener().open(push.as_ref(), NOW), no);
    assert_eq!(relay.open_reply(id, frame.as_ref()), Err(OpenError::Tag), "reflected");
    assert_eq!(relay.open_reply(id, push.as_ref()), Err(OpenError::Tag));
    assert_eq!(Opener::pushes(&key(), rules).open(reply.as_ref(), NOW), no);
    let stranger = PairingKey::from_bytes([8; 32]);
    assert_eq!(Opener::requests(&stranger, rules).open(frame.as_ref(), NOW), no);
    let mut pushes = Opener::pushes(&key(), rules);
    assert_eq!(pushes.open(push.as_ref(), NOW).unwrap().body.as_slice(), b"news");
    assert_eq!(pushes.open(push.as_ref(), NOW), Err(Refused::Again));
}

#[test]
fn a_body_that_fills_the_frame_fits_and_a_longer_one_does_not() {
    let body = vec![0xA5; MAX_BODY];
    let (frame, _) = request(&body);
    assert_eq!(opener().open(frame.as_ref(), NOW).unwrap().body.as_slice(), body);
    let relay = Relay::new(&key());
    assert_eq!(
        relay.seal_request(Vendor::Alexa, &vec![0; MAX_BODY + 1], NOW).err(),
        Some(SealError::TooLong(MAX_BODY + 1))
    );
    assert_eq!(relay.seal_request(Vendor::Alexa, &vec![0; 70_000], NOW).err(), Some(SealError::TooLong(70_000)));
}

#[test]
fn content_that_is_not_as_we_write_it_is_refused() {
    assert!(opener().open(&tampered(|_| ()), NOW).is_ok());
    let last = PLAIN - 1;
    for (what, place, value) in
        [("kind", 0, 2), ("vendor", 26, 9), ("length", 27, 0xFF), ("length below", 28, 3), ("padding", last, 1)]
    {
        let frame = tampered(|plain| plain[place] = value);
        assert_eq!(opener().open(&frame, NOW), Err(Refused::Frame(OpenError::Content)), "{what}");
    }
}

#[test]
fn debug_says_nothing_of_what_is_inside() {
    let message = opener().open(request(b"pin 1234").0.as_ref(), NOW).unwrap();
    let told = format!("{message:?} {:?} {:?}", opener(), Hub::new(&key()));
    assert!(!told.contains("49, 50") && !told.contains("1234") && told.contains("bytes: 8"), "{told}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn every_body_comes_back_in_a_frame_of_the_one_size(body in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let (frame, id) = request(&body);
        prop_assert_eq!(frame.as_ref().len(), FRAME);
        let opened = opener().open(frame.as_ref(), NOW).unwrap();
        prop_assert_eq!(opened.body.as_slice(), &body[..]);
        let reply = Hub::new(&key()).seal_reply(&opened, &body, NOW).unwrap();
        prop_assert_eq!(reply.as_ref().len(), FRAME);
        let reply = Relay::new(&key()).open_reply(id, reply.as_ref()).unwrap();
        prop_assert_eq!(reply.body.as_slice(), &body[..]);
    }

    #[test]
    fn one_changed_bit_anywhere_is_refused(place in 0..FRAME * 8, reply: bool) {
        let (frame, id) = request(b"lock");
        let opened = opener().open(frame.as_ref(), NOW).unwrap();
        let frame = if reply { Hub::new(&key()).seal_reply(&opened, b"done", NOW).unwrap() } else { frame };
        let mut bytes = frame.into_bytes();
        bytes[place / 8] ^= 1 << (place % 8);
        let refused = if reply {
            Relay::new(&key()).open_reply(id, &bytes).err()
        } else {
            match opener().open(&bytes, NOW) {
                Err(Refused::Frame(why)) => Some(why),
                _ => None,
            }
        };
        let expected = if place < 8 { OpenError::Version(bytes[0]) } else { OpenError::Tag };
        prop_assert_eq!(refused, Some(expected));
    }

    #[test]
    fn noise_of_any_size_is_refused(noise in proptest::collection::vec(any::<u8>(), 0..100), size in 0..FRAME * 2) {
        let mut bytes: Vec<u8> = noise.iter().copied().cycle().take(if noise.is_empty() { 0 } else { size }).collect();
        prop_assert!(opener().open(&bytes, NOW).is_err());
        bytes.resize(FRAME, 1);
        prop_assert!(opener().open(&bytes, NOW).is_err());
    }
}
