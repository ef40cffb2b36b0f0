//! AF: endpoints of the NCP, data to and from devices.

use crate::wire::{Bytes, Field, Ieee, List, Reader, Rest, WireError, Writer, bits, codes, record};
use crate::znp::Status;

/// The most bytes that one [`DataRequest`] takes. Longer ones are fragmented by devices that can, so stay below 80.
pub const MAX_PAYLOAD: usize = 239;

bits! {
    /// Wishes for the transport of one message.
    pub struct TxOptions: u8 {
        /// Ask the receiver's APS for an acknowledgement.
        ACK = 0x10,
        /// Do not search for a route.
        SUPPRESS_ROUTE_DISCOVERY = 0x20,
        /// Encrypt with the link key.
        APS_SECURITY = 0x40,
        /// Send as if the target were a neighbour.
        SKIP_ROUTING = 0x80,
    }
}

codes! {
    /// How an address is given.
    pub enum AddressMode: u8 {
        /// No address.
        None = 0x00,
        /// Group of devices.
        Group = 0x01,
        /// 16-bit network address.
        Short = 0x02,
        /// IEEE address.
        Ieee = 0x03,
        /// 16-bit broadcast address.
        Broadcast = 0x0F,
    }
}

record! {
    /// Open an endpoint on the NCP. A reset closes it.
    pub struct Register {
        /// Number, 1 to 240, or 242 for green power.
        pub endpoint: u8,
        /// Profile; 0x0104 is home automation.
        pub profile: u16,
        /// Device type; 0x0005 is a configuration tool.
        pub device: u16,
        /// Version of the device type.
        pub version: u8,
        /// 0: no latency wanted.
        pub latency: u8,
        /// Clusters that it serves.
        pub in_clusters: List<u16, 60>,
        /// Clusters that it uses.
        pub out_clusters: List<u16, 60>,
    }

    /// Send to one device. The answer says accepted; [`DataConfirm`] says delivered or not.
    pub struct DataRequest {
        /// Network address of the device.
        pub destination: u16,
        /// Endpoint of the device.
        pub destination_endpoint: u8,
        /// Registered endpoint of ours.
        pub source_endpoint: u8,
        /// Cluster.
        pub cluster: u16,
        /// Returned in the confirm.
        pub transaction: u8,
        /// Wishes for the transport.
        pub options: TxOptions,
        /// Most hops, 30 as a rule.
        pub radius: u8,
        /// The ZCL frame.
        pub data: Bytes<MAX_PAYLOAD>,
    }

    /// What became of a [`DataRequest`].
    pub struct DataConfirm {
        /// 0 if delivered.
        pub status: Status,
        /// Endpoint that sent.
        pub endpoint: u8,
        /// Number of the request.
        pub transaction: u8,
    }

    /// A message came in.
    pub struct IncomingMsg {
        /// Group, or 0.
        pub group: u16,
        /// Cluster.
        pub cluster: u16,
        /// Network address of the sender.
        pub source: u16,
        /// Endpoint of the sender.
        pub source_endpoint: u8,
        /// Endpoint of ours.
        pub destination_endpoint: u8,
        /// True if sent to all.
        pub broadcast: bool,
        /// Link quality of the last hop, 0 to 255.
        pub link_quality: u8,
        /// True if encrypted with a link key.
        pub security: bool,
        /// Clock of the NCP.
        pub timestamp: u32,
        /// Transaction number of the NCP.
        pub transaction: u8,
        /// The ZCL frame.
        pub data: Bytes<230>,
        /// Network address of the last hop; newer builds only.
        pub mac_source: Option<u16>,
        /// Hops left; newer builds only.
        pub radius: Option<u8>,
    }

    /// A message came in that is long or from another network.
    pub struct IncomingMsgExt {
        /// Group, or 0.
        pub group: u16,
        /// Cluster.
        pub cluster: u16,
        /// How the sender's address is given.
        pub source_mode: AddressMode,
        /// Its address, in the low 16 bits if short.
        pub source: Ieee,
        /// Endpoint of the sender.
        pub source_endpoint: u8,
        /// Its network.
        pub source_pan: u16,
        /// Endpoint of ours.
        pub destination_endpoint: u8,
        /// True if sent to all.
        pub broadcast: bool,
        /// Link quality of the last hop, 0 to 255.
        pub link_quality: u8,
        /// True if encrypted with a link key.
        pub security: bool,
        /// Clock of the NCP; names a stored message to [`DataRetrieve`].
        pub timestamp: u32,
        /// Transaction number of the NCP.
        pub transaction: u8,
        /// The ZCL frame, or its length.
        pub data: ExtData,
        /// Network address of the last hop; newer builds only.
        pub mac_source: Option<u16>,
        /// Hops left; newer builds only.
        pub radius: Option<u8>,
    }

    /// Fetch a piece of a stored message.
    pub struct DataRetrieve {
        /// Timestamp of the message.
        pub timestamp: u32,
        /// First byte.
        pub index: u16,
        /// Bytes, at most 240; 0 frees the message.
        pub length: u8,
    }

    /// A piece of a stored message.
    pub struct Retrieved {
        /// 0 if there.
        pub status: Status,
        /// The piece.
        pub data: Bytes<240>,
    }

    /// A message could not be sent on.
    pub struct ReflectError {
        /// Why.
        pub status: Status,
        /// Endpoint that sent.
        pub endpoint: u8,
        /// Number of the request.
        pub transaction: u8,
        /// How the address is given.
        pub mode: AddressMode,
        /// Where it should have gone.
        pub destination: u16,
    }
}

/// Data of a long message: in the frame if they fit it, else kept by the NCP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExtData {
    /// Here they are.
    Here(Rest<220>),
    /// Fetch this many bytes with [`DataRetrieve`].
    Stored(u16),
}

impl Field for ExtData {
    const MAX: usize = 2 + 220;

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let length = u16::read(reader)?;
        match reader.take(length.into()) {
            Ok(data) => Rest::new(data).map(Self::Here),
            Err(_) => Ok(Self::Stored(length)),
        }
    }

    fn write(&self, writer: &mut Writer) {
        match self {
            Self::Here(data) => {
                writer.uint(data.len() as u64, 2);
                data.write(writer);
            }
            Self::Stored(length) => length.write(writer),
        }
    }
}
