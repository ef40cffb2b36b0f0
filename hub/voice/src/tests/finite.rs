//! G4 and G8: how little a body can say, and that errors say nothing.

use std::collections::BTreeSet;

use serde_json::json;
use summary::Vendor::{Alexa, Google};
use summary::{Acted, Answer, Contact, Face, Reported, Shown};

use super::samples::{ID, control, endpoint, execute, key, query, tick};
use crate::{Request, change_report, render};

#[test]
fn output_is_finite() {
    let contacts = [Shown::Known(Contact::Open), Shown::Known(Contact::Closed), Shown::Unknown];
    let mut answers: Vec<_> = contacts.map(|contact| Reported::Endpoint(endpoint(Face::Contact(contact)))).into();
    answers.push(Reported::Unavailable);
    let ask = control("Alexa", "ReportState", &json!({}));
    for (vendor, body) in [(Alexa, ask), (Google, query(&[&ID.to_string()]))] {
        let request = Request::parse(vendor, &body);
        let bodies: BTreeSet<_> = answers
            .iter()
            .map(|reported| render(&request, &Answer::Report(tick(), vec![reported.clone()]), &key()))
            .collect();
        assert_eq!(bodies.len(), 3, "{vendor:?}");
    }
}

#[test]
fn pushed_output_is_finite() {
    let contacts = [Shown::Known(Contact::Open), Shown::Known(Contact::Closed), Shown::Unknown];
    for vendor in [Alexa, Google] {
        let pushed = contacts.map(|contact| {
            let mut endpoint = endpoint(Face::Contact(contact));
            assert_eq!(change_report(vendor, tick(), &endpoint, &key()), None);
            endpoint.push = true;
            change_report(vendor, tick(), &endpoint, &key())
        });
        assert_eq!(BTreeSet::from(pushed).len(), 3, "{vendor:?}");
    }
}

#[test]
fn a_refusal_has_one_body_whatever_the_cause() {
    let acted = |acted| Answer::Acted(tick(), vec![acted]);
    let causes = [
        acted(Acted::Refused),
        Answer::Refused,
        Answer::Unlinked,
        Answer::Granted,
        Answer::Acted(tick(), Vec::new()),
        acted(Acted::NeedsPin),
        acted(Acted::WrongPin),
    ];
    let request = Request::parse(Alexa, &control("Alexa.LockController", "Unlock", &json!({})));
    let bodies: BTreeSet<_> = causes.iter().map(|answer| render(&request, answer, &key())).collect();
    assert_eq!(bodies.len(), 1, "{bodies:?}");

    let request = Request::parse(Google, &execute("LockUnlock", &json!({"lock": true})));
    let parts = [Acted::Refused, Acted::NeedsPin, Acted::WrongPin].map(|part| render(&request, &acted(part), &key()));
    assert_eq!(BTreeSet::from(parts).len(), 1);
    let whole = [Answer::Refused, Answer::Unlinked, Answer::Acted(tick(), Vec::new())];
    assert_eq!(whole.iter().map(|answer| render(&request, answer, &key())).collect::<BTreeSet<_>>().len(), 1);
}

#[test]
fn refused_and_unavailable_are_equally_long() {
    let request = Request::parse(Alexa, &control("Alexa", "ReportState", &json!({})));
    let unavailable = render(&request, &Answer::Report(tick(), vec![Reported::Unavailable]), &key());
    let refused = render(&request, &Answer::Refused, &key());
    assert_ne!(refused, unavailable);
    assert_eq!(refused.len(), unavailable.len());
}
