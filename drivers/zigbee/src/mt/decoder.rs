//! Finds frames in whatever the line delivers.
//!
//! A start byte opens a candidate. If the candidate proves bad, only its start byte is dropped and the search goes on
//! right behind it, so that a false start never takes a good frame with it.

use super::{Command, Frame, Kind, MAX_DATA, OVERHEAD, START, Subsystem, check};

/// What the decoder threw away since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Candidates whose check sequence was wrong.
    pub bad_check: u64,
    /// Candidates abandoned because the line went quiet.
    pub stale: u64,
    /// Bytes that belong to no frame.
    pub garbage: u64,
}

/// Turns bytes into frames. Holds at most one incomplete frame between calls.
#[derive(Debug, Default)]
pub struct Decoder {
    buffer: Vec<u8>,
    stats: Stats,
}

/// What stands at the start of the buffer.
enum Candidate {
    Frame(Frame, usize),
    Incomplete,
    BadCheck,
    Garbage,
}

impl Decoder {
    /// A decoder at the start of a stream.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes bytes as they came from the line and gives the frames that they complete.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Frame> {
        self.buffer.extend_from_slice(bytes);
        self.scan(false)
    }

    /// True while an incomplete frame waits for its rest.
    pub fn is_waiting(&self) -> bool {
        !self.buffer.is_empty()
    }

    /// Tells that the line went quiet: what is incomplete now will not be completed. A false start is dropped
    /// and the good frames that it held back are given.
    ///
    /// A frame of the greatest length takes 22 ms at 115200 baud; quiet is several times that.
    pub fn flush_stale(&mut self) -> Vec<Frame> {
        self.scan(true)
    }

    /// What was thrown away so far.
    pub fn stats(&self) -> Stats {
        self.stats
    }

    fn scan(&mut self, quiet: bool) -> Vec<Frame> {
        let mut frames = Vec::new();
        let mut rest = self.buffer.as_slice();
        while !rest.is_empty() {
            let step = match candidate(rest) {
                Candidate::Frame(frame, length) => {
                    frames.push(frame);
                    length
                }
                Candidate::Incomplete if !quiet => break,
                Candidate::Incomplete => {
                    self.stats.stale += 1;
                    self.stats.garbage += 1;
                    1
                }
                Candidate::BadCheck => {
                    self.stats.bad_check += 1;
                    self.stats.garbage += 1;
                    1
                }
                Candidate::Garbage => {
                    self.stats.garbage += 1;
                    1
                }
            };
            rest = rest.get(step..).unwrap_or_default();
        }
        let used = self.buffer.len() - rest.len();
        self.buffer.drain(..used);
        frames
    }
}

fn candidate(bytes: &[u8]) -> Candidate {
    match bytes {
        [START, length, ..] if usize::from(*length) > MAX_DATA => Candidate::Garbage,
        [START, _, cmd0, ..] if kind(*cmd0).is_none() => Candidate::Garbage,
        [START, length, cmd0, id, rest @ ..] => {
            let length = usize::from(*length);
            let (Some(data), Some(fcs), Some(kind)) = (rest.get(..length), rest.get(length), kind(*cmd0)) else {
                return Candidate::Incomplete;
            };
            if check(bytes.iter().skip(1).take(length + 3)) != *fcs {
                return Candidate::BadCheck;
            }
            let command = Command::new(Subsystem::from(cmd0 & 0x1F), *id);
            match Frame::new(kind, command, data) {
                Ok(frame) => Candidate::Frame(frame, length + OVERHEAD),
                Err(_) => Candidate::Garbage,
            }
        }
        [START, ..] => Candidate::Incomplete,
        _ => Candidate::Garbage,
    }
}

fn kind(cmd0: u8) -> Option<Kind> {
    match cmd0 >> 5 {
        0 => Some(Kind::Poll),
        1 => Some(Kind::Sreq),
        2 => Some(Kind::Areq),
        3 => Some(Kind::Srsp),
        _ => None,
    }
}
