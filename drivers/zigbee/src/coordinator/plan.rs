//! The steps of an interview: which come for which device, and which is next.
//!
//! Knows the order and what each step asks. Does not know when it is asked nor what came of it.

use minicbor::{Decode, Encode};

use super::profile;
use super::record::Kept;
use crate::zcl::{basic, door_lock, ias_zone, poll_control};

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub(super) enum Step {
    /// What kind of node is it?
    #[n(0)]
    Node,
    /// Which endpoints has it?
    #[n(1)]
    Endpoints,
    /// What can this endpoint do?
    #[n(2)]
    Simple(#[n(0)] u8),
    /// Who is it?
    #[n(3)]
    Identity(#[n(0)] Fact),
    /// Tell the zone on this endpoint where to report to.
    #[n(4)]
    ZoneAddress(#[n(0)] u8),
    /// Enrol the zone on this endpoint, asked or not.
    #[n(5)]
    ZoneEnrol(#[n(0)] u8),
    /// Is the zone enrolled, and what does it watch?
    #[n(6)]
    ZoneCheck(#[n(0)] u8),
    /// Have this cluster's reports and commands sent to us.
    #[n(7)]
    Bind {
        /// Endpoint.
        #[n(0)]
        endpoint: u8,
        /// Cluster.
        #[n(1)]
        cluster: u16,
    },
    /// Have this attribute reported.
    #[n(8)]
    Report {
        /// Endpoint.
        #[n(0)]
        endpoint: u8,
        /// Cluster.
        #[n(1)]
        cluster: u16,
        /// Attribute.
        #[n(2)]
        attribute: u16,
    },
    /// How often does it check in?
    #[n(9)]
    CheckIn(#[n(0)] u8),
    /// Read the values of this cluster.
    #[n(10)]
    Values {
        /// Endpoint.
        #[n(0)]
        endpoint: u8,
        /// Cluster.
        #[n(1)]
        cluster: u16,
    },
}

/// Something that the Basic cluster tells. Asked one by one: some devices answer no more than one at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub(super) enum Fact {
    /// Who made it.
    #[n(0)]
    Manufacturer,
    /// What model it is.
    #[n(1)]
    Model,
    /// How it is fed.
    #[n(2)]
    Power,
    /// Its software.
    #[n(3)]
    Software,
}

const FACTS: [Fact; 4] = [Fact::Manufacturer, Fact::Model, Fact::Power, Fact::Software];

/// Manufacturer codes of nodes that fall asleep so soon that they are asked who they are first (Tuya).
const HASTY: [u16; 2] = [0x0000, 0x1002];

impl Fact {
    /// Its attribute in the Basic cluster.
    pub(super) fn attribute(self) -> u16 {
        match self {
            Self::Manufacturer => basic::attribute::MANUFACTURER_NAME,
            Self::Model => basic::attribute::MODEL_IDENTIFIER,
            Self::Power => basic::attribute::POWER_SOURCE,
            Self::Software => basic::attribute::SW_BUILD_ID,
        }
    }
}

impl Step {
    /// The step in a word for the page.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Endpoints => "endpoints",
            Self::Simple(_) => "clusters",
            Self::Identity(_) => "identity",
            Self::ZoneAddress(_) | Self::ZoneEnrol(_) | Self::ZoneCheck(_) => "enrolment",
            Self::Bind { .. } => "binding",
            Self::Report { .. } => "reporting",
            Self::CheckIn(_) => "check-in",
            Self::Values { .. } => "values",
        }
    }

    /// How often it is tried in a row before the interview stops until the device speaks again (3c, interview).
    pub(super) fn tries(self) -> u8 {
        match self {
            Self::Node => 6,
            _ => 3,
        }
    }

    /// True for what comes once the device said what it is: what it may lack, and may forget when it leaves.
    pub(super) fn is_later(self) -> bool {
        !matches!(self, Self::Node | Self::Endpoints | Self::Simple(_) | Self::Identity(_))
    }
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
