//! When a device can be reached, and the poll control cluster by which it says so (ZCL 8, 3.16).

use std::time::Duration;

use zigbee::wire::Ieee;
use zigbee::zcl::poll_control::{CLUSTER, ToClient, ToServer, attribute};
use zigbee::zcl::{Frame, Request, Status, Value};
use zigbee::zdo::MacCapabilities;

use super::attribute::{Attribute, Place};
use super::model::{Reaction, Scene};

/// Between polls while awake.
const FAST: Duration = Duration::from_millis(100);
/// Awake after a message of its own.
const AFTER_SENDING: Duration = Duration::from_millis(1500);
/// Awake after joining, for the interview.
const AFTER_JOINING: Duration = Duration::from_secs(12);
/// How long a check-in waits for its answer.
const CHECK_IN_WAIT: Duration = Duration::from_secs(8);
/// An hour.
const CHECK_IN_INTERVAL: u32 = 14_400;

/// A device's radio.
#[derive(Clone, Debug)]
pub struct Sleep {
    interval: Option<Duration>,
    always: bool,
    phase: Duration,
    awake_until: Duration,
    check_in: Option<Duration>,
    waits_until: Duration,
}

impl Sleep {
    /// Listens at any time.
    pub fn never() -> Self {
        Self {
            interval: None,
            always: true,
            phase: Duration::ZERO,
            awake_until: Duration::ZERO,
            check_in: None,
            waits_until: Duration::ZERO,
        }
    }

    /// Polls its parent at this interval; zero is at once, though it says that it sleeps.
    pub fn polling(interval: Duration, phase: Duration) -> Self {
        Self { interval: Some(interval).filter(|interval| !interval.is_zero()), always: false, phase, ..Self::never() }
    }

    /// Other times between polls from now on.
    pub fn set_interval(&mut self, interval: Duration) {
        self.interval = Some(interval).filter(|interval| !interval.is_zero() && !self.always);
    }

    /// What it says of itself.
    pub fn capabilities(&self) -> MacCapabilities {
        if self.always {
            MacCapabilities::ALLOCATE_ADDRESS | MacCapabilities::MAINS_POWER | MacCapabilities::RECEIVER_ON_WHEN_IDLE
        } else {
            MacCapabilities::ALLOCATE_ADDRESS
        }
    }

    /// True if the parent need not keep messages for it.
    pub fn is_listening(&self) -> bool {
        self.interval.is_none()
    }

    /// When it polls next, at `now` or later.
    pub fn next_poll(&self, now: Duration) -> Duration {
        let Some(interval) = self.interval else { return now };
        if now < self.awake_until {
            return now + FAST.min(interval);
        }
        let micros = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let passed = micros(now.saturating_sub(self.phase)).checked_rem(micros(interval)).unwrap_or(0);
        now + interval.saturating_sub(Duration::from_micros(passed))
    }

    /// Stays awake for a while, for it sent something.
    pub fn sent(&mut self, now: Duration) {
        self.awake_until = self.awake_until.max(now + AFTER_SENDING);
    }

    /// Stays awake for longer, for it joined.
    pub fn joined(&mut self, now: Duration) {
        self.awake_until = now + AFTER_JOINING;
        self.check_in = None;
    }

    /// Attributes of the cluster.
    pub fn attributes() -> [Attribute; 4] {
        let new = |id, value| Attribute::new(CLUSTER, id, value);
        [
            new(attribute::CHECK_IN_INTERVAL, Value::uint32(CHECK_IN_INTERVAL)).writable(),
            new(attribute::LONG_POLL_INTERVAL, Value::uint32(24)),
            new(attribute::SHORT_POLL_INTERVAL, Value::uint16(2)),
            new(attribute::FAST_POLL_TIMEOUT, Value::uint16(40)).writable(),
        ]
    }

    /// When it checks in next. Before [`Sleep::advance`] was called once it does not know.
    pub fn deadline(&self) -> Option<Duration> {
        self.check_in
    }

    /// Checks in if it is time, and plans the next check-in.
    pub fn advance(&mut self, scene: &mut Scene<'_>) {
        let interval = quarters(scene.attributes.number((CLUSTER, attribute::CHECK_IN_INTERVAL)));
        if interval.is_zero() {
            self.check_in = None;
        } else if self.check_in.is_none_or(|at| at <= scene.now) {
            if self.check_in.is_some() {
                self.check_in_now(scene);
            }
            self.check_in = Some(scene.now + interval);
        }
    }

    /// Checks in.
    pub fn check_in_now(&mut self, scene: &mut Scene<'_>) {
        self.waits_until = scene.now + CHECK_IN_WAIT;
        self.awake_until = self.awake_until.max(self.waits_until);
        scene.tell(&[CLUSTER], Request::cluster(&ToClient::CheckIn));
    }

    /// Hears that the host wrote an attribute.
    pub fn written(&mut self, (cluster, _): Place, _: Ieee) {
        if cluster == CLUSTER {
            self.check_in = None;
        }
    }

    /// Takes a command of the cluster.
    pub fn command(&mut self, scene: &mut Scene<'_>, frame: &Frame) -> Option<Reaction> {
        let status = match frame.cluster::<ToServer>()? {
            Err(_) => Status::Malformed,
            Ok(ToServer::CheckInResponse(_)) if scene.now > self.waits_until => Status::Timeout,
            Ok(ToServer::CheckInResponse(response)) => {
                let own = scene.attributes.number((CLUSTER, attribute::FAST_POLL_TIMEOUT));
                let length = if response.timeout == 0 { own } else { response.timeout.into() };
                self.awake_until = if response.start_fast_polling { scene.now + quarters(length) } else { scene.now };
                Status::Success
            }
            Ok(ToServer::FastPollStop) => {
                self.awake_until = scene.now;
                Status::Success
            }
            Ok(ToServer::SetLongPollInterval(interval)) => {
                let set = scene.attributes.set_number((CLUSTER, attribute::LONG_POLL_INTERVAL), interval.into());
                if set { Status::Success } else { Status::InvalidValue }
            }
            Ok(ToServer::SetShortPollInterval(interval)) => {
                let set = scene.attributes.set_number((CLUSTER, attribute::SHORT_POLL_INTERVAL), interval.into());
                if set { Status::Success } else { Status::InvalidValue }
            }
            Ok(ToServer::Other(..)) => return None,
        };
        Some(Reaction::Status(status))
    }
}

fn quarters(count: i64) -> Duration {
    Duration::from_millis(u64::try_from(count).unwrap_or(0).saturating_mul(250))
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn polls_keep_their_rhythm_and_quicken_after_sending() {
        let mut sleep = Sleep::polling(ms(1000), ms(300));
        assert_eq!(sleep.next_poll(ms(5000)), ms(5300));
        assert_eq!(sleep.next_poll(ms(5299)), ms(5300));
        assert_eq!(sleep.next_poll(ms(5300)), ms(6300));
        sleep.sent(ms(6000));
        assert_eq!(sleep.next_poll(ms(6000)), ms(6100));
        assert_eq!(sleep.next_poll(ms(7500)), ms(8300));
        assert_eq!(Sleep::never().next_poll(ms(5)), ms(5));
    }
}
