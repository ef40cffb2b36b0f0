//! What the door goes by, beside the chain: each value changes in the commit of the entry that tells of it.

use std::collections::BTreeMap;

use redb::WriteTransaction;

use super::read::ReadError;
use crate::file::File;
use crate::model::{Setting, Value};
use crate::row::{place_of, read_setting, setting_at, write_setting};
use crate::tables::{SECRETS, SETTINGS, existing};

/// Writes one, or removes it.
pub(super) fn write(txn: &WriteTransaction, setting: &Setting, value: Option<&Value>) -> Result<(), redb::Error> {
    let place = place_of(setting);
    let mut table = txn.open_table(if place.secret { SECRETS } else { SETTINGS })?;
    match value {
        Some(value) => drop(table.insert(place.name.as_str(), write_setting(value).as_slice())?),
        None => drop(table.remove(place.name.as_str())?),
    }
    Ok(())
}

/// All there are, or none where one can't be read.
pub(super) fn read(file: &File) -> Result<BTreeMap<Setting, Value>, ReadError> {
    let found = file.read(|txn| {
        let mut found = BTreeMap::new();
        for (table, secret) in [(SETTINGS, false), (SECRETS, true)] {
            // A file from before there were settings has none of these tables.
            let Some(rows) = existing(txn, table)? else { continue };
            for row in rows.range::<&str>(..)? {
                let (name, value) = row?;
                let damaged = |error| redb::Error::Corrupted(format!("the setting {}: {error}", name.value()));
                let setting = setting_at(secret, name.value()).map_err(damaged)?;
                found.insert(setting, read_setting(value.value()).map_err(damaged)?);
            }
        }
        Ok(found)
    })?;
    Ok(found)
}
