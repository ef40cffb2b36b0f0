//! Devices join, sleep, are missed and leave, as a host hears it.

mod common;

use std::time::Duration;

use common::Host;
use sim::{Adapter, Kind, Scenario};
use zigbee::wire::Ieee;
use zigbee::zcl::{Direction, Global, Request, basic, poll_control, thermostat};
use zigbee::zdo::Status as ZdoStatus;
use zigbee::znp::util::DeviceState;
use zigbee::znp::zdo::{LeaveOptions, MgmtLeaveReq, NodeReq, SimpleDescReq};
use zigbee::znp::{Areq, Sreq, Srsp, Status, nv, sys};

fn read_model() -> Request {
    Request::global(Direction::ToServer, &Global::Read([basic::attribute::MODEL_IDENTIFIER].into()))
}

#[test]
fn devices_join_one_after_the_other_while_the_network_is_open() {
    let mut host = Host::formed(&Scenario::house());
    host.heard.clear();
    let opened = host.now;
    host.open(60);
    host.run(5000);
    let joins: Vec<Duration> =
        host.heard.iter().filter(|(_, heard)| matches!(heard, Areq::ZdoTcDeviceInd(_))).map(|(at, _)| *at).collect();
    assert_eq!(joins.len(), 7);
    assert!(joins[0] >= opened + Duration::from_secs(1) && joins[0] < opened + Duration::from_millis(1100));
    assert!(joins.windows(2).all(|pair| pair[1].saturating_sub(pair[0]) == Duration::from_millis(200)), "{joins:?}");
    let announced = host.heard.iter().filter(|(_, heard)| matches!(heard, Areq::ZdoEndDeviceAnnce(_))).count();
    assert_eq!(announced, 7);
    host.heard.clear();
    host.open(60);
    host.run(5000);
    let again = host.heard.iter().filter(|(_, heard)| matches!(heard, Areq::ZdoTcDeviceInd(_))).count();
    assert_eq!(again, 0, "they are in already");
}

#[test]
fn a_closed_network_takes_nobody() {
    let mut host = Host::formed(&Scenario::house());
    host.open(60);
    host.run(500);
    host.open(0);
    host.run(5000);
    assert!(!host.heard.iter().any(|(_, heard)| matches!(heard, Areq::ZdoTcDeviceInd(_))));
}

#[test]
fn descriptors_tell_what_a_device_is() {
    let mut host = Host::joined(&Scenario::default().with(Kind::Lock, 2));
    let (of, endpoint) = host.address("lock-2");
    assert_eq!(endpoint, 2);
    host.ask(&Sreq::ZdoNodeDesc(NodeReq { destination: of, of }));
    host.ask(&Sreq::ZdoActiveEp(NodeReq { destination: of, of }));
    host.ask(&Sreq::ZdoSimpleDesc(SimpleDescReq { destination: of, of, endpoint }));
    host.ask(&Sreq::ZdoSimpleDesc(SimpleDescReq { destination: of, of, endpoint: 9 }));
    host.run(2000);
    let mut seen = 0;
    for (_, heard) in &host.heard {
        match heard {
            Areq::ZdoNodeDescRsp(response) => {
                assert!(response.descriptor.as_ref().unwrap().capabilities.is_sleepy());
                seen += 1;
            }
            Areq::ZdoActiveEpRsp(response) => {
                assert_eq!(&response.endpoints[..], [2]);
                seen += 1;
            }
            Areq::ZdoSimpleDescRsp(response) if response.status.is_success() => {
                let simple = response.descriptor.0.as_ref().unwrap();
                assert!(simple.device == 0x000A && simple.in_clusters.contains(&0x0101));
                seen += 1;
            }
            Areq::ZdoSimpleDescRsp(response) => {
                assert_eq!(response.status, ZdoStatus::NotActive);
                seen += 1;
            }
            _ => {}
        }
    }
    assert_eq!(seen, 4);
}

#[test]
fn a_sleeping_device_takes_a_message_when_it_polls() {
    let scenario = Scenario { poll: Duration::from_secs(5), ..Scenario::default() }.with(Kind::Thermostat, 1);
    let mut host = Host::joined(&scenario);
    // The phase of its polls is its own: after one answered question we know it.
    assert_eq!(host.send("thermostat-1", basic::CLUSTER, read_model()), Status::Success);
    host.run(6000);
    let (first, confirm) = host.confirms().remove(0);
    assert_eq!(confirm.status, Status::Success);
    assert_eq!(host.frames(basic::CLUSTER).len(), 1);
    host.heard.clear();
    host.now = first + Duration::from_millis(10_100);
    host.send("thermostat-1", basic::CLUSTER, read_model());
    host.run(6000);
    assert_eq!(host.confirms()[0].0, first + Duration::from_secs(15), "at the poll after, to the millisecond");
}

#[test]
fn what_a_dead_sleeper_does_not_fetch_expires() {
    let mut host = Host::joined(&Scenario::default().with(Kind::Thermostat, 1));
    host.order("dead thermostat-1 on");
    let sent = host.now;
    host.send("thermostat-1", basic::CLUSTER, read_model());
    host.run(9000);
    let (at, confirm) = host.confirms().remove(0);
    assert_eq!(confirm.status, Status::MacTransactionExpired);
    let waited = at.saturating_sub(sent);
    assert!((Duration::from_millis(7680)..Duration::from_millis(7700)).contains(&waited), "{waited:?}");
    host.order("dead thermostat-1 off");
    host.heard.clear();
    host.send("thermostat-1", basic::CLUSTER, read_model());
    host.run(2000);
    assert_eq!(host.confirms()[0].1.status, Status::Success);
}

#[test]
fn a_dead_listener_does_not_acknowledge() {
    let mut host = Host::joined(&Scenario::default().with(Kind::MainsSensor, 1));
    host.order("dead plug-1 on");
    host.send("plug-1", basic::CLUSTER, read_model());
    host.run(100);
    assert_eq!(host.confirms()[0].1.status, Status::MacNoAck);
}

#[test]
fn a_parent_keeps_only_so_much() {
    let mut host = Host::joined(&Scenario::default().with(Kind::Thermostat, 1));
    host.order("dead thermostat-1 on");
    (0..7).for_each(|_| assert_eq!(host.send("thermostat-1", basic::CLUSTER, read_model()), Status::Success));
    host.run(10);
    let confirms = host.confirms();
    assert_eq!(confirms.len(), 1);
    assert_eq!(confirms[0].1.status, Status::MacTransactionOverflow);
}

#[test]
fn a_device_that_leaves_is_gone_and_one_that_comes_back_is_not() {
    let mut host = Host::joined(&Scenario::default().with(Kind::Contact, 2));
    for (name, options) in [("contact-1", LeaveOptions::REJOIN), ("contact-2", LeaveOptions::default())] {
        let (destination, _) = host.address(name);
        host.ask(&Sreq::ZdoMgmtLeave(MgmtLeaveReq { destination, ieee: Ieee(0), options }));
    }
    host.run(3000);
    let mut left: Vec<bool> = Vec::new();
    for (_, heard) in &host.heard {
        if let Areq::ZdoLeaveInd(leave) = heard {
            left.push(leave.rejoin);
        }
    }
    left.sort_unstable();
    assert_eq!(left, [false, true]);
    assert_eq!(host.device("contact-1")["joined"], true);
    assert_eq!(host.device("contact-2")["joined"], false);
    let Srsp::UtilGetDeviceInfo(info) = host.ask(&Sreq::UtilGetDeviceInfo) else { panic!() };
    assert_eq!(info.children.len(), 1);
}

#[test]
fn a_restart_loses_endpoints_and_keeps_network_and_devices() {
    let mut host = Host::joined(&Scenario::default().with(Kind::Thermostat, 1));
    host.order("reset");
    host.run(1000);
    assert!(matches!(&host.heard[..], [(_, Areq::SysResetInd(reset))] if reset.reason == sys::ResetReason::Watchdog));
    host.ask(&Sreq::ZdoStartupFromApp(100));
    host.run(500);
    assert!(host.heard.iter().any(|(_, heard)| *heard == Areq::ZdoStateChangeInd(DeviceState::Coordinator)));
    assert_eq!(host.send("thermostat-1", basic::CLUSTER, read_model()), Status::InvalidParameter);
    host.register();
    assert_eq!(host.send("thermostat-1", basic::CLUSTER, read_model()), Status::Success);
    host.run(2000);
    assert_eq!(host.frames(basic::CLUSTER).len(), 1);
}

#[test]
fn a_restart_forgets_what_is_in_flight_and_what_waits() {
    let mut host = Host::joined(&Scenario::default().with(Kind::MainsSensor, 1).with(Kind::Thermostat, 1));
    host.send("plug-1", basic::CLUSTER, read_model());
    host.send("thermostat-1", basic::CLUSTER, read_model());
    host.order("reset");
    host.run(10_000);
    assert!(host.confirms().is_empty());
    assert_eq!(host.device("thermostat-1")["diary"]["counts"].as_object().map(serde_json::Map::len), Some(0));
}

#[test]
fn memory_brings_adapter_and_devices_back() {
    let scenario = Scenario::default().with(Kind::Thermostat, 1).with(Kind::Lock, 1);
    let mut host = Host::joined(&scenario);
    host.bind("thermostat-1", thermostat::CLUSTER);
    let before = host.status();
    assert!(host.adapter.take_changed());
    let mut adapter = Adapter::new(&Scenario { seed: 9, ..scenario });
    adapter.load(host.adapter.save()).unwrap();
    let mut after = Host::with(adapter);
    let status = after.status();
    assert_eq!(status["network"], before["network"]);
    assert_eq!(status["ieee"], before["ieee"]);
    for key in ["short", "joined", "bindings"] {
        assert_eq!(status["devices"]["thermostat-1"][key], before["devices"]["thermostat-1"][key], "{key}");
    }
    after.ask(&Sreq::ZdoStartupFromApp(100));
    after.run(500);
    after.register();
    after.send("lock-1", basic::CLUSTER, read_model());
    after.run(2000);
    assert_eq!(after.frames(basic::CLUSTER).len(), 1);
}

#[test]
fn what_another_host_wrote_into_memory_is_the_network() {
    let mut host = Host::formed(&Scenario::default());
    let Srsp::NvRead(nib) = host.ask(&Sreq::NvRead(sys::NvRead { id: nv::NIB, offset: 0 })) else { panic!() };
    assert_eq!(nib.value.len(), 116);
    let write = sys::NvWrite { id: nv::NIB, offset: 36, value: [0x65, 0x1A].into() };
    host.ask(&Sreq::NvWrite(write));
    host.write(&Areq::SysReset(sys::ResetType::Soft).encode().encode());
    host.run(1000);
    host.ask(&Sreq::ZdoStartupFromApp(100));
    host.run(500);
    let Srsp::ZdoExtNwkInfo(info) = host.ask(&Sreq::ZdoExtNwkInfo) else { panic!() };
    assert_eq!((info.pan, info.channel, info.state), (0x1A65, 15, DeviceState::Coordinator));
}

#[test]
fn a_check_in_keeps_a_device_awake_for_what_waits() {
    let scenario = Scenario { poll: Duration::from_secs(60), ..Scenario::default() }.with(Kind::Thermostat, 1);
    let mut host = Host::joined(&scenario);
    host.order("poll thermostat-1 1");
    host.bind("thermostat-1", poll_control::CLUSTER);
    host.order("poll thermostat-1 60000");
    host.run(30_000);
    host.heard.clear();
    host.order("checkin thermostat-1");
    host.run(5000);
    assert_eq!(host.frames(poll_control::CLUSTER).len(), 1);
    host.send("thermostat-1", basic::CLUSTER, read_model());
    host.run(500);
    assert_eq!(host.frames(basic::CLUSTER).len(), 1);
}

#[test]
fn a_foreign_network_is_there_from_the_start() {
    let mut host = Host::new(&Scenario { foreign: true, ..Scenario::default() });
    let Srsp::NvRead(mark) = host.ask(&Sreq::NvRead(sys::NvRead { id: nv::HAS_CONFIGURED, offset: 0 })) else {
        panic!()
    };
    assert_eq!(&mark.value[..], [nv::CONFIGURED]);
    host.ask(&Sreq::ZdoStartupFromApp(100));
    host.run(500);
    let Srsp::ZdoExtNwkInfo(info) = host.ask(&Sreq::ZdoExtNwkInfo) else { panic!() };
    assert_eq!((info.pan, info.channel), (0x5EED, 20));
}
