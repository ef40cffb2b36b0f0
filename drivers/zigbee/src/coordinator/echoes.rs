//! Frames that came twice: the radio repeats what was not acknowledged, adapters repeat themselves.
//!
//! An event at a door must not be logged twice. The same bytes under the same number within a short time are the same
//! frame; a device that means to repeat itself takes a new number.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use zeroize::Zeroizing;

/// For how long a frame is remembered: longer than three tries of the radio (APS, 1.6 s each).
const WINDOW: Duration = Duration::from_secs(5);
/// How many frames of one device are remembered.
const FRAMES: usize = 8;

/// The last frames of one device.
#[derive(Debug, Default)]
pub(super) struct Echoes {
    heard: VecDeque<Heard>,
}

struct Heard {
    at: Duration,
    endpoint: u8,
    cluster: u16,
    payload: Zeroizing<Vec<u8>>,
}

/// A lock may have told a PIN: what was heard does not print.
impl fmt::Debug for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Heard({}/{:#06x} at {:?})", self.endpoint, self.cluster, self.at)
    }
}

impl Echoes {
    /// True if this frame was heard a moment ago; else it is remembered.
    pub(super) fn is_echo(&mut self, up: Duration, endpoint: u8, cluster: u16, payload: &[u8]) -> bool {
        while self.heard.front().is_some_and(|heard| heard.at + WINDOW < up) {
            self.heard.pop_front();
        }
        let same =
            |heard: &Heard| heard.endpoint == endpoint && heard.cluster == cluster && **heard.payload == *payload;
        if self.heard.iter().any(same) {
            return true;
        }
        if self.heard.len() == FRAMES {
            self.heard.pop_front();
        }
        self.heard.push_back(Heard { at: up, endpoint, cluster, payload: Zeroizing::new(payload.to_vec()) });
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_frame_counts_once_and_later_again() {
        let mut echoes = Echoes::default();
        let at = Duration::from_secs;
        assert!(!echoes.is_echo(at(1), 1, 0x0101, &[1]));
        assert!(echoes.is_echo(at(2), 1, 0x0101, &[1]));
        assert!(!echoes.is_echo(at(2), 2, 0x0101, &[1]));
        assert!(!echoes.is_echo(at(2), 1, 0x0101, &[2]));
        assert!(!echoes.is_echo(at(7), 1, 0x0101, &[1]));
    }

    #[test]
    fn memory_is_bounded() {
        let mut echoes = Echoes::default();
        for number in 0..=255 {
            echoes.is_echo(Duration::ZERO, 1, 0, &[number]);
        }
        assert_eq!(echoes.heard.len(), FRAMES);
    }
}
