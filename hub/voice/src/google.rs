//! Google's cloud-to-cloud intents. Knows their words and shapes, nothing of Alexa's.

mod answer;
mod device;
mod intent;
mod message;
mod state;

pub(crate) use answer::{answer, discovery_size, report_state};
pub(crate) use intent::{Form, parse};
