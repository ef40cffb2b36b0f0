//! A Z-Stack 3.x.0 at the byte level, as far as these tests need it: memory, states, endpoints. Written from the
//! facts sheet, not from the driver.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use super::*;
use crate::wire::{Bytes, Field, List};
use crate::zdo::Status as ZdoStatus;
use crate::znp::af::{DataConfirm, Retrieved};
use crate::znp::sys::{Capabilities, NvValue, Product, ResetInd, ResetReason, RpcError, RpcErrorCode, Version};
use crate::znp::util::{DeviceInfo, DeviceState};
use crate::znp::zdo::{AddrRsp, EndpointsRsp, ExtNwkInfo, StartupState, StatusRsp};
use crate::znp::{Srsp, Status, nv};

/// What happens to an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It arrives.
    Arrives,
    /// The request never arrived.
    Unheard,
    /// It is lost.
    Lost,
    /// It comes after so many milliseconds, and later ones queue behind it.
    Late(u64),
}

/// How long the firmware takes to start.
const BOOT: Duration = Duration::from_millis(300);

type Fates = Box<dyn FnMut(&Sreq) -> Fate>;

pub(super) struct Port {
    decoder: Decoder,
    out: VecDeque<(Duration, Vec<u8>)>,
    pub(super) nv: BTreeMap<u16, Vec<u8>>,
    pub(super) state: DeviceState,
    pub(super) endpoints: BTreeSet<u8>,
    pub(super) product: Product,
    /// What happens to answers.
    pub(super) fate: Fates,
    /// The status of the SRSP to data, and the one of the confirm, if one comes.
    pub(super) data: (Status, Option<Status>),
    /// The confirm comes before the answer.
    pub(super) confirm_first: bool,
    /// Nothing goes in or out.
    pub(super) silent: bool,
    /// Reset at the request after so many others, instead of answering it.
    pub(super) reset_after: Option<usize>,
    pub(super) stored: Vec<u8>,
    pub(super) writes: usize,
    /// Each AREQ comes twice.
    pub(super) doubles: bool,
    /// Forming ends with this PAN id: a neighbour has the one that was asked for.
    pub(super) neighbour: Option<u16>,
    boots_until: Duration,
}

impl Port {
    pub(super) fn empty() -> Self {
        let known = [nv::STARTUP_OPTION, nv::LOGICAL_TYPE, nv::ZDO_DIRECT_CB, nv::CHANLIST, nv::PANID];
        let more = [nv::EXTENDED_PAN_ID, nv::APS_USE_EXT_PANID, nv::PRECFGKEYS_ENABLE, nv::PRECFGKEY];
        let mut memory: BTreeMap<_, _> = known.into_iter().chain(more).map(|id| (id, vec![0])).collect();
        memory.insert(nv::NIB, nib(0, 0xFFFF, 0));
        Self {
            decoder: Decoder::new(),
            out: VecDeque::new(),
            nv: memory,
            state: DeviceState::Hold,
            endpoints: BTreeSet::new(),
            product: Product::ZStack3x0,
            fate: Box::new(|_| Fate::Arrives),
            data: (Status::Success, Some(Status::Success)),
            confirm_first: false,
            silent: false,
            reset_after: None,
            stored: Vec::new(),
            writes: 0,
            doubles: false,
            neighbour: None,
            boots_until: Duration::ZERO,
        }
    }

    /// A port with the network [`ours`], running.
    pub(super) fn formed() -> Self {
        let mut port = Self::empty();
        let ours = ours();
        port.nv.insert(nv::NIB, nib(ours.channel, ours.pan_id, ours.extended_pan_id));
        port.nv.insert(nv::NWK_ACTIVE_KEY_INFO, [&[0], ours.key.0.as_slice()].concat());
        port.nv.insert(nv::HAS_CONFIGURED, vec![nv::CONFIGURED]);
        port.state = DeviceState::Coordinator;
        port
    }

    pub(super) fn reset(&mut self, now: Duration) {
        if self.nv.get(&nv::STARTUP_OPTION).is_some_and(|option| option.first() == Some(&3)) {
            self.nv.insert(nv::NIB, nib(0, 0xFFFF, 0));
            self.nv.remove(&nv::NWK_ACTIVE_KEY_INFO);
        }
        self.state = DeviceState::Hold;
        self.endpoints.clear();
        let reset = ResetInd {
            reason: ResetReason::External,
            transport: 2,
            product: self.product,
            major: 2,
            minor: 7,
            hardware: 1,
        };
        self.out.clear();
        self.boots_until = now + BOOT;
        self.say(self.boots_until, &Areq::SysResetInd(reset));
    }

    /// What it was about to say is lost.
    pub(super) fn mute(&mut self) {
        assert!(!self.out.is_empty());
        self.out.clear();
    }

    /// Bytes from the host; the frames in them.
    pub(super) fn take(&mut self, now: Duration, bytes: &[u8]) -> Vec<Frame> {
        let frames = self.decoder.feed(bytes);
        for frame in &frames {
            match frame.kind() {
                _ if self.silent || now < self.boots_until => {}
                Kind::Sreq => {
                    // A mangled length can make a frame whose check sequence is right by chance.
                    if let Ok(request) = Sreq::decode(frame) {
                        self.request(now, &request);
                    }
                }
                Kind::Areq => {
                    assert!(matches!(Areq::decode(frame), Ok(Areq::SysReset(_))));
                    self.reset(now);
                }
                kind => panic!("a host does not send {kind:?}"),
            }
        }
        frames
    }

    /// Bytes for the host that are due.
    pub(super) fn give(&mut self, now: Duration) -> Option<Vec<u8>> {
        self.out.pop_front_if(|(due, _)| now >= *due).map(|(_, bytes)| bytes)
    }

    pub(super) fn due(&self) -> Option<Duration> {
        self.out.front().map(|(due, _)| *due)
    }

    fn request(&mut self, now: Duration, request: &Sreq) {
        if let Some(left) = self.reset_after {
            self.reset_after = left.checked_sub(1);
            if left == 0 {
                return self.reset(now);
            }
        }
        let fate = (self.fate)(request);
        if fate == Fate::Unheard {
            return;
        }
        if let (true, Sreq::AfDataRequest(data), Some(status)) = (self.confirm_first, request, self.data.1) {
            let confirm = DataConfirm { status, endpoint: 1, transaction: data.transaction };
            self.say(now, &Areq::AfDataConfirm(confirm));
        }
        let answer = self.answer(request);
        match fate {
            Fate::Late(late) => self.push(now + millis(late), answer.encode().encode()),
            Fate::Arrives => self.push(now, answer.encode().encode()),
            Fate::Unheard | Fate::Lost => {}
        }
        self.follow(now, request);
    }

    pub(super) fn say(&mut self, now: Duration, message: &Areq) {
        for _ in 0..=u8::from(self.doubles) {
            self.push(now, message.encode().encode());
        }
    }

    fn push(&mut self, due: Duration, bytes: Vec<u8>) {
        let behind = self.out.back().map_or(due, |(last, _)| due.max(*last));
        self.out.push_back((behind, bytes));
    }

    fn answer(&mut self, request: &Sreq) -> Srsp {
        let ok = Status::Success;
        match request {
            Sreq::SysPing => Srsp::SysPing(Capabilities(0x0659)),
            Sreq::SysVersion => Srsp::SysVersion(self.version()),
            Sreq::NvLength(id) => {
                Srsp::NvLength(self.nv.get(id).map_or(0, |value| u16::try_from(value.len()).unwrap()))
            }
            Sreq::NvRead(read) => {
                let value = self.nv.get(&read.id).cloned();
                let status = if value.is_some() { ok } else { Status::InvalidParameter };
                Srsp::NvRead(NvValue { status, value: Bytes::new(value.unwrap_or_default()).unwrap() })
            }
            Sreq::NvWrite(write) => {
                self.writes += 1;
                let known = self.nv.contains_key(&write.id);
                if known {
                    self.nv.insert(write.id, write.value.to_vec());
                }
                Srsp::NvWrite(if known { ok } else { Status::NvItemUninit })
            }
            Sreq::NvItemInit(item) => {
                self.writes += 1;
                let created = self.nv.insert(item.id, item.value.to_vec()).is_none();
                Srsp::NvItemInit(if created { Status::NvItemUninit } else { ok })
            }
            Sreq::NvDelete(delete) => {
                self.writes += 1;
                Srsp::NvDelete(if self.nv.remove(&delete.id).is_some() { ok } else { Status::NvItemUninit })
            }
            Sreq::UtilGetDeviceInfo => Srsp::UtilGetDeviceInfo(self.device()),
            Sreq::ZdoExtNwkInfo => Srsp::ZdoExtNwkInfo(self.network()),
            Sreq::AppCnfBdbSetChannel(_) => Srsp::AppCnfBdbSetChannel(ok),
            Sreq::AppCnfBdbStartCommissioning(_) => {
                self.writes += 1;
                Srsp::AppCnfBdbStartCommissioning(ok)
            }
            Sreq::ZdoStartupFromApp(_) => Srsp::ZdoStartupFromApp(StartupState::Restored),
            Sreq::ZdoActiveEp(_) => Srsp::ZdoActiveEp(ok),
            Sreq::ZdoBind(_) => Srsp::ZdoBind(ok),
            Sreq::ZdoNwkAddr(_) => Srsp::ZdoNwkAddr(ok),
            Sreq::ZdoMgmtPermitJoin(_) => Srsp::ZdoMgmtPermitJoin(ok),
            Sreq::ZdoExtRouteDisc(_) => Srsp::ZdoExtRouteDisc(ok),
            Sreq::AfRegister(register) => {
                assert!(self.endpoints.insert(register.endpoint), "registered twice");
                Srsp::AfRegister(ok)
            }
            Sreq::AfDataRequest(_) => Srsp::AfDataRequest(self.data.0),
            Sreq::AfDataRetrieve(piece) => {
                let end = self.stored.len().min(usize::from(piece.index) + usize::from(piece.length));
                let data = self.stored[piece.index.into()..end].to_vec();
                Srsp::AfDataRetrieve(Retrieved { status: ok, data: Bytes::new(data).unwrap() })
            }
            _ => Srsp::RpcError(RpcError { code: RpcErrorCode::Command, cmd0: 0x20, cmd1: request.command().id }),
        }
    }

    /// What comes after the answer.
    fn follow(&mut self, now: Duration, request: &Sreq) {
        match request {
            Sreq::AppCnfBdbStartCommissioning(_) => {
                let number = |id: u16| u64::from_bytes(&[self.nv[&id].as_slice(), &[0; 8]].concat()).unwrap();
                let channel = u8::try_from(number(nv::CHANLIST).trailing_zeros()).unwrap();
                let pan = self.neighbour.unwrap_or(u16::try_from(number(nv::PANID)).unwrap());
                let formed = nib(channel, pan, number(nv::EXTENDED_PAN_ID));
                let key = [&[0], self.nv[&nv::PRECFGKEY].as_slice()].concat();
                self.nv.insert(nv::NIB, formed);
                self.nv.insert(nv::NWK_ACTIVE_KEY_INFO, key);
                self.started(now);
            }
            Sreq::ZdoStartupFromApp(_) => self.started(now),
            Sreq::ZdoActiveEp(ask) if ask.of == 0 => {
                let endpoints = List::new(self.endpoints.iter().copied().collect::<Vec<_>>()).unwrap();
                let answer = EndpointsRsp { source: 0, status: ZdoStatus::Success, of: 0, endpoints };
                self.say(now, &Areq::ZdoActiveEpRsp(answer));
            }
            Sreq::ZdoBind(bind) => {
                let answer = StatusRsp { source: bind.destination, status: ZdoStatus::Success };
                self.say(now, &Areq::ZdoBindRsp(answer));
            }
            Sreq::ZdoNwkAddr(ask) => {
                let (status, ieee) = (ZdoStatus::Success, ask.ieee);
                self.say(
                    now,
                    &Areq::ZdoNwkAddrRsp(AddrRsp { status, ieee, short: 0x1234, start: None, children: None }),
                );
            }
            Sreq::AfDataRequest(data) if self.data.0.is_success() && !self.confirm_first => {
                if let Some(status) = self.data.1 {
                    let confirm = DataConfirm { status, endpoint: 1, transaction: data.transaction };
                    self.say(now, &Areq::AfDataConfirm(confirm));
                }
            }
            _ => {}
        }
    }

    fn started(&mut self, now: Duration) {
        self.state = DeviceState::Coordinator;
        self.say(now, &Areq::ZdoStateChangeInd(DeviceState::Coordinator));
    }

    fn version(&self) -> Version {
        Version {
            transport: 2,
            product: self.product,
            major: 2,
            minor: 7,
            maintenance: 1,
            revision: Some(20_230_507),
            bootloader_build: None,
            bootloader_revision: None,
        }
    }

    fn device(&self) -> DeviceInfo {
        DeviceInfo {
            status: Status::Success,
            ieee: Ieee(0x0012_4B00_1234_ABCD),
            short: 0,
            device_type: 7,
            state: self.state,
            children: List::default(),
        }
    }

    fn network(&self) -> ExtNwkInfo {
        let nib = &self.nv[&nv::NIB];
        ExtNwkInfo {
            short: 0,
            state: self.state,
            pan: u16::from_le_bytes([nib[36], nib[37]]),
            parent: 0,
            extended_pan: u64::from_bytes(&nib[57..65]).unwrap(),
            parent_ieee: Ieee(0),
            channel: nib[24],
        }
    }
}

/// A network information base as ARM chips lay it out.
fn nib(channel: u8, pan: u16, extended: u64) -> Vec<u8> {
    let mut nib = vec![0; 116];
    nib[24] = channel;
    nib[36..38].copy_from_slice(&pan.to_le_bytes());
    nib[57..65].copy_from_slice(&extended.to_le_bytes());
    nib
}
