//! A chunk: one day of one series, by time.
//!
//! Layout: codec 1; count, seconds of the first sample, usual interval (varints); widths of the time and value codes
//! (1 byte each); then for each sample two Rice codes: how far its interval is from the usual one, and its step from the
//! last known value, or all ones for "unknown"; CRC-32. Devices report at an interval that jitters by a second and move
//! by a few hundredths, so a sample takes about one byte (facts: storage, 2.4).

use super::bits::{BitReader, BitWriter, WIDEST, best_width, step, stepped};
use super::bytes::{put_varint, seal, take_varint, unseal};

const CODEC: u8 = 1;
/// Stands for "unknown": no step of 32-bit values is this wide.
const UNKNOWN: u64 = u64::MAX;

/// A point of a series: seconds since 1970, value in the unit's smallest step.
pub(super) type Point = (u32, Option<i32>);

/// The points, which are in order of time, as a chunk.
pub(super) fn encode(points: &[Point]) -> Vec<u8> {
    let first = points.first().map_or(0, |point| point.0);
    let usual = usual_interval(points);
    let times = times(points, usual);
    let values = values(points);
    let (time_width, value_width) = (best_width(&times), best_width(&values));
    let mut bytes = vec![CODEC];
    put_varint(&mut bytes, points.len() as u64);
    put_varint(&mut bytes, first.into());
    put_varint(&mut bytes, usual.into());
    bytes.extend([time_width, value_width]);
    let mut bits = BitWriter::after(bytes);
    for (time, value) in times.iter().zip(&values) {
        bits.rice(*time, time_width);
        bits.rice(*value, value_width);
    }
    seal(bits.finish())
}

/// The points of a chunk; `None` if it is damaged or of another codec.
pub(super) fn decode(bytes: &[u8]) -> Option<Vec<Point>> {
    let (codec, mut rest) = unseal(bytes)?.split_first()?;
    if *codec != CODEC {
        return None;
    }
    let count = take_varint(&mut rest)?;
    let mut seconds = i64::from(u32::try_from(take_varint(&mut rest)?).ok()?);
    let usual = i64::from(u32::try_from(take_varint(&mut rest)?).ok()?);
    let ([time_width, value_width], rest) = rest.split_first_chunk::<2>()?;
    // The least that a point takes is two bits.
    if *time_width > WIDEST || *value_width > WIDEST || count > rest.len() as u64 * 4 {
        return None;
    }
    let mut bits = BitReader::new(rest);
    let mut known = 0;
    let mut points = Vec::with_capacity(usize::try_from(count).ok()?);
    for place in 0..count {
        let interval = stepped(usual, bits.rice(*time_width)?);
        seconds = seconds.checked_add(if place == 0 { interval.checked_sub(usual)? } else { interval })?;
        let value = match bits.rice(*value_width)? {
            UNKNOWN => None,
            step => {
                known = stepped(known, step);
                Some(i32::try_from(known).ok()?)
            }
        };
        points.push((u32::try_from(seconds).ok()?, value));
    }
    Some(points)
}

/// The median of the intervals: jitter around it is small, and a gap does not move it.
fn usual_interval(points: &[Point]) -> u32 {
    let mut intervals: Vec<_> =
        points.iter().zip(points.iter().skip(1)).map(|(a, b)| b.0.saturating_sub(a.0)).collect();
    let middle = intervals.len() / 2;
    if intervals.is_empty() { 0 } else { *intervals.select_nth_unstable(middle).1 }
}

/// How far each interval is from the usual one; the first point has none.
fn times(points: &[Point], usual: u32) -> Vec<u64> {
    let mut last = None;
    let time = |point: &Point| {
        let interval = last.map_or(i64::from(usual), |last: u32| i64::from(point.0) - i64::from(last));
        last = Some(point.0);
        step(usual.into(), interval)
    };
    points.iter().map(time).collect()
}

fn values(points: &[Point]) -> Vec<u64> {
    let mut known = 0;
    let value = |point: &Point| match point.1 {
        None => UNKNOWN,
        Some(value) => {
            let step = step(known, value.into());
            known = value.into();
            step
        }
    };
    points.iter().map(value).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_chunk_holds_what_was_put_in(mut points: Vec<(u32, Option<i32>)>) {
            points.sort_by_key(|point| point.0);
            prop_assert_eq!(decode(&encode(&points)), Some(points));
        }

        #[test]
        fn any_bytes_are_a_chunk_or_none(body: Vec<u8>, as_chunk: bool) {
            let body = if as_chunk { [&[CODEC, 9, 0, 0, 1, 1], body.as_slice()].concat() } else { body };
            if let Some(points) = decode(&seal(body)) {
                prop_assert!(points.len() <= 1000);
            }
        }
    }

    /// A day as a thermostat reports it: each minute give or take a second, a slow wave with some noise.
    fn day() -> Vec<Point> {
        let mut noise = 1u32;
        let mut next = || {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            noise >> 16
        };
        (0..1440)
            .map(|minute: u32| {
                let wave = i32::try_from((minute % 360).abs_diff(180)).unwrap();
                let noise: i32 = (0..4).map(|_| i32::try_from(next() % 3).unwrap() - 1).sum();
                (1_795_392_000 + minute * 60 + next() % 3, Some(2000 + wave + noise))
            })
            .collect()
    }

    #[test]
    fn a_day_takes_little() {
        let day = day();
        let chunk = encode(&day);
        assert_eq!(decode(&chunk), Some(day));
        assert!(chunk.len() <= 1440 * 3 / 2, "{} bytes for 1440 samples", chunk.len());
    }
}
