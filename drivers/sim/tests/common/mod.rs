//! A host in simulated time: asks the adapter byte by byte and keeps what it says.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests, outside test functions"
)]
#![allow(dead_code, reason = "each test file uses its part")]

use std::time::Duration;

use serde_json::Value as Json;
use sim::{Adapter, Scenario};
use zigbee::mt::{Decoder, Kind};
use zigbee::wire::{Bytes, Ieee};
use zigbee::zcl::{Frame, Request};
use zigbee::znp::af::{AddressMode, DataConfirm, DataRequest, IncomingMsg, Register, TxOptions};
use zigbee::znp::app_cnf::{BdbMode, BdbSetChannel};
use zigbee::znp::zdo::{BindReq, MgmtPermitJoinReq};
use zigbee::znp::{Areq, Sreq, Srsp, Status};

/// The host.
pub(crate) struct Host {
    pub(crate) adapter: Adapter,
    pub(crate) now: Duration,
    decoder: Decoder,
    /// What the adapter said unasked, and when.
    pub(crate) heard: Vec<(Duration, Areq)>,
    answers: Vec<Srsp>,
    transaction: u8,
}

impl Host {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        Self::with(Adapter::new(scenario))
    }

    pub(crate) fn with(adapter: Adapter) -> Self {
        let (decoder, now) = (Decoder::new(), Duration::ZERO);
        Self { adapter, now, decoder, heard: Vec::new(), answers: Vec::new(), transaction: 0 }
    }

    /// In a network, with endpoint 1 open.
    pub(crate) fn formed(scenario: &Scenario) -> Self {
        let mut host = Self::new(scenario);
        host.ask(&Sreq::AppCnfBdbSetChannel(BdbSetChannel { primary: true, channels: 1 << 15 }));
        host.ask(&Sreq::AppCnfBdbStartCommissioning(BdbMode::FORMATION));
        host.run(2000);
        host.register();
        host
    }

    /// In a network that all devices have joined.
    pub(crate) fn joined(scenario: &Scenario) -> Self {
        let mut host = Self::formed(scenario);
        host.open(60);
        // Until they have settled and sleep again.
        host.run(30_000);
        host.heard.clear();
        host
    }

    pub(crate) fn register(&mut self) {
        let register = Register {
            endpoint: 1,
            profile: 0x0104,
            device: 5,
            version: 0,
            latency: 0,
            in_clusters: [].into(),
            out_clusters: [].into(),
        };
        assert_eq!(self.ask(&Sreq::AfRegister(register)), Srsp::AfRegister(Status::Success));
    }

    pub(crate) fn open(&mut self, duration: u8) {
        let request =
            MgmtPermitJoinReq { mode: AddressMode::Broadcast, destination: 0xFFFC, duration, significance: 1 };
        self.ask(&Sreq::ZdoMgmtPermitJoin(request));
    }

    /// Sends a request and waits for its answer.
    pub(crate) fn ask(&mut self, request: &Sreq) -> Srsp {
        self.answers.clear();
        self.write(&request.encode().encode());
        for _ in 0..1000 {
            if !self.answers.is_empty() {
                return self.answers.remove(0);
            }
            self.run(1);
        }
        panic!("no answer to {request:?}");
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        self.adapter.handle_bytes(self.now, bytes);
        self.drain();
    }

    pub(crate) fn run(&mut self, ms: u64) {
        let end = self.now + Duration::from_millis(ms);
        while let Some(at) = self.adapter.deadline().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.adapter.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
    }

    fn drain(&mut self) {
        while let Some(piece) = self.adapter.poll(self.now) {
            for frame in self.decoder.feed(&piece.bytes) {
                match frame.kind() {
                    Kind::Srsp => self.answers.push(Srsp::decode(&frame).unwrap()),
                    _ => self.heard.push((self.now, Areq::decode(&frame).unwrap())),
                }
            }
        }
    }

    pub(crate) fn order(&mut self, line: &str) {
        self.adapter.handle_order(self.now, &line.parse().unwrap()).unwrap();
        self.drain();
    }

    pub(crate) fn status(&mut self) -> Json {
        self.adapter.handle_order(self.now, &"status".parse().unwrap()).unwrap().unwrap()
    }

    pub(crate) fn device(&mut self, name: &str) -> Json {
        self.status()["devices"][name].clone()
    }

    /// Network address and endpoint of a device.
    pub(crate) fn address(&mut self, name: &str) -> (u16, u8) {
        let device = self.device(name);
        let short = u16::from_str_radix(device["short"].as_str().unwrap(), 16).unwrap();
        (short, u8::try_from(device["endpoint"].as_u64().unwrap()).unwrap())
    }

    pub(crate) fn ieee(&mut self, name: &str) -> Ieee {
        let device = self.device(name);
        Ieee(u64::from_str_radix(device["ieee"].as_str().unwrap().trim_start_matches("0x"), 16).unwrap())
    }

    /// Sends a command to a device; gives the adapter's word for it.
    pub(crate) fn send(&mut self, name: &str, cluster: u16, request: Request) -> Status {
        let (destination, destination_endpoint) = self.address(name);
        self.transaction = self.transaction.wrapping_add(1);
        let request = DataRequest {
            destination,
            destination_endpoint,
            source_endpoint: 1,
            cluster,
            transaction: self.transaction,
            options: TxOptions::ACK,
            radius: 30,
            data: Bytes::new(request.frame(self.transaction).encode()).unwrap(),
        };
        match self.ask(&Sreq::AfDataRequest(request)) {
            Srsp::AfDataRequest(status) => status,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn bind(&mut self, name: &str, cluster: u16) {
        let (destination, source_endpoint) = self.address(name);
        let Srsp::SysGetExtAddr(target) = self.ask(&Sreq::SysGetExtAddr) else { panic!("no address") };
        let bind = BindReq {
            destination,
            source: self.ieee(name),
            source_endpoint,
            cluster,
            target_mode: AddressMode::Ieee,
            target,
            target_endpoint: 1,
        };
        self.ask(&Sreq::ZdoBind(bind));
        self.run(2000);
        let bound = self.heard.iter().any(|(_, heard)| matches!(heard, Areq::ZdoBindRsp(r) if r.status.is_success()));
        assert!(bound, "{:?}", self.heard);
        self.heard.clear();
    }

    /// Data confirms heard, and when.
    pub(crate) fn confirms(&self) -> Vec<(Duration, DataConfirm)> {
        let confirm = |(at, heard): &(Duration, Areq)| match heard {
            Areq::AfDataConfirm(confirm) => Some((*at, confirm.clone())),
            _ => None,
        };
        self.heard.iter().filter_map(confirm).collect()
    }

    /// Messages of devices.
    pub(crate) fn messages(&self) -> Vec<IncomingMsg> {
        let message = |(_, heard): &(Duration, Areq)| match heard {
            Areq::AfIncomingMsg(message) => Some(message.clone()),
            _ => None,
        };
        self.heard.iter().filter_map(message).collect()
    }

    /// Messages of devices on a cluster, as frames.
    pub(crate) fn frames(&self, cluster: u16) -> Vec<Frame> {
        let on = self.messages().into_iter().filter(|message| message.cluster == cluster);
        on.map(|message| Frame::decode(&message.data).unwrap()).collect()
    }
}
