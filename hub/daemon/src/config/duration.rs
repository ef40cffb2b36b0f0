//! Spans of time as people write them: `30s`, `5m`, `12h`, `400d`.

use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error};

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    home::admin::seconds(&text).map(Duration::from_secs).map_err(D::Error::custom)
}
