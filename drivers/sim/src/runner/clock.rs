//! The real clock, as seconds of simulated time since the start. Nothing else in this crate reads it.

use std::time::Duration;

use tokio::time::Instant;

/// Simulated time: real time since the start, times the speed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    start: Instant,
    speed: f64,
}

impl Clock {
    /// Starts now. A speed that is no positive number counts as 1.
    pub(super) fn start(speed: f64) -> Self {
        let speed = if speed.is_finite() && speed > 0.0 { speed } else { 1.0 };
        Self { start: Instant::now(), speed }
    }

    /// Simulated time now.
    pub(super) fn now(&self) -> Duration {
        self.start.elapsed().mul_f64(self.speed)
    }

    /// When a simulated time comes.
    pub(super) fn instant(&self, at: Duration) -> Instant {
        self.start + at.div_f64(self.speed)
    }
}

/// `CLOCK_MONOTONIC` in nanoseconds, the same in all processes of the machine.
pub(super) fn monotonic_nanos() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    let part = |value: i64| u64::try_from(value).unwrap_or(0);
    part(time.tv_sec).saturating_mul(1_000_000_000).saturating_add(part(time.tv_nsec))
}
