//! What crosses the gateway's socket: records of one size, as `hearth-gateway` states them (`record.rs` there). Knows no socket.
//!
//! ```text
//! record, 16448 bytes: route 64 | frame 16384
//! route: kind 1 (a question, its answer), 2 (the gateway's status), 3 (something unasked) | what the gateway needs for itself
//! ```
//! Of a question's route only the kind is ours to read; the answer takes the whole back.

/// Bytes before the frame.
const ROUTE: usize = 64;
/// Bytes of each record.
pub(super) const RECORD: usize = ROUTE + seal::FRAME;

const CARRIED: u8 = 1;
const STATUS: u8 = 2;
const PUSH: u8 = 3;

/// The way back of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Route([u8; ROUTE]);

/// What the gateway says of itself and of its connection to the broker.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Relay {
    pub(super) connected: bool,
    /// Requests, replies, messages that were no frame, too fast, undelivered replies, lost connections.
    pub(super) counts: [u64; 6],
}

/// A record from the gateway.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Record<'a> {
    Question(Route, &'a [u8]),
    Status(Relay),
}

/// Reads a record; `None` if it is none that a gateway writes.
pub(super) fn read(record: &[u8]) -> Option<Record<'_>> {
    let (route, frame) = record.split_first_chunk::<ROUTE>()?;
    (frame.len() == seal::FRAME).then_some(())?;
    match *route.first()? {
        CARRIED => Some(Record::Question(Route(*route), frame)),
        STATUS => {
            let mut numbers = route.get(8..56)?.chunks_exact(8);
            let mut counts = [0; 6];
            for count in &mut counts {
                *count = u64::from_be_bytes(numbers.next()?.try_into().ok()?);
            }
            Some(Record::Status(Relay { connected: *route.get(1)? == 1, counts }))
        }
        _ => None,
    }
}

/// The record of an answer.
pub(super) fn answer(route: Route, frame: &seal::Frame) -> Vec<u8> {
    [route.0.as_slice(), frame.as_ref()].concat()
}

/// The record of something unasked.
pub(super) fn push(frame: &seal::Frame) -> Vec<u8> {
    let mut route = [0; ROUTE];
    if let Some(kind) = route.first_mut() {
        *kind = PUSH;
    }
    [route.as_slice(), frame.as_ref()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_goes_back_as_it_came_and_a_status_is_read() {
        let key = seal::PairingKey::from_bytes([1; 32]);
        let frame = seal::Hub::new(&key).seal_push(seal::Vendor::Alexa, b"{}", 1).unwrap();
        let mut record = vec![9; RECORD];
        record[0] = CARRIED;
        let Some(Record::Question(route, sealed)) = read(&record) else { panic!() };
        assert_eq!(sealed.len(), seal::FRAME);
        let back = answer(route, &frame);
        assert_eq!((&back[..ROUTE], back.len()), (&record[..ROUTE], RECORD));
        record[0] = STATUS;
        record[1] = 1;
        record[8..56].fill(0);
        record[15] = 7;
        assert_eq!(read(&record), Some(Record::Status(Relay { connected: true, counts: [7, 0, 0, 0, 0, 0] })));
        record[0] = 4;
        assert_eq!(read(&record), None);
        let pushed = push(&frame);
        assert_eq!((pushed[0], pushed.len()), (PUSH, RECORD));
    }
}
