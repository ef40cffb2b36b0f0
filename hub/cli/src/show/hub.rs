//! The hub itself in words: its status, adapters and MQTT users.

use serde_json::Value;

use super::items;
use crate::text::{NONE, field, lines, plain, span, table, when};

/// How the hub is.
pub(crate) fn status(data: &Value) -> String {
    let uptime = data.get("uptime_seconds").and_then(Value::as_u64).map_or_else(|| NONE.to_owned(), span);
    let (devices, mqtt, store) = (part(data, "devices"), part(data, "mqtt"), part(data, "store"));
    let mut text = vec![
        format!("{} {}, up {uptime}", field(data, "name"), field(data, "version")),
        format!("devices   {} of {} available", field(devices, "available"), field(devices, "total")),
    ];
    let adapters = items(part(data, "adapters"));
    text.extend(adapters.map(|adapter| format!("adapter   {}: {}", field(adapter, "name"), adapter_words(adapter))));
    let mqtt = ["connections", "published", "delivered", "refused"].map(|key| format!("{} {key}", field(mqtt, key)));
    text.push(format!("mqtt      {}", mqtt.join(", ")));
    text.push(match store.get("problem") {
        None | Some(Value::Null) => {
            format!("store     {} bytes in {} commits", field(store, "bytes_written"), field(store, "commits"))
        }
        Some(problem) => format!("store     PROBLEM: {}", plain(problem)),
    });
    lines(&text)
}

/// An adapter's status with what it comes with.
fn adapter_words(adapter: &Value) -> String {
    let number = |key| adapter.get(key).and_then(Value::as_u64);
    let mut words = vec![field(adapter, "status")];
    words.extend(number("channel").map(|channel| format!("channel {channel}, PAN {}", field(adapter, "pan_id"))));
    let open = number("joinable_seconds").filter(|seconds| *seconds > 0);
    words.extend(open.map(|seconds| format!("devices may join for {seconds} s")));
    words.extend(adapter.get("reason").filter(|reason| !reason.is_null()).map(plain));
    words.join(", ")
}

/// The adapters in use, and those that were found beside them.
pub(crate) fn adapters(data: &Value) -> String {
    let configured = items(part(data, "configured"));
    let configured: Vec<_> = configured
        .map(|adapter| {
            [field(adapter, "name"), field(adapter, "port"), adapter_words(adapter), field(adapter, "firmware")]
        })
        .collect();
    let mut text = if configured.is_empty() {
        "no adapter is configured\n".to_owned()
    } else {
        table(["NAME", "PORT", "STATUS", "FIRMWARE"], &configured)
    };
    let found = items(part(data, "found"));
    let found: Vec<_> = found
        .map(|port| [field(port, "name"), field(port, "protocol"), field(port, "port"), field(port, "note")])
        .collect();
    if !found.is_empty() {
        text += "\nfound; to use one, put its port into an [[adapter]] section of /etc/hearth/hearth.toml:\n";
        text += &table(["NAME", "PROTOCOL", "PORT", "NOTE"], &found);
    }
    text
}

/// The page's authority. The fingerprint stands in lines of eight bytes, as on the page that explains it.
pub(crate) fn authority(data: &Value) -> String {
    let fingerprint = field(data, "fingerprint");
    let bytes: Vec<_> = fingerprint.split(':').collect();
    let server = part(data, "server");
    let names: Vec<_> = items(part(server, "names")).map(plain).collect();
    let mut text = vec![
        format!("authority    {}, until {} UTC", field(data, "name"), when(data, "ends")),
        format!("certificate  {}", field(data, "path")),
        "SHA-256".to_owned(),
    ];
    text.extend(bytes.chunks(8).map(|line| format!("  {}", line.join(":"))));
    text.push(format!("server       until {} UTC, for {}", when(server, "ends"), names.join(", ")));
    lines(&text)
}

/// The MQTT users.
pub(crate) fn users(data: &Value) -> String {
    let rows: Vec<_> =
        items(data).map(|user| [field(user, "user"), field(user, "preset"), when(user, "created")]).collect();
    if rows.is_empty() {
        return "nobody may use MQTT; `hearth mqtt-user add NAME --preset admin` makes a user\n".to_owned();
    }
    table(["USER", "PRESET", "CREATED (UTC)"], &rows)
}

/// A user that was just made, with its password if the daemon made it up.
pub(crate) fn new_user(data: &Value) -> String {
    let mut text = vec![format!("user      {}", field(data, "user")), format!("preset    {}", field(data, "preset"))];
    if let Some(password) = data.get("password").filter(|password| !password.is_null()) {
        text.push(format!("password  {}", plain(password)));
        text.push("This password is not shown again.".to_owned());
    }
    lines(&text)
}

fn part<'a>(data: &'a Value, key: &str) -> &'a Value {
    data.get(key).unwrap_or(&Value::Null)
}
