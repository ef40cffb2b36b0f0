//! What a configuration must keep to besides its form. Each mistake is told with its key, the value and what would do.

use std::collections::{BTreeSet, HashSet};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use super::{Adapter, Config, Hub, Mqtt, Protocol};

/// The key with its section, and what is wrong.
type Mistake = (String, String);

fn wrong(key: &str, message: impl Into<String>) -> Result<(), Mistake> {
    Err((key.to_owned(), message.into()))
}

impl Config {
    pub(super) fn check(&self) -> Result<(), Mistake> {
        check_hub(&self.hub)?;
        check_mqtt(&self.mqtt)?;
        if overlap(self.mqtt.listen, self.http.listen) {
            let port = self.mqtt.listen.port();
            return wrong("[mqtt] listen", format!("{port} is the port of [http] listen too; take another for one"));
        }
        check_gateway(self.gateway.socket.as_deref(), &self.hub)?;
        let (flush, retention) = (self.history.flush, self.history.retention);
        if flush < Duration::from_secs(5) || flush > Duration::from_secs(300) {
            return wrong("[history] flush", format!("{}s is out of range; it takes 5s to 300s", flush.as_secs()));
        }
        if retention < Duration::from_secs(24 * 3600) {
            return wrong("[history] retention", format!("{}s is too short; it takes 1d or more", retention.as_secs()));
        }
        check_adapters(&self.adapters)
    }
}

/// Whether both can't be listened on at a time. Port 0 is any that is free; an unspecified address is each.
fn overlap(one: SocketAddr, other: SocketAddr) -> bool {
    let anywhere = one.ip().is_unspecified() || other.ip().is_unspecified();
    one.port() == other.port() && one.port() != 0 && (anywhere || one.ip() == other.ip())
}

fn check_gateway(socket: Option<&Path>, hub: &Hub) -> Result<(), Mistake> {
    let Some(socket) = socket else { return Ok(()) };
    if !socket.is_absolute() {
        let message = format!("{} is not an absolute path; begin it with /", socket.display());
        return wrong("[gateway] socket", message);
    }
    if socket == hub.admin_socket {
        return wrong("[gateway] socket", "it is [hub] admin-socket, which the gateway must never reach; take another");
    }
    if socket.starts_with(&hub.state_dir) {
        let message = format!("it lies in state-dir ({}), which the gateway must never reach", hub.state_dir.display());
        return wrong("[gateway] socket", message);
    }
    Ok(())
}

fn check_hub(hub: &Hub) -> Result<(), Mistake> {
    if hub.name.trim().is_empty() || hub.name.len() > 63 {
        return wrong("[hub] name", format!("{:?} has {} bytes; it takes 1 to 63", hub.name, hub.name.len()));
    }
    for (key, path) in [("state-dir", &hub.state_dir), ("admin-socket", &hub.admin_socket)] {
        if !path.is_absolute() {
            let message = format!("{} is not an absolute path; begin it with /", path.display());
            return wrong(&format!("[hub] {key}"), message);
        }
    }
    if hub.state_dir.starts_with(&hub.admin_socket) {
        let (socket, state) = (hub.admin_socket.display(), hub.state_dir.display());
        let message = format!("{socket} is a directory of state-dir ({state}); give the socket a file name of its own");
        return wrong("[hub] admin-socket", message);
    }
    Ok(())
}

fn check_mqtt(mqtt: &Mqtt) -> Result<(), Mistake> {
    let base = &mqtt.base_topic;
    let key = "[mqtt] base-topic";
    if base.starts_with('$') {
        return wrong(
            key,
            format!("{base:?} begins with $, which is the broker's own; take a word such as \"hearth\""),
        );
    }
    if base == "homeassistant" || base.starts_with("homeassistant/") {
        return wrong(key, format!("{base:?} is Home Assistant's own topic; take another such as \"hearth\""));
    }
    if base.is_empty() || base.len() > 64 || base.contains(['+', '#', '/', '\0']) {
        return wrong(key, format!("{base:?} is not one topic level; it takes 1 to 64 bytes without / + #"));
    }
    if mqtt.tls_listen.is_some() {
        return wrong("[mqtt] tls-listen", "this version has no TLS yet; leave it out");
    }
    Ok(())
}

fn check_adapters(adapters: &[Adapter]) -> Result<(), Mistake> {
    let (mut names, mut ports) = (BTreeSet::new(), HashSet::new());
    for adapter in adapters {
        let wrong = |key: &str, message: String| wrong(&format!("[[adapter]] {:?} {key}", adapter.name), message);
        let plain = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '-' | '_');
        if !(1..=32).contains(&adapter.name.len()) || !adapter.name.chars().all(plain) {
            return wrong("name", "it takes 1 to 32 of a-z, 0-9, - and _, such as \"stick\"".to_owned());
        }
        if !names.insert(&adapter.name) {
            return wrong("name", "it stands twice; give each adapter a name of its own".to_owned());
        }
        if adapter.protocol == Protocol::Ezsp {
            return wrong("protocol", "\"ezsp\" is not driven by this version; take \"znp\" or \"auto\"".to_owned());
        }
        if let Some(channel) = adapter.channel.filter(|channel| !(11..=26).contains(channel)) {
            return wrong("channel", format!("{channel} is no Zigbee channel; it takes 11 to 26"));
        }
        if !(1200..=4_000_000).contains(&adapter.baud) {
            return wrong("baud", format!("{} is out of range; it takes 1200 to 4000000", adapter.baud));
        }
        let port = match adapter.port.parse::<serial::Port>() {
            Ok(port) => port,
            Err(error) => return wrong("port", error.to_string()),
        };
        if !ports.insert(port) {
            let message = format!("{:?} is another adapter's port; one stick is one [[adapter]]", adapter.port);
            return wrong("port", message);
        }
    }
    Ok(())
}
