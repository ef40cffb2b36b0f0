//! ZDO: the host's requests to devices and to the coordinator itself, and what devices answer.

use std::time::Duration;

use zigbee::mt::{Command, Frame, Kind, Subsystem};
use zigbee::wire::{Bytes, Field, Ieee, List, Reader};
use zigbee::zdo::{MacCapabilities, Neighbor, NodeDescriptor, PowerDescriptor, SimpleDescriptor, Status as ZdoStatus};
use zigbee::znp::af::{AddressMode, Register};
use zigbee::znp::zdo::{BindReq, ExtNwkInfo, LeaveInd, NeighborTable, TcDeviceInd};
use zigbee::znp::{Areq, Sreq, Srsp, Status, nv};

use super::memory::raw;
use super::{Due, Output, Stack};
use crate::air::{BROADCAST, Body, Downlink};
use crate::node::{Node, id};

/// All routers, the target of requests for an address.
const RX_ON: u16 = 0xFFFD;
/// Any ZDO cluster.
const ALL: u16 = 0xFFFF;
/// Bytes of a bind or unbind request, whatever the target: groups are padded.
const BIND_LENGTH: usize = 23;
/// Rows of a table in one answer.
const ROWS: usize = 3;

/// Commands that the typed table does not have.
mod untyped {
    pub(super) const MGMT_RTG: u8 = 0x32;
    pub(super) const MGMT_BIND: u8 = 0x33;
    pub(super) const MSG_CB_REMOVE: u8 = 0x3F;
    pub(super) const EXT_ROUTE_CHECK: u8 = 0x46;
    pub(super) const EXT_REMOVE_GROUP: u8 = 0x47;
    pub(super) const EXT_FIND_GROUP: u8 = 0x4A;
    pub(super) const EXT_ADD_GROUP: u8 = 0x4B;
}

impl Stack {
    /// Answers a request of this subsystem; `None` if it is not known.
    pub(super) fn device_object(&mut self, now: Duration, request: &Sreq) -> Option<Srsp> {
        Some(match request {
            Sreq::ZdoNwkAddr(ask) => {
                let payload = [ask.ieee.to_bytes(), vec![ask.kind, ask.start]].concat();
                Srsp::ZdoNwkAddr(self.ask(RX_ON, id::NWK_ADDR, payload))
            }
            Sreq::ZdoIeeeAddr(ask) => {
                let payload = [ask.short.to_bytes(), vec![ask.kind, ask.start]].concat();
                Srsp::ZdoIeeeAddr(self.ask(ask.short, id::IEEE_ADDR, payload))
            }
            Sreq::ZdoNodeDesc(ask) => Srsp::ZdoNodeDesc(self.ask(ask.destination, id::NODE_DESC, ask.of.to_bytes())),
            Sreq::ZdoPowerDesc(ask) => Srsp::ZdoPowerDesc(self.ask(ask.destination, id::POWER_DESC, ask.of.to_bytes())),
            Sreq::ZdoActiveEp(ask) => Srsp::ZdoActiveEp(self.ask(ask.destination, id::ACTIVE_EP, ask.of.to_bytes())),
            Sreq::ZdoSimpleDesc(ask) => {
                let payload = [ask.of.to_bytes(), vec![ask.endpoint]].concat();
                Srsp::ZdoSimpleDesc(self.ask(ask.destination, id::SIMPLE_DESC, payload))
            }
            Sreq::ZdoMatchDesc(ask) => {
                let clusters = [ask.in_clusters.to_bytes(), ask.out_clusters.to_bytes()].concat();
                let payload = [ask.of.to_bytes(), ask.profile.to_bytes(), clusters].concat();
                Srsp::ZdoMatchDesc(self.ask(ask.destination, id::MATCH_DESC, payload))
            }
            Sreq::ZdoBind(bind) => Srsp::ZdoBind(self.ask(bind.destination, id::BIND, over_the_air(bind))),
            Sreq::ZdoUnbind(bind) => Srsp::ZdoUnbind(self.ask(bind.destination, id::UNBIND, over_the_air(bind))),
            _ => return self.management(now, request),
        })
    }

    fn management(&mut self, now: Duration, request: &Sreq) -> Option<Srsp> {
        Some(match request {
            Sreq::ZdoMgmtLqi(ask) => Srsp::ZdoMgmtLqi(self.ask(ask.destination, id::MGMT_LQI, vec![ask.start])),
            Sreq::ZdoMgmtLeave(ask) => {
                let payload = [ask.ieee.to_bytes(), ask.options.to_bytes()].concat();
                Srsp::ZdoMgmtLeave(self.ask(ask.destination, id::MGMT_LEAVE, payload))
            }
            Sreq::ZdoMgmtPermitJoin(ask) => {
                // Over the data service alone the trust centre would give no key; this way it does.
                if self.is_running() && (ask.destination >= BROADCAST || ask.destination == 0) {
                    self.permit_join(now, ask.duration);
                }
                let payload = vec![ask.duration, ask.significance];
                Srsp::ZdoMgmtPermitJoin(self.ask(0, id::MGMT_PERMIT_JOIN, payload))
            }
            Sreq::ZdoMgmtNwkUpdate(ask) => {
                let destination = if ask.destination >= BROADCAST { 0 } else { ask.destination };
                let payload = [ask.channels.to_bytes(), vec![ask.duration, ask.count]].concat();
                Srsp::ZdoMgmtNwkUpdate(self.ask(destination, id::MGMT_NWK_UPDATE, payload))
            }
            Sreq::ZdoMsgCbRegister(cluster) => {
                self.ram.callbacks.insert(*cluster);
                Srsp::ZdoMsgCbRegister(Status::Success)
            }
            Sreq::ZdoStartupFromApp(_) => Srsp::ZdoStartupFromApp(self.startup()),
            Sreq::ZdoExtRouteDisc(_) => Srsp::ZdoExtRouteDisc(Status::Success),
            Sreq::ZdoExtNwkInfo => Srsp::ZdoExtNwkInfo(self.network_info()),
            Sreq::Other(frame) => return self.device_object_untyped(frame),
            _ => return None,
        })
    }

    fn device_object_untyped(&mut self, frame: &Frame) -> Option<Srsp> {
        let mut reader = Reader::new(frame.data());
        let data = match frame.command().id {
            command @ (untyped::MGMT_RTG | untyped::MGMT_BIND) => {
                let (destination, start) = (u16::read(&mut reader).ok()?, u8::read(&mut reader).ok()?);
                self.ask(destination, command.into(), vec![start]).to_bytes()
            }
            untyped::MSG_CB_REMOVE => {
                self.ram.callbacks.remove(&u16::read(&mut reader).ok()?);
                vec![0]
            }
            untyped::EXT_ROUTE_CHECK => {
                let wanted = u16::read(&mut reader).ok()?;
                vec![u8::from(!self.children().any(|(short, _)| short == wanted))]
            }
            command @ (untyped::EXT_FIND_GROUP | untyped::EXT_ADD_GROUP | untyped::EXT_REMOVE_GROUP) => {
                let key = (u8::read(&mut reader).ok()?, u16::read(&mut reader).ok()?);
                self.group(command, key)
            }
            _ => return None,
        };
        Some(raw(frame, &data))
    }

    fn group(&mut self, command: u8, key: (u8, u16)) -> Vec<u8> {
        match command {
            untyped::EXT_FIND_GROUP => {
                // Status, group, and a name of no letters.
                let found = self.ram.groups.contains(&key);
                [vec![u8::from(!found)], key.1.to_bytes(), vec![0]].concat()
            }
            untyped::EXT_ADD_GROUP => {
                self.ram.groups.insert(key);
                vec![0]
            }
            _ => vec![u8::from(!self.ram.groups.remove(&key))],
        }
    }

    /// Accepts a request; it goes out after the answer to the host.
    fn ask(&mut self, destination: u16, cluster: u16, payload: Vec<u8>) -> Status {
        if destination != 0 && !self.is_running() {
            self.complain(format!("zdo request {cluster:#06x} without a network"));
            return Status::NwkInvalidRequest;
        }
        self.ram.sequence = self.ram.sequence.wrapping_add(1);
        let due = Due::Zdo { destination, cluster, sequence: self.ram.sequence, payload };
        self.after.push((self.timing.hop, due));
        Status::Success
    }

    /// Sends a request. The coordinator answers for itself, and to questions for addresses for its sleeping children.
    pub(super) fn send_zdo(&mut self, now: Duration, destination: u16, cluster: u16, sequence: u8, payload: Vec<u8>) {
        let answer = if destination == 0 {
            self.answer_itself(cluster, &payload).map(|answer| (0, answer))
        } else {
            self.answer_for_child(destination, cluster, &payload)
        };
        if let Some((source, answer)) = answer {
            self.zdo_to_host(source, false, cluster | id::RESPONSE, sequence, &answer);
        } else if destination != 0 && destination < BROADCAST {
            let body = Body::Zdo { cluster, sequence, payload };
            self.agenda.push(now, Due::Send(Output::Air(Downlink { destination, body, ticket: None })));
        }
    }

    fn answer_for_child(&self, destination: u16, cluster: u16, payload: &[u8]) -> Option<(u16, Vec<u8>)> {
        let addresses = |(short, ieee): (u16, Ieee)| {
            (short, [ZdoStatus::Success.to_bytes(), ieee.to_bytes(), short.to_bytes()].concat())
        };
        match cluster {
            id::NWK_ADDR => {
                let wanted = Ieee::from_bytes(payload).ok()?;
                let itself = (wanted == self.nv.ieee()).then_some((0, wanted));
                self.children().find(|(_, ieee)| *ieee == wanted).or(itself).map(addresses)
            }
            id::IEEE_ADDR => self.children().find(|(short, _)| *short == destination).map(addresses),
            _ => None,
        }
    }

    fn answer_itself(&mut self, cluster: u16, payload: &[u8]) -> Option<Vec<u8>> {
        if let Some(answer) = self.node().describe(cluster, payload) {
            return Some(answer);
        }
        let start = payload.first().copied().unwrap_or_default();
        Some(match cluster {
            id::MGMT_LQI => [ZdoStatus::Success.to_bytes(), self.neighbors(start).to_bytes()].concat(),
            id::MGMT_RTG | id::MGMT_BIND => vec![0, 0, start, 0],
            id::BIND | id::UNBIND | id::MGMT_PERMIT_JOIN => ZdoStatus::Success.to_bytes(),
            id::MGMT_NWK_UPDATE => return self.update_network(payload),
            _ => ZdoStatus::NotSupported.to_bytes(),
        })
    }

    fn node(&self) -> Node {
        Node {
            ieee: self.nv.ieee(),
            short: 0,
            descriptor: NodeDescriptor {
                kind: 0,
                band: 0x40,
                capabilities: MacCapabilities(0x8F),
                manufacturer: 0,
                max_buffer: 80,
                max_incoming: 160,
                server_mask: 0x2C01,
                max_outgoing: 160,
                descriptors: 0,
            },
            power: PowerDescriptor { sources: 0x10, level: 0xC1 },
            // The stack lists the newest first.
            endpoints: self.ram.endpoints.values().rev().filter_map(simple).collect(),
        }
    }

    fn neighbors(&self, start: u8) -> NeighborTable {
        let children: Vec<_> = self.children().collect();
        let extended_pan = self.nv.network().map_or(0, |network| network.extended_pan);
        let row = |(short, ieee): &(u16, Ieee)| Neighbor {
            extended_pan,
            ieee: *ieee,
            short: *short,
            // A sleeping end device, our child.
            kind: 0x12,
            permit_join: 0,
            depth: 1,
            link_quality: 180,
        };
        let rows: Vec<_> = children.iter().skip(start.into()).take(ROWS).map(row).collect();
        NeighborTable {
            total: u8::try_from(children.len()).unwrap_or(u8::MAX),
            start,
            neighbors: List::new(rows).unwrap_or_default(),
        }
    }

    /// Scans, or moves the network to another channel, which has no answer.
    fn update_network(&mut self, payload: &[u8]) -> Option<Vec<u8>> {
        const CHANGE_CHANNEL: u8 = 0xFE;
        let mut reader = Reader::new(payload);
        let (channels, duration) = (u32::read(&mut reader).ok()?, u8::read(&mut reader).ok()?);
        if duration == CHANGE_CHANNEL {
            let mut network = self.nv.network()?;
            network.channel = u8::try_from(channels.trailing_zeros()).ok()?;
            network.channels = channels;
            self.nv.set((0, nv::NIB), network.to_nib());
            self.nv.set((0, nv::CHANLIST), channels.to_bytes());
            self.dirty = true;
            return None;
        }
        let energy: Vec<u8> = (0..channels.count_ones()).map(|_| self.rng.bytes::<1>()[0] / 4 + 20).collect();
        let (total, failures) = (100_u16, 2_u16);
        let energy = Bytes::<32>::new(energy).unwrap_or_default();
        let parts = [
            ZdoStatus::Success.to_bytes(),
            channels.to_bytes(),
            total.to_bytes(),
            failures.to_bytes(),
            energy.to_bytes(),
        ];
        Some(parts.concat())
    }

    fn network_info(&self) -> ExtNwkInfo {
        const NO_ADDRESS: u16 = 0xFFFE;
        let network = self.nv.network();
        let running = self.is_running();
        ExtNwkInfo {
            short: if running { 0 } else { NO_ADDRESS },
            state: self.ram.state,
            pan: network.map_or(0xFFFF, |network| network.pan),
            parent: if running { 0 } else { NO_ADDRESS },
            extended_pan: network.map_or(0, |network| network.extended_pan),
            parent_ieee: Ieee(0),
            channel: network.map_or(0, |network| network.channel),
        }
    }

    /// Tells the host: as its own message if it wants those, and whole if it registered for the cluster.
    pub(super) fn zdo_to_host(&mut self, source: u16, broadcast: bool, cluster: u16, sequence: u8, payload: &[u8]) {
        let direct = self.nv.byte(nv::ZDO_DIRECT_CB) == Some(1);
        if let Some((command, data)) = typed(source, cluster, payload).filter(|_| direct) {
            self.areq(command, data);
        }
        if self.ram.callbacks.contains(&cluster) || self.ram.callbacks.contains(&ALL) {
            let (security, to) = (0_u8, if broadcast { RX_ON } else { 0 });
            let head = [source.to_bytes(), broadcast.to_bytes(), cluster.to_bytes()].concat();
            let tail = [vec![security, sequence], to.to_bytes(), payload.to_vec()].concat();
            self.areq(0xFF, [head, tail].concat());
        }
    }

    fn areq(&mut self, command: u8, data: Vec<u8>) {
        if let Ok(frame) = Frame::new(Kind::Areq, Command::new(Subsystem::Zdo, command), data) {
            self.out.push_back(Output::Frame(frame));
        }
    }

    /// Lets a device in: lists it and tells the host.
    pub(crate) fn handle_join(&mut self, now: Duration, short: u16, ieee: Ieee) {
        self.nv.add_child(ieee, short);
        self.ram.unlisted.remove(&ieee);
        self.dirty = true;
        self.tell(now, Duration::ZERO, &Areq::ZdoTcDeviceInd(TcDeviceInd { short, ieee, parent: 0 }));
        self.handle_timeout(now);
    }

    /// Hears that a device leaves, for good or to come back.
    pub(crate) fn handle_leave(&mut self, now: Duration, short: u16, ieee: Ieee, rejoin: bool) {
        if !rejoin {
            self.nv.remove_child(ieee);
            self.dirty = true;
        }
        let leave = LeaveInd { source: short, ieee, request: false, remove_children: false, rejoin };
        self.tell(now, Duration::ZERO, &Areq::ZdoLeaveInd(leave));
        self.handle_timeout(now);
    }
}

/// False for a bind request of another length than the one it must have.
pub(super) fn is_complete(frame: &Frame) -> bool {
    let is_bind = matches!(frame.command().id, 0x21 | 0x22) && frame.command().subsystem == Subsystem::Zdo;
    !is_bind || frame.data().len() == BIND_LENGTH
}

/// The message that the stack makes of an answer, if it has one for it: id and data.
fn typed(source: u16, cluster: u16, payload: &[u8]) -> Option<(u8, Vec<u8>)> {
    if cluster == id::DEVICE_ANNCE {
        return Some((0xC1, [source.to_bytes(), payload.to_vec()].concat()));
    }
    let request = cluster.checked_sub(id::RESPONSE)?;
    let command = 0x80 | u8::try_from(request).ok()?;
    match request {
        // First child and number of children.
        id::NWK_ADDR | id::IEEE_ADDR => Some((command, [payload, &[0, 0]].concat())),
        id::NODE_DESC..=id::MATCH_DESC
        | id::BIND
        | id::UNBIND
        | id::MGMT_LQI..=id::MGMT_LEAVE
        | id::MGMT_PERMIT_JOIN
        | id::MGMT_NWK_UPDATE => Some((command, [source.to_bytes(), payload.to_vec()].concat())),
        _ => None,
    }
}

/// A bind request as it travels: a group has two bytes and no endpoint.
fn over_the_air(bind: &BindReq) -> Vec<u8> {
    let mut payload = [
        bind.source.to_bytes(),
        vec![bind.source_endpoint],
        bind.cluster.to_bytes(),
        bind.target_mode.to_bytes(),
        bind.target.to_bytes(),
        vec![bind.target_endpoint],
    ]
    .concat();
    if bind.target_mode == AddressMode::Group {
        payload.truncate(14);
    }
    payload
}

fn simple(register: &Register) -> Option<SimpleDescriptor> {
    Some(SimpleDescriptor {
        endpoint: register.endpoint,
        profile: register.profile,
        device: register.device,
        version: register.version,
        in_clusters: List::new(register.in_clusters.to_vec()).ok()?,
        out_clusters: List::new(register.out_clusters.to_vec()).ok()?,
    })
}
