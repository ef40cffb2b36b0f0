//! The beat at which an audience may learn anything.

/// The last beat of an audience's cadence: the only time that is ever told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tick {
    /// Seconds since 1970 UTC, a multiple of the cadence.
    at: u64,
    /// Seconds from one beat to the next, at least 1.
    cadence: u32,
}

impl Tick {
    /// The beat at or before `now` (seconds since 1970 UTC) of a cadence in seconds; a cadence of 0 counts as 1.
    pub fn before(now: u64, cadence: u32) -> Self {
        let cadence = cadence.max(1);
        Self { at: now - now % u64::from(cadence), cadence }
    }

    /// Seconds since 1970 UTC.
    pub fn at(self) -> u64 {
        self.at
    }

    /// Seconds from one beat to the next.
    pub fn cadence(self) -> u32 {
        self.cadence
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_cadence_has_one_time() {
        assert_eq!(Tick::before(1_000_000, 900), Tick::before(1_000_799, 900));
        assert_eq!(Tick::before(1_000_800, 900).at(), 1_000_800);
        assert_eq!(Tick::before(7, 0).at(), 7);
    }
}
