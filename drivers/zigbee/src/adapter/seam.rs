//! The adapter as the seam `ncp` wants it: inputs to the parts that they concern, outputs of all of them.

use std::time::Duration;

use home::Now;
use tracing::debug;

use super::{Io, Phase, Znp};
use crate::ncp::{Indication, Ncp, Request, SendError};
use crate::znp::Sreq;
use crate::znp::af::AddressMode;
use crate::znp::zdo::{ExtRouteDisc, MgmtPermitJoinReq};

/// All routers and the coordinator.
const ALL_ROUTERS: u16 = 0xFFFC;
/// Longest time for joining that a frame can say; 255 would be for ever.
const LONGEST_PERMIT: u8 = 254;
/// Most hops of a route search.
const RADIUS: u8 = 30;

impl Ncp for Znp {
    fn handle_link_up(&mut self, now: Now) {
        debug!("the port is open");
        self.fail(now.up);
        self.watch.link_up();
        self.phase = Phase::Closed;
        self.client.connect(now.up);
    }

    fn handle_link_down(&mut self, now: Now) {
        self.fail(now.up);
        if self.watch.is_announced() {
            self.down(now.up, "the adapter's port is gone".into());
        }
        self.phase = Phase::Closed;
        self.client.disconnect();
    }

    fn handle_bytes(&mut self, now: Now, bytes: &[u8]) {
        self.client.handle_bytes(now.up, bytes);
        self.work(now.up);
    }

    fn handle_timeout(&mut self, now: Now) {
        let now = now.up;
        self.client.handle_timeout(now);
        self.work(now);
        let io = &mut Io { now, client: &mut self.client, out: &mut self.out };
        self.deliveries.handle_timeout(io);
        self.questions.handle_timeout(io);
        match &mut self.phase {
            Phase::Starting(start) => {
                let progress = start.handle_timeout(io, &mut self.plan);
                self.progress(now, progress);
            }
            Phase::Pausing(until) if now >= *until => self.start(now),
            _ => {}
        }
    }

    fn handle_network_kept(&mut self, now: Now) {
        if let Phase::Starting(start) = &mut self.phase {
            let io = &mut Io { now: now.up, client: &mut self.client, out: &mut self.out };
            let progress = start.handle_kept(io, &mut self.plan);
            self.progress(now.up, progress);
        }
    }

    fn handle_request(&mut self, now: Now, request: Request) {
        if self.watch.is_announced() {
            self.request(now.up, request);
        } else {
            self.out.push_back(refusal(&request));
        }
    }

    fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.client.poll_transmit()
    }

    fn poll_indication(&mut self) -> Option<Indication> {
        self.out.pop_front()
    }

    fn poll_timeout(&self) -> Option<Duration> {
        let phase = match &self.phase {
            Phase::Starting(start) => start.poll_timeout(),
            Phase::Pausing(until) => Some(*until),
            Phase::Closed | Phase::Up | Phase::Refused => None,
        };
        let parts = [self.client.poll_timeout(), self.deliveries.poll_timeout(), self.questions.poll_timeout(), phase];
        parts.into_iter().flatten().min()
    }
}

impl Znp {
    fn request(&mut self, now: Duration, request: Request) {
        let io = &mut Io { now, client: &mut self.client, out: &mut self.out };
        match request {
            Request::Data { tag, frame } => self.deliveries.submit(io, tag, frame),
            Request::Zdo { tag, request } => self.questions.ask(io, tag, request),
            Request::PermitJoin { tag, seconds } => {
                let permit = MgmtPermitJoinReq {
                    mode: AddressMode::Broadcast,
                    destination: ALL_ROUTERS,
                    duration: seconds.min(LONGEST_PERMIT),
                    significance: 1,
                };
                self.questions.call(io, tag, Sreq::ZdoMgmtPermitJoin(permit));
            }
            Request::DiscoverRoute { tag, nwk } => {
                let search = ExtRouteDisc { destination: nwk, options: 0, radius: RADIUS };
                self.questions.call(io, tag, Sreq::ZdoExtRouteDisc(search));
            }
        }
    }
}

/// Why a request is not even tried.
fn refusal(request: &Request) -> Indication {
    let error = SendError::LinkDown;
    match request {
        Request::Data { tag, .. } | Request::PermitJoin { tag, .. } | Request::DiscoverRoute { tag, .. } => {
            Indication::Sent { tag: *tag, result: Err(error) }
        }
        Request::Zdo { tag, .. } => Indication::Zdo { tag: *tag, result: Err(error) },
    }
}
