//! `policy.toml` as it is written: every key that exists, and nothing about what the values may be. A key that stands
//! here in no table is refused.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    pub(crate) version: Spanned<u32>,
    #[serde(default)]
    pub(crate) summary: BTreeMap<Spanned<String>, Summary>,
    #[serde(default)]
    pub(crate) audience: BTreeMap<Spanned<String>, Audience>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Summary {
    pub(crate) source: Spanned<Vec<Spanned<String>>>,
    pub(crate) transform: Spanned<Transform>,
    pub(crate) values: Spanned<Vec<Spanned<String>>>,
    pub(crate) max_age: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Transform {
    pub(crate) all_of: Option<Spanned<Scalar>>,
    pub(crate) any_of: Option<Spanned<Scalar>>,
    pub(crate) hold_for: Option<Spanned<String>>,
    pub(crate) band: Option<Spanned<Vec<Band>>>,
    pub(crate) hysteresis: Option<Spanned<f64>>,
    pub(crate) step: Option<Spanned<f64>>,
    pub(crate) from: Option<Spanned<f64>>,
    pub(crate) age: Option<Spanned<Vec<AgeBand>>>,
    pub(crate) constant: Option<Spanned<String>>,
}

/// What each source is compared with.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Scalar {
    Flag(bool),
    Word(String),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Band {
    pub(crate) below: Option<Spanned<f64>>,
    #[serde(rename = "as")]
    pub(crate) word: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgeBand {
    pub(crate) below: Option<Spanned<String>>,
    #[serde(rename = "as")]
    pub(crate) word: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Audience {
    pub(crate) kind: Spanned<String>,
    pub(crate) cadence: Spanned<String>,
    pub(crate) reply_after: Option<Spanned<String>>,
    pub(crate) push: Option<Spanned<bool>>,
    #[serde(default)]
    pub(crate) paused: bool,
    #[serde(default)]
    pub(crate) read: Vec<Read>,
    #[serde(default)]
    pub(crate) control: Vec<Control>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Read {
    pub(crate) summary: Spanned<String>,
    #[serde(rename = "as")]
    pub(crate) face: Spanned<String>,
    pub(crate) alias: Spanned<String>,
    pub(crate) push: Option<Spanned<bool>>,
}

/// The keys of all verbs; which of them a verb takes is checked later.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Control {
    pub(crate) verb: Spanned<String>,
    pub(crate) alias: Spanned<String>,
    pub(crate) target: Option<Spanned<Targets>>,
    #[serde(rename = "as")]
    pub(crate) face: Option<Spanned<String>>,
    pub(crate) min: Option<Spanned<f64>>,
    pub(crate) max: Option<Spanned<f64>>,
    pub(crate) step: Option<Spanned<f64>>,
    pub(crate) echo: Option<Spanned<bool>>,
    pub(crate) read_setpoint: Option<Spanned<bool>>,
    pub(crate) acknowledge: Option<Spanned<String>>,
    pub(crate) lock: Option<Spanned<Targets>>,
    pub(crate) heat: Option<Spanned<Vec<Heat>>>,
}

/// `"lock.front"` or `["lock.front", "lock.back"]`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Targets {
    One(String),
    Many(Vec<String>),
}

/// What a scene heats, and how far.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Heat {
    pub(crate) target: Spanned<String>,
    pub(crate) to: Spanned<f64>,
}
