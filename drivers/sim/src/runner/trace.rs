//! What passed the port and when, one line each, so that a bench outside can measure a host.
//!
//! `NANOSECONDS request DESTINATION CLUSTER HEX` when an `AF_DATA_REQUEST` was read whole from the port, and
//! `NANOSECONDS incoming SOURCE CLUSTER HEX` just before an `AF_INCOMING_MSG` is written to it. Addresses and clusters
//! are in hexadecimal, the time is `CLOCK_MONOTONIC`.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use zigbee::mt::{Frame, Kind};
use zigbee::znp::{Areq, Sreq};

use super::clock::monotonic_nanos;
use crate::hex;

/// A file of traces.
#[derive(Debug)]
pub struct Trace {
    file: BufWriter<File>,
}

impl Trace {
    /// Begins a file; what it held is lost.
    pub fn create(path: &Path) -> io::Result<Self> {
        Ok(Self { file: BufWriter::new(File::create(path)?) })
    }

    /// A frame of the host was read at this time.
    pub(super) fn read(&mut self, at: u64, frame: &Frame) {
        if frame.kind() != Kind::Sreq {
            return;
        }
        if let Ok(Sreq::AfDataRequest(request)) = Sreq::decode(frame) {
            self.line(at, "request", request.destination, request.cluster, &request.data);
        }
    }

    /// A frame is about to be written.
    pub(super) fn writing(&mut self, frame: &Frame) {
        if frame.kind() != Kind::Areq {
            return;
        }
        if let Ok(Areq::AfIncomingMsg(message)) = Areq::decode(frame) {
            self.line(monotonic_nanos(), "incoming", message.source, message.cluster, &message.data);
        }
    }

    fn line(&mut self, at: u64, what: &str, address: u16, cluster: u16, data: &[u8]) {
        let line = writeln!(self.file, "{at} {what} {address:04x} {cluster:04x} {}", hex::encode(data));
        if let Err(error) = line {
            tracing::warn!(%error, "the trace cannot be written");
        }
    }

    /// Makes the lines so far visible to readers.
    pub(super) fn flush(&mut self) {
        if let Err(error) = self.file.flush() {
            tracing::warn!(%error, "the trace cannot be written");
        }
    }
}

/// The time for [`Trace::read`].
pub(super) fn now() -> u64 {
    monotonic_nanos()
}
