//! One thing asked of one device: the frame, why it is sent, and what it would make void.
//!
//! Knows how a request becomes an adapter's request. Does not know when it is sent.

use std::fmt;
use std::time::Duration;

use home::lock::Bolt;
use home::{CommandId, Ieee};
use zeroize::Zeroizing;

use super::rule::{Class, Miss};
use super::step::Step;
use crate::ncp::{Request, Tag, Unicast, ZdoRequest, ZdoResponse};
use crate::wire::{Field, Writer};
use crate::zcl::{self, Frame, Header, Scope, Status};

/// Our endpoint for everything.
pub(super) const OUR_ENDPOINT: u8 = 1;

/// A request to a device, waiting or under way.
#[derive(Debug)]
pub(super) struct Job {
    /// What is sent.
    pub(super) ask: Ask,
    /// What may be done if it fails.
    pub(super) class: Class,
    /// How urgent it is.
    pub(super) rank: Rank,
    /// Why it is sent.
    pub(super) purpose: Purpose,
    /// What it is about.
    pub(super) topic: Option<Topic>,
    /// Until when it may wait for the device to wake up, on the steady clock. Without one it is not worth waiting with.
    pub(super) deadline: Option<Duration>,
}

/// How urgent a request is, most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// The device waits for it and is awake now.
    Reply,
    /// A bolt or a PIN.
    Security,
    /// A person waits for it.
    Command,
    /// The hub wants to know.
    Interview,
    /// Nobody waits.
    Background,
}

/// What a request is about: of two writes about the same thing only the newer counts, of two reads one is enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Topic {
    /// An attribute that is written.
    Write {
        /// Endpoint.
        endpoint: u8,
        /// Cluster.
        cluster: u16,
        /// Attribute.
        attribute: u16,
    },
    /// A cluster's values that are read.
    Read {
        /// Endpoint.
        endpoint: u8,
        /// Cluster.
        cluster: u16,
    },
    /// The bolt.
    Bolt,
    /// A PIN slot.
    Slot(u16),
    /// What is in a PIN slot, which is read.
    Code(u16),
}

/// Why a request is sent: what to do with its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A step of the interview.
    Interview(Step),
    /// The owner wants a value written.
    Write {
        /// The owner's command.
        command: CommandId,
        /// Endpoint.
        endpoint: u8,
        /// Cluster.
        cluster: u16,
        /// Attribute.
        attribute: u16,
    },
    /// The owner wants the bolt moved.
    Bolt {
        /// The owner's command.
        command: CommandId,
        /// Where to.
        want: Bolt,
    },
    /// The owner wants a PIN slot changed.
    Pin {
        /// The owner's command.
        command: CommandId,
        /// The slot.
        slot: u16,
    },
    /// How many PINs a lock takes, and how long; its slots are asked for then.
    CodeLimits(Option<CommandId>),
    /// What is in a PIN slot.
    Code {
        /// The slot.
        slot: u16,
        /// The walk through all slots that this is a part of.
        walk: Option<Walk>,
    },
    /// Values are read; the owner's command if one waits for them.
    Values(Option<CommandId>),
    /// Is it still there?
    Ping,
    /// Does it still report as it was told?
    Check,
    /// Nothing is to be done with the end.
    Nothing,
}

/// All slots of a lock, asked for one after the other: together they would keep a sleepy lock awake and fill its queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Walk {
    /// The owner's command, if one waits for the end.
    pub(super) command: Option<CommandId>,
    /// The last slot.
    pub(super) last: u16,
}

impl Purpose {
    /// The owner's command behind it.
    pub(super) fn command(&self) -> Option<CommandId> {
        match self {
            Self::Write { command, .. } | Self::Bolt { command, .. } | Self::Pin { command, .. } => Some(*command),
            Self::Values(command) | Self::CodeLimits(command) => *command,
            Self::Code { walk, .. } => walk.and_then(|walk| walk.command),
            _ => None,
        }
    }
}

/// What is sent.
#[derive(Debug)]
pub(super) enum Ask {
    /// A ZCL frame.
    Zcl(Message),
    /// A question to the device objects.
    Objects(Objects),
}

/// A question to the device objects, without addresses: those may change while it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Objects {
    /// What kind of node it is.
    Node,
    /// Which endpoints it has.
    Endpoints,
    /// What an endpoint can do.
    Simple(u8),
    /// That it sends a cluster's reports to us.
    Bind {
        /// Its endpoint.
        endpoint: u8,
        /// The cluster.
        cluster: u16,
        /// Our address.
        target: Ieee,
    },
}

/// A ZCL frame to an endpoint. There may be a PIN in it, so its payload is wiped and does not print.
pub(super) struct Message {
    /// Endpoint of the device.
    pub(super) endpoint: u8,
    /// Cluster.
    pub(super) cluster: u16,
    header: Header,
    payload: Zeroizing<Vec<u8>>,
    kind: Kind,
}

/// Where a frame stands in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The device answers it.
    Asking,
    /// Nobody answers it.
    Telling,
    /// It answers the device, under the number of the device's question.
    Answering,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Header { scope, command, .. } = self.header;
        write!(f, "{}/{:#06x} {scope:?} {command:#04x} [{} bytes]", self.endpoint, self.cluster, self.payload.len())
    }
}

impl Message {
    /// A request that the device answers. It gets its number when it is sent.
    pub(super) fn asking(endpoint: u8, cluster: u16, request: zcl::Request) -> Self {
        Self::new(endpoint, cluster, request.frame(0), Kind::Asking)
    }

    /// A command that nobody needs to answer. It gets its number when it is sent.
    pub(super) fn telling(endpoint: u8, cluster: u16, request: zcl::Request) -> Self {
        Self::new(endpoint, cluster, request.without_default_response().frame(0), Kind::Telling)
    }

    /// An answer, under the number of the device's question.
    pub(super) fn answering(endpoint: u8, cluster: u16, frame: Frame) -> Self {
        Self::new(endpoint, cluster, frame, Kind::Answering)
    }

    fn new(endpoint: u8, cluster: u16, frame: Frame, kind: Kind) -> Self {
        Self { endpoint, cluster, header: frame.header, payload: Zeroizing::new(frame.payload), kind }
    }

    /// Whether `frame`, which came from the same endpoint and cluster, answers this message sent under `sequence`.
    fn is_answered_by(&self, sequence: u8, frame: &Frame) -> bool {
        let Header { scope, direction, command, .. } = frame.header;
        if self.kind != Kind::Asking
            || frame.header.sequence != sequence
            || direction != self.header.direction.reverse()
        {
            return false;
        }
        if let Some(status) = default_response(frame, self.header.command) {
            // A lock's own answer follows a mere "success"; some devices answer a write with nothing else.
            return !status.is_success() || self.header.scope == Scope::Global;
        }
        match self.header.scope {
            Scope::Global => scope == Scope::Global && Some(command) == answer_of(self.header.command),
            // Answers of the clusters used here have the number of their question.
            Scope::Cluster => scope == Scope::Cluster && command == self.header.command,
        }
    }

    fn bytes(&self, sequence: u8) -> Zeroizing<Vec<u8>> {
        let number = if self.kind == Kind::Answering { self.header.sequence } else { sequence };
        let mut writer = Writer::new();
        Header { sequence: number, ..self.header }.write(&mut writer);
        let mut bytes = Zeroizing::new(Vec::with_capacity(Header::MAX + self.payload.len()));
        bytes.extend_from_slice(&writer.into_bytes());
        bytes.extend_from_slice(&self.payload);
        bytes
    }
}

/// The command of the foundation that answers another (ZCL 8, 2.5).
fn answer_of(command: u8) -> Option<u8> {
    const ANSWERS: [(u8, u8); 4] = [(0x00, 0x01), (0x02, 0x04), (0x06, 0x07), (0x08, 0x09)];
    ANSWERS.iter().find(|(question, _)| *question == command).map(|(_, answer)| *answer)
}

/// The status, if `frame` is a default response to `command`.
pub(super) fn default_response(frame: &Frame, command: u8) -> Option<Status> {
    match frame.global()?.ok()? {
        zcl::Global::DefaultResponse(response) if response.command == command => Some(response.status),
        _ => None,
    }
}

/// Where a request goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Destination {
    /// The device.
    pub(super) ieee: Ieee,
    /// Its short address.
    pub(super) nwk: u16,
    /// Whether it hears only what it fetches.
    pub(super) sleepy: bool,
}

impl Job {
    /// What the adapter is to do, under the adapter's number `tag` and the ZCL number `sequence`.
    pub(super) fn request(&self, tag: Tag, to: Destination, sequence: u8) -> Request {
        let Destination { ieee, nwk, sleepy } = to;
        match &self.ask {
            Ask::Zcl(message) => Request::Data {
                tag,
                frame: Unicast {
                    nwk,
                    endpoint: message.endpoint,
                    source: OUR_ENDPOINT,
                    cluster: message.cluster,
                    payload: message.bytes(sequence),
                    resend: self.class.rule().resend,
                    sleepy,
                },
            },
            Ask::Objects(objects) => Request::Zdo { tag, request: objects.request(ieee, nwk) },
        }
    }

    /// Whether a ZCL answer of the device is awaited.
    pub(super) fn is_answered(&self) -> bool {
        matches!(&self.ask, Ask::Zcl(Message { kind: Kind::Asking, .. }))
    }

    /// Whether `frame`, which came from `endpoint` and `cluster`, answers this request sent under `sequence`.
    pub(super) fn is_answered_by(&self, sequence: u8, endpoint: u8, cluster: u16, frame: &Frame) -> bool {
        match &self.ask {
            Ask::Zcl(message) => {
                message.endpoint == endpoint && message.cluster == cluster && message.is_answered_by(sequence, frame)
            }
            Ask::Objects(_) => false,
        }
    }
}

impl Objects {
    fn request(self, ieee: Ieee, nwk: u16) -> ZdoRequest {
        match self {
            Self::Node => ZdoRequest::NodeDescriptor { nwk },
            Self::Endpoints => ZdoRequest::ActiveEndpoints { nwk },
            Self::Simple(endpoint) => ZdoRequest::SimpleDescriptor { nwk, endpoint },
            Self::Bind { endpoint, cluster, target } => {
                ZdoRequest::Bind { nwk, ieee, endpoint, cluster, target, target_endpoint: OUR_ENDPOINT }
            }
        }
    }
}

/// What came back.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The device acknowledged a frame that has no answer.
    Acknowledged,
    /// Its answer in the cluster of the question.
    Frame {
        /// Endpoint that answered.
        endpoint: u8,
        /// Cluster.
        cluster: u16,
        /// The answer.
        frame: Frame,
    },
    /// The device objects' answer.
    Objects(ZdoResponse),
}

/// A request that is over.
#[derive(Debug)]
pub(super) struct Ended {
    /// The device.
    pub(super) device: Ieee,
    /// Why it was sent.
    pub(super) purpose: Purpose,
    /// The ZCL command's number, to read default responses.
    pub(super) command: u8,
    /// What came of it.
    pub(super) result: Result<Answer, Miss>,
}

impl Job {
    /// Its end.
    pub(super) fn end(self, device: Ieee, result: Result<Answer, Miss>) -> Ended {
        let command = match &self.ask {
            Ask::Zcl(message) => message.header.command,
            Ask::Objects(_) => 0,
        };
        Ended { device, purpose: self.purpose, command, result }
    }
}
