//! AF: the host's endpoints, and messages between them and devices.

use std::collections::btree_map::Entry;
use std::time::Duration;

use zigbee::mt::Frame;
use zigbee::wire::{Bytes, Field, Ieee, Reader, WireError};
use zigbee::znp::af::{AddressMode, DataConfirm, DataRequest, IncomingMsg, Register, Retrieved, TxOptions};
use zigbee::znp::{Areq, Sreq, Srsp, Status};

use super::memory::raw;
use super::{Due, Output, Stack};
use crate::air::{Body, Delivery, Downlink, Ticket, Uplink, Zcl};

/// Commands that the typed table does not have.
mod id {
    pub(super) const DATA_REQUEST_EXT: u8 = 0x02;
    pub(super) const DATA_REQUEST_SRC_RTG: u8 = 0x03;
    pub(super) const INTER_PAN_CTL: u8 = 0x10;
}

/// Highest endpoint, that of green power.
const LAST_ENDPOINT: u8 = 242;
/// APS entry exists.
const DUPLICATE: u8 = 0xB8;
/// Messages that the adapter has room for.
const MAX_IN_FLIGHT: usize = 16;
/// Link quality of all messages: good, not perfect.
const LINK_QUALITY: u8 = 180;
/// Hops left of 30 after one.
const RADIUS_LEFT: u8 = 29;

/// Where a request goes.
enum Target {
    Node(u16),
    Group,
}

impl Stack {
    /// Answers a request of this subsystem; `None` if it is not known.
    pub(super) fn framework(&mut self, request: &Sreq) -> Option<Srsp> {
        Some(match request {
            Sreq::AfRegister(register) => Srsp::AfRegister(self.register(register)),
            Sreq::AfDelete(endpoint) => Srsp::AfDelete(match self.ram.endpoints.remove(endpoint) {
                Some(_) => Status::Success,
                None => Status::InvalidParameter,
            }),
            Sreq::AfDataRequest(request) => {
                Srsp::AfDataRequest(self.accept(&Target::Node(request.destination), request))
            }
            // No message here is long enough to be kept.
            Sreq::AfDataRetrieve(_) => {
                Srsp::AfDataRetrieve(Retrieved { status: Status::InvalidParameter, data: Bytes::default() })
            }
            Sreq::Other(frame) => return self.framework_untyped(frame),
            _ => return None,
        })
    }

    fn register(&mut self, register: &Register) -> Status {
        match self.ram.endpoints.entry(register.endpoint) {
            Entry::Occupied(_) => Status::Other(DUPLICATE),
            Entry::Vacant(free) if (1..=LAST_ENDPOINT).contains(&register.endpoint) => {
                free.insert(register.clone());
                Status::Success
            }
            Entry::Vacant(_) => Status::InvalidParameter,
        }
    }

    fn framework_untyped(&mut self, frame: &Frame) -> Option<Srsp> {
        let request = match frame.command().id {
            id::DATA_REQUEST_EXT => self.read_extended(frame.data()),
            id::DATA_REQUEST_SRC_RTG => read_source_routed(frame.data()),
            id::INTER_PAN_CTL => return Some(raw(frame, &[0])),
            _ => return None,
        };
        let status = match request {
            Ok((target, request)) => self.accept(&target, &request),
            Err(_) => Status::InvalidParameter,
        };
        Some(raw(frame, &status.to_bytes()))
    }

    fn accept(&mut self, target: &Target, request: &DataRequest) -> Status {
        if !self.is_running() {
            self.complain("data request without a network".into());
            return Status::NwkInvalidRequest;
        }
        if request.destination_endpoint == 0 {
            return self.accept_zdo(request);
        }
        if !self.ram.endpoints.contains_key(&request.source_endpoint) {
            self.complain(format!("data request from endpoint {}, which is not open", request.source_endpoint));
            return Status::InvalidParameter;
        }
        if self.ram.in_flight.len() >= MAX_IN_FLIGHT {
            return Status::BufferFull;
        }
        let ticket = self.ticket(request);
        match target {
            // No device here is in a group.
            Target::Group => self.tell_after(self.timing.hop, &confirm(Status::Success, ticket)),
            Target::Node(0) => self.after.push((self.timing.hop, Due::ToSelf(request.clone()))),
            Target::Node(destination) => self.send(*destination, ticket, request),
        }
        Status::Success
    }

    fn send(&mut self, destination: u16, ticket: Ticket, request: &DataRequest) {
        let body = Body::Zcl(Zcl {
            source: request.source_endpoint,
            destination: request.destination_endpoint,
            cluster: request.cluster,
            frame: request.data.to_vec(),
        });
        let mut message = Downlink { destination, body, ticket: Some(ticket) };
        if message.is_broadcast() {
            message.ticket = None;
        } else if !self.children().any(|(short, _)| short == destination) {
            self.tell_after(self.timing.route, &confirm(Status::NwkNoRoute, ticket));
            return;
        } else {
            self.ram.in_flight.insert((ticket.endpoint, ticket.transaction));
        }
        self.after.push((Duration::ZERO, Due::Send(Output::Air(message))));
    }

    /// ZDO through the data service: the first byte is the sequence number. It gives no confirm.
    fn accept_zdo(&mut self, request: &DataRequest) -> Status {
        let Some((sequence, payload)) = request.data.split_first() else { return Status::InvalidParameter };
        let due = Due::Zdo {
            destination: request.destination,
            cluster: request.cluster,
            sequence: *sequence,
            payload: payload.to_vec(),
        };
        self.after.push((Duration::ZERO, due));
        Status::Success
    }

    pub(super) fn loop_back(&mut self, now: Duration, request: DataRequest) {
        let ticket = self.ticket(&request);
        let message = Zcl {
            source: request.source_endpoint,
            destination: request.destination_endpoint,
            cluster: request.cluster,
            frame: request.data.into_vec(),
        };
        self.incoming(0, false, message);
        self.tell(now, Duration::ZERO, &confirm(Status::Success, ticket));
    }

    /// Learns what became of a message.
    pub(crate) fn handle_delivery(&mut self, now: Duration, ticket: Ticket, delivery: Delivery) {
        if ticket.life != self.resets {
            return;
        }
        self.ram.in_flight.remove(&(ticket.endpoint, ticket.transaction));
        let status = match delivery {
            Delivery::Done => Status::Success,
            Delivery::NoAck => Status::MacNoAck,
            Delivery::Expired => Status::MacTransactionExpired,
            Delivery::Overflow => Status::MacTransactionOverflow,
        };
        self.tell(now, Duration::ZERO, &confirm(status, ticket));
        self.handle_timeout(now);
    }

    /// Takes a message of a device. Without a network nobody hears it.
    pub(crate) fn handle_uplink(&mut self, _now: Duration, uplink: Uplink) {
        if !self.is_running() {
            return;
        }
        match uplink.body {
            Body::Zcl(message) => self.incoming(uplink.source, uplink.broadcast, message),
            Body::Zdo { cluster, sequence, payload } => {
                self.zdo_to_host(uplink.source, uplink.broadcast, cluster, sequence, &payload);
            }
        }
    }

    /// A message to an endpoint that is not open is dropped without a word.
    fn incoming(&mut self, source: u16, broadcast: bool, message: Zcl) {
        if !self.ram.endpoints.contains_key(&message.destination) {
            return;
        }
        let transaction = message.frame.get(1).copied().unwrap_or_default();
        let Ok(data) = Bytes::new(message.frame) else { return };
        let incoming = IncomingMsg {
            group: 0,
            cluster: message.cluster,
            source,
            source_endpoint: message.source,
            destination_endpoint: message.destination,
            broadcast,
            link_quality: LINK_QUALITY,
            security: false,
            timestamp: 0,
            // The number that the device gave its message.
            transaction,
            data,
            mac_source: Some(0),
            radius: Some(RADIUS_LEFT),
        };
        self.out.push_back(Output::Frame(Areq::AfIncomingMsg(incoming).encode()));
    }

    fn read_extended(&self, data: &[u8]) -> Result<(Target, DataRequest), WireError> {
        let reader = &mut Reader::new(data);
        let mode = AddressMode::read(reader)?;
        let address = Ieee::read(reader)?;
        let short = u16::try_from(address.0 & 0xFFFF).unwrap_or_default();
        let target = match mode {
            AddressMode::Group => Target::Group,
            AddressMode::Ieee => {
                let known = self.children().find(|(_, ieee)| *ieee == address);
                Target::Node(known.map_or(0xFFFE, |(short, _)| short))
            }
            _ => Target::Node(short),
        };
        let destination_endpoint = u8::read(reader)?;
        // The other network; there is none.
        u16::read(reader)?;
        let request = DataRequest {
            destination: if let Target::Node(short) = target { short } else { 0 },
            destination_endpoint,
            source_endpoint: u8::read(reader)?,
            cluster: u16::read(reader)?,
            transaction: u8::read(reader)?,
            options: TxOptions::read(reader)?,
            radius: u8::read(reader)?,
            data: sized(reader)?,
        };
        Ok((target, request))
    }
}

fn sized(reader: &mut Reader<'_>) -> Result<Bytes<239>, WireError> {
    let length = u16::read(reader)?;
    Bytes::new(reader.take(length.into())?)
}

fn read_source_routed(data: &[u8]) -> Result<(Target, DataRequest), WireError> {
    let reader = &mut Reader::new(data);
    let mut request = DataRequest {
        destination: u16::read(reader)?,
        destination_endpoint: u8::read(reader)?,
        source_endpoint: u8::read(reader)?,
        cluster: u16::read(reader)?,
        transaction: u8::read(reader)?,
        options: TxOptions::read(reader)?,
        radius: u8::read(reader)?,
        data: Bytes::default(),
    };
    let relays = u8::read(reader)?;
    reader.take(usize::from(relays) * 2)?;
    request.data = Field::read(reader)?;
    Ok((Target::Node(request.destination), request))
}

fn confirm(status: Status, ticket: Ticket) -> Areq {
    Areq::AfDataConfirm(DataConfirm { status, endpoint: ticket.endpoint, transaction: ticket.transaction })
}
