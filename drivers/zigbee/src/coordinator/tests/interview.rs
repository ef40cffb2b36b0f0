//! Interviews: step by step, resumable, kept.

use home::{Capability, Interview, Power};

use super::bench::*;
use super::*;
use crate::coordinator::record::Kept;

fn last_record(events: &[Event]) -> Option<DriverRecord> {
    events.iter().rev().find_map(|event| match event {
        Event::DeviceRecord { record, .. } => Some(record.clone()),
        _ => None,
    })
}

#[test]
fn a_thermostat_is_interviewed_from_end_to_end() {
    let mut bench = Bench::new();
    let mut model = Model::thermostat();
    bench.join(&mut model);
    let events = bench.events();
    let words: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::Interview { progress: Interview::Running(word), .. } => Some(*word),
            Event::Interview { progress: Interview::Done, .. } => Some("done"),
            _ => None,
        })
        .collect();
    assert_eq!(words.join(" "), "node endpoints clusters identity binding reporting values done");
    let description = events.iter().find_map(|event| match event {
        Event::Described { description, .. } => Some(description.clone()),
        _ => None,
    });
    let description = description.unwrap();
    assert_eq!((description.manufacturer.as_str(), description.model.as_str()), ("ACME", "M-1"));
    assert_eq!((description.power, description.software), (Power::Mains, None));
    assert!(description.capabilities.contains(&Capability::Thermostat));
    assert_eq!(readings(&events).len(), 8);
    let kept = Kept::decode(&last_record(&events).unwrap()).unwrap();
    assert!(kept.finished && kept.steps.is_empty());
}

#[test]
fn reporting_is_configured_as_captured_frames_do_it() {
    let mut model = Model::thermostat();
    Bench::with(&mut model);
    let config = |cluster: u16, attribute: u8| {
        let is = |(at, bytes): &&(u16, Vec<u8>)| *at == cluster && bytes[2] == 0x06 && bytes[4] == attribute;
        model.taken.iter().find(is).map(|(_, bytes)| bytes[2..].to_vec()).unwrap()
    };
    assert_eq!(config(0x0201, 0x00), [0x06, 0x00, 0x00, 0x00, 0x29, 0x1E, 0x00, 0x10, 0x0E, 0x14, 0x00]);
    let mut model = Model::lock();
    Bench::with(&mut model);
    let found = model.taken.iter().find(|(cluster, bytes)| *cluster == 0x0101 && bytes[2] == 0x06).unwrap();
    assert_eq!(found.1[0], 0x00);
    assert_eq!(found.1[2..], [0x06, 0x00, 0x00, 0x00, 0x30, 0x00, 0x00, 0x10, 0x0E]);
}

#[test]
fn an_interview_goes_on_where_it_was_after_a_restart() {
    let mut bench = Bench::new();
    let mut model = Model::lock();
    bench.hears(Indication::Joined { ieee: DEVICE, nwk: NWK });
    // Node, endpoints and clusters are answered, then the daemon stops.
    for _ in 0..3 {
        let Some(Request::Zdo { tag, request }) = bench.request() else { panic!() };
        bench.hears(Indication::Zdo { tag, result: Ok(model.objects(request)) });
    }
    let record = last_record(&bench.events()).unwrap();
    let mut bench = Bench::knowing(vec![(DEVICE, record)]);
    let (_, first) = bench
        .hub
        .ncp
        .requests
        .front()
        .map(|r| match r {
            Request::Data { tag, frame } => (*tag, frame.clone()),
            other => panic!("{other:?}"),
        })
        .unwrap();
    assert_eq!((first.nwk, first.endpoint, first.cluster), (NWK, 2, 0x0000));
    bench.serve(&mut model);
    assert!(bench.events().iter().any(|e| matches!(e, Event::Interview { progress: Interview::Done, .. })));
}

#[test]
fn a_known_device_is_not_interviewed_again() {
    let mut bench = Bench::new();
    let mut model = Model::lock();
    bench.join(&mut model);
    let record = last_record(&bench.events()).unwrap();
    let mut bench = Bench::knowing(vec![(DEVICE, record)]);
    let frames = bench.frames();
    // The bolt's state is read at once, and nothing else is asked of a device that sleeps.
    assert_eq!(frames.len(), 1);
    assert_eq!((frames[0].0, &frames[0].1[2..]), (0x0101, &[0x00, 0x00, 0x00][..]));
    assert!(bench.request().is_none());
    assert!(!bench.events().iter().any(|e| matches!(e, Event::Interview { .. } | Event::Joined { .. })));
}

#[test]
fn a_damaged_record_costs_an_interview_and_not_the_device() {
    let mut bench = Bench::knowing(vec![(DEVICE, DriverRecord::new(vec![9, 9, 9]))]);
    // Its short address is lost too: it is asked for.
    let Some(Request::Zdo { tag, request: ZdoRequest::NetworkAddress { ieee: DEVICE } }) = bench.request() else {
        panic!("no question")
    };
    bench.hears(Indication::Zdo { tag, result: Ok(ZdoResponse::NetworkAddress { ieee: DEVICE, nwk: NWK }) });
    bench.serve(&mut Model::lock());
    assert!(bench.events().iter().any(|e| matches!(e, Event::Interview { progress: Interview::Done, .. })));
}

#[test]
fn a_silent_node_is_asked_six_times_and_again_when_it_speaks() {
    let mut bench = Bench::new();
    bench.hears(Indication::Joined { ieee: DEVICE, nwk: NWK });
    let mut asked = 0;
    for _ in 0..20 {
        while let Some(request) = bench.request() {
            let Request::Zdo { tag, request: ZdoRequest::NodeDescriptor { .. } } = request else { panic!() };
            asked += 1;
            bench.hears(Indication::Zdo { tag, result: Err(SendError::Zdo(0x85)) });
        }
        bench.pass(Duration::from_secs(20));
    }
    assert_eq!(asked, 6);
    assert!(bench.events().iter().any(|e| matches!(e, Event::Interview { progress: Interview::Failed("node"), .. })));
    bench.frame(1, 0x0201, &[0x18, 0x2A, 0x0A, 0x00, 0x00, 0x29, 0x66, 0x08]);
    assert!(matches!(bench.request(), Some(Request::Zdo { request: ZdoRequest::NodeDescriptor { .. }, .. })));
}

#[test]
fn a_contact_is_told_where_to_report_and_enrolled() {
    let mut model = Model::contact();
    let mut bench = Bench::with(&mut model);
    let zone: Vec<_> = model.taken.iter().filter(|(cluster, _)| *cluster == 0x0500).map(|(_, b)| &b[2..]).collect();
    assert_eq!(zone[0], [&[0x02, 0x10, 0x00, 0xF0][..], &HUB.0.to_le_bytes()].concat());
    assert_eq!(zone[1], [0x00, 0x00, 0x01], "enrolled unasked, as zone 1");
    bench.frame(1, 0x0500, &[0x09, 0x30, 0x01, 0x15, 0x00, 0x34, 0x12]);
    let (_, answer) = bench.sent();
    assert_eq!(answer.payload[..], [0x11, 0x30, 0x00, 0x00, 0x01], "and when it asks");
}

#[test]
fn a_zone_that_is_not_enrolled_is_told_again() {
    let mut model = Model::contact();
    model.values.insert((0x0500, 0), Value::enum8(0));
    let mut bench = Bench::new();
    bench.join(&mut model);
    for _ in 0..500 {
        bench.pass(Duration::from_millis(100));
        bench.serve(&mut model);
    }
    let enrolments = model.taken.iter().filter(|(cluster, bytes)| *cluster == 0x0500 && bytes[0] == 0x11).count();
    assert_eq!(enrolments, 3);
    assert!(bench.events().iter().any(|e| matches!(e, Event::Interview { progress: Interview::Done, .. })));
}

#[test]
fn an_interview_that_is_begun_anew_forgets_what_it_knew() {
    let mut model = Model::lock();
    let mut bench = Bench::with(&mut model);
    bench.order(7, home::OrderKind::Interview(DEVICE));
    let Some(Request::Zdo { tag, request }) = bench.request() else { panic!() };
    // Once more, while the first question is out: its answer is not taken for that to the second.
    bench.order(8, home::OrderKind::Interview(DEVICE));
    bench.hears(Indication::Zdo { tag, result: Ok(model.objects(request)) });
    assert!(matches!(
        bench.hub.ncp.requests.front(),
        Some(Request::Zdo { request: ZdoRequest::NodeDescriptor { .. }, .. })
    ));
    bench.serve(&mut model);
    let expected = [(7, home::Delivery::Failed(home::Failure::Superseded)), (8, home::Delivery::Delivered)];
    assert_eq!(bench.deliveries(), expected);
}

#[test]
fn a_shy_node_is_left_alone_for_a_while() {
    let mut bench = Bench::new();
    bench.hears(Indication::Joined { ieee: DEVICE, nwk: NWK });
    let mut model = Model::contact();
    model.manufacturer = 0x120B;
    let Some(Request::Zdo { tag, request }) = bench.request() else { panic!() };
    bench.hears(Indication::Zdo { tag, result: Ok(model.objects(request)) });
    bench.frame(1, 0x0500, &[0x19, 0x01, 0x00, 0x01, 0x00, 0x00, 0xFF, 0x00, 0x00]);
    assert!(bench.request().is_none());
    bench.pass(Duration::from_secs(11));
    assert!(matches!(bench.request(), Some(Request::Zdo { request: ZdoRequest::ActiveEndpoints { .. }, .. })));
}
