//! What an assistant can ask: a vendor's message, read and bounded.

use std::fmt;

use zeroize::Zeroizing;

use crate::endpoint::EndpointId;

/// A PIN that somebody spoke: compared by the hub, never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(Zeroizing<String>);

impl Pin {
    /// 4 to 8 digits, or `None`.
    pub fn new(text: &str) -> Option<Self> {
        let fits = (4..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The digits, to be hashed and compared.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(_)")
    }
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intent {
    /// Heat to this, in hundredths of °C, as it was asked for.
    SetSetpoint(i32),
    /// Heat by this much more or less, in hundredths of °C.
    AdjustSetpoint(i32),
    /// Turn the bolt out.
    Lock,
    /// Turn the bolt in, with a PIN if one was spoken.
    Unlock(Option<Pin>),
    /// Start a scene.
    Activate,
    /// Something that no endpoint of ours can do.
    Other,
}

/// What is to be done with an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// With which; `None` if the message named none of ours.
    pub endpoint: Option<EndpointId>,
    /// What.
    pub intent: Intent,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// What is there?
    Discover,
    /// How are these? At most [`Ask::MOST`]; `None` for an id that can't be ours.
    Report(Vec<Option<EndpointId>>),
    /// Do these. At most [`Ask::MOST`].
    Act(Vec<Act>),
    /// Take a code by which you may speak unasked (Alexa's `AcceptGrant`).
    Grant,
    /// The account is not linked any more.
    Unlink,
    /// Not understood.
    Malformed,
}

impl Ask {
    /// The most endpoints that one question may name; a house has fewer, and time and space for an answer are bounded.
    pub const MOST: usize = 64;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_digits_and_does_not_print() {
        let pin = Pin::new("4711").unwrap();
        assert_eq!(format!("{:?}", Intent::Unlock(Some(pin))), "Unlock(Some(Pin(_)))");
        for bad in ["", "123", "123456789", "12 4", "12a4", "١٢٣٤"] {
            assert!(Pin::new(bad).is_none(), "{bad}");
        }
    }
}
