//! What crosses the hub's socket: records of one size, both ways. Knows no socket.
//!
//! ```text
//! record, 16448 bytes:  route 64 | frame 16384
//! route, kind 1:  1 | word length 1 | word 28, then zeros | correlation length 1 | correlation 32, then zeros | 0
//! status, kind 2: 2 | connected 0 or 1 | zeros to 8 | seven counts of 8 bytes, big-endian, to 64 | zeros for a frame
//! push, kind 3:   3 | zeros to 64
//! ```
//! The hub reads the kind and keeps the rest of a route as it is: with it, the reply finds its way back.
//! Kind 1 goes both ways; kind 2 goes to the hub, at the begin and whenever the connection to the broker comes or goes; kind 3 comes
//! from the hub, which nobody asked.

use crate::counts::Counts;

/// Bytes of a sealed frame. The gateway knows its size and nothing else of it.
pub const FRAME: usize = 16_384;
/// Bytes of the way back, before the frame.
pub const ROUTE: usize = 64;
/// Bytes of each record.
pub const RECORD: usize = ROUTE + FRAME;

const CARRIED: u8 = 1;
const STATUS: u8 = 2;
const PUSH: u8 = 3;
const WORD: usize = 28;
const CORRELATION: usize = 32;

/// The way back to who asked: the last level of the topic for the reply, and what has to come with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    word: String,
    correlation: Vec<u8>,
}

impl Route {
    /// `None` unless the word is 1 to 28 letters, digits, `-` and `_`, and the correlation data have at most 32 bytes.
    pub(crate) fn new(word: &str, correlation: &[u8]) -> Option<Self> {
        let fits = line::is_level(word, WORD) && correlation.len() <= CORRELATION;
        fits.then(|| Self { word: word.to_owned(), correlation: correlation.to_vec() })
    }

    pub(crate) fn word(&self) -> &str {
        &self.word
    }

    pub(crate) fn correlation(&self) -> &[u8] {
        &self.correlation
    }

    fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(RECORD);
        bytes.push(CARRIED);
        field::<WORD>(&mut bytes, self.word.as_bytes());
        field::<CORRELATION>(&mut bytes, &self.correlation);
        bytes.resize(ROUTE, 0);
        bytes
    }

    fn read(route: &[u8]) -> Option<Self> {
        let (&kind, rest) = route.split_first()?;
        let (word, rest) = read_field::<WORD>(rest)?;
        let (correlation, rest) = read_field::<CORRELATION>(rest)?;
        let as_written = kind == CARRIED && rest == [0];
        as_written.then_some(())?;
        Self::new(std::str::from_utf8(word).ok()?, correlation)
    }
}

/// A record with a frame.
pub(crate) fn carried(route: &Route, frame: &[u8; FRAME]) -> Vec<u8> {
    let mut record = route.write();
    record.extend_from_slice(frame);
    record
}

/// What the hub wants carried.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outgoing<'a> {
    /// A frame, back to who asked.
    Reply(Route, &'a [u8]),
    /// A frame that nobody asked for.
    Push(&'a [u8]),
}

/// What a record of the hub holds; `None` for anything else than a whole one of kind 1 or 3.
pub(crate) fn read(record: &[u8]) -> Option<Outgoing<'_>> {
    let (route, frame) = record.split_at_checked(ROUTE)?;
    (frame.len() == FRAME).then_some(())?;
    match route.split_first()? {
        (&PUSH, rest) => rest.iter().all(|byte| *byte == 0).then_some(Outgoing::Push(frame)),
        _ => Some(Outgoing::Reply(Route::read(route)?, frame)),
    }
}

/// A record that says how the gateway fares.
pub(crate) fn status(connected: bool, counts: &Counts) -> Vec<u8> {
    let mut record = vec![STATUS, u8::from(connected)];
    record.resize(8, 0);
    record.extend(counts.all().iter().flat_map(|count| count.to_be_bytes()));
    record.resize(RECORD, 0);
    record
}

/// `N` bytes after their length.
fn field<const N: usize>(bytes: &mut Vec<u8>, value: &[u8]) {
    bytes.push(u8::try_from(value.len()).unwrap_or(u8::MAX));
    let end = bytes.len() + N;
    bytes.extend_from_slice(value);
    bytes.resize(end, 0);
}

fn read_field<const N: usize>(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&length, rest) = bytes.split_first()?;
    let (field, rest) = rest.split_at_checked(N)?;
    let (value, padding) = field.split_at_checked(usize::from(length))?;
    padding.iter().all(|byte| *byte == 0).then_some((value, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_comes_back_with_the_reply() {
        let longest = "w".repeat(WORD);
        for (word, correlation) in [("a", &[][..]), ("lambda-00ff", &[7; 16]), (&longest, &[0; CORRELATION])] {
            let route = Route::new(word, correlation).unwrap();
            let record = carried(&route, &[9; FRAME]);
            assert_eq!(read(&record), Some(Outgoing::Reply(route, &[9; FRAME])));
        }
    }

    #[test]
    fn a_word_that_is_more_than_one_level_of_a_topic_is_no_route() {
        let long = "w".repeat(WORD + 1);
        for word in ["", "a/b", "+", "#", "$x", "a b", "ä", "a\0", &long] {
            assert_eq!(Route::new(word, &[]), None, "{word:?}");
        }
        assert_eq!(Route::new("a", &[0; CORRELATION + 1]), None);
    }

    #[test]
    fn a_route_that_was_changed_is_refused() {
        let route = Route::new("word", &[1, 2]).unwrap();
        let record = carried(&route, &[0; FRAME]);
        assert_eq!(read(&record[1..]), None);
        for (place, value) in [(0, 2), (1, 0), (1, 3), (1, 29), (2, b'/'), (29, 1), (30, 33), (62, 1), (63, 1)] {
            let mut changed = record.clone();
            changed[place] = value;
            assert_eq!(read(&changed), None, "{place}");
        }
    }

    #[test]
    fn a_push_has_no_way_back() {
        let mut record = vec![0; RECORD];
        record[0] = PUSH;
        assert_eq!(read(&record), Some(Outgoing::Push(&[0; FRAME])));
        assert_eq!(read(&record[1..]), None);
        for place in [1, 2, ROUTE - 1] {
            let mut changed = record.clone();
            changed[place] = 1;
            assert_eq!(read(&changed), None, "{place}");
        }
    }

    #[test]
    fn a_status_tells_the_counts_in_a_record_of_the_one_size() {
        let counts = Counts::default();
        counts.no_frame.add();
        counts.pushes.add();
        let record = status(true, &counts);
        assert_eq!(record.len(), RECORD);
        assert_eq!(
            (&record[..2], record[31], record[63], record[8..].iter().map(|byte| u32::from(*byte)).sum()),
            (&[2, 1][..], 1, 1, 2)
        );
    }
}
