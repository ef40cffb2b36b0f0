//! Setpoints that the owner granted: whole steps of a bounded range.

/// Coldest and warmest that any grant may name, in hundredths of °C.
const BOUNDS: (i16, i16) = (400, 3500);

/// Why a range can't be granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    /// Outside 4 to 35 °C.
    #[error("min and max have to be from 4 to 35 degrees")]
    Bounds,
    /// `max` is not above `min`.
    #[error("max has to be above min")]
    Order,
    /// Neither half degrees nor whole ones.
    #[error("step has to be 0.5 or 1")]
    Step,
    /// `min` or `max` is no multiple of the step.
    #[error("min and max have to be multiples of step")]
    Multiple,
}

/// The setpoints that an audience may ask for: from `min` to `max` in steps. In hundredths of °C, like all here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetpointRange {
    min: i16,
    max: i16,
    step: i16,
}

/// A setpoint inside a granted range, on one of its steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setpoint(i16);

impl SetpointRange {
    /// A range within 4 to 35 °C, in steps of 0.5 or 1 °C.
    pub fn new(min: i16, max: i16, step: i16) -> Result<Self, RangeError> {
        if min < BOUNDS.0 || max > BOUNDS.1 {
            return Err(RangeError::Bounds);
        }
        if max <= min {
            return Err(RangeError::Order);
        }
        if !matches!(step, 50 | 100) {
            return Err(RangeError::Step);
        }
        if min % step != 0 || max % step != 0 {
            return Err(RangeError::Multiple);
        }
        Ok(Self { min, max, step })
    }

    /// The coldest.
    pub fn min(self) -> Setpoint {
        Setpoint(self.min)
    }

    /// The warmest.
    pub fn max(self) -> Setpoint {
        Setpoint(self.max)
    }

    /// The distance of two setpoints in hundredths of °C.
    pub fn step(self) -> i16 {
        self.step
    }

    /// What was asked for, on the nearest step (the warmer of two); `None` outside the range.
    pub fn at(self, centi: i32) -> Option<Setpoint> {
        let step = i32::from(self.step);
        let nearest = centi.checked_add(step / 2)?.div_euclid(step).checked_mul(step)?;
        let inside = (i32::from(self.min)..=i32::from(self.max)).contains(&nearest);
        i16::try_from(nearest).ok().filter(|_| inside).map(Setpoint)
    }
}

impl Setpoint {
    /// In hundredths of °C.
    pub fn centi(self) -> i16 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_range_is_checked() {
        assert!(SetpointRange::new(1500, 2300, 50).is_ok());
        for (min, max, step) in
            [(300, 2000, 50), (1500, 3600, 50), (2000, 2000, 50), (1500, 2300, 10), (1525, 2300, 50)]
        {
            assert!(SetpointRange::new(min, max, step).is_err(), "{min} {max} {step}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_asked_ends_on_a_step_inside_or_nowhere(asked: i32) {
            let range = SetpointRange::new(1500, 2300, 50).unwrap();
            if let Some(setpoint) = range.at(asked) {
                prop_assert!((1500..=2300).contains(&setpoint.centi()) && setpoint.centi() % 50 == 0);
                prop_assert!((i32::from(setpoint.centi()) - asked).abs() <= 25);
            } else {
                prop_assert!(!(1500..=2300).contains(&asked));
            }
        }
    }
}
