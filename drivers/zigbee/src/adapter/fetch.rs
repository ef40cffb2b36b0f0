//! Messages too long for one frame: the adapter keeps them until they are fetched piece by piece and freed.

use std::collections::VecDeque;

use super::Io;
use super::client::Owner;
use super::retry::Class;
use crate::ncp::{Incoming, Indication};
use crate::znp::af::DataRetrieve;
use crate::znp::{Sreq, Srsp, Status};

/// Most messages that wait to be fetched.
const LIMIT: usize = 8;
/// Longest message that is fetched, bytes; a ZCL frame that devices send is far shorter.
const LONGEST: u16 = 2048;
/// Longest piece, bytes.
const PIECE: u16 = 240;

#[derive(Debug)]
struct Fetch {
    /// Names the message to the adapter.
    timestamp: u32,
    length: u16,
    /// Its payload grows.
    message: Incoming,
    freeing: bool,
}

/// The messages; the first is being fetched.
#[derive(Debug, Default)]
pub(super) struct Fetches {
    stored: VecDeque<Fetch>,
}

impl Fetches {
    /// Fetches a stored message. False if it is too long, one too many, or known already.
    pub(super) fn add(&mut self, io: &mut Io<'_>, timestamp: u32, length: u16, message: Incoming) -> bool {
        let known = self.stored.iter().any(|fetch| fetch.timestamp == timestamp);
        if known || length > LONGEST || self.stored.len() >= LIMIT {
            return false;
        }
        self.stored.push_back(Fetch { timestamp, length, message, freeing: false });
        if self.stored.len() == 1 {
            self.next(io);
        }
        true
    }

    /// The adapter gave a piece, freed a message, or never answered.
    pub(super) fn handle_answer(&mut self, io: &mut Io<'_>, answer: Option<&Srsp>) {
        let Some(fetch) = self.stored.front_mut() else { return };
        match answer {
            Some(Srsp::AfDataRetrieve(piece))
                if !fetch.freeing && piece.status == Status::Success && !piece.data.is_empty() =>
            {
                fetch.message.payload.extend_from_slice(&piece.data);
                if fetch.message.payload.len() >= usize::from(fetch.length) {
                    fetch.message.payload.truncate(fetch.length.into());
                    io.out.push_back(Indication::Data(fetch.message.clone()));
                    fetch.freeing = true;
                }
            }
            _ if !fetch.freeing => fetch.freeing = true,
            _ => {
                self.stored.pop_front();
            }
        }
        self.next(io);
    }

    /// The adapter is gone or started over, and so are its stored messages.
    pub(super) fn clear(&mut self) {
        self.stored.clear();
    }

    fn next(&mut self, io: &mut Io<'_>) {
        let Some(fetch) = self.stored.front() else { return };
        let index = u16::try_from(fetch.message.payload.len()).unwrap_or(fetch.length);
        let length = if fetch.freeing { 0 } else { fetch.length.saturating_sub(index).min(PIECE) };
        let length = u8::try_from(length).unwrap_or(u8::MAX);
        let request = DataRetrieve { timestamp: fetch.timestamp, index, length };
        io.client.submit(io.now, Owner::Fetch, Class::Fetch, Sreq::AfDataRetrieve(request));
    }
}
