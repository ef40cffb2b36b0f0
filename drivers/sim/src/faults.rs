//! What goes wrong between adapter and host, and how often. Off until asked for.
//!
//! Knows probabilities and their names. What is done with them is `line`.

use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

/// One setting, such as `loss=0.02`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// Nothing goes wrong any more.
    None,
    /// Share of frames to the host that are lost.
    Loss(f64),
    /// Share of frames of the host that are lost.
    LossIn(f64),
    /// Share of frames to the host in which a bit is flipped.
    Flip(f64),
    /// Share of frames to the host before which there is garbage.
    Noise(f64),
    /// Frames come in pieces of 1 to 3 bytes.
    Split(bool),
    /// Share of unasked messages that come twice.
    Double(f64),
    /// Each frame is up to so much late, in order.
    Jitter(Duration),
    /// Share of answers that are lost.
    DropAnswer(f64),
    /// Share of answers that are 2 s late.
    LateAnswer(f64),
    /// Share of data confirms that are lost.
    DropConfirm(f64),
    /// Share of data confirms that are 2 s late.
    LateConfirm(f64),
    /// The adapter restarts in place of its answer to this request, counted from 1.
    ResetAt(u64),
}

/// Why text is no fault.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FaultError {
    /// Unknown name.
    #[error("unknown fault {0:?}; {NAMES}")]
    Name(String),
    /// The value does not fit the name.
    #[error("{1:?} does not fit fault {0:?}")]
    Value(String, String),
}

const NAMES: &str = "none, loss=P, loss-in=P, flip=P, noise=P, split=on|off, double=P, jitter=MS, drop-srsp=P, \
                     late-srsp=P, drop-confirm=P, late-confirm=P, reset-at=N";

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let (name, value) = text.split_once('=').unwrap_or((text, "on"));
        let bad = || FaultError::Value(name.into(), value.into());
        let share = || value.parse().ok().filter(|share| (0.0..=1.0).contains(share)).ok_or_else(bad);
        let count = || value.parse().map_err(|_| bad());
        Ok(match name {
            "none" => Self::None,
            "loss" => Self::Loss(share()?),
            "loss-in" => Self::LossIn(share()?),
            "flip" => Self::Flip(share()?),
            "noise" => Self::Noise(share()?),
            "split" => match value {
                "on" => Self::Split(true),
                "off" => Self::Split(false),
                _ => return Err(bad()),
            },
            "double" => Self::Double(share()?),
            "jitter" => Self::Jitter(Duration::from_millis(count()?)),
            "drop-srsp" => Self::DropAnswer(share()?),
            "late-srsp" => Self::LateAnswer(share()?),
            "drop-confirm" => Self::DropConfirm(share()?),
            "late-confirm" => Self::LateConfirm(share()?),
            "reset-at" => Self::ResetAt(count()?),
            _ => return Err(FaultError::Name(name.into())),
        })
    }
}

/// All settings.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Faults {
    /// See [`Fault::Loss`].
    pub loss: f64,
    /// See [`Fault::LossIn`].
    pub loss_in: f64,
    /// See [`Fault::Flip`].
    pub flip: f64,
    /// See [`Fault::Noise`].
    pub noise: f64,
    /// See [`Fault::Split`].
    pub split: bool,
    /// See [`Fault::Double`].
    pub double: f64,
    /// See [`Fault::Jitter`].
    pub jitter: Duration,
    /// See [`Fault::DropAnswer`].
    pub drop_answer: f64,
    /// See [`Fault::LateAnswer`].
    pub late_answer: f64,
    /// See [`Fault::DropConfirm`].
    pub drop_confirm: f64,
    /// See [`Fault::LateConfirm`].
    pub late_confirm: f64,
    /// See [`Fault::ResetAt`]; 0 is never.
    pub reset_at: u64,
}

impl Faults {
    /// Changes one setting, or with [`Fault::None`] all.
    pub fn set(&mut self, fault: Fault) {
        match fault {
            Fault::None => *self = Self::default(),
            Fault::Loss(share) => self.loss = share,
            Fault::LossIn(share) => self.loss_in = share,
            Fault::Flip(share) => self.flip = share,
            Fault::Noise(share) => self.noise = share,
            Fault::Split(split) => self.split = split,
            Fault::Double(share) => self.double = share,
            Fault::Jitter(most) => self.jitter = most,
            Fault::DropAnswer(share) => self.drop_answer = share,
            Fault::LateAnswer(share) => self.late_answer = share,
            Fault::DropConfirm(share) => self.drop_confirm = share,
            Fault::LateConfirm(share) => self.late_confirm = share,
            Fault::ResetAt(request) => self.reset_at = request,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values() {
        assert_eq!("loss=0.02".parse(), Ok(Fault::Loss(0.02)));
        assert_eq!("split".parse(), Ok(Fault::Split(true)));
        assert_eq!("jitter=5".parse(), Ok(Fault::Jitter(Duration::from_millis(5))));
        assert_eq!("loss=2".parse::<Fault>(), Err(FaultError::Value("loss".into(), "2".into())));
        assert!(matches!("rust=1".parse::<Fault>(), Err(FaultError::Name(_))));
    }
}
