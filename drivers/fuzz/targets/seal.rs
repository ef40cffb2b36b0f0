//! Bytes that claim to be a sealed frame, and texts that claim to be a pairing key. No input is sealed with the key, so none may open.

#![no_main]

use libfuzzer_sys::fuzz_target;
use seal::{FRAME, Opener, PairingKey, Refused, Relay, RequestId, Rules};

fuzz_target!(|input: &[u8]| {
    let key = PairingKey::from_bytes([7; 32]);
    // Once as they are, once as long as a frame, so that more than the length is looked at.
    let mut filled = input.to_vec();
    filled.resize(FRAME, 0);
    for bytes in [input, &filled] {
        let mut opener = Opener::requests(&key, Rules { skew_ms: 1_000, not_before: 0 });
        assert!(matches!(opener.open(bytes, 10_000), Err(Refused::Frame(_))));
        assert!(Relay::new(&key).open_reply(RequestId([1; 16]), bytes).is_err());
    }
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Ok(read) = PairingKey::from_text(text) {
        let again = PairingKey::from_text(&read.to_text()).expect("we wrote it");
        assert_eq!(read.expose(), again.expose());
    }
});
