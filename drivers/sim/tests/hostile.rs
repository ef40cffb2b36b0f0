//! Whatever comes over the line, the adapter stays up.

#![allow(clippy::unwrap_used, reason = "helpers of tests, outside test functions")]

mod common;

use std::time::Duration;

use common::Host;
use proptest::prelude::*;
use sim::{Adapter, Fault, Scenario};
use zigbee::mt::{Command, Frame, Kind, Subsystem};
use zigbee::znp::{Areq, Sreq, Srsp};

fn any_frame() -> impl Strategy<Value = Vec<u8>> {
    let kind = prop_oneof![Just(Kind::Sreq), Just(Kind::Areq), Just(Kind::Srsp), Just(Kind::Poll)];
    let subsystem = prop_oneof![1_u8..=7, Just(15_u8), Just(21_u8)];
    (kind, subsystem, any::<u8>(), prop::collection::vec(any::<u8>(), 0..250)).prop_map(
        |(kind, subsystem, id, data)| {
            Frame::new(kind, Command::new(Subsystem::from(subsystem), id), data).unwrap().encode()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_and_frames_are_survived(
        inputs in prop::collection::vec(prop_oneof![any_frame(), prop::collection::vec(any::<u8>(), 0..40)], 1..60),
    ) {
        let mut host = Host::joined(&Scenario { instant: true, ..Scenario::house() });
        for input in inputs {
            host.adapter.handle_bytes(host.now, &input);
            host.now += Duration::from_millis(20);
            host.adapter.handle_timeout(host.now);
            while host.adapter.poll(host.now).is_some() {}
        }
        host.adapter.handle_order(host.now, &"status".parse().unwrap()).unwrap();
    }

    #[test]
    fn any_line_is_an_order_or_an_error(line in ".{0,60}") {
        let _ = line.parse::<sim::control::Order>();
    }

    #[test]
    fn any_memory_loads_or_is_refused(text in "[a-z0-9{}\":,\\[\\]]{0,80}") {
        if let Ok(document) = serde_json::from_str::<serde_json::Value>(&text) {
            let _ = Adapter::new(&Scenario::house()).load(document);
        }
    }
}

#[test]
fn a_reset_comes_at_the_step_that_was_asked_for() {
    let mut host = Host::new(&Scenario::default());
    host.adapter.set_fault(Fault::ResetAt(3));
    host.ask(&Sreq::SysPing);
    host.ask(&Sreq::SysVersion);
    host.write(&Sreq::SysPing.encode().encode());
    host.run(1000);
    assert!(matches!(host.heard.as_slice(), [(_, Areq::SysResetInd(_))]));
    assert!(matches!(host.ask(&Sreq::SysPing), Srsp::SysPing(_)), "once alone");
}

#[test]
fn the_same_seed_goes_wrong_in_the_same_way() {
    let trace = |seed| {
        let mut adapter = Adapter::new(&Scenario { seed, ..Scenario::default() });
        "loss=0.3 flip=0.3 noise=0.2".split(' ').for_each(|fault| adapter.set_fault(fault.parse().unwrap()));
        let mut bytes = Vec::new();
        for step in 0..50 {
            let now = Duration::from_millis(step * 10);
            adapter.handle_bytes(now, &Sreq::SysPing.encode().encode());
            adapter.handle_timeout(now + Duration::from_millis(5));
            while let Some(piece) = adapter.poll(now + Duration::from_millis(5)) {
                bytes.push(piece.bytes);
            }
        }
        bytes
    };
    assert_eq!(trace(4), trace(4));
    assert_ne!(trace(4), trace(5));
}
