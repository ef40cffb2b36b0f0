//! PIN codes in words.

use serde_json::Value;

use crate::text::{NONE, field, table};

/// The slots of a lock.
pub(crate) fn codes(data: &Value) -> String {
    let slots = match data["slots"].as_u64() {
        Some(slots) => format!("the lock has {slots} slots, from {}\n", field(data, "first")),
        None => "the lock was not asked yet; `hearth code check` does\n".to_owned(),
    };
    let rows: Vec<_> = data["codes"].as_array().into_iter().flatten().map(row).collect();
    if rows.is_empty() {
        return format!("no codes\n{slots}");
    }
    table(["SLOT", "WHOSE", "HUB", "LOCK", "WHAT DIFFERS"], &rows) + &slots
}

fn row(code: &Value) -> [String; 5] {
    let [slot, whose, hub, lock] = ["slot", "name", "hub", "lock"].map(|key| field(code, key));
    [slot, whose, hub, lock, drift(code["drift"].as_str()).to_owned()]
}

fn drift(word: Option<&str>) -> &'static str {
    match word {
        Some("foreign") => "not put there by the hub; set or remove it",
        Some("missing") => "the slot is empty at the lock; set it again",
        Some("enabled") => "it opens, though the hub disabled it",
        Some("disabled") => "it does not open, though the hub enabled it",
        Some("changed") => "the PIN was changed at the keypad; set it again",
        _ => NONE,
    }
}
