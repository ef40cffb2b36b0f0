//! Single values, and under which name each lies in which table.

use minicbor::{Decode, Encode};

use super::{Row, RowError, decode, encode};
use crate::model::{Setting, Value};

#[derive(Encode, Decode)]
struct ValueRow<'b> {
    #[cbor(b(0), with = "minicbor::bytes")]
    value: &'b [u8],
}

/// Where a value lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// Whether in the table that nobody may see.
    pub(crate) secret: bool,
    /// The name in the table.
    pub(crate) name: String,
}

/// Where `setting` lies.
pub(crate) fn place_of(setting: &Setting) -> Place {
    let (secret, name) = match setting {
        Setting::Policy => (false, "policy".to_owned()),
        Setting::Engine => (false, "engine".to_owned()),
        Setting::Paused => (false, "paused".to_owned()),
        Setting::Names => (true, "names".to_owned()),
        Setting::Pairing => (true, "pairing".to_owned()),
        Setting::Pin => (true, "pin".to_owned()),
        Setting::Push(audience) => (true, format!("push/{audience}")),
    };
    Place { secret, name }
}

/// Which setting lies under `name`.
pub(crate) fn setting_at(secret: bool, name: &str) -> Result<Setting, RowError> {
    let audience = |text: &str| text.parse().map_err(|_| RowError::Value("an audience of no known form"));
    match (secret, name.split_once('/').unwrap_or((name, ""))) {
        (false, ("policy", "")) => Ok(Setting::Policy),
        (false, ("engine", "")) => Ok(Setting::Engine),
        (false, ("paused", "")) => Ok(Setting::Paused),
        (true, ("names", "")) => Ok(Setting::Names),
        (true, ("pairing", "")) => Ok(Setting::Pairing),
        (true, ("pin", "")) => Ok(Setting::Pin),
        (true, ("push", name)) => audience(name).map(Setting::Push),
        _ => Err(RowError::Value("a name that is no setting's")),
    }
}

/// The value without its name.
pub(crate) fn write_setting(value: &Value) -> Row {
    encode(&ValueRow { value: value.expose() })
}

/// Reads what [`write_setting`] wrote.
pub(crate) fn read_setting(bytes: &[u8]) -> Result<Value, RowError> {
    let row: ValueRow<'_> = decode(bytes)?;
    Ok(Value::new(row.value.to_vec()))
}
