use proptest::collection::vec;
use proptest::prelude::*;

use super::app_cnf::{BdbMode, BdbSetChannel, InstallCode};
use super::sys::{NvItemInit, NvRead, NvValue, NvWrite, Product, ResetInd, ResetReason, ResetType, RpcError, Version};
use super::util::DeviceState;
use super::zdo::{MgmtPermitJoinReq, TcDeviceInd};
use super::*;
use crate::mt::{Command, Decoder, Frame, Kind, MAX_DATA, Subsystem};
use crate::wire::{Bytes, Ieee, List, Rest};

fn hex(text: &str) -> Vec<u8> {
    text.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
}

/// The one frame in `text`.
fn frame(text: &str) -> Frame {
    let [frame] = <[Frame; 1]>::try_from(Decoder::new().feed(&hex(text))).unwrap();
    frame
}

fn sreq(text: &str, request: &Sreq) {
    assert_eq!(Sreq::decode(&frame(text)).as_ref(), Ok(request));
    assert_eq!(request.encode().encode(), hex(text));
}

fn srsp(text: &str, response: &Srsp) {
    assert_eq!(Srsp::decode(&frame(text)).as_ref(), Ok(response));
    assert_eq!(response.encode().encode(), hex(text));
}

fn areq(text: &str, message: &Areq) {
    assert_eq!(Areq::decode(&frame(text)).as_ref(), Ok(message));
    assert_eq!(message.encode().encode(), hex(text));
}

#[test]
fn system_vectors() {
    sreq("FE 00 21 01 20", &Sreq::SysPing);
    srsp("FE 02 61 01 59 06 3D", &Srsp::SysPing(sys::Capabilities(0x0659)));
    sreq("FE 00 21 02 23", &Sreq::SysVersion);
    areq("FE 01 41 00 01 41", &Areq::SysReset(ResetType::Soft));
    let reset = ResetInd {
        reason: ResetReason::PowerUp,
        transport: 2,
        product: Product::ZStack3x0,
        major: 2,
        minor: 7,
        hardware: 1,
    };
    areq("FE 06 41 80 00 02 01 02 07 01 C0", &Areq::SysResetInd(reset));
}

#[test]
fn the_captured_version_reply() {
    let version = Version {
        transport: 2,
        product: Product::Home12,
        major: 2,
        minor: 6,
        maintenance: 3,
        revision: Some(20_190_425),
        bootloader_build: Some(2),
        bootloader_revision: Some(0),
    };
    srsp("FE 0E 61 02 02 00 02 06 03 D9 14 34 01 02 00 00 00 00 92", &Srsp::SysVersion(version));
}

#[test]
fn memory_vectors() {
    srsp("FE 03 61 08 00 01 55 3E", &Srsp::NvRead(NvValue { status: Status::Success, value: [nv::CONFIGURED].into() }));
    sreq("FE 03 21 08 21 00 00 0B", &Sreq::NvRead(NvRead { id: nv::NIB, offset: 0 }));
    let write = NvWrite { id: nv::STARTUP_OPTION, offset: 0, value: [3].into() };
    sreq("FE 05 21 09 03 00 00 01 03 2C", &Sreq::NvWrite(write));
}

#[test]
fn formation_vectors() {
    let primary = BdbSetChannel { primary: true, channels: 1 << 15 };
    sreq("FE 05 2F 08 01 00 80 00 00 A3", &Sreq::AppCnfBdbSetChannel(primary));
    let secondary = BdbSetChannel { primary: false, channels: 0 };
    sreq("FE 05 2F 08 00 00 00 00 00 22", &Sreq::AppCnfBdbSetChannel(secondary));
    sreq("FE 01 2F 05 04 2F", &Sreq::AppCnfBdbStartCommissioning(BdbMode::FORMATION));
    areq("FE 01 45 C0 09 8D", &Areq::ZdoStateChangeInd(DeviceState::Coordinator));
}

#[test]
fn joining_vectors() {
    let permit =
        MgmtPermitJoinReq { mode: af::AddressMode::Broadcast, destination: 0xFFFC, duration: 60, significance: 1 };
    sreq("FE 05 25 36 0F FC FF 3C 01 27", &Sreq::ZdoMgmtPermitJoin(permit));
    let device = TcDeviceInd { short: 0x1234, ieee: Ieee(0x1122_3344_5566_7788), parent: 0 };
    areq("FE 0C 45 CA 34 12 88 77 66 55 44 33 22 11 00 00 2D", &Areq::ZdoTcDeviceInd(device));
}

#[test]
fn data_vectors() {
    let request = af::DataRequest {
        destination: 0x1234,
        destination_endpoint: 1,
        source_endpoint: 1,
        cluster: 0x0201,
        transaction: 5,
        options: af::TxOptions::ACK,
        radius: 30,
        data: [0x00, 0x05, 0x02, 0x12, 0x00, 0x29, 0x66, 0x08].into(),
    };
    sreq("FE 12 24 01 34 12 01 01 01 02 05 10 1E 08 00 05 02 12 00 29 66 08 43", &Sreq::AfDataRequest(request));
    let confirm = |status| Areq::AfDataConfirm(af::DataConfirm { status, endpoint: 1, transaction: 5 });
    areq("FE 03 44 80 00 01 05 C3", &confirm(Status::Success));
    areq("FE 03 44 80 F0 01 05 33", &confirm(Status::MacTransactionExpired));
    let report = af::IncomingMsg {
        group: 0,
        cluster: 0x0201,
        source: 0x1234,
        source_endpoint: 1,
        destination_endpoint: 1,
        broadcast: false,
        link_quality: 0xB4,
        security: false,
        timestamp: 0,
        transaction: 0x2A,
        data: [0x18, 0x2A, 0x0A, 0x00, 0x00, 0x29, 0x66, 0x08].into(),
        mac_source: Some(0),
        radius: Some(0x1D),
    };
    areq(
        "FE 1C 44 81 00 00 01 02 34 12 01 01 00 B4 00 00 00 00 00 2A 08 18 2A 0A 00 00 29 66 08 00 00 1D 08",
        &Areq::AfIncomingMsg(report),
    );
}

#[test]
fn an_older_build_sends_no_last_hop() {
    let mut data = Areq::decode(&frame(
        "FE 1C 44 81 00 00 01 02 34 12 01 01 00 B4 00 00 00 00 00 2A 08 18 2A 0A 00 00 29 66 08 00 00 1D 08",
    ))
    .unwrap()
    .encode()
    .data()
    .to_vec();
    data.truncate(data.len() - 3);
    let frame = Frame::new(Kind::Areq, Command::new(Subsystem::Af, 0x81), data).unwrap();
    let Ok(Areq::AfIncomingMsg(message)) = Areq::decode(&frame) else { panic!("not a message") };
    assert_eq!((message.data.len(), message.mac_source, message.radius), (8, None, None));
}

#[test]
fn a_message_too_long_for_a_frame_is_stored() {
    let mut data = vec![0; 25];
    data.extend([0x2C, 0x01]);
    let frame = Frame::new(Kind::Areq, Command::new(Subsystem::Af, 0x82), data).unwrap();
    let Ok(Areq::AfIncomingMsgExt(message)) = Areq::decode(&frame) else { panic!("not a message") };
    assert_eq!(message.data, af::ExtData::Stored(300));
}

#[test]
fn an_error_answers_the_request_that_it_names() {
    let error = Srsp::RpcError(RpcError { code: sys::RpcErrorCode::Command, cmd0: 0x21, cmd1: 0x33 });
    let key = sys::NvKey { system: nv::SYSTEM_ZSTACK, item: nv::EX_TCLK_TABLE, sub: 0 };
    assert!(error.answers(&Sreq::Nv2Read(sys::Nv2Read { key, offset: 0, length: 20 })));
    assert!(!error.answers(&Sreq::SysPing));
    assert!(!Srsp::SysPing(sys::Capabilities(0)).answers(&Sreq::SysVersion));
}

#[test]
fn an_unknown_command_is_a_value_and_a_wrong_kind_an_error() {
    let unknown = Frame::new(Kind::Sreq, Command::new(Subsystem::Debug, 0x77), [1, 2]).unwrap();
    assert_eq!(Sreq::decode(&unknown), Ok(Sreq::Other(unknown.clone())));
    assert_eq!(Sreq::Other(unknown.clone()).encode(), unknown);
    assert_eq!(Areq::decode(&unknown), Err(DecodeError::Kind { found: Kind::Sreq, wanted: Kind::Areq }));
}

#[test]
fn the_longest_values_fit_a_frame() {
    let full = [0_u8; 250];
    let register = af::Register {
        endpoint: 1,
        profile: 0x0104,
        device: 5,
        version: 0,
        latency: 0,
        in_clusters: List::new([0; 60]).unwrap(),
        out_clusters: List::new([0; 60]).unwrap(),
    };
    assert_eq!(Sreq::AfRegister(register).encode().data().len(), 249);
    let init = NvItemInit { id: 0, length: 250, value: Bytes::new(&full[..245]).unwrap() };
    assert_eq!(Sreq::NvItemInit(init).encode().data().len(), MAX_DATA);
    assert!(Rest::<241>::new(full).is_err());
}

#[test]
fn secrets_do_not_show_in_debug_text() {
    let code = Sreq::AppCnfAddInstallCode(InstallCode::Key(Ieee(1), [0xAA; 16]));
    assert_eq!(format!("{code:?}"), "AppCnfAddInstallCode(Key(0x0000000000000001, ..))");
    let write = NvWrite { id: nv::PRECFGKEY, offset: 0, value: [0xAA; 16].into() };
    assert!(format!("{write:?}").contains("[16 bytes]"));
}

/// Data in which lengths are likely to be short.
fn data() -> impl Strategy<Value = Vec<u8>> {
    vec(prop_oneof![any::<u8>(), 0_u8..6], 0..=MAX_DATA)
}

proptest! {
    #[test]
    fn what_decodes_encodes_to_the_same(subsystem in 0_u8..32, id: u8, data in data()) {
        let frame = |kind| Frame::new(kind, Command::new(subsystem.into(), id), data.as_slice()).unwrap();
        if let Ok(request) = Sreq::decode(&frame(Kind::Sreq)) {
            prop_assert_eq!(Sreq::decode(&request.encode()), Ok(request));
        }
        if let Ok(response) = Srsp::decode(&frame(Kind::Srsp)) {
            prop_assert_eq!(Srsp::decode(&response.encode()), Ok(response));
        }
        if let Ok(message) = Areq::decode(&frame(Kind::Areq)) {
            prop_assert_eq!(Areq::decode(&message.encode()), Ok(message));
        }
    }
}
