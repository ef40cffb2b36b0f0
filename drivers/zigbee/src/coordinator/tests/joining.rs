//! Who belongs to the network.

use home::{AdapterStatus, CommandId, Delivery, Failure, Ieee, Interview, OrderKind};

use super::bench::*;
use super::*;
use crate::ncp::{Network, NetworkKey};

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn lefts(events: &[Event]) -> Vec<u64> {
    let left = |event: &Event| match event {
        Event::PermitJoin { left, .. } => Some(left.as_secs()),
        _ => None,
    };
    events.iter().filter_map(left).collect()
}

const REPORT: [u8; 8] = [0x18, 0x2A, 0x0A, 0x00, 0x00, 0x29, 0x66, 0x08];

#[test]
fn the_network_opens_counts_down_and_closes() {
    let mut bench = Bench::new();
    bench.events();
    bench.order(9, OrderKind::PermitJoin(25));
    let Some(Request::PermitJoin { tag, seconds: 25 }) = bench.request() else { panic!() };
    assert_eq!(lefts(&bench.events()), [], "not before the adapter did it");
    bench.word(tag, Ok(()));
    bench.pass(secs(60));
    let events = bench.events();
    assert_eq!(lefts(&events), [25, 15, 5, 0]);
    assert!(events.contains(&Event::Delivery { command: CommandId(9), delivery: Delivery::Delivered }));
}

#[test]
fn the_network_can_be_closed_early() {
    let mut bench = Bench::new();
    for seconds in [200, 0] {
        bench.order(9, OrderKind::PermitJoin(seconds));
        let Some(Request::PermitJoin { tag, .. }) = bench.request() else { panic!() };
        bench.word(tag, Ok(()));
    }
    bench.pass(secs(60));
    assert_eq!(lefts(&bench.events()), [200, 0]);
}

#[test]
fn without_a_network_nothing_opens() {
    let mut bench = Bench::new();
    bench.order(8, OrderKind::PermitJoin(200));
    let Some(Request::PermitJoin { tag, .. }) = bench.request() else { panic!() };
    bench.word(tag, Ok(()));
    bench.hub.handle_link_down(bench.now, "unplugged");
    assert_eq!(lefts(&bench.events()), [200, 0]);
    bench.order(9, OrderKind::PermitJoin(200));
    assert_eq!(bench.deliveries(), [(9, Delivery::Failed(Failure::AdapterOffline))]);
}

#[test]
fn every_wish_to_open_the_network_is_answered() {
    let mut bench = Bench::new();
    let asked = 60;
    for number in 0..asked {
        bench.order(number, OrderKind::PermitJoin(200));
    }
    bench.hub.handle_link_down(bench.now, "unplugged");
    let mut failed: Vec<_> = bench.deliveries().into_iter().map(|(command, _)| command).collect();
    failed.sort_unstable();
    // The adapter tells of the 16 that it was given.
    assert_eq!(failed, (16..asked).collect::<Vec<_>>());
}

#[test]
fn what_was_asked_of_a_device_that_left_has_failed() {
    let mut model = Model::thermostat();
    let mut bench = Bench::with(&mut model);
    bench.deliveries();
    bench.order(1, OrderKind::Read(DEVICE));
    bench.act(2, home::Action::Setpoint(home::CentiCelsius(2000)));
    bench.order(3, OrderKind::Interview(DEVICE));
    bench.hears(Indication::Left { ieee: DEVICE });
    let mut ends = bench.deliveries();
    ends.sort_unstable_by_key(|(command, _)| *command);
    assert_eq!(ends, [1, 2, 3].map(|command| (command, Delivery::Failed(Failure::Removed))));
}

#[test]
fn adapter_and_network_are_told() {
    let mut bench = Bench::new();
    let status = |events: Vec<Event>| -> Vec<_> {
        let pick = |event| match event {
            Event::Adapter { status, .. } => Some(status),
            _ => None,
        };
        events.into_iter().filter_map(pick).collect()
    };
    let shown = status(bench.events());
    assert_eq!(shown.first(), Some(&AdapterStatus::Starting));
    assert!(matches!(shown.get(1), Some(AdapterStatus::Online { channel: 15, pan_id: 0x1A62, .. })));
    bench.hears(Indication::Refused { reason: "channel: 15 here, 20 there".to_owned() });
    bench.hub.handle_link_down(bench.now, "unplugged");
    let shown = status(bench.events());
    assert_eq!(shown[0], AdapterStatus::Refused { reason: "channel: 15 here, 20 there".to_owned() });
    assert_eq!(shown[1], AdapterStatus::Offline { reason: "unplugged".to_owned() });
    let key = NetworkKey(zeroize::Zeroizing::new([7; 16]));
    let network = Network { pan_id: 1, extended_pan_id: 2, channel: 15, key, formed: false };
    bench.hears(Indication::KeepNetwork(network.clone()));
    let events = bench.events();
    let Some(Event::NetworkRecord { record, .. }) = events.first() else { panic!("{events:?}") };
    assert_eq!(crate::network::decode(record).unwrap(), network);
}

#[test]
fn a_device_that_comes_back_keeps_what_it_is() {
    let mut model = Model::thermostat();
    let mut bench = Bench::with(&mut model);
    model.nwk = 0x2222;
    bench.hears(Indication::Joined { ieee: DEVICE, nwk: 0x2222 });
    bench.pass(secs(2));
    // It is asked whether it still reports; it does.
    let (tag, frame) = bench.sent();
    assert_eq!((frame.nwk, &frame.payload[2..]), (0x2222, &[0x08, 0x00, 0x00, 0x00][..]));
    bench.word(tag, Ok(()));
    let still = [0x18, frame.payload[1], 0x09, 0, 0, 0, 0, 0x29, 0x1E, 0, 0x10, 0x0E, 0x14, 0];
    bench.hears(data(0x2222, 1, 0x0201, &still));
    bench.pass(secs(60));
    assert!(bench.request().is_none());
    let events = bench.events();
    assert!(events.iter().any(|event| matches!(event, Event::Joined { .. })));
    assert!(!events.iter().any(|event| matches!(event, Event::Interview { .. } | Event::Described { .. })));
    // Its old address is nobody's now.
    bench.frame(1, 0x0201, &REPORT);
    assert_eq!(bench.readings(), []);
}

#[test]
fn a_device_that_was_reset_is_bound_again_and_keeps_what_it_is() {
    let mut model = Model::thermostat();
    let mut bench = Bench::with(&mut model);
    bench.hears(Indication::Joined { ieee: DEVICE, nwk: NWK });
    bench.pass(secs(2));
    let (tag, frame) = bench.sent();
    bench.word(tag, Ok(()));
    bench.frame(1, 0x0201, &[0x18, frame.payload[1], 0x09, 0x8B, 0, 0, 0]);
    assert!(matches!(bench.hub.ncp.requests.front(), Some(Request::Zdo { request: ZdoRequest::Bind { .. }, .. })));
    bench.serve(&mut model);
    let events = bench.events();
    assert!(events.iter().any(|e| matches!(e, Event::Interview { progress: Interview::Done, .. })));
    assert!(!events.iter().any(|event| matches!(event, Event::Described { .. })));
}

#[test]
fn a_device_that_comes_back_often_is_not_asked_each_time() {
    let mut model = Model::lock();
    let mut bench = Bench::with(&mut model);
    model.taken.clear();
    for _ in 0..20 {
        bench.hears(Indication::Joined { ieee: DEVICE, nwk: NWK });
        bench.pass(secs(2));
        bench.serve(&mut model);
        bench.pass(secs(8));
    }
    assert_eq!(model.taken.len(), 1);
}

#[test]
fn a_removed_device_is_told_to_leave_and_forgotten() {
    let mut bench = Bench::with(&mut Model::lock());
    bench.order(1, OrderKind::Remove(DEVICE));
    let leave = |request| matches!(request, Some(Request::Zdo { request: ZdoRequest::Leave { ieee: DEVICE, .. }, .. }));
    assert!(leave(bench.request()));
    assert_eq!(bench.deliveries(), [], "the house has forgotten the command by now");
    // It slept through it, and speaks an hour later.
    bench.pass(secs(3600));
    bench.frame(2, 0x0101, &[0x18, 0x01, 0x0A, 0x00, 0x00, 0x30, 0x01]);
    bench.frame(2, 0x0101, &[0x18, 0x02, 0x0A, 0x00, 0x00, 0x30, 0x01]);
    assert!(leave(bench.request()), "it is told again");
    assert!(bench.request().is_none(), "but not for each frame");
    bench.hears(Indication::Joined { ieee: DEVICE, nwk: NWK });
    assert_eq!(bench.events(), []);
}

#[test]
fn a_removed_device_that_left_is_forgotten_for_good() {
    let mut bench = Bench::with(&mut Model::lock());
    bench.order(1, OrderKind::Remove(DEVICE));
    let Some(Request::Zdo { tag, request: ZdoRequest::Leave { .. } }) = bench.request() else { panic!() };
    bench.hears(Indication::Zdo { tag, result: Ok(ZdoResponse::Done) });
    bench.frame(2, 0x0101, &[0x18, 0x01, 0x0A, 0x00, 0x00, 0x30, 0x01]);
    assert!(matches!(bench.request(), Some(Request::Zdo { request: ZdoRequest::IeeeAddress { nwk: NWK }, .. })));
}

#[test]
fn a_removed_device_may_come_back_when_it_is_asked_to() {
    let mut bench = Bench::with(&mut Model::lock());
    bench.order(1, OrderKind::Remove(DEVICE));
    bench.order(2, OrderKind::PermitJoin(60));
    while let Some(request) = bench.request() {
        if let Request::PermitJoin { tag, .. } = request {
            bench.word(tag, Ok(()));
        }
    }
    bench.join(&mut Model::lock());
    assert!(bench.events().iter().any(|e| matches!(e, Event::Interview { progress: Interview::Done, .. })));
}

#[test]
fn a_device_that_leaves_is_gone() {
    let mut bench = Bench::with(&mut Model::lock());
    bench.hears(Indication::Left { ieee: DEVICE });
    assert_eq!(bench.events(), [Event::Left { device: DEVICE }]);
    bench.frame(2, 0x0101, &[0x18, 0x01, 0x0A, 0x00, 0x00, 0x30, 0x01]);
    assert_eq!(bench.readings(), []);
}

#[test]
fn a_stranger_is_asked_once_who_it_is() {
    let mut model = Model::thermostat();
    let mut bench = Bench::with(&mut model);
    bench.pass(secs(120));
    for sequence in 0..10 {
        bench.hears(data(0x7777, 1, 0x0201, &[0x18, sequence, 0x0A, 0x00, 0x00, 0x29, 0x66, 0x08]));
    }
    assert_eq!(bench.readings(), []);
    assert_eq!(bench.hub.counters().strangers, 10);
    let Some(Request::Zdo { tag, request: ZdoRequest::IeeeAddress { nwk: 0x7777 } }) = bench.request() else {
        panic!()
    };
    assert!(bench.request().is_none());
    bench.hears(Indication::Zdo { tag, result: Ok(ZdoResponse::NetworkAddress { ieee: DEVICE, nwk: 0x7777 }) });
    bench.hears(data(0x7777, 1, 0x0201, &REPORT));
    assert_eq!(bench.readings().len(), 1);
}

#[test]
fn a_stranger_is_not_believed_to_be_somebody_who_speaks_elsewhere() {
    let mut bench = Bench::with(&mut Model::lock());
    bench.frame(2, 0x0101, &[0x19, 0x01, 0x0A, 0x00, 0x00, 0x30, 0x01]);
    bench.hears(data(0x7777, 2, 0x0101, &[0x18, 0x01, 0x0A, 0x00, 0x00, 0x30, 0x02]));
    let asked = std::iter::from_fn(|| bench.request()).find_map(|request| match request {
        Request::Zdo { tag, request: ZdoRequest::IeeeAddress { .. } } => Some(tag),
        _ => None,
    });
    let tag = asked.unwrap();
    bench.hears(Indication::Zdo { tag, result: Ok(ZdoResponse::NetworkAddress { ieee: DEVICE, nwk: 0x7777 }) });
    bench.events();
    bench.hears(data(0x7777, 2, 0x0101, &[0x18, 0x02, 0x0A, 0x00, 0x00, 0x30, 0x02]));
    assert_eq!(bench.readings(), []);
}

#[test]
fn strangers_are_bounded() {
    let mut bench = Bench::new();
    for nwk in 0..=u16::MAX {
        bench.hears(data(nwk, 1, 0x0201, &REPORT));
    }
    assert!(bench.hub.ncp.requests.len() <= 32, "{}", bench.hub.ncp.requests.len());
    assert!(
        bench
            .hub
            .ncp
            .requests
            .iter()
            .all(|r| !matches!(r, Request::Zdo { request: ZdoRequest::IeeeAddress { nwk: 0 | 0xFFF8.. }, .. }))
    );
    assert!(bench.events().iter().all(|event| !matches!(event, Event::Joined { device: Ieee(_), .. })));
}

#[test]
fn a_crowd_is_turned_away_at_the_door() {
    let mut bench = Bench::new();
    for number in 1..=400 {
        bench.hears(Indication::Joined { ieee: Ieee(number.into()), nwk: number });
    }
    let joined = bench.events().iter().filter(|event| matches!(event, Event::Joined { .. })).count();
    assert_eq!((joined, bench.hub.counters().turned_away), (300, 100));
}
