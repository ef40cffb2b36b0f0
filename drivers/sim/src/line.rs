//! The serial line of the adapter: frames become bytes and back, and go wrong on the way as ordered.

use std::time::Duration;

use zigbee::mt::{Decoder, Frame, Kind, Subsystem};

use crate::agenda::Agenda;
use crate::faults::Faults;
use crate::rng::Rng;

/// How late a late frame is: longer than a host should wait with everything else.
const LATE: Duration = Duration::from_secs(2);
/// Between the pieces of a split frame, so that a host reads some of them apart.
const PIECE_GAP: Duration = Duration::from_micros(200);
/// AF, id of the data confirm.
const DATA_CONFIRM: u8 = 0x80;

/// Bytes for the host, and the frame that they begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The frame, with its first piece.
    pub frame: Option<Frame>,
}

/// The line.
#[derive(Debug)]
pub(crate) struct Line {
    decoder: Decoder,
    pieces: Agenda<Piece>,
    /// Nothing of now may overtake what was sent before.
    last: Duration,
    rng: Rng,
    silent_until: Duration,
}

impl Line {
    /// A quiet line.
    pub(crate) fn new(rng: Rng) -> Self {
        Self {
            decoder: Decoder::new(),
            pieces: Agenda::default(),
            last: Duration::ZERO,
            rng,
            silent_until: Duration::ZERO,
        }
    }

    /// The host closed the port or opened it: what was on the line is lost.
    pub(crate) fn reset(&mut self) {
        self.decoder = Decoder::new();
        self.pieces.clear();
        self.last = Duration::ZERO;
    }

    /// Dead for so long, in both directions.
    pub(crate) fn stall(&mut self, now: Duration, length: Duration) {
        self.silent_until = now + length;
    }

    /// When the next piece is due.
    pub(crate) fn deadline(&self) -> Option<Duration> {
        self.pieces.next()
    }

    /// The next piece that is due.
    pub(crate) fn poll(&mut self, now: Duration) -> Option<Piece> {
        self.pieces.pop(now)
    }

    /// Takes bytes of the host and gives the frames that get through.
    pub(crate) fn receive(&mut self, now: Duration, bytes: &[u8], faults: &Faults) -> Vec<Frame> {
        if now < self.silent_until {
            return Vec::new();
        }
        let mut frames = self.decoder.feed(bytes);
        frames.retain(|_| !self.rng.chance(faults.loss_in));
        frames
    }

    /// Sends a frame to the host.
    pub(crate) fn send(&mut self, now: Duration, frame: &Frame, faults: &Faults) {
        if now < self.silent_until || self.rng.chance(faults.loss) {
            return;
        }
        let is_confirm = frame.kind() == Kind::Areq
            && frame.command().subsystem == Subsystem::Af
            && frame.command().id == DATA_CONFIRM;
        let (drop, late) = match frame.kind() {
            Kind::Srsp => (faults.drop_answer, faults.late_answer),
            _ if is_confirm => (faults.drop_confirm, faults.late_confirm),
            _ => (0.0, 0.0),
        };
        if self.rng.chance(drop) {
            return;
        }
        if self.rng.chance(late) {
            self.put(now + LATE, frame, faults);
            return;
        }
        let at = self.in_order(now, faults.jitter);
        self.last = self.put(at, frame, faults);
        if frame.kind() == Kind::Areq && self.rng.chance(faults.double) {
            self.last = self.put(self.last, frame, faults);
        }
    }

    fn in_order(&mut self, now: Duration, jitter: Duration) -> Duration {
        let most = u64::try_from(jitter.as_micros()).unwrap_or(u64::MAX);
        let at = now + Duration::from_micros(self.rng.below(most));
        self.last = self.last.max(at);
        self.last
    }

    /// Puts a frame on the line at this time; says when its end is there.
    fn put(&mut self, mut at: Duration, frame: &Frame, faults: &Faults) -> Duration {
        let mut bytes = frame.encode();
        if self.rng.chance(faults.flip) {
            self.flip(&mut bytes);
        }
        if self.rng.chance(faults.noise) {
            let noise = self.rng.bytes::<5>();
            bytes.splice(0..0, noise);
        }
        let mut frame = Some(frame.clone());
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let length = if faults.split { usize::try_from(1 + self.rng.below(3)).unwrap_or(1) } else { rest.len() };
            let (piece, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            self.pieces.push(at, Piece { bytes: piece.to_vec(), frame: frame.take() });
            rest = after;
            if faults.split {
                at += PIECE_GAP;
            }
        }
        at
    }

    fn flip(&mut self, bytes: &mut [u8]) {
        let at = self.rng.below(u64::try_from(bytes.len()).unwrap_or(1));
        if let Some(byte) = usize::try_from(at).ok().and_then(|at| bytes.get_mut(at)) {
            *byte ^= 1 << self.rng.below(8);
        }
    }
}

#[cfg(test)]
mod tests {
    use zigbee::mt::Command;

    use super::*;

    const NOW: Duration = Duration::from_secs(5);

    fn frame(kind: Kind) -> Frame {
        Frame::new(kind, Command::new(Subsystem::Sys, 1), [0x59, 0x06]).unwrap()
    }

    fn sent(faults: &Faults, frames: usize) -> (Vec<Vec<u8>>, Line) {
        let mut line = Line::new(Rng::new(3));
        (0..frames).for_each(|_| line.send(NOW, &frame(Kind::Areq), faults));
        let pieces = std::iter::from_fn(|| line.poll(NOW + LATE)).map(|piece| piece.bytes).collect();
        (pieces, line)
    }

    #[test]
    fn a_good_line_changes_nothing() {
        let (pieces, _) = sent(&Faults::default(), 2);
        assert_eq!(pieces, vec![frame(Kind::Areq).encode(); 2]);
    }

    #[test]
    fn each_fault_does_its_own() {
        let whole = frame(Kind::Areq).encode();
        assert!(sent(&Faults { loss: 1.0, ..Faults::default() }, 5).0.is_empty());
        assert_eq!(sent(&Faults { double: 1.0, ..Faults::default() }, 1).0, vec![whole.clone(); 2]);
        let (split, _) = sent(&Faults { split: true, ..Faults::default() }, 1);
        assert!(split.iter().all(|piece| (1..=3).contains(&piece.len())) && split.concat() == whole);
        let (flipped, _) = sent(&Faults { flip: 1.0, ..Faults::default() }, 1);
        let changed: u32 = flipped.concat().iter().zip(&whole).map(|(a, b)| (a ^ b).count_ones()).sum();
        assert_eq!(changed, 1);
        let (noisy, _) = sent(&Faults { noise: 1.0, ..Faults::default() }, 1);
        assert!(noisy.concat().ends_with(&whole) && noisy.concat().len() > whole.len());
    }

    #[test]
    fn jitter_keeps_the_order_and_late_answers_do_not() {
        let jitter = Faults { jitter: Duration::from_millis(50), ..Faults::default() };
        let mut line = Line::new(Rng::new(3));
        let number = |number| Frame::new(Kind::Areq, Command::new(Subsystem::Sys, number), []).unwrap();
        (0..20).for_each(|count| line.send(NOW, &number(count), &jitter));
        let order: Vec<_> = std::iter::from_fn(|| line.poll(NOW + LATE)?.frame).collect();
        assert_eq!(order, (0..20).map(number).collect::<Vec<_>>());
        let mut line = Line::new(Rng::new(3));
        line.send(NOW, &frame(Kind::Srsp), &Faults { late_answer: 1.0, ..Faults::default() });
        line.send(NOW, &frame(Kind::Areq), &Faults::default());
        assert_eq!(line.poll(NOW).map(|piece| piece.bytes), Some(frame(Kind::Areq).encode()));
        assert_eq!(line.poll(NOW), None);
        assert!(line.poll(NOW + LATE).is_some());
    }

    #[test]
    fn a_stalled_line_hears_and_says_nothing() {
        let mut line = Line::new(Rng::new(3));
        line.stall(NOW, Duration::from_secs(1));
        let request = frame(Kind::Sreq).encode();
        assert!(line.receive(NOW, &request, &Faults::default()).is_empty());
        line.send(NOW, &frame(Kind::Srsp), &Faults::default());
        assert_eq!(line.deadline(), None);
        let later = NOW + Duration::from_secs(1);
        assert_eq!(line.receive(later, &request, &Faults::default()).len(), 1);
    }
}
