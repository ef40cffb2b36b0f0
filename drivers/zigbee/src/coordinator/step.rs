//! One step of an interview: what is asked. Kept in records, so numbers never change their meaning.

use minicbor::{Decode, Encode};

use crate::zcl::basic;

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

/// All of them, in the order in which they are asked.
pub(super) const FACTS: [Fact; 4] = [Fact::Manufacturer, Fact::Model, Fact::Power, Fact::Software];

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
