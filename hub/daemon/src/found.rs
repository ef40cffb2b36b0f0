//! Adapters that are there but not configured: USB sticks by their ids, network adapters by mDNS.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use serial::discover::{self, Candidate, Protocol};

/// The most network adapters that are listed: anybody on the LAN can announce some.
const ANNOUNCED: usize = 64;

/// What was found; clones are cheap.
#[derive(Clone, Default)]
pub(crate) struct Found {
    network: Arc<Mutex<BTreeMap<String, Candidate>>>,
}

impl Found {
    /// Notes a network adapter under its mDNS name.
    pub(crate) fn announce(&self, name: String, candidate: Candidate) {
        let mut network = self.network.lock().unwrap_or_else(PoisonError::into_inner);
        if network.len() < ANNOUNCED || network.contains_key(&name) {
            network.insert(name, candidate);
        }
    }

    /// Takes back what was noted under an mDNS name.
    pub(crate) fn withdraw(&self, name: &str) {
        self.network.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }

    /// Everything that is there now.
    pub(crate) async fn list(&self) -> Value {
        let usb = tokio::task::spawn_blocking(|| discover::usb_adapters(Path::new("/"))).await.unwrap_or_default();
        let network = self.network.lock().unwrap_or_else(PoisonError::into_inner);
        usb.iter().chain(network.values()).map(view).collect()
    }
}

fn view(candidate: &Candidate) -> Value {
    let note = match candidate.protocol {
        Some(Protocol::Znp) => None,
        Some(_) => Some("this version drives only znp adapters"),
        None => Some("its ids do not tell what it speaks; if it runs Z-Stack, it will work"),
    };
    json!({
        "port": candidate.port.to_string(),
        "name": candidate.name,
        "protocol": candidate.protocol.map_or("unknown", Protocol::word),
        "note": note,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_announcements_is_bounded() {
        let found = Found::default();
        for number in 0..2 * ANNOUNCED {
            let candidate = Candidate {
                port: serial::Port::Tcp { host: "x".to_owned(), port: 1 },
                name: "x".to_owned(),
                protocol: None,
                settings: serial::Settings::default(),
                serial_number: None,
            };
            found.announce(number.to_string(), candidate);
        }
        assert_eq!(found.network.lock().unwrap().len(), ANNOUNCED);
    }
}
