//! Whatever comes by radio: no panic, no growth, no word for another device.

use proptest::prelude::*;

use super::bench::*;
use super::*;
use crate::ncp::{Incoming, Tag};

fn clusters() -> impl Strategy<Value = u16> {
    prop_oneof![
        Just(0x0000u16),
        Just(0x0001),
        Just(0x0009),
        Just(0x000A),
        Just(0x0019),
        Just(0x0020),
        Just(0x0101),
        Just(0x0201),
        Just(0x0500),
        any::<u16>(),
    ]
}

fn payload() -> impl Strategy<Value = Vec<u8>> {
    let header = prop_oneof![Just(0x00u8), Just(0x08), Just(0x18), Just(0x01), Just(0x09), Just(0x19), any::<u8>()];
    let body = proptest::collection::vec(any::<u8>(), 0..60);
    (header, any::<u8>(), 0u8..0x30, body).prop_map(|(control, sequence, command, body)| {
        let mut bytes = vec![control, sequence, command];
        bytes.extend(body);
        bytes
    })
}

fn error() -> impl Strategy<Value = SendError> {
    prop_oneof![
        Just(SendError::LinkDown),
        Just(SendError::Busy),
        Just(SendError::Asleep),
        Just(SendError::Unclear),
        any::<u8>().prop_map(SendError::Refused),
        any::<u8>().prop_map(SendError::NotDelivered),
        any::<u8>().prop_map(SendError::Zdo),
    ]
}

/// What an adapter may tell, with numbers and addresses that are often right.
fn indication() -> impl Strategy<Value = Indication> {
    let nwk = prop_oneof![3 => Just(NWK), 1 => any::<u16>()];
    let ieee = prop_oneof![3 => Just(DEVICE), 1 => any::<u64>().prop_map(home::Ieee)];
    let tag = (0u32..60).prop_map(Tag);
    prop_oneof![
        6 => (nwk.clone(), 0u8..4, clusters(), any::<bool>(), any::<u8>(), payload()).prop_map(
            |(nwk, source, cluster, broadcast, lqi, payload)| {
                Indication::Data(Incoming { nwk, source, endpoint: 1, cluster, broadcast, lqi, payload })
            }
        ),
        2 => (tag.clone(), proptest::option::of(error()))
            .prop_map(|(tag, error)| Indication::Sent { tag, result: error.map_or(Ok(()), Err) }),
        1 => (tag.clone(), error()).prop_map(|(tag, error)| Indication::Zdo { tag, result: Err(error) }),
        1 => (tag, proptest::collection::vec(any::<u8>(), 0..20))
            .prop_map(|(tag, list)| Indication::Zdo { tag, result: Ok(ZdoResponse::ActiveEndpoints(list)) }),
        1 => (ieee.clone(), nwk.clone()).prop_map(|(ieee, nwk)| Indication::Joined { ieee, nwk }),
        1 => (ieee, nwk).prop_map(|(ieee, nwk)| Indication::Moved { ieee, nwk }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn nothing_panics_and_little_is_kept(
        lock in any::<bool>(),
        indications in proptest::collection::vec((indication(), 0u64..20), 1..60),
    ) {
        let mut bench = Bench::with(&mut if lock { Model::lock() } else { Model::thermostat() });
        bench.act(1, home::Action::Unlock(None));
        bench.act(2, home::Action::Setpoint(home::CentiCelsius(2000)));
        for (indication, seconds) in indications {
            bench.hears(indication);
            bench.pass(Duration::from_secs(seconds));
            prop_assert!(bench.hub.ncp.requests.len() < 2000);
        }
        let ends = bench.deliveries();
        for number in [1, 2] {
            let finals = ends.iter().filter(|(id, delivery)| {
                *id == number && !matches!(delivery, home::Delivery::Queued(_))
            });
            prop_assert!(finals.count() <= 1, "a command ends once: {:?}", ends);
        }
    }

    #[test]
    fn only_unlocks_that_were_asked_for_go_out(
        indications in proptest::collection::vec((indication(), 0u64..20), 1..60),
    ) {
        let mut bench = Bench::with(&mut Model::lock());
        for (indication, seconds) in indications {
            bench.hears(indication);
            bench.pass(Duration::from_secs(seconds));
            for (cluster, bytes) in bench.frames() {
                prop_assert!(cluster != 0x0101 || bytes[0] % 4 == 0, "{:x?}", bytes);
            }
        }
    }
}
