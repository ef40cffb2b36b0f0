//! All rows: what is measured, what the peer does (facts of 2026-11-23, the same kind of machine), what Hearth must do.

use crate::scene::Side;
use crate::{faults, figures, floor, recovery};

/// How long to measure.
#[derive(Clone, Copy)]
pub(crate) struct Scale {
    pub(crate) quick: bool,
}

impl Scale {
    /// One of two, by how much time there is.
    pub(crate) fn of<T>(self, full: T, quick: T) -> T {
        if self.quick { quick } else { full }
    }
}

/// What came out.
pub(crate) struct Measured {
    pub(crate) text: String,
    /// Whether it is what it must be.
    pub(crate) good: bool,
    /// What is compared with the other side's, the same for both; more is worse.
    pub(crate) figures: Vec<f64>,
}

pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) figure: &'static str,
    pub(crate) peer: &'static str,
    pub(crate) must: &'static str,
    pub(crate) measure: fn(&Side, Scale) -> Measured,
    /// Whether it is measured for the peer too.
    pub(crate) both: bool,
}

pub(crate) const ROWS: &[Row] = &[
    Row {
        name: "floor",
        figure: "the machine itself: 33 bytes through a pty and TCP, p50 / p99",
        peer: "not measured",
        must: "-",
        measure: floor::floor,
        both: false,
    },
    Row {
        name: "start",
        figure: "cold start to network and 100 devices known",
        peer: "0.75 s",
        must: "<= 0.10 s",
        measure: figures::start,
        both: true,
    },
    Row {
        name: "memory",
        figure: "memory, idle, 100 devices",
        peer: "161 + 10.5 MB",
        must: "<= 16 MB",
        measure: figures::memory,
        both: true,
    },
    Row {
        name: "set",
        figure: "MQTT set to AF_DATA_REQUEST, p50 / p99, 100 devices",
        peer: "1.8 / 3.4 ms",
        must: "<= 0.4 / 1.5 ms",
        measure: figures::set_latency,
        both: true,
    },
    Row {
        name: "report",
        figure: "AF_INCOMING_MSG to MQTT subscriber, p50 / p99, 100 devices",
        peer: "1.8 / 3.1 ms",
        must: "<= 0.4 / 1.5 ms",
        measure: figures::report_latency,
        both: true,
    },
    Row {
        name: "cpu",
        figure: "CPU at 50 reports/s, one core, 100 devices",
        peer: "8.5 %",
        must: "<= 1.5 %",
        measure: figures::cpu,
        both: true,
    },
    Row {
        name: "bytes",
        figure: "bytes written per report at 50/s, 100 devices",
        peer: "363, no history",
        must: "<= 500, durable history",
        measure: figures::bytes,
        both: true,
    },
    Row {
        name: "minute",
        figure: "bytes written per report, 200 devices, one a minute each",
        peer: "not measured",
        must: "<= 700",
        measure: figures::minute,
        both: true,
    },
    Row {
        name: "rate-1300",
        figure: "1,300 reports/s, 100 devices",
        peer: "0 lost, p99 under 1 s",
        must: "0 lost, p99 under 20 ms",
        measure: figures::lower_rate,
        both: true,
    },
    Row {
        name: "rate",
        figure: "reports/s without loss, 100 devices",
        peer: ">= 1,300 (20 devices: 5,000, p99 under 1 s)",
        must: ">= 5,000, p99 under 20 ms",
        measure: figures::rate,
        both: true,
    },
    Row {
        name: "split",
        figure: "frames split into 1-3 bytes, 30 % of AREQs doubled, jitter",
        peer: "harmless",
        must: "harmless, nothing twice",
        measure: faults::split,
        both: true,
    },
    Row {
        name: "flip",
        figure: "2 % of frames with a flipped byte",
        peer: "5 of 60 late or lost",
        must: "0 lost, p99 under 1 s",
        measure: faults::flip,
        both: true,
    },
    Row {
        name: "srsp",
        figure: "2 % of SRSPs lost",
        peer: "p99 5.8 to 9.3 s",
        must: "p99 under 1 s",
        measure: faults::srsp,
        both: true,
    },
    Row {
        name: "confirm",
        figure: "5 % of AF_DATA_CONFIRMs lost",
        peer: "p99 8.5 s",
        must: "p99 under 20 ms for others, 2 s for the same",
        measure: faults::confirm,
        both: true,
    },
    Row {
        name: "dead",
        figure: "one device dead (0xE9)",
        peer: "others unaffected",
        must: "others unaffected",
        measure: faults::dead,
        both: true,
    },
    Row {
        name: "unplug",
        figure: "stick unplugged 3 s",
        peer: "the process exits",
        must: "works under 1 s after it is back",
        measure: recovery::unplug,
        both: true,
    },
    Row {
        name: "silent",
        figure: "stick silent 10 s",
        peer: "works 0.5 s after it answers",
        must: "the same",
        measure: recovery::silent,
        both: true,
    },
    Row {
        name: "reset",
        figure: "stick resets by itself (SYS_RESET_IND)",
        peer: "never recovers (120 s)",
        must: "works under 5 s",
        measure: recovery::reset,
        both: true,
    },
];
