//! What the tests of gateway and relay need around them: certificates, a mosquitto that trusts them, and a hub's end of the socket.

#![allow(dead_code, reason = "each test uses a part of it")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "helpers of tests fail the test"
)]

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rumqttc::v5::MqttOptions;
use rumqttc::{TlsConfiguration, Transport};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Bytes of a record and of the route before its frame.
pub(crate) const RECORD: usize = 16_448;
pub(crate) const ROUTE: usize = 64;

/// Writes `ca.pem`, and for `server`, `home` and `relay` a certificate and a key that it vouches for.
pub(crate) fn certificates(folder: &Path) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    std::fs::write(folder.join("ca.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
    let issuer = Issuer::new(params, key);
    for name in ["server", "home", "relay"] {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        std::fs::write(folder.join(format!("{name}.pem")), certificate.pem()).unwrap();
        std::fs::write(folder.join(format!("{name}.key")), key.serialize_pem()).unwrap();
    }
}

/// A port that nobody uses now.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// Whether the tests with a broker can run; says so where they can't.
pub(crate) fn mosquitto_is_there() -> bool {
    let there = Command::new("mosquitto").arg("-h").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !there {
        eprintln!("skipped: mosquitto is not installed");
    }
    there
}

/// The rules that we hand out.
pub(crate) const RULES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packaging/voice/mosquitto.acl");

/// The distribution's broker with TLS and client certificates. Ends when dropped.
pub(crate) struct Mosquitto(Child);

impl Mosquitto {
    /// With the certificates of [`certificates`] in `folder` and the rules of that file; returns when it listens.
    pub(crate) fn start(folder: &Path, port: u16, rules: &Path) -> Self {
        let at = |name: &str| folder.join(name).display().to_string();
        let mut text =
            format!("listener {port} 127.0.0.1\nuser root\nset_tcp_nodelay true\nrequire_certificate true\n");
        writeln!(text, "use_identity_as_username true\nallow_anonymous false\nacl_file {}", rules.display()).unwrap();
        writeln!(text, "cafile {}\ncertfile {}\nkeyfile {}", at("ca.pem"), at("server.pem"), at("server.key")).unwrap();
        std::fs::write(folder.join("mosquitto.conf"), text).unwrap();
        let child = Command::new("mosquitto")
            .args(["-c", &at("mosquitto.conf")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        while TcpStream::connect(address).is_err() {
            std::thread::sleep(Duration::from_millis(10));
        }
        Self(child)
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Writes a gateway's configuration for the home `home` and its socket `gateway.sock`.
pub(crate) fn gateway_config(folder: &Path, port: u16) -> gateway::Config {
    let at = |name: &str| folder.join(name).display().to_string();
    let text = format!(
        "id = \"home\"\ndaemon-socket = {:?}\n[broker]\nhost = \"localhost\"\nport = {port}\nca = {:?}\ncertificate = {:?}\nkey = {:?}\n",
        at("gateway.sock"),
        at("ca.pem"),
        at("home.pem"),
        at("home.key")
    );
    std::fs::write(folder.join("gateway.toml"), text).unwrap();
    gateway::Config::load(&folder.join("gateway.toml")).unwrap()
}

/// Runs a gateway on a thread of its own until the test ends.
pub(crate) fn run_gateway(config: gateway::Config) {
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(gateway::run(&config));
    });
}

/// The hub's end of the socket.
pub(crate) struct Hub(UnixListener);

impl Hub {
    pub(crate) fn listen(folder: &Path) -> Self {
        let _ = std::fs::remove_file(folder.join("gateway.sock"));
        Self(UnixListener::bind(folder.join("gateway.sock")).unwrap())
    }

    pub(crate) fn accept(&self) -> Gateway {
        Gateway(self.0.accept().unwrap().0)
    }
}

/// A gateway that has connected to the hub.
pub(crate) struct Gateway(UnixStream);

impl Gateway {
    pub(crate) fn read(&mut self) -> Vec<u8> {
        let mut record = vec![0; RECORD];
        self.0.read_exact(&mut record).unwrap();
        record
    }

    /// The next frame with its route, skipping what the gateway tells of itself.
    pub(crate) fn request(&mut self) -> (Vec<u8>, Vec<u8>) {
        loop {
            let record = self.read();
            if record[0] == 1 {
                return (record[..ROUTE].to_vec(), record[ROUTE..].to_vec());
            }
        }
    }

    /// Reads until the gateway says that the broker listens, or no longer does. Returns its counts.
    pub(crate) fn until_connected(&mut self, connected: bool) -> [u64; 7] {
        loop {
            let record = self.read();
            if record[0] == 2 && record[1] == u8::from(connected) {
                return std::array::from_fn(|at| {
                    u64::from_be_bytes(record[8 + 8 * at..16 + 8 * at].try_into().unwrap())
                });
            }
        }
    }

    pub(crate) fn write(&mut self, route: &[u8], frame: &[u8]) {
        self.0.write_all(route).unwrap();
        self.0.write_all(frame).unwrap();
    }
}

/// For a client of the tests' own that shows the relay's certificate.
pub(crate) fn client_options(folder: &Path, name: &str, port: u16) -> MqttOptions {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(folder.join("ca.pem")).unwrap()).unwrap();
    let certificate = CertificateDer::from_pem_file(folder.join("relay.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("relay.key")).unwrap();
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_client_auth_cert(vec![certificate], key)
        .unwrap();
    let mut options = MqttOptions::new(name, "localhost", port);
    options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(Arc::new(config))));
    options.set_max_packet_size(Some(200_000));
    options
}
