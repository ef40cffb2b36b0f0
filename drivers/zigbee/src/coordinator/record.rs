//! What is kept of a device over restarts, and how it is written down.
//!
//! Knows the encoding: a version byte, then CBOR. Does not know who stores it.

use home::DriverRecord;
use minicbor::{Decode, Encode};

use super::step::Step;
use crate::zcl::basic;

/// Version of the encoding below. CBOR fields may be added under new numbers without a new version.
const VERSION: u8 = 1;

/// What is kept of a device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub(super) struct Kept {
    /// Its short address when last heard.
    #[n(0)]
    pub(super) nwk: Option<u16>,
    /// What kind of node it is.
    #[n(1)]
    pub(super) node: Option<Node>,
    /// Its endpoints, once it named them.
    #[n(2)]
    pub(super) endpoints: Option<Vec<Endpoint>>,
    /// Who made it, in its own words.
    #[n(3)]
    pub(super) manufacturer: Option<String>,
    /// What model it is, in its own words.
    #[n(4)]
    pub(super) model: Option<String>,
    /// Its software.
    #[n(5)]
    pub(super) software: Option<String>,
    /// Its power source (ZCL 8, 3.2.2.2.8).
    #[n(6)]
    pub(super) power: Option<u8>,
    /// Number of its zone at this hub.
    #[n(7)]
    pub(super) zone: Option<u8>,
    /// What its zone watches (ZCL 8, 8.2.2.2.1.2).
    #[n(8)]
    pub(super) zone_type: Option<u16>,
    /// Time between its check-ins, quarter seconds.
    #[n(9)]
    pub(super) check_in: Option<u32>,
    /// Steps of the interview that are over; empty once all are.
    #[n(10)]
    pub(super) steps: Vec<Step>,
    /// True once all steps are over.
    #[n(11)]
    pub(super) finished: bool,
}

/// What a node descriptor said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub(super) struct Node {
    /// Whether it hears only what it fetches.
    #[n(0)]
    pub(super) sleepy: bool,
    /// Manufacturer code.
    #[n(1)]
    pub(super) manufacturer: u16,
}

/// An endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(super) struct Endpoint {
    /// Its number.
    #[n(0)]
    pub(super) number: u8,
    /// What it can do, once it said so.
    #[n(1)]
    pub(super) clusters: Option<Clusters>,
}

/// Clusters of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(super) struct Clusters {
    /// Profile.
    #[n(0)]
    pub(super) profile: u16,
    /// Device type.
    #[n(1)]
    pub(super) device: u16,
    /// Clusters that it serves.
    #[n(2)]
    pub(super) served: Vec<u16>,
    /// Clusters that it uses.
    #[n(3)]
    pub(super) used: Vec<u16>,
}

/// The bytes are no record of this driver.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum RecordError {
    /// Written by a newer version of the hub.
    #[error("unknown record version {0:?}")]
    Version(Option<u8>),
    /// Damaged.
    #[error("damaged record: {0}")]
    Damaged(String),
}

impl Kept {
    /// Writes it down.
    pub(super) fn encode(&self) -> DriverRecord {
        let mut bytes = vec![VERSION];
        minicbor::encode(self, &mut bytes).expect("a Vec takes everything");
        DriverRecord::new(bytes)
    }

    /// Reads what [`Kept::encode`] wrote.
    pub(super) fn decode(record: &DriverRecord) -> Result<Self, RecordError> {
        match record.expose().split_first() {
            Some((&VERSION, cbor)) => minicbor::decode(cbor).map_err(|error| RecordError::Damaged(error.to_string())),
            other => Err(RecordError::Version(other.map(|(version, _)| *version))),
        }
    }

    /// Whether it hears only what it fetches. One that has not said so is taken for such.
    pub(super) fn is_sleepy(&self) -> bool {
        self.node.is_none_or(|node| node.sleepy)
    }

    /// How it is fed.
    pub(super) fn power(&self) -> home::Power {
        // Bit 7 only adds a reserve battery.
        match self.power.map(|code| basic::PowerSource::from(code & 0x7F)) {
            Some(basic::PowerSource::Battery) => home::Power::Battery,
            None | Some(basic::PowerSource::Unknown | basic::PowerSource::Other(_)) if self.is_sleepy() => {
                home::Power::Battery
            }
            None | Some(basic::PowerSource::Unknown | basic::PowerSource::Other(_)) => home::Power::Unknown,
            Some(_) => home::Power::Mains,
        }
    }

    /// Endpoints that serve `cluster`.
    pub(super) fn serving(&self, cluster: u16) -> impl Iterator<Item = u8> {
        self.clusters().filter(move |(_, clusters)| clusters.served.contains(&cluster)).map(|(number, _)| number)
    }

    /// The first endpoint that serves `cluster`: a Kwikset lock has it on its second.
    pub(super) fn endpoint_of(&self, cluster: u16) -> Option<u8> {
        self.serving(cluster).next()
    }

    /// Whether this endpoint serves this cluster.
    pub(super) fn serves(&self, endpoint: u8, cluster: u16) -> bool {
        self.serving(cluster).any(|number| number == endpoint)
    }

    /// Endpoints that said what they can do.
    pub(super) fn clusters(&self) -> impl Iterator<Item = (u8, &Clusters)> {
        self.endpoints.iter().flatten().filter_map(|endpoint| Some((endpoint.number, endpoint.clusters.as_ref()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coordinator::step::Fact;

    fn lock() -> Kept {
        Kept {
            nwk: Some(0x1234),
            node: Some(Node { sleepy: true, manufacturer: 0x1234 }),
            endpoints: Some(vec![
                Endpoint { number: 1, clusters: None },
                Endpoint {
                    number: 2,
                    clusters: Some(Clusters { profile: 0x0104, device: 10, served: vec![0, 0x0101], used: vec![25] }),
                },
            ]),
            manufacturer: Some("Kwikset".to_owned()),
            check_in: Some(14400),
            steps: vec![Step::Node, Step::Identity(Fact::Model), Step::Bind { endpoint: 2, cluster: 0x0101 }],
            ..Kept::default()
        }
    }

    #[test]
    fn a_record_reads_back_as_written() {
        assert_eq!(Kept::decode(&lock().encode()), Ok(lock()));
        assert_eq!(Kept::decode(&Kept::default().encode()), Ok(Kept::default()));
    }

    #[test]
    fn a_foreign_record_is_an_error_and_no_panic() {
        for bytes in [vec![], vec![2, 0x80], vec![1], vec![1, 0xff], vec![1, 0x81, 0x20]] {
            assert!(Kept::decode(&DriverRecord::new(bytes.clone())).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn a_cluster_is_looked_for_on_all_endpoints() {
        assert_eq!(lock().endpoint_of(0x0101), Some(2));
        assert!(!lock().serves(1, 0x0101));
    }
}
