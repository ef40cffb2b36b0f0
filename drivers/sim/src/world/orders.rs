//! What a test or a demonstration makes happen.

use std::time::Duration;

use thiserror::Error;
use zigbee::znp::sys::ResetReason;

use super::{Due, World};
use crate::control::{DeviceOrder, WorldOrder};
use crate::devices::Device;

/// Why an order was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OrderError {
    /// No device has this name.
    #[error("no device {0:?}")]
    Device(String),
    /// The device cannot do that now.
    #[error("{0} cannot do that, or is out of the network")]
    Cannot(String),
}

/// Reports that come at a steady rate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Burst {
    interval: Duration,
    next: Duration,
    end: Duration,
    sent: u64,
}

/// Names that a burst reports, the first that the device has.
const REPORTED: [&str; 3] = ["local_temperature", "temperature", "battery"];

impl World {
    /// Carries an order out.
    pub(crate) fn handle_order(&mut self, now: Duration, order: &WorldOrder) -> Result<(), OrderError> {
        let result = match order {
            WorldOrder::Reset => {
                self.stack.reset(now, ResetReason::Watchdog);
                Ok(())
            }
            WorldOrder::Burst { rate, seconds } => {
                self.start_burst(now, *rate, *seconds);
                Ok(())
            }
            WorldOrder::Device { name, order } => self.handle_device_order(now, name, order),
        };
        self.handle_timeout(now);
        result
    }

    fn handle_device_order(&mut self, now: Duration, name: &str, order: &DeviceOrder) -> Result<(), OrderError> {
        let found = self.seats.iter().position(|seat| seat.device.name() == name);
        let index = found.ok_or_else(|| OrderError::Device(name.into()))?;
        let Some(seat) = self.seats.get_mut(index) else { return Err(OrderError::Device(name.into())) };
        let device = &mut seat.device;
        let done = match order {
            DeviceOrder::Report { key, value } => {
                Device::place(key).is_some_and(|place| device.report(now, place, *value))
            }
            DeviceOrder::Suffer(deed) => device.suffer(now, deed.clone()),
            DeviceOrder::Dead(dead) => {
                device.dead = *dead;
                true
            }
            DeviceOrder::CheckIn => {
                device.check_in(now);
                true
            }
            DeviceOrder::Announce => {
                device.announce();
                device.is_joined()
            }
            DeviceOrder::Poll(interval) => {
                device.set_poll(*interval);
                true
            }
            DeviceOrder::Leave => {
                self.leave(now, index, false);
                true
            }
        };
        self.take_acts(now, index);
        self.plan_poll(now, index);
        if done { Ok(()) } else { Err(OrderError::Cannot(name.into())) }
    }

    fn start_burst(&mut self, now: Duration, rate: u32, seconds: u32) {
        let interval = Duration::from_secs(1) / rate.max(1);
        let end = now + Duration::from_secs(seconds.into());
        self.burst = Some(Burst { interval, next: now, end, sent: 0 });
        self.agenda.retain(|due| !matches!(due, Due::Burst));
        self.agenda.push(now, Due::Burst);
    }

    /// Sends the reports that are due, one device after the other.
    pub(super) fn burst_on(&mut self, now: Duration) {
        let Some(mut burst) = self.burst.take() else { return };
        while burst.next <= now && burst.next < burst.end {
            burst.next += burst.interval;
            if let Some(index) = self.next_reporter(burst.sent) {
                self.report_something(now, index, burst.sent);
            }
            burst.sent += 1;
        }
        if burst.next < burst.end {
            self.agenda.push(burst.next, Due::Burst);
        }
        self.burst = Some(burst);
    }

    fn next_reporter(&self, count: u64) -> Option<usize> {
        let seats = u64::try_from(self.seats.len()).ok()?;
        let start = usize::try_from(count.checked_rem(seats)?).ok()?;
        let order = (start..self.seats.len()).chain(0..start);
        order.into_iter().find(|index| self.seats.get(*index).is_some_and(|s| s.device.is_joined() && !s.device.dead))
    }

    /// A value that differs from report to report.
    fn report_something(&mut self, now: Duration, index: usize, count: u64) {
        let Some(seat) = self.seats.get_mut(index) else { return };
        let device: &mut Device = &mut seat.device;
        let step = i64::try_from(count % 1000).unwrap_or(0);
        for key in REPORTED {
            let value = if key == "battery" { 100 + step % 100 } else { 1500 + step };
            if Device::place(key).is_some_and(|place| device.report(now, place, value)) {
                break;
            }
        }
        self.take_acts(now, index);
    }

    /// Reports sent by the last burst.
    pub(super) fn burst_sent(&self) -> u64 {
        self.burst.map_or(0, |burst| burst.sent)
    }
}
