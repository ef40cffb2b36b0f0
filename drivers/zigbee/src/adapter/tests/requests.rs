use super::port::Fate;
use super::*;
use crate::wire::List;
use crate::zdo::{MacCapabilities, Measured, SimpleDescriptor, Status as ZdoStatus};
use crate::znp::Status;
use crate::znp::af::{AddressMode, DataConfirm, ExtData, IncomingMsgExt};
use crate::znp::zdo::{EndDeviceAnnce, LeaveInd, SimpleDescRsp, StatusRsp};

fn confirm(transaction: u8, status: Status) -> Areq {
    Areq::AfDataConfirm(DataConfirm { status, endpoint: 1, transaction })
}

fn bind(cluster: u16) -> ZdoRequest {
    ZdoRequest::Bind { nwk: 0x1234, ieee: Ieee(7), endpoint: 1, cluster, target: Ieee(8), target_endpoint: 1 }
}

#[test]
fn a_setpoint_goes_out_as_the_golden_frame_and_its_confirm_is_told() {
    let mut bench = Bench::up();
    for tag in 0..6 {
        bench.send(tag, Resend::Safe);
        assert_eq!(bench.result(tag), Some(Ok(())));
    }
    let golden = hex("FE 12 24 01 34 12 01 01 01 02 05 10 1E 08 00 05 02 12 00 29 66 08 43");
    assert_eq!(bench.sent.last().map(Frame::encode), Some(golden));
}

#[test]
fn each_status_has_its_meaning() {
    let outcomes = [
        ((Status::Success, Some(Status::MacTransactionExpired)), SendError::Asleep),
        ((Status::Success, Some(Status::MacNoAck)), SendError::NotDelivered(0xE9)),
        ((Status::Success, Some(Status::ApsNoAck)), SendError::NotDelivered(0xB7)),
        ((Status::InvalidParameter, None), SendError::Refused(0x02)),
        ((Status::BufferFull, None), SendError::Busy),
        ((Status::Success, Some(Status::MacChannelAccessFailure)), SendError::Unclear),
        ((Status::Success, None), SendError::Unclear),
    ];
    for (data, error) in outcomes {
        let mut bench = Bench::up();
        bench.port.data = data;
        bench.send(1, Resend::Never);
        bench.pass(millis(1200));
        assert_eq!(bench.result(1), Some(Err(error)), "{data:?}");
        assert_eq!(bench.data_sent(), 1, "{data:?}");
    }
}

#[test]
fn a_busy_adapter_is_asked_again_for_what_may_go_out_twice() {
    let mut bench = Bench::up();
    bench.port.data = (Status::BufferFull, None);
    bench.send(1, Resend::Safe);
    bench.pass(millis(1000));
    assert_eq!((bench.data_sent(), bench.result(1)), (1, None));
    bench.port.data = (Status::Success, Some(Status::Success));
    bench.pass(millis(500));
    assert_eq!((bench.data_sent(), bench.result(1)), (2, Some(Ok(()))));
}

#[test]
fn a_confirm_may_come_before_the_answer_and_twice() {
    let mut bench = Bench::up();
    bench.port.confirm_first = true;
    bench.port.doubles = true;
    bench.send(1, Resend::Never);
    bench.send(2, Resend::Never);
    bench.pass(Duration::from_secs(15));
    assert_eq!((bench.result(1), bench.result(2)), (Some(Ok(())), Some(Ok(()))));
    assert_eq!((bench.data_sent(), bench.znp.stats().stray), (2, 2));
}

#[test]
fn a_lost_confirm_holds_nobody_else_up() {
    let mut bench = Bench::up();
    bench.port.data = (Status::Success, None);
    bench.send_to(1, 0x1234, Resend::Safe);
    bench.port.data = (Status::Success, Some(Status::Success));
    bench.send_to(2, 0x5678, Resend::Safe);
    assert_eq!((bench.result(1), bench.result(2)), (None, Some(Ok(()))));
    bench.pass(millis(1200));
    assert_eq!(bench.result(1), Some(Err(SendError::Unclear)));
    // Too late, and not to be taken for that of another frame.
    bench.hear(&confirm(0, Status::Success));
    assert_eq!(bench.znp.stats().stray, 1);
}

#[test]
fn a_sleeping_device_has_longer_to_acknowledge() {
    let mut bench = Bench::up();
    bench.port.data = (Status::Success, None);
    let payload = Zeroizing::new(vec![1]);
    let frame =
        Unicast { nwk: 0x1234, endpoint: 1, source: 1, cluster: 0x0201, payload, resend: Resend::Safe, sleepy: true };
    bench.znp.handle_request(bench.now, Request::Data { tag: Tag(1), frame });
    bench.pass(millis(7700));
    assert_eq!(bench.result(1), None);
    bench.hear(&confirm(0, Status::MacTransactionExpired));
    assert_eq!(bench.result(1), Some(Err(SendError::Asleep)));
}

#[test]
fn no_two_frames_under_way_share_a_number() {
    let mut bench = Bench::up();
    bench.port.data = (Status::Success, None);
    bench.send(1, Resend::Safe);
    bench.port.data = (Status::Success, Some(Status::Success));
    for tag in 2..400 {
        bench.send(tag, Resend::Safe);
        assert_eq!(bench.result(tag), Some(Ok(())));
    }
    let numbers: Vec<u8> = bench
        .requests()
        .iter()
        .filter_map(|request| match request {
            Sreq::AfDataRequest(data) => Some(data.transaction),
            _ => None,
        })
        .collect();
    assert!(!numbers[1..].contains(&numbers[0]));
}

#[test]
fn more_than_there_is_room_for_is_told_so() {
    let mut bench = Bench::up();
    bench.port.data = (Status::Success, None);
    for tag in 0..65 {
        bench.send(tag, Resend::Safe);
    }
    assert_eq!((bench.result(63), bench.result(64)), (None, Some(Err(SendError::Busy))));
    let payload = Zeroizing::new(vec![0; 240]);
    let frame = Unicast { nwk: 1, endpoint: 1, source: 1, cluster: 6, payload, resend: Resend::Safe, sleepy: false };
    let mut bench = Bench::up();
    bench.znp.handle_request(bench.now, Request::Data { tag: Tag(1), frame });
    bench.exchange();
    assert_eq!(bench.result(1), Some(Err(SendError::Refused(0x02))));
}

#[test]
fn the_network_is_opened_with_the_golden_frame() {
    let mut bench = Bench::up();
    bench.znp.handle_request(bench.now, Request::PermitJoin { tag: Tag(1), seconds: 60 });
    bench.znp.handle_request(bench.now, Request::DiscoverRoute { tag: Tag(2), nwk: 0x1234 });
    bench.exchange();
    assert_eq!(bench.sent.first().map(Frame::encode), Some(hex("FE 05 25 36 0F FC FF 3C 01 27")));
    assert_eq!((bench.result(1), bench.result(2)), (Some(Ok(())), Some(Ok(()))));
}

#[test]
fn questions_of_one_kind_to_one_device_take_turns() {
    let mut bench = Bench::up();
    bench.port.fate =
        Box::new(|request| if matches!(request, Sreq::ZdoBind(_)) { Fate::Late(20) } else { Fate::Arrives });
    bench.ask(1, bind(0x0201));
    bench.ask(2, bind(0x0001));
    // The outcome of an earlier question, come twice.
    bench.hear(&Areq::ZdoBindRsp(StatusRsp { source: 0x1234, status: ZdoStatus::TableFull }));
    assert_eq!(bench.requests().len(), 1);
    bench.pass(millis(100));
    let done = |tag| Indication::Zdo { tag: Tag(tag), result: Ok(ZdoResponse::Done) };
    assert_eq!(bench.said, [done(1), done(2)]);
}

#[test]
fn an_answer_belongs_to_the_device_and_endpoint_that_it_names() {
    let mut bench = Bench::up();
    let descriptor = |endpoint| SimpleDescriptor {
        endpoint,
        profile: 0x0104,
        device: 0x000A,
        version: 0,
        in_clusters: [0x0101].into(),
        out_clusters: List::default(),
    };
    let answer = |of, endpoint| {
        let descriptor = Measured(Some(descriptor(endpoint)));
        Areq::ZdoSimpleDescRsp(SimpleDescRsp { source: of, status: ZdoStatus::Success, of, descriptor })
    };
    bench.port.fate = Box::new(|_| Fate::Lost);
    bench.ask(1, ZdoRequest::SimpleDescriptor { nwk: 0x1234, endpoint: 2 });
    bench.hear(&answer(0x5678, 2));
    bench.hear(&answer(0x1234, 1));
    assert_eq!(bench.said, []);
    bench.hear(&answer(0x1234, 2));
    let found = ZdoResponse::SimpleDescriptor(descriptor(2));
    assert_eq!(bench.said, [Indication::Zdo { tag: Tag(1), result: Ok(found) }]);
}

#[test]
fn a_device_that_does_not_answer_a_question_ends_it() {
    let mut bench = Bench::up();
    bench.ask(1, ZdoRequest::ActiveEndpoints { nwk: 0x1234 });
    bench.pass(Duration::from_secs(8));
    assert_eq!(bench.said, [Indication::Zdo { tag: Tag(1), result: Err(SendError::Unclear) }]);
    bench.said.clear();
    bench.port.fate =
        Box::new(|request| if matches!(request, Sreq::ZdoNwkAddr(_)) { Fate::Unheard } else { Fate::Arrives });
    bench.ask(2, ZdoRequest::NetworkAddress { ieee: Ieee(7) });
    bench.pass(Duration::from_secs(2));
    assert_eq!(bench.said, [Indication::Zdo { tag: Tag(2), result: Err(SendError::Unclear) }]);
}

#[test]
fn joining_and_leaving_are_told() {
    let mut bench = Bench::up();
    bench.hear_bytes(&hex("FE 0C 45 CA 34 12 88 77 66 55 44 33 22 11 00 00 2D"));
    bench.hear(&Areq::ZdoEndDeviceAnnce(EndDeviceAnnce {
        source: 1,
        short: 0x4321,
        ieee: Ieee(7),
        capabilities: MacCapabilities(0x80),
    }));
    let leave = |rejoin| {
        Areq::ZdoLeaveInd(LeaveInd { source: 1, ieee: Ieee(7), request: false, remove_children: false, rejoin })
    };
    bench.hear(&leave(true));
    bench.hear(&leave(false));
    let expected = [
        Indication::Joined { ieee: Ieee(0x1122_3344_5566_7788), nwk: 0x1234 },
        Indication::Joined { ieee: Ieee(7), nwk: 0x4321 },
        Indication::Left { ieee: Ieee(7) },
    ];
    assert_eq!(bench.said, expected);
}

#[test]
fn a_report_is_told_once() {
    let report =
        hex("FE 1C 44 81 00 00 01 02 34 12 01 01 00 B4 00 00 00 00 00 2A 08 18 2A 0A 00 00 29 66 08 00 00 1D 08");
    let mut bench = Bench::up();
    bench.hear_bytes(&report);
    bench.hear_bytes(&report);
    let [Indication::Data(incoming)] = bench.said.as_slice() else { panic!("{:?}", bench.said) };
    assert_eq!((incoming.nwk, incoming.cluster, incoming.lqi), (0x1234, 0x0201, 0xB4));
    assert_eq!(incoming.payload, hex("18 2A 0A 00 00 29 66 08"));
    assert_eq!(bench.znp.stats().repeated, 1);
}

#[test]
fn a_long_message_is_fetched_and_freed() {
    let mut bench = Bench::up();
    bench.port.stored = (0..=u8::MAX).chain(0..44).collect();
    let message = IncomingMsgExt {
        group: 0,
        cluster: 0x0101,
        source_mode: AddressMode::Short,
        source: Ieee(0x1234),
        source_endpoint: 2,
        source_pan: 0,
        destination_endpoint: 1,
        broadcast: false,
        link_quality: 9,
        security: false,
        timestamp: 77,
        transaction: 0,
        data: ExtData::Stored(300),
        mac_source: None,
        radius: None,
    };
    bench.hear(&Areq::AfIncomingMsgExt(message));
    let [Indication::Data(incoming)] = bench.said.as_slice() else { panic!("{:?}", bench.said) };
    assert_eq!((incoming.nwk, incoming.payload.len()), (0x1234, 300));
    assert_eq!(incoming.payload, bench.port.stored);
    let pieces: Vec<(u16, u8)> = bench
        .requests()
        .iter()
        .filter_map(|request| match request {
            Sreq::AfDataRetrieve(piece) => Some((piece.index, piece.length)),
            _ => None,
        })
        .collect();
    assert_eq!(pieces, [(0, 240), (240, 60), (300, 0)]);
}
