//! What the house tells those who ask, while the disk is slower than the door.

use std::collections::BTreeSet;

use home::admin::Request;
use home::lock::Bolt;
use home::{Capability, Description, Device, Ieee, Power, Reading, Report};
use serde_json::Value;

use super::*;
use crate::wake::{Ask, Asker};

const LOCK: Ieee = Ieee(2);

fn lock() -> Device {
    let mut device = Device::new(LOCK, AdapterName::new("stick"));
    device.description = Some(Description {
        manufacturer: String::new(),
        model: String::new(),
        software: None,
        power: Power::Battery,
        capabilities: BTreeSet::from([Capability::Lock]),
    });
    device
}

fn house(folder: &std::path::Path) -> House {
    let (store, _) = Store::open(folder, &store::Options::default()).unwrap();
    let broker =
        broker::Broker::start(broker::Config::default(), Arc::new(NoUsers), Arc::new(broker::NoStore)).unwrap();
    let clock = Clock::start();
    let (knock, knocks) = mpsc::unbounded_channel();
    let door = crate::door::Outside { ledger: store.ledger().clone(), socket: None, house: knock };
    let (keeper, _) = Keeper::start(door, clock.now());
    let outside = Outside {
        name: "Hearth".to_owned(),
        clock,
        store,
        local: broker.local(),
        broker_stats: Arc::new(move || broker.stats()),
        topics: Topics::new("hearth"),
        adapters: BTreeMap::new(),
        keeper,
    };
    House::new(State::restore(clock.now(), vec![AdapterName::new("stick")], vec![lock()]), outside, knocks)
}

struct NoUsers;

impl broker::Authenticator for NoUsers {
    fn verify(&self, _: broker::Login) -> broker::Verdict<'_> {
        Box::pin(async { Err(broker::Refusal::BadCredentials) })
    }
}

fn says(house: &mut House, bolt: Bolt) {
    let report = Report { device: LOCK, readings: vec![Reading::LockState(Some(bolt))], link: None };
    house.handle(Wake::Event(Event::Report(report)));
}

/// The bolt as `device` and `devices` tell it.
fn told(house: &mut House) -> [Value; 2] {
    let questions = [Request::Device { name: LOCK.to_string() }, Request::Devices];
    questions.map(|request| {
        let (reply, mut answer) = oneshot::channel();
        house.handle(Wake::Ask(Ask { request, asker: Asker::owner(), reply }));
        let mut answer = answer.try_recv().unwrap().unwrap();
        let device = if answer.is_array() { answer[0].take() } else { answer };
        device["state"]["lock_state"].clone()
    })
}

/// What becomes of a command to the lock.
fn locks(house: &mut House) -> Option<Result<Value, web_ui::Refused>> {
    let (reply, mut answer) = oneshot::channel();
    let request = Request::Lock { name: LOCK.to_string(), pin: None };
    house.handle(Wake::Ask(Ask { request, asker: Asker::owner(), reply }));
    answer.try_recv().ok()
}

#[tokio::test]
async fn a_client_can_not_fill_the_house_while_the_disk_fails() {
    let folder = tempfile::tempdir().unwrap();
    let mut house = house(folder.path());
    let status = home::AdapterStatus::Online { channel: 15, pan_id: 1, firmware: String::new() };
    house.handle(Wake::Event(Event::Adapter { adapter: AdapterName::new("stick"), status }));
    house.outside.store.close();
    let answers: Vec<_> = (0..5000).map(|_| locks(&mut house)).collect();
    assert!(!house.outbox.is_overfull());
    let refused = answers.last().unwrap().as_ref().unwrap().as_ref().unwrap_err();
    assert!(refused.error.contains("the disk is not keeping up"), "{refused:?}");
    let close = Wish::PermitJoin { adapter: None, seconds: 0 };
    assert!(!house.waits_for_disk(&close), "a network can be closed all the same");
    // What the lock itself says is still taken.
    says(&mut house, Bolt::Unlocked);
    assert!(house.outbox.holds(LOCK));
}

#[tokio::test]
async fn who_asks_is_told_only_what_is_durable() {
    let folder = tempfile::tempdir().unwrap();
    let mut house = house(folder.path());
    let mut acks = house.ack_inbox.take().unwrap();
    house.announce();
    assert_eq!(told(&mut house), ["unknown", "unknown"]);
    for (bolt, before, after) in [(Bolt::Locked, "unknown", "locked"), (Bolt::Unlocked, "locked", "unlocked")] {
        says(&mut house, bolt);
        assert_eq!(told(&mut house), [before, before], "{after} is not on the disk yet");
        while told(&mut house)[0] != after {
            let ack = acks.recv().await.unwrap();
            house.handle(ack);
        }
        assert_eq!(told(&mut house), [after, after]);
    }
}
