//! The page as it is served without a word about it in the configuration: with TLS, by the hub's own authority.
#![expect(clippy::unwrap_used, reason = "helpers of a test are test code, which clippy can't tell")]

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::json;

use crate::support::hub::{Hub, Place, tcp};

/// What the page says to who trusts the certificate in `path` and asks for `/` by `name`.
fn get(hub: &Hub, path: &str, name: &str) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(path).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connection = ClientConnection::new(Arc::new(config), ServerName::try_from(name.to_owned()).unwrap()).unwrap();
    let mut stream = StreamOwned::new(connection, tcp(hub.http));
    write!(stream, "GET /api/v1/setup HTTP/1.1\r\nhost: {name}\r\nconnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8(answer).unwrap())
}

#[test]
fn the_page_has_a_certificate_that_lasts() {
    let place = Place::new("tcp://127.0.0.1:1").with_tls();
    let hub = Hub::start(&place);
    let told = hub.ask(&json!({"verb": "authority"}));
    let path = told["path"].as_str().unwrap();
    for name in ["hearth.local", "test.local", "localhost", "127.0.0.1"] {
        assert!(get(&hub, path, name).unwrap().starts_with("HTTP/1.1 200"), "{name}");
    }
    get(&hub, path, "other.local").unwrap_err();

    let mut plain = tcp(hub.http);
    write!(plain, "GET /x HTTP/1.1\r\nhost: hearth.local:1\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    plain.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 308") && answer.contains("https://hearth.local:1/x"), "{answer}");

    assert!(hub.stop().success());
    let hub = Hub::start(&place);
    assert_eq!(hub.ask(&json!({"verb": "authority"})), told, "the same after a restart");
    assert!(get(&hub, path, "hearth.local").unwrap().starts_with("HTTP/1.1 200"));
    for entry in std::fs::read_dir(place.state().join("tls")).unwrap().map(Result::unwrap) {
        let text = std::fs::read_to_string(entry.path()).unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(text.contains("PRIVATE KEY"), mode == 0o600, "{}", entry.path().display());
        for line in text.split("\\n").filter(|line| line.len() == 64) {
            assert!(mode != 0o600 || !hub.said(line), "the log shows what only the file may hold");
        }
    }
}

#[test]
fn without_tls_there_is_no_authority() {
    let place = Place::new("tcp://127.0.0.1:1");
    let hub = Hub::start(&place);
    assert_eq!(hub.try_ask(&json!({"verb": "authority"})).unwrap_err()["kind"], "not_found");
}
