//! The server with TLS, and what those without it get.

use std::sync::Arc;

use home::Timestamp;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::client::Client;
use super::fake::Fake;
use crate::{Authority, Tls};

struct Hub {
    client: Client,
    authority: Authority,
    tls: Tls,
    _stop: oneshot::Sender<()>,
}

#[expect(clippy::disallowed_methods, reason = "rustls reads the same clock")]
fn now() -> Timestamp {
    let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Timestamp(since_epoch.as_secs() * 1000)
}

async fn hub() -> Hub {
    let authority = Authority::make("Test", now()).unwrap();
    let names = ["hearth.local", "localhost", "127.0.0.1"].map(str::to_owned);
    let tls = Tls::new(&authority, &authority.issue(&names, now()).unwrap()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::new(listener.local_addr().unwrap());
    let (stop, stopped) = oneshot::channel();
    tokio::spawn(crate::serve(listener, Fake::new(), Some(tls.clone()), stopped));
    Hub { client, authority, tls, _stop: stop }
}

impl Hub {
    async fn connect(&self, name: &str, trusted: &Authority) -> std::io::Result<TlsStream<TcpStream>> {
        self.connect_with(name, trusted, rustls::ALL_VERSIONS).await
    }

    async fn connect_with(
        &self,
        name: &str,
        trusted: &Authority,
        versions: &[&'static SupportedProtocolVersion],
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(trusted.der().unwrap())).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let stream = TcpStream::connect(self.client.address).await?;
        TlsConnector::from(Arc::new(config)).connect(ServerName::try_from(name.to_owned()).unwrap(), stream).await
    }

    async fn ask(&self, request: &str) -> String {
        let mut stream = self.connect("hearth.local", &self.authority).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut text = Vec::new();
        // The other side may end without a word.
        let _ = stream.read_to_end(&mut text).await;
        String::from_utf8(text).unwrap().to_ascii_lowercase()
    }

    /// What comes back for these bytes, sent as they are.
    async fn raw(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(self.client.address).await.unwrap();
        let _ = stream.write_all(bytes).await;
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        answer
    }
}

#[tokio::test]
async fn who_trusts_the_authority_gets_in_by_name_and_by_address() {
    let hub = hub().await;
    for name in ["hearth.local", "localhost", "127.0.0.1"] {
        let stream = hub.connect(name, &hub.authority).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    }
    let body = r#"{"user":"ada","password":"correct horse"}"#;
    let answer = hub
        .ask(&format!(
            "POST /api/v1/session HTTP/1.1\r\nhost: hearth.local\r\nconnection: close\r\n\
             origin: https://hearth.local\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        ))
        .await;
    assert!(answer.starts_with("http/1.1 200"), "{answer}");
    assert!(answer.contains("; secure"), "{answer}");
    assert!(!answer.contains("strict-transport-security"), "{answer}");
}

#[tokio::test]
async fn who_trusts_another_authority_or_asks_for_another_name_does_not() {
    let hub = hub().await;
    let other = Authority::make("Test", now()).unwrap();
    hub.connect("hearth.local", &other).await.unwrap_err();
    hub.connect("hearth.example.org", &hub.authority).await.unwrap_err();
    hub.connect("192.168.1.77", &hub.authority).await.unwrap_err();
}

#[test]
fn a_stolen_key_speaks_for_the_home_alone() {
    use rcgen::{CertificateParams, DnType, Issuer, KeyPair};
    let authority = Authority::make("Test", now()).unwrap();
    let kept: serde_json::Value = serde_json::from_str(authority.write().expose()).unwrap();
    let mut stolen = CertificateParams::default();
    stolen.distinguished_name.push(DnType::CommonName, authority.name());
    let issuer = Issuer::new(stolen, KeyPair::from_pem(kept["key"].as_str().unwrap()).unwrap());
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(authority.der().unwrap())).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier =
        rustls::client::WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
    let at = rustls::pki_types::UnixTime::since_unix_epoch(std::time::Duration::from_secs(now().seconds()));
    let accepts = |name: &str| {
        let leaf = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let leaf = leaf.signed_by(&KeyPair::generate().unwrap(), &issuer).unwrap();
        let name = ServerName::try_from(name.to_owned()).unwrap();
        verifier.verify_server_cert(leaf.der(), &[], &name, &[], at).is_ok()
    };
    for home in ["a.local", "localhost", "10.1.2.3", "192.168.0.9", "172.31.0.1", "169.254.3.4", "fd12::1", "fe80::1"] {
        assert!(accepts(home), "{home}");
    }
    for foreign in ["example.org", "local.example.org", "8.8.8.8", "172.32.0.1", "2001:db8::1", "hearth"] {
        assert!(!accepts(foreign), "{foreign}");
    }
}

/// The daemon must not speak with the world outside, so the half of TLS that asks is not used.
#[test]
fn there_is_no_client() {
    fn look(directory: &std::path::Path, seen: &mut usize) {
        for entry in std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() && !entry.ends_with("tests") {
                look(&entry, seen);
            } else if entry.extension().is_some_and(|extension| extension == "rs") && !entry.ends_with("tests.rs") {
                *seen += 1;
                let text = std::fs::read_to_string(&entry).unwrap();
                for word in ["rustls::client", "ClientConfig", "ClientConnection", "TlsConnector", "Stream::connect"] {
                    assert!(!text.contains(word), "{}: {word}", entry.display());
                }
            }
        }
    }
    let mut seen = 0;
    look(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut seen);
    assert!(seen > 20);
}

#[tokio::test]
async fn both_versions_of_tls_are_spoken_and_older_ones_are_not() {
    let hub = hub().await;
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        hub.connect_with("hearth.local", &hub.authority, &[version]).await.unwrap();
    }
    // A ClientHello of TLS 1.1: random, no session, one suite (RSA with AES 128 CBC), no compression.
    let mut hello = vec![0x16, 3, 1, 0, 45, 1, 0, 0, 41, 3, 2];
    hello.extend([7; 32]);
    hello.extend([0, 0, 2, 0, 0x2f, 1, 0]);
    let answer = hub.raw(&hello).await;
    // A fatal alert.
    assert_eq!((answer.first(), answer.get(5)), (Some(&0x15), Some(&2)), "{answer:?}");
}

#[tokio::test]
async fn a_certificate_is_renewed_while_the_server_runs() {
    let hub = hub().await;
    let stream = hub.connect("hearth.local", &hub.authority).await.unwrap();
    let before = stream.get_ref().1.peer_certificates().unwrap().to_vec();
    hub.connect("villa.local", &hub.authority).await.unwrap_err();
    hub.tls.renew(&hub.authority.issue(&["villa.local".to_owned()], now()).unwrap()).unwrap();
    let stream = hub.connect("villa.local", &hub.authority).await.unwrap();
    assert_ne!(stream.get_ref().1.peer_certificates().unwrap(), before);
}

#[tokio::test]
async fn without_tls_one_is_sent_on() {
    let hub = hub().await;
    for path in ["/", "/api/v1/devices?x=1", "//evil.example/", "/assets/x.js"] {
        let reply = hub.client.get(path).await;
        assert_eq!(reply.status, 308, "{path}");
        assert_eq!(reply.header("location").unwrap(), format!("https://{}{path}", hub.client.address));
        assert_eq!(reply.header("cache-control"), Some("no-store"));
    }
    let reply = hub.client.with("host", "evil.example").get("/").await;
    assert_eq!(reply.status, 421);
    assert_eq!(reply.header("location"), None);
}

#[tokio::test]
async fn without_tls_nothing_is_done() {
    let hub = hub().await;
    let body = r#"{"user":"ada","password":"correct horse"}"#;
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        for path in ["/api/v1/session", "/authority", "/authority.crt", "/"] {
            let reply = hub.client.ask(method, path, Some(body)).await;
            assert_eq!(reply.status, 426, "{method} {path}");
            assert_eq!(reply.header("set-cookie"), None);
            assert_eq!(reply.header("content-type"), Some("application/problem+json"));
        }
    }
    let cookie = hub.client.with("cookie", "hearth_session=x").get("/api/v1/me").await;
    assert_eq!((cookie.status, cookie.header("set-cookie")), (308, None));
}

#[tokio::test]
async fn the_authority_can_be_had_on_both_ways() {
    let hub = hub().await;
    let german = hub.client.with("accept-language", "de-DE,en;q=0.5").get("/authority").await;
    let english = hub.client.with("accept-language", "fr").get("/authority").await;
    assert!(german.body.contains("lang=\"de\"") && english.body.contains("<html lang=\"en\""));
    let fingerprint = hub.authority.fingerprint().unwrap();
    for page in [&german, &english, &hub.client.get("/authority/de").await] {
        assert_eq!(page.status, 200);
        let digits: String = page.body.chars().filter(|c| !c.is_whitespace()).collect();
        assert!(digits.replace("</pre>", "").contains(&fingerprint.chars().take(23).collect::<String>()));
        assert!(fingerprint.split(':').all(|byte| page.body.contains(byte)));
        assert!(page.header("content-security-policy").is_some() && !page.body.contains("<script"));
        assert!(!page.body.contains("style=") && !page.body.contains("http"), "nothing inline, nothing from elsewhere");
    }
    let get = |host: &str| format!("GET /authority.crt HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    let answer = hub.raw(get("hearth.local").as_bytes()).await;
    assert!(answer.ends_with(&hub.authority.der().unwrap()));
    assert!(
        hub.ask("GET /authority HTTP/1.1\r\nhost: hearth.local\r\nconnection: close\r\n\r\n").await.contains(" 200 ok")
    );
    assert_eq!(hub.client.with("host", "evil.example").get("/authority").await.status, 421);
}

#[tokio::test]
async fn garbage_and_half_a_handshake_end_and_others_go_on() {
    let hub = hub().await;
    let hello = [0x16, 3, 1, 0, 200, 1, 0, 0];
    for bytes in [&[][..], &[0x16], &hello, &[0x16; 4096], &[0x15, 3, 3, 0, 2, 2, 40], &[0; 64], &[0xff; 64]] {
        let answer = hub.raw(bytes).await;
        assert!(!answer.windows(10).any(|part| part == b"set-cookie"), "{answer:?}");
    }
    hub.connect("hearth.local", &hub.authority).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn who_dawdles_in_a_handshake_is_dropped() {
    let hub = hub().await;
    for begun in [&b""[..], &[0x16, 3, 1]] {
        let mut stream = TcpStream::connect(hub.client.address).await.unwrap();
        stream.write_all(begun).await.unwrap();
        // Time stands still but for the time-out: without it, this would wait for ever.
        let begun = tokio::time::Instant::now();
        assert_eq!(stream.read(&mut [0; 8]).await.unwrap_or(0), 0);
        assert_eq!(begun.elapsed().as_secs(), 10);
    }
}

#[tokio::test]
async fn a_handshake_takes_a_place() {
    let hub = hub().await;
    let mut held = Vec::new();
    for _ in 0..16 {
        let mut stream = TcpStream::connect(hub.client.address).await.unwrap();
        stream.write_all(&[0x16]).await.unwrap();
        held.push(stream);
    }
    let mut one_more = TcpStream::connect(hub.client.address).await.unwrap();
    let _ = one_more.write_all(&[0x16]).await;
    assert_eq!(one_more.read(&mut [0; 8]).await.unwrap_or(0), 0, "closed at once, before any time-out");
    drop(held);
}
