//! Questions to device objects (ZDO), and calls that have nothing but an answer.
//!
//! The adapter strips the ZDO sequence, so an answer belongs to the question by its kind and the device that it is
//! about. Of each such pair one question is out at a time.

mod answer;

use std::time::Duration;

use tracing::debug;

use self::answer::{Key, key, reply, request};
use super::Io;
use super::client::Owner;
use super::retry::Class;
use crate::ncp::{Indication, SendError, Tag, ZdoRequest, ZdoResponse};
use crate::znp::{Areq, Sreq, Srsp, Status};

/// Most questions and most calls under way.
const LIMIT: usize = 64;
/// How long a device may take to answer; one that sleeps fetches the question within 7.68 s or never.
const PATIENCE: Duration = Duration::from_secs(8);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Another of its kind to the same device is out.
    Waiting,
    /// With the client.
    Sending,
    /// The adapter took it; the device's answer is awaited until then.
    Accepted(Duration),
}

#[derive(Debug)]
struct Question {
    tag: Tag,
    request: ZdoRequest,
    key: Key,
    stage: Stage,
}

/// All questions and calls under way, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Questions {
    asked: Vec<Question>,
    calls: Vec<Tag>,
}

impl Questions {
    /// Takes a question; an indication will tell the answer.
    pub(super) fn ask(&mut self, io: &mut Io<'_>, tag: Tag, request: ZdoRequest) {
        if self.asked.len() >= LIMIT {
            return io.out.push_back(Indication::Zdo { tag, result: Err(SendError::Busy) });
        }
        self.asked.push(Question { tag, request, key: key(&request), stage: Stage::Waiting });
        self.start(io, key(&request));
    }

    /// Takes a call; an indication will tell the answer.
    pub(super) fn call(&mut self, io: &mut Io<'_>, tag: Tag, request: Sreq) {
        if self.calls.len() >= LIMIT {
            return io.out.push_back(Indication::Sent { tag, result: Err(SendError::Busy) });
        }
        self.calls.push(tag);
        io.client.submit(io.now, Owner::Call(tag), Class::Ask, request);
    }

    /// The adapter took a question or not.
    pub(super) fn handle_answer(&mut self, io: &mut Io<'_>, tag: Tag, answer: &Srsp) {
        let Some(question) = self.asked.iter_mut().find(|question| question.tag == tag) else { return };
        match outcome(answer) {
            Ok(()) => question.stage = Stage::Accepted(io.now + PATIENCE),
            Err(error) => self.conclude(io, tag, Err(error)),
        }
    }

    /// The adapter never answered a question.
    pub(super) fn handle_lost(&mut self, io: &mut Io<'_>, tag: Tag) {
        self.conclude(io, tag, Err(SendError::Unclear));
    }

    /// The adapter answered a call, or never did.
    pub(super) fn handle_called(&mut self, io: &mut Io<'_>, tag: Tag, answer: Option<&Srsp>) {
        self.calls.retain(|call| *call != tag);
        let result = answer.map_or(Err(SendError::Unclear), outcome);
        io.out.push_back(Indication::Sent { tag, result });
    }

    /// A message that may be a device's answer. False if nobody asked.
    pub(super) fn handle_message(&mut self, io: &mut Io<'_>, message: &Areq) -> bool {
        let answered = self.asked.iter().find_map(|question| match question.stage {
            Stage::Waiting => None,
            // An outcome alone could be that of the question before, whose answer came twice.
            Stage::Sending if question.key.is_outcome_only() => None,
            Stage::Sending | Stage::Accepted(_) => Some((question.tag, reply(&question.request, message)?)),
        });
        let Some((tag, result)) = answered else { return false };
        io.client.settle(io.now, Owner::Ask(tag));
        self.conclude(io, tag, result);
        true
    }

    /// Time passed.
    pub(super) fn handle_timeout(&mut self, io: &mut Io<'_>) {
        let now = io.now;
        let due = |question: &Question| matches!(question.stage, Stage::Accepted(due) if now >= due);
        while let Some(tag) = self.asked.iter().find(|question| due(question)).map(|question| question.tag) {
            debug!(tag = tag.0, "no answer of the device objects");
            self.conclude(io, tag, Err(SendError::Unclear));
        }
    }

    /// When [`Questions::handle_timeout`] is due.
    pub(super) fn poll_timeout(&self) -> Option<Duration> {
        let due = |question: &Question| match question.stage {
            Stage::Accepted(due) => Some(due),
            Stage::Waiting | Stage::Sending => None,
        };
        self.asked.iter().filter_map(due).min()
    }

    /// The adapter is gone or started over.
    pub(super) fn fail_all(&mut self, io: &mut Io<'_>) {
        for Question { tag, .. } in self.asked.drain(..) {
            io.out.push_back(Indication::Zdo { tag, result: Err(SendError::LinkDown) });
        }
        for tag in self.calls.drain(..) {
            io.out.push_back(Indication::Sent { tag, result: Err(SendError::LinkDown) });
        }
    }

    /// Sends the next question with this key if none is out.
    fn start(&mut self, io: &mut Io<'_>, key: Key) {
        let mut alike = self.asked.iter_mut().filter(|question| question.key == key);
        if let Some(next) = alike.next()
            && next.stage == Stage::Waiting
        {
            next.stage = Stage::Sending;
            io.client.submit(io.now, Owner::Ask(next.tag), Class::Ask, request(&next.request));
        }
    }

    fn conclude(&mut self, io: &mut Io<'_>, tag: Tag, result: Result<ZdoResponse, SendError>) {
        let Some(index) = self.asked.iter().position(|question| question.tag == tag) else { return };
        let Question { key, .. } = self.asked.remove(index);
        io.out.push_back(Indication::Zdo { tag, result });
        self.start(io, key);
    }
}

/// What the adapter's answer says of a request that it passes on.
fn outcome(answer: &Srsp) -> Result<(), SendError> {
    let status = match answer {
        Srsp::ZdoNwkAddr(status)
        | Srsp::ZdoIeeeAddr(status)
        | Srsp::ZdoNodeDesc(status)
        | Srsp::ZdoActiveEp(status)
        | Srsp::ZdoSimpleDesc(status)
        | Srsp::ZdoBind(status)
        | Srsp::ZdoMgmtLeave(status)
        | Srsp::ZdoMgmtPermitJoin(status)
        | Srsp::ZdoExtRouteDisc(status) => *status,
        _ => Status::Failure,
    };
    match status {
        Status::Success => Ok(()),
        status if status.is_transient() => Err(SendError::Busy),
        status => Err(SendError::Refused(status.into())),
    }
}
