//! A node's answers about itself (Zigbee specification, 2.4.3.1 and 2.4.4.2), for devices and coordinator alike.

use zigbee::wire::{Bytes, Field, Ieee, List, Reader, Writer};
use zigbee::zdo::{Measured, NodeDescriptor, PowerDescriptor, SimpleDescriptor, Status};

/// ZDO clusters of requests; answers have [`id::RESPONSE`] set.
pub(crate) mod id {
    /// Bit of an answer.
    pub(crate) const RESPONSE: u16 = 0x8000;
    /// Which network address.
    pub(crate) const NWK_ADDR: u16 = 0x0000;
    /// Which IEEE address.
    pub(crate) const IEEE_ADDR: u16 = 0x0001;
    /// Node descriptor.
    pub(crate) const NODE_DESC: u16 = 0x0002;
    /// Power descriptor.
    pub(crate) const POWER_DESC: u16 = 0x0003;
    /// Simple descriptor.
    pub(crate) const SIMPLE_DESC: u16 = 0x0004;
    /// Endpoints.
    pub(crate) const ACTIVE_EP: u16 = 0x0005;
    /// Endpoints that match.
    pub(crate) const MATCH_DESC: u16 = 0x0006;
    /// A device announces itself.
    pub(crate) const DEVICE_ANNCE: u16 = 0x0013;
    /// Make a binding.
    pub(crate) const BIND: u16 = 0x0021;
    /// Remove a binding.
    pub(crate) const UNBIND: u16 = 0x0022;
    /// Neighbours.
    pub(crate) const MGMT_LQI: u16 = 0x0031;
    /// Routes.
    pub(crate) const MGMT_RTG: u16 = 0x0032;
    /// Bindings.
    pub(crate) const MGMT_BIND: u16 = 0x0033;
    /// Leave.
    pub(crate) const MGMT_LEAVE: u16 = 0x0034;
    /// Open the network.
    pub(crate) const MGMT_PERMIT_JOIN: u16 = 0x0036;
    /// Scan, change channel.
    pub(crate) const MGMT_NWK_UPDATE: u16 = 0x0038;
}

/// Highest endpoint of an application.
const LAST_ENDPOINT: u8 = 0xF0;

/// Profile that matches all others.
const ANY_PROFILE: u16 = 0xFFFF;

/// What a node is.
#[derive(Clone, Debug)]
pub struct Node {
    /// IEEE address.
    pub ieee: Ieee,
    /// Network address.
    pub short: u16,
    /// What it can.
    pub descriptor: NodeDescriptor,
    /// How it is powered.
    pub power: PowerDescriptor,
    /// Its endpoints.
    pub endpoints: Vec<SimpleDescriptor>,
}

impl Node {
    /// The answer to a request about descriptors and addresses; `None` for other requests.
    /// A request that cannot be read is answered with an invalid request type.
    pub fn describe(&self, cluster: u16, payload: &[u8]) -> Option<Vec<u8>> {
        let mut reader = Reader::new(payload);
        let answer = match cluster {
            id::NWK_ADDR | id::IEEE_ADDR => Some(self.addresses()),
            id::NODE_DESC => self.about(&mut reader, |_, writer| self.descriptor.write(writer)),
            id::POWER_DESC => self.about(&mut reader, |_, writer| self.power.write(writer)),
            id::ACTIVE_EP => self.about(&mut reader, |_, writer| self.active(writer)),
            id::SIMPLE_DESC => self.simple(&mut reader),
            id::MATCH_DESC => self.matching(&mut reader),
            _ => return None,
        };
        Some(answer.unwrap_or_else(|| Status::InvalidRequest.to_bytes()))
    }

    fn addresses(&self) -> Vec<u8> {
        [Status::Success.to_bytes(), self.ieee.to_bytes(), self.short.to_bytes()].concat()
    }

    /// Status and address, then what `tail` writes if the request is about this node.
    fn about(&self, reader: &mut Reader<'_>, tail: impl FnOnce(&mut Reader<'_>, &mut Writer)) -> Option<Vec<u8>> {
        let of = u16::read(reader).ok()?;
        let mut writer = Writer::new();
        if of == self.short {
            Status::Success.write(&mut writer);
            of.write(&mut writer);
            tail(reader, &mut writer);
        } else {
            Status::DeviceNotFound.write(&mut writer);
            of.write(&mut writer);
        }
        Some(writer.into_bytes())
    }

    fn active(&self, writer: &mut Writer) {
        let endpoints: Vec<u8> = self.endpoints.iter().map(|endpoint| endpoint.endpoint).collect();
        Bytes::<255>::new(endpoints).unwrap_or_default().write(writer);
    }

    fn simple(&self, reader: &mut Reader<'_>) -> Option<Vec<u8>> {
        let (of, endpoint) = (u16::read(reader).ok()?, u8::read(reader).ok()?);
        let found = self.endpoints.iter().find(|simple| simple.endpoint == endpoint).cloned();
        let status = match &found {
            _ if of != self.short => Status::DeviceNotFound,
            Some(_) => Status::Success,
            None if (1..=LAST_ENDPOINT).contains(&endpoint) => Status::NotActive,
            None => Status::InvalidEndpoint,
        };
        let descriptor = Measured(found.filter(|_| status.is_success()));
        Some([status.to_bytes(), of.to_bytes(), descriptor.to_bytes()].concat())
    }

    fn matching(&self, reader: &mut Reader<'_>) -> Option<Vec<u8>> {
        let mut wanted = *reader;
        let (_, profile) = (u16::read(&mut wanted).ok()?, u16::read(&mut wanted).ok()?);
        let served = List::<u16, 50>::read(&mut wanted).ok()?;
        let used = List::<u16, 50>::read(&mut wanted).ok()?;
        let fits = |simple: &&SimpleDescriptor| {
            (profile == ANY_PROFILE || profile == simple.profile)
                && (simple.in_clusters.iter().any(|cluster| served.contains(cluster))
                    || simple.out_clusters.iter().any(|cluster| used.contains(cluster)))
        };
        let endpoints: Vec<u8> = self.endpoints.iter().filter(fits).map(|simple| simple.endpoint).collect();
        self.about(reader, |_, writer| Bytes::<255>::new(endpoints).unwrap_or_default().write(writer))
    }
}
