//! ZDO over MT: network management. The adapter strips the ZDO sequence and puts the sender before each answer.

use crate::wire::{Ieee, List, Rest, bits, codes, record};
use crate::zdo::{MacCapabilities, Measured, Neighbor, NodeDescriptor, PowerDescriptor, Status};
use crate::znp::af::AddressMode;

codes! {
    /// What a start of the stack found.
    pub enum StartupState: u8 {
        /// The network of before.
        Restored = 0,
        /// No network; a new one is being made.
        New = 1,
        /// Not started.
        NotStarted = 2,
    }
}

bits! {
    /// How a device is to leave.
    pub struct LeaveOptions: u8 {
        /// Its children too.
        REMOVE_CHILDREN = 0x40,
        /// And come back.
        REJOIN = 0x80,
    }
}

record! {
    /// Ask all which network address an IEEE address has.
    pub struct NwkAddrReq {
        /// The address to find.
        pub ieee: Ieee,
        /// 0 that device alone, 1 with its children.
        pub kind: u8,
        /// First child to tell.
        pub start: u8,
    }

    /// Ask a device for its IEEE address.
    pub struct IeeeAddrReq {
        /// Its network address.
        pub short: u16,
        /// 0 that device alone, 1 with its children.
        pub kind: u8,
        /// First child to tell.
        pub start: u8,
    }

    /// Both addresses of a device. Over the air the last two fields are in the other order.
    pub struct AddrRsp {
        /// Outcome.
        pub status: Status,
        /// IEEE address.
        pub ieee: Ieee,
        /// Network address.
        pub short: u16,
        /// First child told.
        pub start: Option<u8>,
        /// Network addresses of children.
        pub children: Option<List<u16, 100>>,
    }

    /// Ask a device for something about a node: node or power descriptor, endpoints.
    pub struct NodeReq {
        /// Whom to ask.
        pub destination: u16,
        /// Node asked about.
        pub of: u16,
    }

    /// What a node is.
    pub struct NodeDescRsp {
        /// Who answers.
        pub source: u16,
        /// Outcome.
        pub status: Status,
        /// Node that this is about.
        pub of: u16,
        /// Absent unless successful.
        pub descriptor: Option<NodeDescriptor>,
    }

    /// How a node is powered.
    pub struct PowerDescRsp {
        /// Who answers.
        pub source: u16,
        /// Outcome.
        pub status: Status,
        /// Node that this is about.
        pub of: u16,
        /// Absent unless successful.
        pub descriptor: Option<PowerDescriptor>,
    }

    /// Ask for what an endpoint serves and uses.
    pub struct SimpleDescReq {
        /// Whom to ask.
        pub destination: u16,
        /// Node asked about.
        pub of: u16,
        /// Its endpoint.
        pub endpoint: u8,
    }

    /// What an endpoint serves and uses.
    pub struct SimpleDescRsp {
        /// Who answers.
        pub source: u16,
        /// Outcome.
        pub status: Status,
        /// Node that this is about.
        pub of: u16,
        /// None unless successful.
        pub descriptor: Measured,
    }

    /// Endpoints: of a node, or those that match.
    pub struct EndpointsRsp {
        /// Who answers.
        pub source: u16,
        /// Outcome.
        pub status: Status,
        /// Node that this is about.
        pub of: u16,
        /// Endpoints.
        pub endpoints: List<u8, 240>,
    }

    /// Ask for endpoints that serve or use certain clusters.
    pub struct MatchDescReq {
        /// Whom to ask.
        pub destination: u16,
        /// Node asked about.
        pub of: u16,
        /// Profile.
        pub profile: u16,
        /// Clusters served.
        pub in_clusters: List<u16, 50>,
        /// Clusters used.
        pub out_clusters: List<u16, 50>,
    }

    /// Make or remove a binding: reports of a cluster go to a target.
    pub struct BindReq {
        /// Device that keeps the binding.
        pub destination: u16,
        /// Device that sends, as a rule the same.
        pub source: Ieee,
        /// Its endpoint.
        pub source_endpoint: u8,
        /// Cluster.
        pub cluster: u16,
        /// [`AddressMode::Ieee`], or [`AddressMode::Group`] with the group in the low 16 bits.
        pub target_mode: AddressMode,
        /// Who gets it.
        pub target: Ieee,
        /// Endpoint that gets it.
        pub target_endpoint: u8,
    }

    /// An answer that is only an outcome.
    pub struct StatusRsp {
        /// Who answers.
        pub source: u16,
        /// Outcome.
        pub status: Status,
    }

    /// Ask a device for its neighbours.
    pub struct MgmtLqiReq {
        /// Whom to ask.
        pub destination: u16,
        /// First row.
        pub start: u8,
    }

    /// Rows of a neighbour table.
    pub struct MgmtLqiRsp {
        /// Who answers.
        pub source: u16,
        /// Outcome.
        pub status: Status,
        /// Absent unless successful.
        pub table: Option<NeighborTable>,
    }

    /// Part of a neighbour table.
    pub struct NeighborTable {
        /// Rows that there are.
        pub total: u8,
        /// First row told.
        pub start: u8,
        /// The rows.
        pub neighbors: List<Neighbor, 11>,
    }

    /// Tell a device to leave.
    pub struct MgmtLeaveReq {
        /// Whom to tell.
        pub destination: u16,
        /// Who is to leave; 0 is the one told.
        pub ieee: Ieee,
        /// How.
        pub options: LeaveOptions,
    }

    /// Open or close the network for joining.
    pub struct MgmtPermitJoinReq {
        /// [`AddressMode::Broadcast`] for all, [`AddressMode::Short`] for one.
        pub mode: AddressMode,
        /// 0xFFFC for all routers, or one of them.
        pub destination: u16,
        /// Seconds, at most 254; 0 closes.
        pub duration: u8,
        /// 1: the trust centre's policy follows.
        pub significance: u8,
    }

    /// Scan channels, or move the network to another.
    pub struct MgmtNwkUpdateReq {
        /// Whom to tell.
        pub destination: u16,
        /// How the address is given.
        pub mode: AddressMode,
        /// Bits 11 to 26.
        pub channels: u32,
        /// 0 to 5 scan time, 0xFE change channel, 0xFF change mask and manager.
        pub duration: u8,
        /// Scans to make.
        pub count: u8,
        /// Network manager.
        pub manager: u16,
    }

    /// How busy channels are.
    pub struct MgmtNwkUpdateNotify {
        /// Who answers.
        pub source: u16,
        /// Outcome.
        pub status: Status,
        /// Channels scanned.
        pub channels: u32,
        /// Transmissions in all.
        pub total: u16,
        /// Failed ones.
        pub failures: u16,
        /// Energy of each channel, 0 to 255.
        pub energy: List<u8, 27>,
    }

    /// Search for a route.
    pub struct ExtRouteDisc {
        /// To whom.
        pub destination: u16,
        /// 0 one device, 1 many to one.
        pub options: u8,
        /// Most hops.
        pub radius: u8,
    }

    /// The network that the NCP is in.
    pub struct ExtNwkInfo {
        /// Network address of the NCP.
        pub short: u16,
        /// Where it stands.
        pub state: crate::znp::util::DeviceState,
        /// PAN id.
        pub pan: u16,
        /// Network address of its parent.
        pub parent: u16,
        /// Extended PAN id.
        pub extended_pan: u64,
        /// IEEE address of its parent.
        pub parent_ieee: Ieee,
        /// Channel, 11 to 26; 0 without a network.
        pub channel: u8,
    }

    /// A device says that it is there, after joining or with a new network address.
    pub struct EndDeviceAnnce {
        /// Who sent it.
        pub source: u16,
        /// Network address.
        pub short: u16,
        /// IEEE address.
        pub ieee: Ieee,
        /// What its MAC can.
        pub capabilities: MacCapabilities,
    }

    /// A path that a device's messages took.
    pub struct SrcRtgInd {
        /// The device.
        pub destination: u16,
        /// Network addresses of the hops.
        pub relays: List<u16, 100>,
    }

    /// A many-to-one route was found.
    pub struct ConcentratorInd {
        /// Network address of the concentrator.
        pub short: u16,
        /// Its IEEE address.
        pub ieee: Ieee,
        /// Cost of the path.
        pub cost: u8,
    }

    /// A device left.
    pub struct LeaveInd {
        /// Network address.
        pub source: u16,
        /// IEEE address.
        pub ieee: Ieee,
        /// True for a request, false for an indication.
        pub request: bool,
        /// Its children leave too.
        pub remove_children: bool,
        /// It comes back: then it has not left.
        pub rejoin: bool,
    }

    /// The trust centre let a device in.
    pub struct TcDeviceInd {
        /// Network address.
        pub short: u16,
        /// IEEE address.
        pub ieee: Ieee,
        /// Network address of its parent.
        pub parent: u16,
    }

    /// A ZDO message that was asked for with `MsgCbRegister`.
    pub struct MsgCbIncoming {
        /// Who sent it.
        pub source: u16,
        /// True if sent to all.
        pub broadcast: bool,
        /// ZDO cluster.
        pub cluster: u16,
        /// True if encrypted with a link key.
        pub security: bool,
        /// ZDO sequence.
        pub sequence: u8,
        /// MAC address that it was sent to.
        pub mac_destination: u16,
        /// The message without its sequence.
        pub data: Rest<241>,
    }
}
