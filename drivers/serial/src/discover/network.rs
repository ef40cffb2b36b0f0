//! Network adapters as they announce themselves over mDNS. Pure: from what was announced to a candidate.

use std::net::IpAddr;

use super::{Candidate, Protocol};
use crate::port::{Port, Settings};

/// A service type that adapters announce.
struct Service {
    kind: &'static str,
    name: &'static str,
    /// What such an adapter speaks where it does not say.
    default: Option<Protocol>,
}

const fn row(kind: &'static str, name: &'static str, default: Option<Protocol>) -> Service {
    Service { kind, name, default }
}

static SERVICES: &[Service] = &[
    row("_zigbee-coordinator._tcp", "Zigbee coordinator", None),
    row("_slzb-06._tcp", "SMLIGHT SLZB-06", Some(Protocol::Znp)),
    row("_zigstar_gw._tcp", "ZigStar gateway", Some(Protocol::Znp)),
    row("_zig_star_gw._tcp", "ZigStar gateway", Some(Protocol::Znp)),
    row("_xzg._tcp", "XZG gateway", Some(Protocol::Znp)),
    row("_uzg-01._tcp", "UZG-01", Some(Protocol::Znp)),
    row("_czc._tcp", "CZC-1.0", Some(Protocol::Znp)),
    row("_tubeszb._tcp", "TubesZB", None),
    row("_zigate-zigbee-gateway._tcp", "ZiGate", Some(Protocol::Zigate)),
];

/// What to browse for, without the domain.
pub static SERVICE_TYPES: &[&str] = &[
    "_zigbee-coordinator._tcp",
    "_slzb-06._tcp",
    "_zigstar_gw._tcp",
    "_zig_star_gw._tcp",
    "_xzg._tcp",
    "_uzg-01._tcp",
    "_czc._tcp",
    "_tubeszb._tcp",
    "_zigate-zigbee-gateway._tcp",
];

/// The TCP port of most adapters, for those that announce 0 or their web page's.
const USUAL_PORT: u16 = 6638;

/// The adapter behind an announcement of `service` (with or without `.local.`) by `instance` at `host` and `port`, with its TXT record.
///
/// `None` if the type is none of [`SERVICE_TYPES`] or the host is no name. The announcement is not trusted: texts are cut and cleaned.
pub fn from_announcement(
    service: &str,
    instance: &str,
    host: &str,
    port: u16,
    txt: &[(&str, &str)],
) -> Option<Candidate> {
    let kind = service.trim_end_matches('.').trim_end_matches(".local").to_ascii_lowercase();
    let service = SERVICES.iter().find(|row| row.kind == kind)?;
    let said = |key: &str| {
        let (_, value) = txt.iter().find(|(name, _)| name.eq_ignore_ascii_case(key))?;
        Some(clean(value)).filter(|value| !value.is_empty())
    };
    let instance = clean(instance);
    let protocol = match said("radio_type") {
        Some(word) => radio_type(&word),
        None if instance.to_ascii_lowercase().contains("efr32") => Some(Protocol::Ezsp),
        None => service.default,
    };
    Some(Candidate {
        port: address(host, if matches!(port, 0 | 80 | 443) { USUAL_PORT } else { port })?,
        name: if instance.is_empty() { service.name.to_owned() } else { instance },
        protocol,
        settings: Settings::default(),
        serial_number: said("serial_number"),
    })
}

/// The words in use for the TXT key `radio_type`.
fn radio_type(word: &str) -> Option<Protocol> {
    match word.to_ascii_lowercase().as_str() {
        "znp" | "zstack" | "ti_cc" => Some(Protocol::Znp),
        "ezsp" | "ember" | "efr32" => Some(Protocol::Ezsp),
        "deconz" => Some(Protocol::Deconz),
        "zboss" => Some(Protocol::Zboss),
        "zigate" => Some(Protocol::Zigate),
        _ => None,
    }
}

fn address(host: &str, port: u16) -> Option<Port> {
    let host = host.trim_end_matches('.');
    if host.parse::<IpAddr>().is_ok_and(|ip| ip.is_ipv6()) {
        return format!("tcp://[{host}]:{port}").parse().ok();
    }
    format!("tcp://{host}:{port}").parse().ok()
}

/// At most 64 printable characters.
fn clean(text: &str) -> String {
    text.trim().chars().filter(|c| !c.is_control()).take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_list_to_browse_is_the_table() {
        let kinds: Vec<_> = SERVICES.iter().map(|row| row.kind).collect();
        assert_eq!(SERVICE_TYPES, kinds);
    }

    #[test]
    fn the_txt_record_decides_what_is_spoken() {
        let say = |radio| {
            let txt = [("radio_type", radio), ("serial_number", "00124b00")];
            from_announcement("_zigbee-coordinator._tcp.local.", "SLZB-06M", "slzb-06m.local.", 6638, &txt).unwrap()
        };
        let found = say("ezsp");
        assert_eq!(found.port.to_string(), "tcp://slzb-06m.local:6638");
        assert_eq!((found.name.as_str(), found.protocol), ("SLZB-06M", Some(Protocol::Ezsp)));
        assert_eq!(found.serial_number.as_deref(), Some("00124b00"));
        assert_eq!(say("ZNP").protocol, Some(Protocol::Znp));
        assert_eq!(say("thread").protocol, None);
    }

    #[test]
    fn without_it_the_type_and_the_name_do() {
        let guess = |kind, instance| from_announcement(kind, instance, "10.0.0.7", 0, &[]).unwrap();
        let found = guess("_uzg-01._tcp", "");
        assert_eq!((found.name.as_str(), found.protocol), ("UZG-01", Some(Protocol::Znp)));
        assert_eq!(found.port.to_string(), "tcp://10.0.0.7:6638");
        assert_eq!(guess("_tubeszb._tcp", "tubeszb-efr32-MG24").protocol, Some(Protocol::Ezsp));
        assert_eq!(guess("_tubeszb._tcp", "tubeszb").protocol, None);
    }

    #[test]
    fn foreign_types_and_hosts_that_are_none_are_left_out() {
        assert_eq!(from_announcement("_http._tcp", "x", "h", 6638, &[]), None);
        assert_eq!(from_announcement("_xzg._tcp", "x", "", 6638, &[]), None);
        assert_eq!(from_announcement("_xzg._tcp", "x", "a/b", 6638, &[]), None);
    }

    proptest! {
        #[test]
        fn hostile_announcements_give_short_clean_texts(instance in ".{0,200}", host in ".*", port: u16, radio in ".*") {
            let txt = [("radio_type", radio.as_str()), ("serial_number", instance.as_str())];
            if let Some(found) = from_announcement("_xzg._tcp", &instance, &host, port, &txt) {
                prop_assert!(found.name.chars().count() <= 64 && !found.name.contains(char::is_control));
                prop_assert_eq!(found.port.to_string().parse(), Ok(found.port));
            }
        }
    }
}
