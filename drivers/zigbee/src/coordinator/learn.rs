//! What an answer to an interview's step teaches.
//!
//! Knows answers and records. Does not know when a step is asked again.

use super::job::Answer;
use super::record::{Clusters, Endpoint, Kept, Node};
use super::step::{Fact, Step};
use super::text::clean;
use crate::ncp::ZdoResponse;
use crate::zcl::{Global, ReadRecord, Value, ias_zone};

/// The most endpoints of one device that are looked at.
const ENDPOINTS: usize = 16;

/// Whether an answer was one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Learnt {
    /// The step is over.
    Done,
    /// The answer is no good: ask again.
    Again,
}

/// Takes what `answer` to `step` teaches into `kept`.
pub(super) fn learn(kept: &mut Kept, step: Step, answer: &Answer) -> Learnt {
    match (step, answer) {
        (Step::Node, Answer::Objects(ZdoResponse::NodeDescriptor(node))) => {
            kept.node = Some(Node { sleepy: node.capabilities.is_sleepy(), manufacturer: node.manufacturer });
            Learnt::Done
        }
        (Step::Endpoints, Answer::Objects(ZdoResponse::ActiveEndpoints(numbers))) => endpoints(kept, numbers),
        (Step::Simple(number), Answer::Objects(ZdoResponse::SimpleDescriptor(simple))) => {
            let clusters = Clusters {
                profile: simple.profile,
                device: simple.device,
                served: simple.in_clusters.to_vec(),
                used: simple.out_clusters.to_vec(),
            };
            if simple.endpoint == number { describe(kept, number, clusters) } else { Learnt::Again }
        }
        (Step::Node | Step::Endpoints | Step::Simple(_), _) => Learnt::Again,
        (Step::Identity(fact), _) => {
            identity(kept, fact, read(answer, fact.attribute()).as_ref());
            Learnt::Done
        }
        (Step::ZoneCheck(_), _) => zone(kept, answer),
        (Step::CheckIn(_), _) => {
            let interval = read(answer, crate::zcl::poll_control::attribute::CHECK_IN_INTERVAL);
            kept.check_in =
                interval.and_then(|value| u32::try_from(value.number()?).ok()).filter(|quarters| *quarters > 0);
            Learnt::Done
        }
        _ => Learnt::Done,
    }
}

/// Notes that an endpoint can do nothing: it was named, but has no descriptor.
pub(super) fn nothing_there(kept: &mut Kept, number: u8) {
    describe(kept, number, Clusters { profile: 0, device: 0, served: Vec::new(), used: Vec::new() });
}

fn endpoints(kept: &mut Kept, numbers: &[u8]) -> Learnt {
    let mut numbers: Vec<_> = numbers.iter().copied().filter(|number| (1..=240).contains(number)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.truncate(ENDPOINTS);
    if numbers.is_empty() {
        return Learnt::Again;
    }
    kept.endpoints = Some(numbers.into_iter().map(|number| Endpoint { number, clusters: None }).collect());
    Learnt::Done
}

fn describe(kept: &mut Kept, number: u8, clusters: Clusters) -> Learnt {
    let endpoint = kept.endpoints.iter_mut().flatten().find(|endpoint| endpoint.number == number);
    if let Some(endpoint) = endpoint {
        endpoint.clusters = Some(clusters);
    }
    Learnt::Done
}

fn identity(kept: &mut Kept, fact: Fact, value: Option<&Value>) {
    let text = || value.and_then(Value::text).and_then(|text| clean(&text));
    match fact {
        Fact::Manufacturer => kept.manufacturer = text(),
        Fact::Model => kept.model = text(),
        Fact::Software => kept.software = text(),
        Fact::Power => kept.power = value.and_then(Value::number).and_then(|code| u8::try_from(code).ok()),
    }
}

fn zone(kept: &mut Kept, answer: &Answer) -> Learnt {
    if let Some(kind) = read(answer, ias_zone::attribute::ZONE_TYPE).and_then(|value| value.number()) {
        kept.zone_type = u16::try_from(kind).ok();
    }
    match read(answer, ias_zone::attribute::ZONE_STATE).and_then(|value| value.number()) {
        Some(1) => Learnt::Done,
        _ => Learnt::Again,
    }
}

/// The value of one attribute in a read response.
fn read(answer: &Answer, attribute: u16) -> Option<Value> {
    records(answer)?.into_iter().find(|record| record.attribute == attribute)?.result.ok()
}

/// The records, if the answer is a read response.
pub(super) fn records(answer: &Answer) -> Option<Vec<ReadRecord>> {
    let Answer::Frame { frame, .. } = answer else { return None };
    match frame.global()?.ok()? {
        Global::ReadResponse(records) => Some(records.into_vec()),
        _ => None,
    }
}
