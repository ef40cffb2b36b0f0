//! Which frame asks a question, and which message answers it.

use crate::ncp::{SendError, ZdoRequest, ZdoResponse};
use crate::zdo::Status;
use crate::znp::af::AddressMode;
use crate::znp::zdo::{AddrRsp, BindReq, IeeeAddrReq, LeaveOptions, MgmtLeaveReq, NodeReq, NwkAddrReq, SimpleDescReq};
use crate::znp::zdo::{EndpointsRsp, NodeDescRsp, SimpleDescRsp, StatusRsp};
use crate::znp::{Areq, Sreq};

/// Kind of a question and the device that it is about: all that ties an answer to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Node(u16),
    Endpoints(u16),
    Simple(u16),
    Bind(u16),
    Leave(u16),
    Short(home::Ieee),
    Long(u16),
}

impl Key {
    /// True if the answer holds nothing that ties it to one question among others of its key.
    pub(super) fn is_outcome_only(self) -> bool {
        matches!(self, Self::Bind(_) | Self::Leave(_))
    }
}

/// The key of a question.
pub(super) fn key(question: &ZdoRequest) -> Key {
    match *question {
        ZdoRequest::NodeDescriptor { nwk } => Key::Node(nwk),
        ZdoRequest::ActiveEndpoints { nwk } => Key::Endpoints(nwk),
        ZdoRequest::SimpleDescriptor { nwk, .. } => Key::Simple(nwk),
        ZdoRequest::Bind { nwk, .. } => Key::Bind(nwk),
        ZdoRequest::Leave { nwk, .. } => Key::Leave(nwk),
        ZdoRequest::NetworkAddress { ieee } => Key::Short(ieee),
        ZdoRequest::IeeeAddress { nwk } => Key::Long(nwk),
    }
}

/// The frame that asks it.
pub(super) fn request(question: &ZdoRequest) -> Sreq {
    match *question {
        ZdoRequest::NodeDescriptor { nwk } => Sreq::ZdoNodeDesc(NodeReq { destination: nwk, of: nwk }),
        ZdoRequest::ActiveEndpoints { nwk } => Sreq::ZdoActiveEp(NodeReq { destination: nwk, of: nwk }),
        ZdoRequest::SimpleDescriptor { nwk, endpoint } => {
            Sreq::ZdoSimpleDesc(SimpleDescReq { destination: nwk, of: nwk, endpoint })
        }
        ZdoRequest::Bind { nwk, ieee, endpoint, cluster, target, target_endpoint } => Sreq::ZdoBind(BindReq {
            destination: nwk,
            source: ieee,
            source_endpoint: endpoint,
            cluster,
            target_mode: AddressMode::Ieee,
            target,
            target_endpoint,
        }),
        ZdoRequest::Leave { nwk, ieee } => {
            Sreq::ZdoMgmtLeave(MgmtLeaveReq { destination: nwk, ieee, options: LeaveOptions::default() })
        }
        ZdoRequest::NetworkAddress { ieee } => Sreq::ZdoNwkAddr(NwkAddrReq { ieee, kind: 0, start: 0 }),
        ZdoRequest::IeeeAddress { nwk } => Sreq::ZdoIeeeAddr(IeeeAddrReq { short: nwk, kind: 0, start: 0 }),
    }
}

/// The answer, if `message` is one to `question`.
pub(super) fn reply(question: &ZdoRequest, message: &Areq) -> Option<Result<ZdoResponse, SendError>> {
    match (*question, message) {
        (ZdoRequest::NodeDescriptor { nwk }, Areq::ZdoNodeDescRsp(NodeDescRsp { status, of, descriptor, .. }))
            if *of == nwk =>
        {
            Some(told(*status, || descriptor.clone().map(ZdoResponse::NodeDescriptor)))
        }
        (ZdoRequest::ActiveEndpoints { nwk }, Areq::ZdoActiveEpRsp(EndpointsRsp { status, of, endpoints, .. }))
            if *of == nwk =>
        {
            Some(told(*status, || Some(ZdoResponse::ActiveEndpoints(endpoints.to_vec()))))
        }
        (
            ZdoRequest::SimpleDescriptor { nwk, endpoint },
            Areq::ZdoSimpleDescRsp(SimpleDescRsp { status, of, descriptor, .. }),
        ) if *of == nwk && descriptor.0.as_ref().is_none_or(|found| found.endpoint == endpoint) => {
            Some(told(*status, || descriptor.0.clone().map(ZdoResponse::SimpleDescriptor)))
        }
        (ZdoRequest::Bind { nwk, .. }, Areq::ZdoBindRsp(StatusRsp { source, status }))
        | (ZdoRequest::Leave { nwk, .. }, Areq::ZdoMgmtLeaveRsp(StatusRsp { source, status }))
            if *source == nwk =>
        {
            Some(told(*status, || Some(ZdoResponse::Done)))
        }
        (ZdoRequest::NetworkAddress { ieee: wanted }, Areq::ZdoNwkAddrRsp(found)) if found.ieee == wanted => {
            Some(addresses(found))
        }
        (ZdoRequest::IeeeAddress { nwk }, Areq::ZdoIeeeAddrRsp(found)) if found.short == nwk => Some(addresses(found)),
        _ => None,
    }
}

fn addresses(found: &AddrRsp) -> Result<ZdoResponse, SendError> {
    told(found.status, || Some(ZdoResponse::NetworkAddress { ieee: found.ieee, nwk: found.short }))
}

/// Success without what was asked for is as good as no answer.
fn told(status: Status, value: impl FnOnce() -> Option<ZdoResponse>) -> Result<ZdoResponse, SendError> {
    match status {
        Status::Success => value().ok_or(SendError::Unclear),
        status => Err(SendError::Zdo(status.into())),
    }
}
