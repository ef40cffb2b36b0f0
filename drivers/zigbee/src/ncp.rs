//! The seam between adapter protocols and the coordinator: what any network co-processor takes and tells.
//!
//! An [`Ncp`] is sans-IO: bytes, orders and time go in, bytes and indications come out. It starts its network by
//! itself once the link is up, watches over its adapter, and starts over when the adapter resets or falls silent. It
//! knows nothing of clusters.

use std::fmt;
use std::time::Duration;

use home::{Ieee, Now};
use zeroize::Zeroizing;

use crate::zdo;

/// An adapter protocol.
pub trait Ncp {
    /// The port was opened: begin from nothing.
    fn handle_link_up(&mut self, now: Now);
    /// The port is gone: forget what was under way. Each request under way ends in [`SendError::LinkDown`], or in
    /// [`SendError::Unclear`] if it may have been sent.
    fn handle_link_down(&mut self, now: Now);
    /// Bytes came from the port.
    fn handle_bytes(&mut self, now: Now, bytes: &[u8]);
    /// The time that [`Ncp::poll_timeout`] named has come.
    fn handle_timeout(&mut self, now: Now);
    /// What [`Indication::KeepNetwork`] asked to keep is durable: forming may go on.
    fn handle_network_kept(&mut self, now: Now);
    /// Takes a request. Each is answered by one indication with its tag, also if the network is not up.
    fn handle_request(&mut self, now: Now, request: Request);
    /// Bytes for the port.
    fn poll_transmit(&mut self) -> Option<Vec<u8>>;
    /// What happened.
    fn poll_indication(&mut self) -> Option<Indication>;
    /// When [`Ncp::handle_timeout`] is to be called next, on the steady clock.
    fn poll_timeout(&self) -> Option<Duration>;
}

/// Number of a request, chosen by the coordinator and unique among those under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(pub u32);

/// Something for the adapter to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Send an application frame; answered by [`Indication::Sent`].
    Data {
        /// Its number.
        tag: Tag,
        /// The frame.
        frame: Unicast,
    },
    /// Ask something of the device objects; answered by [`Indication::Zdo`].
    Zdo {
        /// Its number.
        tag: Tag,
        /// The question.
        request: ZdoRequest,
    },
    /// Let devices join through all routers for 0 to 254 s; answered by [`Indication::Sent`].
    PermitJoin {
        /// Its number.
        tag: Tag,
        /// For how long.
        seconds: u8,
    },
    /// Look for a way to this device anew; answered by [`Indication::Sent`].
    DiscoverRoute {
        /// Its number.
        tag: Tag,
        /// The device's short address.
        nwk: u16,
    },
}

/// Whether a frame may go out twice when the adapter did not acknowledge that it took it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resend {
    /// Twice is as good as once: reads, writes of a value, configuration.
    Safe,
    /// Twice may be worse than never: bolts, PINs (invariant 10).
    Never,
}

/// An application frame to one device. Secrets may be in it, so its payload does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Unicast {
    /// The device's short address.
    pub nwk: u16,
    /// The device's endpoint.
    pub endpoint: u8,
    /// Our endpoint.
    pub source: u8,
    /// Cluster id.
    pub cluster: u16,
    /// The ZCL frame.
    pub payload: Zeroizing<Vec<u8>>,
    /// Whether it may go out twice.
    pub resend: Resend,
    /// True if the device hears only what it fetches: then its acknowledgement may take 8 s, else about one.
    pub sleepy: bool,
}

impl fmt::Debug for Unicast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { nwk, endpoint, source, cluster, payload, resend, sleepy: _ } = self;
        write!(
            f,
            "Unicast({source} -> {nwk:#06x}/{endpoint}, cluster {cluster:#06x}, {} bytes, {resend:?})",
            payload.len()
        )
    }
}

/// A question to a device's objects (Zigbee 2.4.3), whatever frame the adapter makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZdoRequest {
    /// What kind of node it is.
    NodeDescriptor {
        /// Its short address.
        nwk: u16,
    },
    /// Which endpoints it has.
    ActiveEndpoints {
        /// Its short address.
        nwk: u16,
    },
    /// What an endpoint can do.
    SimpleDescriptor {
        /// Its short address.
        nwk: u16,
        /// The endpoint, 1 to 240.
        endpoint: u8,
    },
    /// That it sends a cluster's reports to us.
    Bind {
        /// Its short address.
        nwk: u16,
        /// Its address.
        ieee: Ieee,
        /// Its endpoint.
        endpoint: u8,
        /// Cluster id.
        cluster: u16,
        /// Our address.
        target: Ieee,
        /// Our endpoint.
        target_endpoint: u8,
    },
    /// That it leaves the network.
    Leave {
        /// Its short address.
        nwk: u16,
        /// Its address.
        ieee: Ieee,
    },
    /// Its short address, asked of all.
    NetworkAddress {
        /// Its address.
        ieee: Ieee,
    },
    /// Its address, for a short address that speaks and that we don't know.
    IeeeAddress {
        /// Its short address.
        nwk: u16,
    },
}

/// The answer to a [`ZdoRequest`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ZdoResponse {
    /// To [`ZdoRequest::NodeDescriptor`].
    NodeDescriptor(zdo::NodeDescriptor),
    /// To [`ZdoRequest::ActiveEndpoints`].
    ActiveEndpoints(Vec<u8>),
    /// To [`ZdoRequest::SimpleDescriptor`].
    SimpleDescriptor(zdo::SimpleDescriptor),
    /// To [`ZdoRequest::NetworkAddress`] and [`ZdoRequest::IeeeAddress`].
    NetworkAddress {
        /// Its address.
        ieee: Ieee,
        /// Its short address.
        nwk: u16,
    },
    /// To [`ZdoRequest::Bind`] and [`ZdoRequest::Leave`]: it was done.
    Done,
}

/// What an adapter tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Indication {
    /// A network is about to be formed, or was (`formed`): keep this, then call [`Ncp::handle_network_kept`].
    KeepNetwork(Network),
    /// The network runs.
    Up(Running),
    /// The adapter does not answer, or started over; requests are refused until [`Indication::Up`].
    Down {
        /// Why, for the owner.
        reason: String,
    },
    /// The adapter was left alone: another network is on it, or firmware that we can't drive (invariant 9). Nothing
    /// more happens until the link is opened again.
    Refused {
        /// What differs and what to do, one line a field.
        reason: String,
    },
    /// An application frame came.
    Data(Incoming),
    /// What became of a request without an answer of its own: `Ok` means that the device acknowledged the frame.
    Sent {
        /// Which request.
        tag: Tag,
        /// What became of it.
        result: Result<(), SendError>,
    },
    /// The answer to a question to the device objects.
    Zdo {
        /// Which request.
        tag: Tag,
        /// The answer.
        result: Result<ZdoResponse, SendError>,
    },
    /// A device joined with the network's trust centre's consent, or announced itself.
    Joined {
        /// Its address.
        ieee: Ieee,
        /// Its short address now.
        nwk: u16,
    },
    /// A device left and does not mean to come back.
    Left {
        /// Its address.
        ieee: Ieee,
    },
    /// A device has another short address than before.
    Moved {
        /// Its address.
        ieee: Ieee,
        /// Its short address now.
        nwk: u16,
    },
}

/// An application frame from a device. A lock may tell a PIN in it, so its payload does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Incoming {
    /// The sender's short address.
    pub nwk: u16,
    /// The sender's endpoint.
    pub source: u8,
    /// Our endpoint.
    pub endpoint: u8,
    /// Cluster id.
    pub cluster: u16,
    /// True if it was sent to many: no default response is due.
    pub broadcast: bool,
    /// Link quality, 0 to 255.
    pub lqi: u8,
    /// The ZCL frame.
    pub payload: Vec<u8>,
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { nwk, source, endpoint, cluster, broadcast, lqi, payload } = self;
        let to = if *broadcast { "all" } else { "us" };
        write!(
            f,
            "Incoming({nwk:#06x}/{source} -> {to}/{endpoint}, cluster {cluster:#06x}, lqi {lqi}, {} bytes)",
            payload.len()
        )
    }
}

/// Why a request failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The network is not up.
    #[error("the network is not up")]
    LinkDown,
    /// The adapter did not take it.
    #[error("the adapter refused it (status {0:#04x})")]
    Refused(u8),
    /// The adapter has no room now; try again in a while.
    #[error("the adapter is busy")]
    Busy,
    /// The device did not acknowledge it (MAC or APS status).
    #[error("not delivered (status {0:#04x})")]
    NotDelivered(u8),
    /// The device's parent held it until it was too old: the device sleeps (`MAC_TRANSACTION_EXPIRED`). No proof that it
    /// was never heard: it is the word on the last of the adapter's own tries.
    #[error("the device did not fetch it in time")]
    Asleep,
    /// Nobody said what became of it: it may have been sent.
    #[error("no word of what became of it")]
    Unclear,
    /// The device objects answered with an error.
    #[error("device objects answered with status {0:#04x}")]
    Zdo(u8),
}

/// Facts of a running network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// The adapter's own address: the coordinator's.
    pub ieee: Ieee,
    /// Radio channel, 11 to 26.
    pub channel: u8,
    /// PAN id.
    pub pan_id: u16,
    /// Extended PAN id.
    pub extended_pan_id: u64,
    /// Firmware in words, `Z-Stack 3.x.0 build 20230507`.
    pub firmware: String,
}

/// A network key. It never prints.
#[derive(Clone, PartialEq, Eq)]
pub struct NetworkKey(pub Zeroizing<[u8; 16]>);

impl fmt::Debug for NetworkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NetworkKey(..)")
    }
}

/// What makes a network ours: kept by the daemon, compared with the adapter at each start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// PAN id, 0x0001 to 0xfffe.
    pub pan_id: u16,
    /// Extended PAN id.
    pub extended_pan_id: u64,
    /// Radio channel, 11 to 26.
    pub channel: u8,
    /// The network key.
    pub key: NetworkKey,
    /// False until the forming was seen through: before that an empty adapter may be formed again with these values.
    pub formed: bool,
}

/// Source of random bytes: the operating system's, given by the daemon.
pub trait Entropy: Send {
    /// Fills `bytes`.
    fn fill(&mut self, bytes: &mut [u8]);
}
