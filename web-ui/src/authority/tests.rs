use super::*;

/// 2026-11-24.
const NOW: Timestamp = Timestamp(1_795_478_400_000);

fn later(days: u64) -> Timestamp {
    Timestamp(NOW.0 + days * DAY * 1000)
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn what_is_written_is_read_again_and_signs_the_same() {
    let authority = Authority::make("Villa Müller", NOW).unwrap();
    let again = Authority::read(authority.write().expose()).unwrap();
    assert_eq!(again.fingerprint().unwrap(), authority.fingerprint().unwrap());
    assert_eq!(again.name(), "Hearth Villa Müller local authority");
    let issued = again.issue(&names(&["hearth.local"]), NOW).unwrap();
    assert!(!ServerCertificate::read(issued.write().expose()).unwrap().is_due(&authority, &[], NOW));
}

#[test]
fn damage_is_told_and_never_mended() {
    let written = Authority::make("A", NOW).unwrap().write();
    let other = Authority::make("A", NOW).unwrap();
    let text = written.expose();
    for damaged in [String::new(), "{}".to_owned(), text.replace("BEGIN", "BEGAN"), text[..text.len() / 2].to_owned()] {
        assert!(matches!(Authority::read(&damaged), Err(CertificateError::Damaged(_))), "{damaged}");
    }
    let mut mixed: serde_json::Value = serde_json::from_str(text).unwrap();
    mixed["certificate"] = other.pem().into();
    Authority::read(&mixed.to_string()).unwrap_err();
}

#[test]
fn keys_do_not_print() {
    let authority = Authority::make("A", NOW).unwrap();
    let issued = authority.issue(&names(&["hearth.local"]), NOW).unwrap();
    assert!(!format!("{authority:?}{issued:?}{:?}", authority.write()).contains("PRIVATE"));
}

#[test]
fn only_names_of_the_home_are_certified() {
    let authority = Authority::make("A", NOW).unwrap();
    let asked = ["hearth.local", "localhost", "192.168.1.5", "fd00::1", "::1", "example.org", "a.b.local", "8.8.8.8"];
    let bad = ["hearth", ".local", "2001:db8::1", "Ü.local", "*.local", "172.32.0.1"];
    let issued = authority.issue(&names(&[&asked[..], &bad[..]].concat()), NOW).unwrap();
    assert_eq!(issued.names(), &asked[..5]);
}

#[test]
fn a_certificate_is_renewed_in_time_and_for_a_new_name_alone() {
    let authority = Authority::make("A", NOW).unwrap();
    let known = names(&["hearth.local", "192.168.1.5"]);
    let issued = authority.issue(&known, NOW).unwrap();
    assert!(!issued.is_due(&authority, &known, NOW));
    assert!(!issued.is_due(&authority, &known, later(365)));
    assert!(issued.is_due(&authority, &known, later(367)));
    assert!(issued.is_due(&authority, &names(&["192.168.1.6"]), NOW));
    assert!(!issued.is_due(&authority, &names(&["hearth.local", "1.2.3.4"]), NOW));
    assert!(issued.is_due(&Authority::make("A", NOW).unwrap(), &known, NOW));
}

#[test]
fn a_clock_that_is_wrong_at_the_start_is_survived() {
    for odd in [Timestamp(0), Timestamp(u64::MAX)] {
        let authority = Authority::make("A", odd).unwrap();
        authority.issue(&names(&["hearth.local"]), odd).unwrap();
    }
    let (early, known) = (Authority::make("A", Timestamp(0)).unwrap(), names(&["hearth.local"]));
    assert!(early.ends() > later(365));
    let ahead = early.issue(&known, later(100)).unwrap();
    assert!(ahead.is_due(&early, &known, NOW), "it begins in the future");
}

#[test]
fn no_certificate_outlives_its_authority() {
    let authority = Authority::make("A", NOW).unwrap();
    let last = authority.issue(&[], later(3600)).unwrap();
    assert_eq!(last.ends(), authority.ends());
    assert!(!last.is_due(&authority, &[], later(3600)), "another one would end on the same day");
}
