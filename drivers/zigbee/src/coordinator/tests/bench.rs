//! A coordinator on a bench: a fake adapter, a clock that is moved by hand, and devices that answer from a table.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use home::{AdapterName, CommandId, Delivery, DriverRecord, Event, Ieee, Now, Order, OrderKind, Reading, Timestamp};

use crate::coordinator::Coordinator;
use crate::ncp::{Incoming, Indication, Ncp, Request, Running, SendError, Tag, Unicast, ZdoRequest, ZdoResponse};
use crate::wire::List;
use crate::zcl::{
    DataType, Frame, Global, ReadRecord, Reporting, ReportingRecord, ReportingState, Request as ZclRequest, Status,
    Value,
};
use crate::zdo::{MacCapabilities, NodeDescriptor, SimpleDescriptor};

/// The hub's own address.
pub(super) const HUB: Ieee = Ieee(0x00AA);
/// The device that most tests are about.
pub(super) const DEVICE: Ieee = Ieee(0x0011_2233_4455_6677);
/// Its short address.
pub(super) const NWK: u16 = 0x1234;

/// An adapter that does nothing but remember, as the trait's documentation says it.
#[derive(Debug, Default)]
pub(super) struct Fake {
    pub(super) requests: VecDeque<Request>,
    pub(super) indications: VecDeque<Indication>,
}

impl Ncp for Fake {
    fn handle_link_up(&mut self, _: Now) {}
    fn handle_link_down(&mut self, _: Now) {}
    fn handle_bytes(&mut self, _: Now, _: &[u8]) {}
    fn handle_timeout(&mut self, _: Now) {}
    fn handle_network_kept(&mut self, _: Now) {}
    fn handle_request(&mut self, _: Now, request: Request) {
        self.requests.push_back(request);
    }
    fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        None
    }
    fn poll_indication(&mut self) -> Option<Indication> {
        self.indications.pop_front()
    }
    fn poll_timeout(&self) -> Option<Duration> {
        None
    }
}

/// A device that answers from a table.
#[derive(Debug, Clone)]
pub(super) struct Model {
    pub(super) ieee: Ieee,
    pub(super) nwk: u16,
    pub(super) sleepy: bool,
    pub(super) manufacturer: u16,
    pub(super) endpoint: u8,
    pub(super) served: Vec<u16>,
    pub(super) values: BTreeMap<(u16, u16), Value>,
    /// Frames written to it, to be looked at.
    pub(super) taken: Vec<(u16, Vec<u8>)>,
}

impl Model {
    pub(super) fn new(sleepy: bool, endpoint: u8, served: &[u16], values: &[((u16, u16), Value)]) -> Self {
        let mut all: BTreeMap<_, _> = values.iter().cloned().collect();
        all.insert((0, 4), Value::string("ACME"));
        all.insert((0, 5), Value::string("M-1\0\0"));
        all.insert((0, 7), Value::enum8(if sleepy { 3 } else { 1 }));
        Self {
            ieee: DEVICE,
            nwk: NWK,
            sleepy,
            manufacturer: 0x1234,
            endpoint,
            served: served.to_vec(),
            values: all,
            taken: Vec::new(),
        }
    }

    /// A radiator valve; it stays awake.
    pub(super) fn thermostat() -> Self {
        Self::new(
            false,
            1,
            &[0, 0x0201],
            &[
                ((0x0201, 0x0000), Value::int16(2150)),
                ((0x0201, 0x0012), Value::int16(2000)),
                ((0x0201, 0x001C), Value::enum8(4)),
                ((0x0201, 0x0029), Value::bitmap16(1)),
                ((0x0201, 0x0008), Value::uint8(40)),
                ((0x0201, 0x0015), Value::int16(500)),
                ((0x0201, 0x0016), Value::int16(3000)),
                ((0x0201, 0x0010), Value::int8(-5)),
            ],
        )
    }

    /// A radiator valve that sleeps and checks in every hour.
    pub(super) fn sleeping_thermostat() -> Self {
        let mut model = Self::thermostat();
        model.sleepy = true;
        model.served.push(0x0020);
        model.values.insert((0x0020, 0x0000), Value::uint32(14_400));
        model.values.insert((0, 7), Value::enum8(3));
        model
    }

    /// A lock with its cluster on the second endpoint. It sleeps, and fetches often.
    pub(super) fn lock() -> Self {
        let values = [
            ((0x0101, 0x0000), Value::enum8(1)),
            ((0x0001, 0x0021), Value::uint8(180)),
            ((0x0001, 0x0020), Value::uint8(60)),
        ];
        Self::new(true, 2, &[0, 1, 0x0009, 0x0101], &values)
    }

    /// A contact, not enrolled yet.
    pub(super) fn contact() -> Self {
        let values = [
            ((0x0500, 0x0000), Value::enum8(1)),
            ((0x0500, 0x0001), Value::enum16(0x0015)),
            ((0x0500, 0x0002), Value::bitmap16(0)),
        ];
        Self::new(true, 1, &[0, 0x0500], &values)
    }

    pub(super) fn objects(&self, request: ZdoRequest) -> ZdoResponse {
        match request {
            ZdoRequest::NodeDescriptor { .. } => ZdoResponse::NodeDescriptor(NodeDescriptor {
                kind: 2,
                band: 0x40,
                capabilities: MacCapabilities(if self.sleepy { 0x80 } else { 0x8E }),
                manufacturer: self.manufacturer,
                max_buffer: 82,
                max_incoming: 82,
                server_mask: 0,
                max_outgoing: 82,
                descriptors: 0,
            }),
            ZdoRequest::ActiveEndpoints { .. } => ZdoResponse::ActiveEndpoints(vec![self.endpoint]),
            ZdoRequest::SimpleDescriptor { endpoint, .. } => ZdoResponse::SimpleDescriptor(SimpleDescriptor {
                endpoint,
                profile: 0x0104,
                device: 0x0301,
                version: 0,
                in_clusters: List::new(self.served.clone()).unwrap(),
                out_clusters: List::default(),
            }),
            ZdoRequest::Bind { .. } | ZdoRequest::Leave { .. } => ZdoResponse::Done,
            ZdoRequest::NetworkAddress { .. } | ZdoRequest::IeeeAddress { .. } => {
                ZdoResponse::NetworkAddress { ieee: self.ieee, nwk: self.nwk }
            }
        }
    }

    /// The answer to a frame of the foundation.
    fn answer(&self, cluster: u16, frame: &Frame) -> Option<Frame> {
        let back = frame.header.direction.reverse();
        let response = match frame.global()?.unwrap() {
            Global::Read(attributes) => {
                let records = attributes.iter().map(|attribute| ReadRecord {
                    attribute: *attribute,
                    result: self.values.get(&(cluster, *attribute)).cloned().ok_or(Status::UnsupportedAttribute),
                });
                Global::ReadResponse(crate::wire::Many::new(records.collect::<Vec<_>>()).unwrap())
            }
            Global::Write(_) => Global::WriteResponse(crate::zcl::Failures(Vec::new())),
            Global::ConfigureReporting(_) => Global::ConfigureReportingResponse(crate::zcl::Failures(Vec::new())),
            Global::ReadReporting(keys) => {
                let reporting = Reporting::Send { data_type: DataType::Enum8, min: 0, max: 3600, change: 0 };
                let state = ReportingState::Set(reporting);
                let records = keys.iter().map(|key| ReportingRecord { attribute: key.attribute, state });
                Global::ReadReportingResponse(crate::wire::Many::new(records.collect::<Vec<_>>()).unwrap())
            }
            _ => return None,
        };
        Some(ZclRequest::global(back, &response).answer(&frame.header))
    }
}

/// A coordinator, its adapter and the time.
pub(super) struct Bench {
    pub(super) hub: Coordinator<Fake>,
    pub(super) now: Now,
}

impl Bench {
    /// A coordinator whose network runs.
    pub(super) fn new() -> Self {
        Self::knowing(Vec::new())
    }

    pub(super) fn knowing(known: Vec<(Ieee, DriverRecord)>) -> Self {
        let hub = Coordinator::new(AdapterName::new("stick"), Fake::default(), known);
        let mut bench = Self { hub, now: Now { wall: Timestamp(1_795_456_800_000), up: Duration::from_secs(5) } };
        bench.hub.handle_link_up(bench.now);
        bench.up();
        bench
    }

    pub(super) fn up(&mut self) {
        self.hears(Indication::Up(Running {
            ieee: HUB,
            channel: 15,
            pan_id: 0x1A62,
            extended_pan_id: 7,
            firmware: "fake".to_owned(),
        }));
    }

    /// A coordinator that has interviewed `model`, and the events so far are forgotten.
    pub(super) fn with(model: &mut Model) -> Self {
        let mut bench = Self::new();
        bench.join(model);
        bench.events();
        bench
    }

    pub(super) fn join(&mut self, model: &mut Model) {
        self.hears(Indication::Joined { ieee: model.ieee, nwk: model.nwk });
        self.serve(model);
    }

    pub(super) fn hears(&mut self, indication: Indication) {
        self.hub.ncp.indications.push_back(indication);
        self.hub.handle_bytes(self.now, &[]);
    }

    /// A frame from the device that most tests are about.
    pub(super) fn frame(&mut self, endpoint: u8, cluster: u16, payload: &[u8]) {
        self.hears(data(NWK, endpoint, cluster, payload));
    }

    /// Lets time pass, calling the coordinator when it wants to be called.
    pub(super) fn pass(&mut self, time: Duration) {
        let end = self.now.up + time;
        while let Some(at) = self.hub.poll_timeout().filter(|at| *at <= end) {
            self.now = self.now.after(at.saturating_sub(self.now.up));
            self.hub.handle_timeout(self.now);
        }
        self.now = self.now.after(end.saturating_sub(self.now.up));
        self.hub.handle_timeout(self.now);
    }

    /// Has `model` acknowledge and answer everything until nothing more is asked.
    pub(super) fn serve(&mut self, model: &mut Model) {
        while let Some(request) = self.request() {
            match request {
                Request::Zdo { tag, request } => {
                    self.hears(Indication::Zdo { tag, result: Ok(model.objects(request)) });
                }
                Request::Data { tag, frame } => {
                    assert_eq!(frame.nwk, model.nwk);
                    model.taken.push((frame.cluster, frame.payload.to_vec()));
                    self.hears(Indication::Sent { tag, result: Ok(()) });
                    let asked = Frame::decode(&frame.payload).unwrap();
                    if let Some(answer) = model.answer(frame.cluster, &asked) {
                        self.hears(data(model.nwk, frame.endpoint, frame.cluster, &answer.encode()));
                    }
                }
                Request::PermitJoin { tag, .. } | Request::DiscoverRoute { tag, .. } => {
                    self.hears(Indication::Sent { tag, result: Ok(()) });
                }
            }
        }
    }

    /// The next thing that the adapter was asked to do.
    pub(super) fn request(&mut self) -> Option<Request> {
        self.hub.ncp.requests.pop_front()
    }

    /// The next thing, which is a frame.
    pub(super) fn sent(&mut self) -> (Tag, Unicast) {
        match self.request() {
            Some(Request::Data { tag, frame }) => (tag, frame),
            other => panic!("no frame but {other:?}"),
        }
    }

    /// Frames that are under way, their tags forgotten.
    pub(super) fn frames(&mut self) -> Vec<(u16, Vec<u8>)> {
        let requests: Vec<_> = self.hub.ncp.requests.drain(..).collect();
        requests
            .into_iter()
            .filter_map(|request| match request {
                Request::Data { frame, .. } => Some((frame.cluster, frame.payload.to_vec())),
                _ => None,
            })
            .collect()
    }

    /// The adapter's word on a frame.
    pub(super) fn word(&mut self, tag: Tag, result: Result<(), SendError>) {
        self.hears(Indication::Sent { tag, result });
    }

    pub(super) fn order(&mut self, number: u64, kind: OrderKind) {
        self.hub.handle_order(self.now, Order { command: CommandId(number), kind });
    }

    pub(super) fn act(&mut self, number: u64, action: home::Action) {
        self.order(number, OrderKind::Act { device: DEVICE, action });
    }

    pub(super) fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.hub.poll_event()).collect()
    }

    /// What became of commands.
    pub(super) fn deliveries(&mut self) -> Vec<(u64, Delivery)> {
        let pick = |event| match event {
            Event::Delivery { command, delivery } => Some((command.0, delivery)),
            _ => None,
        };
        self.events().into_iter().filter_map(pick).collect()
    }

    /// Values that were told.
    pub(super) fn readings(&mut self) -> Vec<Reading> {
        readings(&self.events())
    }

    /// The next frame is numbered as a captured one is.
    pub(super) fn number_next(&mut self, sequence: u8) {
        self.hub.core.air.number_next(sequence);
    }
}

/// Values among events.
pub(super) fn readings(events: &[Event]) -> Vec<Reading> {
    let of = |event: &Event| match event {
        Event::Report(report) => report.readings.clone(),
        _ => Vec::new(),
    };
    events.iter().flat_map(of).collect()
}

pub(super) fn data(nwk: u16, endpoint: u8, cluster: u16, payload: &[u8]) -> Indication {
    let payload = payload.to_vec();
    Indication::Data(Incoming { nwk, source: endpoint, endpoint: 1, cluster, broadcast: false, lqi: 180, payload })
}
