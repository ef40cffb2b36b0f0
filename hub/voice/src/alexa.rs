//! Alexa's Smart Home API, version 3. Knows its words and shapes, nothing of Google's.

mod answer;
mod directive;
mod discovery;
mod message;
mod property;

pub(crate) use answer::{answer, change_report};
pub(crate) use directive::{Form, parse};
pub(crate) use discovery::discovery_size;
