//! What the broker writes. 3.1.1 clients get neither properties nor codes that 3.1.1 does not have.

use bytes::{BufMut, Bytes, BytesMut};
use rumqttd::protocol::{
    ConnAck, ConnAckProperties, ConnectReturnCode, Packet, PingResp, Protocol, PubAck, PubAckReason, PubComp,
    PubCompReason, PubRec, PubRecReason, PubRel, PubRelReason, Publish, PublishProperties, SubAck, SubscribeReasonCode,
    UnsubAck, UnsubAckReason, v4::V4, v5::V5,
};

use super::Version;
use crate::{
    mailbox::Reason,
    message::{Message, Qos},
    session::Delivery,
};

/// Writes packets for one connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Encoder {
    pub(crate) version: Version,
    /// Largest packet the client takes, in bytes.
    pub(crate) max_size: usize,
}

impl Encoder {
    /// Appends a packet; one that the codec refuses or that the client would not take leaves `out` as it was.
    fn write(self, packet: Packet, out: &mut BytesMut) -> bool {
        let before = out.len();
        let written = match self.version {
            Version::V4 => V4.write(packet, out),
            Version::V5 => V5.write(packet, out),
        };
        let fits = written.is_ok() && out.len() - before <= self.max_size;
        if !fits {
            out.truncate(before);
        }
        fits
    }

    pub(crate) fn connack(self, session_present: bool, properties: ConnAckProperties, out: &mut BytesMut) {
        let ack = ConnAck { session_present, code: ConnectReturnCode::Success };
        self.write(Packet::ConnAck(ack, Some(properties)), out);
    }

    /// Appends a PUBLISH; false if it is larger than the client takes.
    pub(crate) fn publish(
        self,
        delivery: &Delivery,
        packet_id: u16,
        again: bool,
        seconds_left: Option<u32>,
        out: &mut BytesMut,
    ) -> bool {
        let mut publish = header(delivery.qos, packet_id, again);
        let message = &*delivery.message;
        publish.topic = Bytes::copy_from_slice(message.topic.as_bytes());
        publish.payload = message.payload.clone();
        publish.retain = delivery.retain;
        let properties = match self.version {
            Version::V4 => None,
            Version::V5 => publish_properties(message, &delivery.ids, seconds_left),
        };
        self.write(Packet::Publish(publish, properties), out)
    }

    pub(crate) fn puback(self, pkid: u16, reason: PubAckReason, out: &mut BytesMut) {
        self.write(Packet::PubAck(PubAck { pkid, reason }, None), out);
    }

    pub(crate) fn pubrec(self, pkid: u16, reason: PubRecReason, out: &mut BytesMut) {
        self.write(Packet::PubRec(PubRec { pkid, reason }, None), out);
    }

    pub(crate) fn pubrel(self, pkid: u16, out: &mut BytesMut) {
        self.write(Packet::PubRel(PubRel { pkid, reason: PubRelReason::Success }, None), out);
    }

    pub(crate) fn pubcomp(self, pkid: u16, known: bool, out: &mut BytesMut) {
        let reason = if known { PubCompReason::Success } else { PubCompReason::PacketIdentifierNotFound };
        self.write(Packet::PubComp(PubComp { pkid, reason }, None), out);
    }

    pub(crate) fn suback(self, pkid: u16, mut return_codes: Vec<SubscribeReasonCode>, out: &mut BytesMut) {
        if self.version == Version::V4 {
            for code in &mut return_codes {
                if !matches!(code, SubscribeReasonCode::Success(_)) {
                    *code = SubscribeReasonCode::Failure;
                }
            }
        }
        self.write(Packet::SubAck(SubAck { pkid, return_codes }, None), out);
    }

    pub(crate) fn unsuback(self, pkid: u16, reasons: Vec<UnsubAckReason>, out: &mut BytesMut) {
        self.write(Packet::UnsubAck(UnsubAck { pkid, reasons }, None), out);
    }

    pub(crate) fn pingresp(self, out: &mut BytesMut) {
        self.write(Packet::PingResp(PingResp), out);
    }

    /// Tells a 5.0 client why the connection is about to close; 3.1.1 has no such packet. The codec of
    /// DISCONNECT loses reasons that have no properties, so these four bytes are ours.
    pub(crate) fn disconnect(self, reason: Reason, out: &mut BytesMut) {
        if self.version == Version::V5 {
            out.put_slice(&[0xe0, 2, reason as u8, 0]);
        }
    }
}

/// A PUBLISH with this header. Its fields are private to the codec, which reads them from bytes.
fn header(qos: Qos, packet_id: u16, again: bool) -> Publish {
    let [high, low] = packet_id.to_be_bytes();
    let first = 0x30 | qos.level() << 1 | u8::from(again) << 3;
    Publish::deserialize(Bytes::copy_from_slice(&[first, high, low, 0, 0]))
}

fn publish_properties(message: &Message, ids: &[u32], seconds_left: Option<u32>) -> Option<PublishProperties> {
    if message.properties.is_none() && ids.is_empty() {
        return None;
    }
    let mut properties = message.properties.as_deref().cloned().unwrap_or_default();
    properties.message_expiry_interval = seconds_left;
    properties.subscription_identifiers = ids.iter().filter_map(|id| usize::try_from(*id).ok()).collect();
    Some(properties)
}

/// A CONNACK that refuses, for a client of this version; `None` when even the version is unknown.
pub(crate) fn refuse(version: Option<Version>, code: ConnectReturnCode, out: &mut BytesMut) {
    match version {
        Some(Version::V5) => {
            let encoder = Encoder { version: Version::V5, max_size: usize::MAX };
            encoder.write(Packet::ConnAck(ConnAck { session_present: false, code }, None), out);
        }
        Some(Version::V4) | None => out.put_slice(&[0x20, 2, 0, code_v4(code)]),
    }
}

/// 3.1.1 knows five refusals (3.2.2.3).
fn code_v4(code: ConnectReturnCode) -> u8 {
    match code {
        ConnectReturnCode::Success => 0,
        ConnectReturnCode::RefusedProtocolVersion | ConnectReturnCode::UnsupportedProtocolVersion => 1,
        ConnectReturnCode::ClientIdentifierNotValid => 2,
        ConnectReturnCode::BadUserNamePassword => 4,
        ConnectReturnCode::NotAuthorized => 5,
        _ => 3,
    }
}
