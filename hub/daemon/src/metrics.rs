//! The hub's own figures in Prometheus's text format. No device names and no readings: figures of the program only.

use std::fmt::Write;

use serde_json::Value;

/// Name, kind, help, and where the figure is in the answer to `status`.
const METRICS: [(&str, &str, &str, &str); 9] = [
    ("hearth_uptime_seconds", "gauge", "Time since the daemon started.", "/uptime_seconds"),
    ("hearth_devices", "gauge", "Devices known.", "/devices/total"),
    ("hearth_devices_available", "gauge", "Devices within reach.", "/devices/available"),
    ("hearth_mqtt_connections", "gauge", "MQTT clients connected.", "/mqtt/connections"),
    ("hearth_mqtt_published_total", "counter", "MQTT messages taken in.", "/mqtt/published"),
    ("hearth_mqtt_delivered_total", "counter", "MQTT messages given out.", "/mqtt/delivered"),
    ("hearth_mqtt_refused_total", "counter", "MQTT connections and messages refused.", "/mqtt/refused"),
    ("hearth_store_written_bytes_total", "counter", "Bytes written to the databases.", "/store/bytes_written"),
    ("hearth_store_commits_total", "counter", "Transactions committed.", "/store/commits"),
];

/// Renders the answer to `status`.
pub(crate) fn render(status: &Value) -> String {
    let mut text = String::new();
    for (name, kind, help, pointer) in METRICS {
        if let Some(figure) = status.pointer(pointer).and_then(Value::as_u64) {
            // Writing to a string can't fail.
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {figure}");
        }
    }
    let online = status.pointer("/store/problem").is_none_or(Value::is_null);
    let _ = writeln!(
        text,
        "# HELP hearth_store_up Whether the databases are well.\n# TYPE hearth_store_up gauge\nhearth_store_up {}",
        u8::from(online)
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_come_with_their_kind() {
        let text = render(&serde_json::json!({"uptime_seconds": 7, "store": {"problem": null}}));
        assert!(text.contains("# TYPE hearth_uptime_seconds gauge\nhearth_uptime_seconds 7\n"), "{text}");
        assert!(text.contains("hearth_store_up 1\n"));
    }
}
