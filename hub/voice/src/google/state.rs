//! How an endpoint is, as Google's states: only what is granted.

use serde::Serialize;
use summary::{Contact, Face, Shown};

/// The name of an endpoint's only mode.
pub(super) const MODE: &str = "mode";

/// What is said of how an endpoint is.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum State<'a> {
    /// Nothing: it may not be read.
    Nothing {},
    #[serde(rename_all = "camelCase")]
    Open {
        open_percent: u8,
    },
    #[serde(rename_all = "camelCase")]
    Locked {
        is_locked: bool,
    },
    On {
        on: bool,
    },
    #[serde(rename_all = "camelCase")]
    Mode {
        current_mode_settings: Setting<'a>,
    },
}

#[derive(Serialize)]
pub(super) struct Setting<'a> {
    mode: &'a str,
}

/// `None` where the state is not known. A setpoint is never told: Google takes it with the measured temperature only.
pub(super) fn state(face: &Face) -> Option<State<'_>> {
    match face {
        Face::Thermostat(_) | Face::Scene => Some(State::Nothing {}),
        Face::Lock(lock) => match lock.locked {
            None => Some(State::Nothing {}),
            Some(locked) => known(locked).map(|is_locked| State::Locked { is_locked }),
        },
        Face::Contact(contact) => known(*contact).map(|contact| {
            let open_percent = if contact == Contact::Open { 100 } else { 0 };
            State::Open { open_percent }
        }),
        Face::Switch(on) => known(*on).map(|on| State::On { on }),
        Face::Mode(mode) => {
            let word = known(mode.at).and_then(|at| mode.words.get(usize::from(at)))?;
            Some(State::Mode { current_mode_settings: Setting { mode: word.as_str() } })
        }
    }
}

/// Whether there is anything to read.
pub(super) fn readable(face: &Face) -> bool {
    match face {
        Face::Contact(_) | Face::Switch(_) | Face::Mode(_) => true,
        Face::Lock(lock) => lock.locked.is_some(),
        Face::Thermostat(_) | Face::Scene => false,
    }
}

fn known<T>(shown: Shown<T>) -> Option<T> {
    match shown {
        Shown::Known(value) => Some(value),
        Shown::Unknown => None,
    }
}
