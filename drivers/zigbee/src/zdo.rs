//! The Zigbee device object: what a node says of itself (Zigbee specification, 2.3.2 and 2.4).
//!
//! Knows descriptors, flags and status, which are the same on every adapter. Does not know how an adapter carries them.

use crate::wire::{Field, List, Reader, WireError, Writer, bits, codes, record};

codes! {
    /// Outcome of a ZDO request (2.4.5).
    pub enum Status: u8 {
        /// Done.
        Success = 0x00,
        /// The request is not known.
        InvalidRequest = 0x80,
        /// No such device, or it is a sleeping child.
        DeviceNotFound = 0x81,
        /// No such endpoint.
        InvalidEndpoint = 0x82,
        /// The endpoint has no simple descriptor.
        NotActive = 0x83,
        /// Not supported.
        NotSupported = 0x84,
        /// No answer in time.
        Timeout = 0x85,
        /// Nothing matches.
        NoMatch = 0x86,
        /// No such binding.
        NoEntry = 0x88,
        /// A child has no such descriptor.
        NoDescriptor = 0x89,
        /// The device has no room.
        InsufficientSpace = 0x8A,
        /// Not allowed in this state.
        NotPermitted = 0x8B,
        /// The table is full.
        TableFull = 0x8C,
        /// Not authorised.
        NotAuthorized = 0x8D,
    }

    /// Role of a node: the low three bits of its descriptor.
    pub enum LogicalType: u8 {
        /// Coordinator.
        Coordinator = 0,
        /// Router.
        Router = 1,
        /// End device.
        EndDevice = 2,
    }
}

impl Status {
    /// True for [`Status::Success`].
    pub fn is_success(self) -> bool {
        self == Self::Success
    }
}

bits! {
    /// What the MAC of a node can (2.3.2.3.6).
    pub struct MacCapabilities: u8 {
        /// Could be a coordinator.
        ALTERNATE_COORDINATOR = 0x01,
        /// Full-function device: a router.
        FULL_FUNCTION = 0x02,
        /// On mains.
        MAINS_POWER = 0x04,
        /// Listens at any time; without it the device sleeps.
        RECEIVER_ON_WHEN_IDLE = 0x08,
        /// Supports MAC security.
        SECURITY = 0x40,
        /// Wants a network address.
        ALLOCATE_ADDRESS = 0x80,
    }
}

impl MacCapabilities {
    /// True for a device that only hears what it polls for.
    pub fn is_sleepy(self) -> bool {
        !self.contains(Self::RECEIVER_ON_WHEN_IDLE)
    }
}

record! {
    /// What a node is (2.3.2.3).
    pub struct NodeDescriptor {
        /// Bits 0-2 [`LogicalType`], 3 complex, 4 user descriptor available.
        pub kind: u8,
        /// Bits 0-2 APS flags, 3-7 frequency band.
        pub band: u8,
        /// What its MAC can.
        pub capabilities: MacCapabilities,
        /// Manufacturer code.
        pub manufacturer: u16,
        /// Longest network frame, bytes.
        pub max_buffer: u8,
        /// Longest message that it takes, bytes.
        pub max_incoming: u16,
        /// Services that it offers to the network.
        pub server_mask: u16,
        /// Longest message that it sends, bytes.
        pub max_outgoing: u16,
        /// Bit 0: extended endpoint list, 1: extended simple descriptors.
        pub descriptors: u8,
    }

    /// How a node is powered (2.3.2.4).
    pub struct PowerDescriptor {
        /// Bits 0-3 mode, 4-7 sources available.
        pub sources: u8,
        /// Bits 0-3 source now, 4-7 level: 0 critical, 4 a third, 8 two thirds, 12 full.
        pub level: u8,
    }

    /// What an endpoint serves and uses (2.3.2.5).
    pub struct SimpleDescriptor {
        /// Number of the endpoint.
        pub endpoint: u8,
        /// Profile; 0x0104 is home automation.
        pub profile: u16,
        /// Device type.
        pub device: u16,
        /// Version of the type, low four bits.
        pub version: u8,
        /// Clusters that it serves.
        pub in_clusters: List<u16, 50>,
        /// Clusters that it uses.
        pub out_clusters: List<u16, 50>,
    }

    /// A row of a node's neighbour table (2.4.4.3.2).
    pub struct Neighbor {
        /// Extended PAN id.
        pub extended_pan: u64,
        /// IEEE address.
        pub ieee: crate::wire::Ieee,
        /// Network address.
        pub short: u16,
        /// Bits 0-1 [`LogicalType`], 2-3 receiver on when idle, 4-6 relation: 0 parent, 1 child, 2 sibling.
        pub kind: u8,
        /// 0 closed, 1 open for joining, 2 unknown.
        pub permit_join: u8,
        /// Hops from the coordinator.
        pub depth: u8,
        /// Link quality, 0 to 255.
        pub link_quality: u8,
    }
}

impl NodeDescriptor {
    /// Role of the node.
    pub fn logical_type(&self) -> LogicalType {
        (self.kind & 7).into()
    }
}

/// A simple descriptor after its length; length 0 is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured(pub Option<SimpleDescriptor>);

impl Field for Measured {
    const MAX: usize = 1 + SimpleDescriptor::MAX;

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        match u8::read(reader)? {
            0 => Ok(Self(None)),
            length => {
                SimpleDescriptor::from_bytes(reader.take(length.into())?).map(|descriptor| Self(Some(descriptor)))
            }
        }
    }

    fn write(&self, writer: &mut Writer) {
        let body = self.0.as_ref().map(Field::to_bytes).unwrap_or_default();
        writer.uint(body.len() as u64, 1);
        writer.put(&body);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleeping_lock_describes_itself() {
        let bytes = [0x02, 0x40, 0x80, 0x1D, 0x12, 0x52, 0x52, 0x00, 0x00, 0x2C, 0x52, 0x00, 0x00];
        let node = NodeDescriptor::from_bytes(&bytes).unwrap();
        assert_eq!(node.logical_type(), LogicalType::EndDevice);
        assert!(node.capabilities.is_sleepy());
        assert_eq!(node.manufacturer, 0x121D);
        assert_eq!(node.to_bytes(), bytes);
    }

    #[test]
    fn a_simple_descriptor_says_its_length() {
        let bytes = [12, 1, 0x04, 0x01, 0x0A, 0x00, 0, 1, 0x01, 0x01, 1, 0x19, 0x00];
        let measured = Measured::from_bytes(&bytes).unwrap();
        assert_eq!(measured.0.as_ref().map(|simple| simple.device), Some(0x000A));
        assert_eq!(measured.to_bytes(), bytes);
        assert_eq!(Measured::from_bytes(&[0]), Ok(Measured(None)));
        assert_eq!(Measured(None).to_bytes(), [0]);
    }
}
