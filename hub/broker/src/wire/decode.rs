//! From a complete packet to what it says, in one shape for both protocol levels.

use bytes::{BufMut, Bytes, BytesMut};
use rumqttd::protocol::{
    ConnectProperties, Filter, LastWill, LastWillProperties, Login, Packet, Protocol, PublishProperties, v4::V4, v5::V5,
};

use super::{
    Version, WireError,
    frame::{Frame, kind},
};
use crate::message::Qos;

/// A PUBLISH as it came; the topic is unchecked and empty if an alias stands for it.
#[derive(Debug)]
pub(crate) struct Inbound {
    pub(crate) topic: Bytes,
    pub(crate) payload: Bytes,
    pub(crate) qos: Qos,
    pub(crate) retain: bool,
    /// The DUP flag.
    pub(crate) again: bool,
    /// 0 at QoS 0.
    pub(crate) packet_id: u16,
    pub(crate) properties: Option<PublishProperties>,
}

/// What a client may say once it is connected.
#[derive(Debug)]
pub(crate) enum Incoming {
    Publish(Box<Inbound>),
    /// PUBACK.
    Acknowledged(u16),
    /// PUBREC; `accepted` is false when its reason is an error.
    Recorded {
        packet_id: u16,
        accepted: bool,
    },
    /// PUBREL.
    Released(u16),
    /// PUBCOMP.
    Completed(u16),
    Subscribe {
        packet_id: u16,
        filters: Vec<Filter>,
        id: Option<u32>,
    },
    Unsubscribe {
        packet_id: u16,
        filters: Vec<String>,
    },
    Ping,
    /// `expiry` replaces the session expiry of CONNECT, in seconds.
    Disconnect {
        with_will: bool,
        expiry: Option<u32>,
    },
}

/// A CONNECT packet.
#[derive(Debug)]
pub(crate) struct Connect {
    pub(crate) version: Version,
    /// Seconds; 0 is none.
    pub(crate) keep_alive: u16,
    pub(crate) client_id: String,
    pub(crate) clean: bool,
    pub(crate) properties: Option<ConnectProperties>,
    pub(crate) will: Option<(LastWill, Option<LastWillProperties>)>,
    pub(crate) login: Option<Login>,
}

/// Reads the first packet of a connection; its protocol level decides how all others are read.
pub(crate) fn decode_connect(frame: Frame) -> Result<Connect, WireError> {
    if frame.kind() != kind::CONNECT {
        return Err(WireError::NotConnect);
    }
    let (version, flags) = match frame.body() {
        [0, 4, b'M', b'Q', b'T', b'T', 4, flags, ..] => (Version::V4, *flags),
        [0, 4, b'M', b'Q', b'T', b'T', 5, flags, ..] => (Version::V5, *flags),
        [0, 4, b'M', b'Q', b'T', b'T', level, ..] | [0, 6, b'M', b'Q', b'I', b's', b'd', b'p', level, ..] => {
            return Err(WireError::Level(*level));
        }
        _ => return Err(WireError::Protocol("not the name of the protocol")),
    };
    if flags & 1 != 0 {
        return Err(WireError::Protocol("reserved connect flag is set"));
    }
    let (user, password) = (flags & 0x80 != 0, flags & 0x40 != 0);
    if version == Version::V4 && password && !user {
        return Err(WireError::Protocol("password without user name"));
    }
    let Packet::Connect(connect, properties, will, will_properties, login) = read(version, frame)? else {
        return Err(WireError::NotConnect);
    };
    if connect.client_id.contains('\0') || login.as_ref().is_some_and(|login| login.username.contains('\0')) {
        return Err(WireError::Protocol("client id or user name contains a NUL"));
    }
    Ok(Connect {
        version,
        keep_alive: connect.keep_alive,
        client_id: connect.client_id,
        clean: connect.clean_session,
        properties,
        will: will.map(|will| (will, will_properties)),
        login,
    })
}

/// Reads any later packet.
pub(crate) fn decode(version: Version, frame: Frame) -> Result<Incoming, WireError> {
    let (kind, first) = (frame.kind(), frame.first());
    if kind == kind::PINGREQ {
        return Ok(Incoming::Ping);
    }
    let packet_id = packet_id(&frame);
    if packet_id == 0 && kind != kind::DISCONNECT && (kind != kind::PUBLISH || first & 0b0110 != 0) {
        return Err(WireError::Protocol("packet id is 0 or missing"));
    }
    let frame = if kind == kind::DISCONNECT { with_properties(frame) } else { frame };
    Ok(match read(version, frame)? {
        Packet::Publish(publish, properties) => Incoming::Publish(Box::new(Inbound {
            qos: Qos::from_level(first >> 1 & 0b11).unwrap_or(Qos::AtMostOnce),
            retain: publish.retain,
            again: first & 0b1000 != 0,
            topic: publish.topic,
            payload: publish.payload,
            packet_id,
            properties,
        })),
        Packet::PubAck(..) => Incoming::Acknowledged(packet_id),
        Packet::PubRec(ack, _) => {
            let accepted = matches!(
                ack.reason,
                rumqttd::protocol::PubRecReason::Success | rumqttd::protocol::PubRecReason::NoMatchingSubscribers
            );
            Incoming::Recorded { packet_id, accepted }
        }
        Packet::PubRel(..) => Incoming::Released(packet_id),
        Packet::PubComp(..) => Incoming::Completed(packet_id),
        Packet::Subscribe(subscribe, properties) => {
            let id = properties.and_then(|properties| properties.id);
            let id = id.map(u32::try_from).transpose().unwrap_or(Some(0));
            if id == Some(0) {
                return Err(WireError::Protocol("subscription identifier is 0"));
            }
            Incoming::Subscribe { packet_id, filters: subscribe.filters, id }
        }
        Packet::Unsubscribe(unsubscribe, _) if unsubscribe.filters.is_empty() => {
            return Err(WireError::Protocol("unsubscribe without a filter"));
        }
        Packet::Unsubscribe(unsubscribe, _) => Incoming::Unsubscribe { packet_id, filters: unsubscribe.filters },
        Packet::Disconnect(disconnect, properties) => Incoming::Disconnect {
            with_will: disconnect.reason_code != rumqttd::protocol::DisconnectReasonCode::NormalDisconnection,
            expiry: properties.and_then(|properties| properties.session_expiry_interval),
        },
        _ => return Err(WireError::Protocol("second CONNECT")),
    })
}

fn read(version: Version, mut frame: Frame) -> Result<Packet, WireError> {
    let max = frame.bytes.len();
    Ok(match version {
        Version::V4 => V4.read_mut(&mut frame.bytes, max)?,
        Version::V5 => V5.read_mut(&mut frame.bytes, max)?,
    })
}

/// The packet id where the type has one, else 0.
fn packet_id(frame: &Frame) -> u16 {
    let body = frame.body();
    let at = match (frame.kind(), body) {
        (kind::PUBLISH, _) if frame.first() & 0b0110 == 0 => return 0,
        (kind::PUBLISH, [high, low, ..]) => 2 + usize::from(u16::from_be_bytes([*high, *low])),
        _ => 0,
    };
    match body.get(at..) {
        Some([high, low, ..]) => u16::from_be_bytes([*high, *low]),
        _ => 0,
    }
}

/// A DISCONNECT of one byte is a reason without properties (MQTT 5.0, 3.14.2.2.1), which the codec does not take.
fn with_properties(frame: Frame) -> Frame {
    let &[reason] = frame.body() else {
        return frame;
    };
    let mut bytes = BytesMut::with_capacity(4);
    bytes.put_slice(&[frame.first(), 2, reason, 0]);
    Frame { bytes, header: 2 }
}
