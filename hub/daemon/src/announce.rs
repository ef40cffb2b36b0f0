//! mDNS: tells the LAN where the hub is, and listens for network adapters.

use std::net::SocketAddr;

use mdns_sd::{ServiceDaemon, ServiceEvent, ServiceInfo};
use serial::discover::{SERVICE_TYPES, from_announcement};

use crate::found::Found;

/// What is announced.
pub(crate) struct Announcement<'a> {
    pub(crate) name: &'a str,
    pub(crate) http: SocketAddr,
    /// Whether the page is behind TLS.
    pub(crate) tls: bool,
    pub(crate) mqtt: SocketAddr,
}

/// Keeps the announcement up for as long as it lives.
pub(crate) struct Announced(ServiceDaemon);

impl Drop for Announced {
    fn drop(&mut self) {
        // The answer, that the daemon has ended, is not waited for.
        let _ = self.0.shutdown();
    }
}

/// Announces the hub and starts to listen, unless it can only be reached from this machine. A LAN without multicast
/// is no reason not to start.
pub(crate) fn announce(announcement: &Announcement<'_>, found: &Found) -> Option<Announced> {
    if announcement.http.ip().is_loopback() && announcement.mqtt.ip().is_loopback() {
        return None;
    }
    let daemon = ServiceDaemon::new().inspect_err(|error| tracing::warn!(%error, "no mDNS")).ok()?;
    let page = if announcement.tls { "_https._tcp" } else { "_http._tcp" };
    for (service, address) in
        [(page, announcement.http), ("_mqtt._tcp", announcement.mqtt), ("_hearth._tcp", announcement.http)]
    {
        if address.ip().is_loopback() {
            continue;
        }
        if let Err(error) = register(&daemon, service, announcement.name, address.port()) {
            tracing::warn!(%error, service, "not announced by mDNS");
        }
    }
    for service in SERVICE_TYPES {
        listen(&daemon, service, found);
    }
    Some(Announced(daemon))
}

fn register(daemon: &ServiceDaemon, service: &str, name: &str, port: u16) -> mdns_sd::Result<()> {
    let properties = [("path", "/"), ("api", "/api/v1"), ("version", env!("CARGO_PKG_VERSION"))];
    let host = format!("{}.local.", host_label(name));
    let info = ServiceInfo::new(&format!("{service}.local."), name, &host, "", port, &properties[..])?;
    daemon.register(info.enable_addr_auto())
}

/// The hub's name as a DNS label: letters, digits and hyphens.
pub(crate) fn host_label(name: &str) -> String {
    let label: String = name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let label = label.trim_matches('-');
    if label.is_empty() { "hearth".to_owned() } else { label.to_owned() }
}

fn listen(daemon: &ServiceDaemon, service: &'static str, found: &Found) {
    let Ok(events) = daemon.browse(&format!("{service}.local.")) else { return };
    let found = found.clone();
    tokio::spawn(async move {
        while let Ok(event) = events.recv_async().await {
            match event {
                ServiceEvent::ServiceResolved(info) => {
                    let txt: Vec<_> = info.txt_properties.iter().map(|p| (p.key(), p.val_str())).collect();
                    let instance = info.fullname.split('.').next().unwrap_or_default();
                    let host = info.host.trim_end_matches('.');
                    if let Some(candidate) = from_announcement(service, instance, host, info.port, &txt) {
                        found.announce(info.fullname.clone(), candidate);
                    }
                }
                ServiceEvent::ServiceRemoved(_, name) => found.withdraw(&name),
                _ => {}
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_makes_a_host_label() {
        assert_eq!(host_label("Hearth"), "hearth");
        assert_eq!(host_label("Villa Müller"), "villa-m-ller");
        assert_eq!(host_label("🏠"), "hearth");
    }

    #[test]
    fn a_hub_for_this_machine_alone_says_nothing_on_the_lan() {
        let local = SocketAddr::from(([127, 0, 0, 1], 1));
        assert!(
            announce(&Announcement { name: "x", http: local, tls: false, mqtt: local }, &Found::default()).is_none()
        );
    }
}
