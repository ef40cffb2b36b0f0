//! People and tokens in words.

use serde_json::Value;

use super::items;
use crate::text::{clean, field, table, when};

/// Everybody.
pub(crate) fn people(data: &Value) -> String {
    let rows: Vec<_> = items(data)
        .map(|person| [field(person, "name"), field(person, "role"), when(person, "until"), exceptions(person)])
        .collect();
    if rows.is_empty() {
        return "nobody lives here yet; `hearth setup-code` makes a code for the page\n".to_owned();
    }
    table(["NAME", "ROLE", "UNTIL (UTC)", "ON SOME DEVICES"], &rows)
}

fn exceptions(person: &Value) -> String {
    let devices = person.get("devices").and_then(Value::as_object).into_iter().flatten();
    let words: Vec<_> =
        devices.map(|(name, _)| format!("{}: {}", clean(name), field(&person["devices"], name))).collect();
    if words.is_empty() { crate::text::NONE.to_owned() } else { words.join("; ") }
}

/// A person who was added or changed, with the password if it was made up.
pub(crate) fn person(data: &Value) -> String {
    let line = format!("{} is {} now\n", field(data, "name"), field(data, "role"));
    match data.get("password").and_then(Value::as_str) {
        Some(password) => format!("{line}password: {}\nIt is shown this once.\n", clean(password)),
        None => line,
    }
}

/// All tokens.
pub(crate) fn tokens(data: &Value) -> String {
    let row = |token: &Value| {
        [
            field(token, "id"),
            field(token, "name"),
            field(token, "person"),
            field(token, "scopes"),
            when(token, "expires"),
            when(token, "used"),
        ]
    };
    let rows: Vec<_> = items(data).map(row).collect();
    if rows.is_empty() {
        return "there are no tokens\n".to_owned();
    }
    table(["ID", "NAME", "PERSON", "SCOPES", "EXPIRES (UTC)", "USED (UTC)"], &rows)
}

/// A token that was made.
pub(crate) fn token(data: &Value) -> String {
    format!("{}\nIt is shown this once. Send it as `Authorization: Bearer …`.\n", field(data, "token"))
}

/// The code for the first admin.
pub(crate) fn setup_code(data: &Value) -> String {
    format!("set-up code: {}\nEnter it on the page within an hour; it works once.\n", field(data, "code"))
}
