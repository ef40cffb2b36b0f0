//! What fits into a frame.

use serde_json::json;
use summary::Vendor::{Alexa, Google};
use summary::{Acted, Answer, Ask, Endpoint, EndpointId, Face, Reported, Shown};

use super::samples::{directive, endpoint, endpoints, intent, key, mode, query, tick};
use crate::{LARGEST_BODY, LARGEST_REQUEST, Request, discovery_size, render};

/// The longest name: 40 letters of 4 bytes.
fn named(face: Face) -> Endpoint {
    Endpoint { alias: "\u{20000}".repeat(40).parse().unwrap(), ..endpoint(face) }
}

fn longest_mode(words: usize) -> Face {
    let words: Vec<_> = (0..words).map(|word| format!("{word:a>24}")).collect();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    mode(&words, Shown::Known(0))
}

fn discovered(vendor: summary::Vendor, endpoints: &[Endpoint]) -> Vec<u8> {
    let body = match vendor {
        Alexa => directive("Alexa.Discovery", "Discover", None, &json!({})),
        Google => intent("SYNC", None),
    };
    render(&Request::parse(vendor, &body), &Answer::Endpoints(endpoints.to_vec()), &key())
}

/// A house of two dozen endpoints, each with a name of 40 umlauts.
fn house() -> Vec<Endpoint> {
    let of = |wanted: fn(&Face) -> bool, count| {
        let found = endpoints().into_iter().find(|endpoint| wanted(&endpoint.face)).unwrap();
        let name = "\u{f6}".repeat(40).parse().unwrap();
        std::iter::repeat_n(Endpoint { alias: name, ..found }, count)
    };
    let mut house = Vec::new();
    house.extend(of(|face| matches!(face, Face::Contact(_)), 6));
    house.extend(of(|face| matches!(face, Face::Lock(_)), 4));
    house.extend(of(|face| matches!(face, Face::Thermostat(_)), 4));
    house.extend(of(|face| matches!(face, Face::Scene), 3));
    house.extend(of(|face| matches!(face, Face::Switch(_)), 4));
    house.extend(of(|face| matches!(face, Face::Mode(_)), 3));
    house
}

#[test]
fn two_dozen_endpoints_fit() {
    let house = house();
    assert_eq!(house.len(), 24);
    for (vendor, size) in [(Alexa, 15_500), (Google, 12_000)] {
        let body = discovered(vendor, &house);
        assert!((5_000..=size).contains(&body.len()), "{vendor:?} {}", body.len());
        let bound = discovery_size(vendor, &house);
        assert!(body.len() <= bound && bound <= LARGEST_BODY, "{vendor:?} {bound}");
    }
}

#[test]
fn a_list_that_is_too_long_is_refused_and_can_be_known_before() {
    for vendor in [Alexa, Google] {
        let fitting = (0..24).find(|count| {
            let house: Vec<_> = (0..=*count).map(|_| named(longest_mode(8))).collect();
            discovery_size(vendor, &house) > LARGEST_BODY
        });
        let fitting = fitting.unwrap();
        assert!(fitting >= 5, "{vendor:?} {fitting}");
        for (count, fits) in [(fitting, true), (fitting + 1, false)] {
            let house: Vec<_> = (0..count).map(|_| named(longest_mode(8))).collect();
            let body = discovered(vendor, &house);
            assert!(body.len() <= LARGEST_BODY);
            assert_eq!(body.len() > 1000, fits, "{vendor:?} {count}");
            assert!(!fits || body.len() <= discovery_size(vendor, &house));
        }
    }
}

#[test]
fn the_longest_answers_fit() {
    let ids: Vec<_> = (0..Ask::MOST).map(|at| format!("{at:0>64}")).collect();
    let ids: Vec<_> = ids.iter().map(String::as_str).collect();
    let body = query(&ids);
    assert!(body.len() <= LARGEST_REQUEST, "{}", body.len());
    let own: Vec<_> = (0..Ask::MOST).map(|at| EndpointId([u8::try_from(at).unwrap(); 16])).collect();
    let text: Vec<_> = own.iter().map(ToString::to_string).collect();
    let request = Request::parse(Google, &query(&text.iter().map(String::as_str).collect::<Vec<_>>()));
    let reported = own.iter().map(|id| Reported::Endpoint(Endpoint { id: *id, ..named(longest_mode(8)) })).collect();
    let said = render(&request, &Answer::Report(tick(), reported), &key());
    assert!(said.len() > 8_000, "refused");

    let devices: Vec<_> = ids.iter().map(|id| json!({"id": id})).collect();
    let unlock = json!({"command": "action.devices.commands.LockUnlock", "params": {"lock": false}});
    let body = intent("EXECUTE", Some(&json!({"commands": [{"devices": devices, "execution": [unlock]}]})));
    let answer = Answer::Acted(tick(), vec![Acted::WrongPin; Ask::MOST]);
    let said = render(&Request::parse(Google, &body), &answer, &key());
    assert!((10_000..=LARGEST_BODY).contains(&said.len()), "{}", said.len());
}
