//! Messages from assistants: the first byte chooses the vendor. Whatever is asked, every answer can be written, is short
//! enough and the same each time.

#![no_main]

use libfuzzer_sys::fuzz_target;
use summary::{Acted, Answer, Ask, Reported, Tick, Vendor};
use voice::{LARGEST_BODY, MessageKey, Request, render};

fuzz_target!(|input: &[u8]| {
    let Some((choice, body)) = input.split_first() else { return };
    let vendor = if choice % 2 == 0 { Vendor::Alexa } else { Vendor::Google };
    let request = Request::parse(vendor, body);
    let (reports, acts) = match request.ask() {
        Ask::Report(asked) => (asked.len(), 0),
        Ask::Act(acts) => (0, acts.len()),
        _ => (0, 0),
    };
    assert!(reports <= Ask::MOST && acts <= Ask::MOST);
    let tick = Tick::before(1_795_446_000, 900);
    let key = MessageKey::new([0; 32]);
    for answer in [
        Answer::Report(tick, vec![Reported::Unavailable; reports]),
        Answer::Acted(tick, vec![Acted::Accepted { echo: None }; acts]),
        Answer::Acted(tick, vec![Acted::WrongPin; acts]),
        Answer::Endpoints(Vec::new()),
        Answer::Refused,
    ] {
        let said = render(&request, &answer, &key);
        assert!(said.len() <= LARGEST_BODY);
        assert_eq!(said, render(&request, &answer, &key));
    }
});
