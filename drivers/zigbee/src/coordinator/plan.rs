//! The steps of an interview: which come for which device, and which is next.
//!
//! Knows the order and what each step asks. Does not know when it is asked nor what came of it.

use std::time::Duration;

use super::profile;
use super::record::Kept;
use super::step::{FACTS, Step};
use crate::zcl::{door_lock, ias_zone, poll_control};

/// Manufacturer codes of nodes that fall asleep so soon that they are asked who they are first (Tuya).
const HASTY: [u16; 2] = [0x0000, 0x1002];

/// Manufacturer code of sleeping nodes that do not answer right after joining (Heiman).
const LATE: u16 = 0x120B;
/// How long those are left alone.
pub(super) const SHY: Duration = Duration::from_secs(10);

/// Whether a node is to be left alone for [`SHY`] after it said what it is.
pub(super) fn is_shy(kept: &Kept) -> bool {
    kept.node.is_some_and(|node| node.sleepy && node.manufacturer == LATE)
}

/// The first step that is not over, if any.
pub(super) fn next(kept: &Kept) -> Option<Step> {
    let open = |step: &Step| !kept.steps.contains(step);
    let Some(node) = kept.node else { return Some(Step::Node) };
    let identity = || FACTS.into_iter().map(Step::Identity).find(open);
    if HASTY.contains(&node.manufacturer)
        && let Some(step) = identity()
    {
        return Some(step);
    }
    let Some(endpoints) = &kept.endpoints else { return Some(Step::Endpoints) };
    if let Some(step) = endpoints.iter().map(|endpoint| Step::Simple(endpoint.number)).find(open) {
        return Some(step);
    }
    identity().or_else(|| later(kept).into_iter().find(open))
}

/// The steps after the device said what it is.
fn later(kept: &Kept) -> Vec<Step> {
    let zones = kept.serving(ias_zone::CLUSTER);
    let mut steps: Vec<_> = zones
        .flat_map(|endpoint| [Step::ZoneAddress(endpoint), Step::ZoneEnrol(endpoint), Step::ZoneCheck(endpoint)])
        .collect();
    for (endpoint, clusters) in kept.clusters() {
        let is_lock = clusters.served.contains(&door_lock::CLUSTER);
        for cluster in clusters.served.iter().copied().filter(|cluster| profile::is_bound(*cluster, is_lock)) {
            steps.push(Step::Bind { endpoint, cluster });
            let rows = profile::rows(cluster).filter(|row| row.reporting.is_some());
            steps.extend(rows.map(|row| Step::Report { endpoint, cluster, attribute: row.attribute }));
        }
    }
    steps.extend(kept.serving(poll_control::CLUSTER).map(Step::CheckIn));
    steps.extend(values(kept).map(|(endpoint, cluster)| Step::Values { endpoint, cluster }));
    steps
}

/// The steps that a device need not go through again when it came back.
pub(super) fn known_steps(kept: &Kept) -> Vec<Step> {
    let endpoints = kept.endpoints.iter().flatten().map(|endpoint| Step::Simple(endpoint.number));
    endpoints.chain(FACTS.into_iter().map(Step::Identity)).collect()
}

/// The first attribute that is reported: endpoint, cluster, attribute.
pub(super) fn first_report(kept: &Kept) -> Option<(u8, u16, u16)> {
    later(kept).into_iter().find_map(|step| match step {
        Step::Report { endpoint, cluster, attribute } => Some((endpoint, cluster, attribute)),
        _ => None,
    })
}

/// Endpoints and clusters with values worth reading.
pub(super) fn values(kept: &Kept) -> impl Iterator<Item = (u8, u16)> {
    kept.clusters().flat_map(|(endpoint, clusters)| {
        let known = clusters.served.iter().copied().filter(|cluster| profile::rows(*cluster).next().is_some());
        known.map(move |cluster| (endpoint, cluster))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coordinator::record::{Clusters, Endpoint, Node};
    use crate::coordinator::step::Fact;

    fn run(mut kept: Kept, node: Node, served: &[u16]) -> Vec<Step> {
        let mut order = Vec::new();
        while let Some(step) = next(&kept) {
            match step {
                Step::Node => kept.node = Some(node),
                Step::Endpoints => kept.endpoints = Some(vec![Endpoint { number: 1, clusters: None }]),
                Step::Simple(_) => {
                    let clusters = Clusters { profile: 0x0104, device: 0, served: served.to_vec(), used: vec![] };
                    kept.endpoints = Some(vec![Endpoint { number: 1, clusters: Some(clusters) }]);
                }
                _ => {}
            }
            kept.steps.push(step);
            order.push(step);
            assert!(order.len() < 50, "{order:?}");
        }
        order
    }

    #[test]
    fn a_contact_is_enrolled_and_read() {
        let node = Node { sleepy: true, manufacturer: 0x1234 };
        let order = run(Kept::default(), node, &[0, 0x0020, 0x0500]);
        let words: Vec<_> = order.iter().map(|step| step.word()).collect();
        let expected = "node endpoints clusters identity identity identity identity enrolment enrolment enrolment \
            binding check-in values";
        assert_eq!(words.join(" "), expected);
    }

    #[test]
    fn a_hasty_node_is_asked_first_who_it_is() {
        let order = run(Kept::default(), Node { sleepy: true, manufacturer: 0x1002 }, &[]);
        assert_eq!(order.get(1), Some(&Step::Identity(Fact::Manufacturer)));
    }
}
