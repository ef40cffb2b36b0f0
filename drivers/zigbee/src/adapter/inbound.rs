//! What devices say by themselves: application frames, joining, leaving, moving.

use std::collections::VecDeque;
use std::time::Duration;

use super::Io;
use super::fetch::Fetches;
use crate::ncp::{Incoming, Indication};
use crate::znp::Areq;
use crate::znp::af::{AddressMode, ExtData, IncomingMsg, IncomingMsgExt};

/// Most messages held back while the network starts.
const HELD: usize = 64;
/// Most indications that wait to be fetched; more application frames are dropped.
const WAITING: usize = 1024;
/// Messages that are compared with a new one.
const REMEMBERED: usize = 4;
/// A message that is the same to the byte, adapter's clock included, is a repetition for so long.
const REPETITION: Duration = Duration::from_secs(1);

/// The way in.
#[derive(Debug, Default)]
pub(super) struct Inbound {
    held: VecDeque<Areq>,
    recent: VecDeque<(Duration, IncomingMsg)>,
    /// Messages that came twice.
    pub(super) repeated: u64,
    /// Messages dropped.
    pub(super) dropped: u64,
}

impl Inbound {
    /// A message during a start: a lock may speak while the hub starts. It is told once the network is known to be ours.
    pub(super) fn hold(&mut self, message: &Areq) {
        let told = matches!(
            message,
            Areq::AfIncomingMsg(_)
                | Areq::AfIncomingMsgExt(_)
                | Areq::ZdoTcDeviceInd(_)
                | Areq::ZdoEndDeviceAnnce(_)
                | Areq::ZdoLeaveInd(_)
                | Areq::ZdoConcentratorInd(_)
        );
        if told && self.held.len() < HELD {
            self.held.push_back(message.clone());
        } else if told {
            self.dropped += 1;
        }
    }

    /// What was held back.
    pub(super) fn release(&mut self) -> VecDeque<Areq> {
        std::mem::take(&mut self.held)
    }

    /// Forgets what was held back.
    pub(super) fn clear(&mut self) {
        self.held.clear();
        self.recent.clear();
    }

    /// A message that answers nothing.
    pub(super) fn handle(&mut self, io: &mut Io<'_>, fetches: &mut Fetches, message: &Areq) {
        match message {
            Areq::AfIncomingMsg(message) => self.short(io, message),
            Areq::AfIncomingMsgExt(message) => self.long(io, fetches, message),
            Areq::ZdoTcDeviceInd(device) => {
                io.out.push_back(Indication::Joined { ieee: device.ieee, nwk: device.short });
            }
            Areq::ZdoEndDeviceAnnce(device) => {
                io.out.push_back(Indication::Joined { ieee: device.ieee, nwk: device.short });
            }
            Areq::ZdoLeaveInd(leave) if !leave.rejoin => io.out.push_back(Indication::Left { ieee: leave.ieee }),
            Areq::ZdoConcentratorInd(device) => {
                io.out.push_back(Indication::Moved { ieee: device.ieee, nwk: device.short });
            }
            _ => {}
        }
    }

    fn short(&mut self, io: &mut Io<'_>, message: &IncomingMsg) {
        self.recent.retain(|(at, _)| io.now < *at + REPETITION);
        if self.recent.iter().any(|(_, seen)| seen == message) {
            self.repeated += 1;
            return;
        }
        if self.recent.len() >= REMEMBERED {
            self.recent.pop_front();
        }
        self.recent.push_back((io.now, message.clone()));
        let incoming = Incoming {
            nwk: message.source,
            source: message.source_endpoint,
            endpoint: message.destination_endpoint,
            cluster: message.cluster,
            broadcast: message.broadcast || message.group != 0,
            lqi: message.link_quality,
            payload: message.data.to_vec(),
        };
        self.tell(io, incoming);
    }

    fn long(&mut self, io: &mut Io<'_>, fetches: &mut Fetches, message: &IncomingMsgExt) {
        let [low, high, ..] = message.source.0.to_le_bytes();
        if message.source_mode != AddressMode::Short {
            self.dropped += 1;
            return;
        }
        let mut incoming = Incoming {
            nwk: u16::from_le_bytes([low, high]),
            source: message.source_endpoint,
            endpoint: message.destination_endpoint,
            cluster: message.cluster,
            broadcast: message.broadcast || message.group != 0,
            lqi: message.link_quality,
            payload: Vec::new(),
        };
        match &message.data {
            ExtData::Here(data) => {
                incoming.payload = data.to_vec();
                self.tell(io, incoming);
            }
            ExtData::Stored(length) => {
                if !fetches.add(io, message.timestamp, *length, incoming) {
                    self.dropped += 1;
                }
            }
        }
    }

    fn tell(&mut self, io: &mut Io<'_>, incoming: Incoming) {
        if io.out.len() < WAITING {
            io.out.push_back(Indication::Data(incoming));
        } else {
            self.dropped += 1;
        }
    }
}
