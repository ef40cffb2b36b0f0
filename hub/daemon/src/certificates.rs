//! The files of the page's TLS: the hub's authority and the certificate that it gave the server, in `tls/` of the state
//! directory. They are made when they are missing, renewed in time, and a damaged authority is never replaced: every
//! device in the house would have to install the new one.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::net::IpAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use home::Timestamp;
use serde_json::{Value, json};
use web_ui::{Authority, CertificateError, ServerCertificate, Tls, TlsError};

use crate::clock::Clock;

/// How often names, addresses and the end are looked at.
const ROUND: Duration = Duration::from_secs(600);
/// An authority's end is told in the log so long before: it takes a walk to each device.
const WARNED: Duration = Duration::from_secs(90 * 86_400);

const AUTHORITY: &str = "authority.json";
const CERTIFICATE: &str = "authority.crt";
const SERVER: &str = "server.json";

/// Why the page has no TLS.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CertificatesError {
    /// A file or the directory can't be read or written.
    #[error("can't read or write {path}")]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The authority's file is there and not as it was written, or it is gone and its certificate is still there.
    #[error(
        "{path} is damaged or missing; restore it from a backup, or move {directory} away: then a new authority is made, \
         and each device has to install it"
    )]
    Authority {
        /// The file.
        path: PathBuf,
        /// Where it lies.
        directory: PathBuf,
        /// What is wrong with it.
        #[source]
        source: CertificateError,
    },
    /// No certificate can be made.
    #[error("can't make a certificate for the page")]
    Make(#[from] CertificateError),
    /// The certificate can't be used.
    #[error("can't set up the page's TLS")]
    Tls(#[from] TlsError),
}

/// The hub's certificates; clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Certificates {
    directory: PathBuf,
    authority: Arc<Authority>,
    server: Arc<Mutex<ServerCertificate>>,
    tls: Tls,
}

impl Certificates {
    /// Takes up what is in `tls/` of `state_dir`; makes what is missing, for a server that goes by `names`.
    pub(crate) fn open(
        state_dir: &Path,
        hub: &str,
        names: &[String],
        now: Timestamp,
    ) -> Result<Self, CertificatesError> {
        let directory = state_dir.join("tls");
        DirBuilder::new().recursive(true).mode(0o700).create(&directory).map_err(at(&directory))?;
        std::fs::set_permissions(&directory, std::fs::Permissions::from_mode(0o700)).map_err(at(&directory))?;
        let authority = open_authority(&directory, hub, now)?;
        let kept = read(&directory.join(SERVER))?.map(|text| ServerCertificate::read(&text));
        let server = match kept {
            Some(Ok(kept)) if !kept.is_due(&authority, names, now) => kept,
            other => {
                if let Some(Err(error)) = other {
                    // Nobody installed it: another one does as well.
                    tracing::warn!(%error, "the server's certificate is made anew");
                }
                issue(&directory, &authority, names, now)?
            }
        };
        let tls = Tls::new(&authority, &server)?;
        Ok(Self { directory, authority: Arc::new(authority), server: Arc::new(Mutex::new(server)), tls })
    }

    /// For the server.
    pub(crate) fn tls(&self) -> Tls {
        self.tls.clone()
    }

    /// Renews the server's certificate when it is time, or when it lacks one of `names`. Whether it did.
    pub(crate) fn renew(&self, names: &[String], now: Timestamp) -> Result<bool, CertificatesError> {
        let mut server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        if !server.is_due(&self.authority, names, now) {
            return Ok(false);
        }
        let renewed = issue(&self.directory, &self.authority, names, now)?;
        self.tls.renew(&renewed)?;
        *server = renewed;
        Ok(true)
    }

    /// Looks at it every ten minutes, for as long as the daemon runs.
    pub(crate) async fn keep(self, hub: String, clock: Clock) {
        let mut round = tokio::time::interval(ROUND);
        let mut warned = false;
        loop {
            round.tick().await;
            let now = clock.now().wall;
            match self.renew(&host_names(&hub), now) {
                Ok(true) => tracing::info!("the page has a new certificate, of the same authority"),
                Ok(false) => {}
                Err(error) => tracing::error!(error = chain(&error), "the page's certificate can't be renewed"),
            }
            if !warned && self.authority.ends().since(now) < WARNED {
                warned = true;
                let directory = self.directory.display();
                tracing::warn!(
                    ends = %self.authority.ends(),
                    "the hub's authority ends; stop the hub and move {directory} away, and a new one is made"
                );
            }
        }
    }

    /// What `hearth authority` shows.
    pub(crate) fn describe(&self) -> Value {
        let server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        json!({
            "name": self.authority.name(),
            "path": self.directory.join(CERTIFICATE),
            "fingerprint": self.authority.fingerprint().ok(),
            "ends": self.authority.ends().to_string(),
            "server": {"names": server.names(), "ends": server.ends().to_string()},
        })
    }
}

fn open_authority(directory: &Path, hub: &str, now: Timestamp) -> Result<Authority, CertificatesError> {
    let path = directory.join(AUTHORITY);
    let damaged = |source| CertificatesError::Authority { path: path.clone(), directory: directory.to_owned(), source };
    let authority = match read(&path)? {
        Some(text) => Authority::read(&text).map_err(damaged)?,
        None if directory.join(CERTIFICATE).exists() || directory.join(SERVER).exists() => {
            return Err(damaged(CertificateError::Damaged("the file is gone")));
        }
        None => {
            let authority = Authority::make(hub, now)?;
            write(&path, 0o600, authority.write().expose())?;
            tracing::info!(fingerprint = authority.fingerprint()?, "made the hub's own certificate authority");
            authority
        }
    };
    write(&directory.join(CERTIFICATE), 0o644, authority.pem())?;
    Ok(authority)
}

fn issue(
    directory: &Path,
    authority: &Authority,
    names: &[String],
    now: Timestamp,
) -> Result<ServerCertificate, CertificatesError> {
    let server = authority.issue(names, now)?;
    write(&directory.join(SERVER), 0o600, server.write().expose())?;
    Ok(server)
}

/// The text of a file; none if there is no file.
fn read(path: &Path) -> Result<Option<String>, CertificatesError> {
    match std::fs::read(path) {
        // What is no text is damaged, and found so where it is read.
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(at(path)(error)),
    }
}

/// Writes a file whole or not at all, with its mode from the first byte.
fn write(path: &Path, mode: u32, text: &str) -> Result<(), CertificatesError> {
    let making = path.with_extension("new");
    let done = (|| {
        match std::fs::remove_file(&making) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&making)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&making, path)?;
        File::open(path.parent().unwrap_or(path))?.sync_all()
    })();
    done.map_err(at(path))
}

fn at(path: &Path) -> impl Fn(io::Error) -> CertificatesError {
    move |source| CertificatesError::File { path: path.to_owned(), source }
}

fn chain(error: &CertificatesError) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
}

/// What the page goes by: the hub's and the machine's name with `.local`, and the machine's addresses. Addresses of IPv6
/// are left out: a machine makes up new ones every day, and nobody types them.
pub(crate) fn host_names(hub: &str) -> Vec<String> {
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let machine = machine.trim().split('.').next().unwrap_or_default().to_lowercase();
    let mut names = vec![format!("{}.local", crate::announce::host_label(hub)), "hearth.local".to_owned()];
    if !machine.is_empty() {
        names.push(format!("{machine}.local"));
    }
    names.extend(["localhost", "127.0.0.1", "::1"].map(str::to_owned));
    let addresses = if_addrs::get_if_addrs().unwrap_or_default();
    names.extend(addresses.iter().map(if_addrs::Interface::ip).filter(IpAddr::is_ipv4).map(|ip| ip.to_string()));
    names.sort();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-24.
    const NOW: Timestamp = Timestamp(1_795_478_400_000);

    fn open(state: &tempfile::TempDir) -> Result<Certificates, CertificatesError> {
        Certificates::open(state.path(), "Test", &["hearth.local".to_owned()], NOW)
    }

    fn fingerprint(certificates: &Certificates) -> Value {
        certificates.describe()["fingerprint"].clone()
    }

    #[test]
    fn files_are_made_once_for_the_hub_alone() {
        let state = tempfile::tempdir().unwrap();
        let first = open(&state).unwrap();
        let mode =
            |name: &str| std::fs::metadata(state.path().join("tls").join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(""), mode(AUTHORITY), mode(SERVER), mode(CERTIFICATE)), (0o700, 0o600, 0o600, 0o644));
        assert_eq!(std::fs::read_dir(state.path().join("tls")).unwrap().count(), 3, "nothing half-made is left");
        let server = std::fs::read(state.path().join("tls").join(SERVER)).unwrap();
        assert_eq!(fingerprint(&open(&state).unwrap()), fingerprint(&first));
        assert_eq!(std::fs::read(state.path().join("tls").join(SERVER)).unwrap(), server);
        assert!(!format!("{first:?}").contains("PRIVATE"));
    }

    #[test]
    fn a_damaged_or_lost_authority_is_told_and_stays_as_it_is() {
        for damage in [Some(""), Some("{\"name\":\"x\"}"), None] {
            let state = tempfile::tempdir().unwrap();
            open(&state).unwrap();
            let path = state.path().join("tls").join(AUTHORITY);
            match damage {
                Some(text) => std::fs::write(&path, text).unwrap(),
                None => std::fs::remove_file(&path).unwrap(),
            }
            let error = open(&state).unwrap_err().to_string();
            assert!(error.contains("restore it from a backup") && error.contains("tls"), "{error}");
            assert_eq!(std::fs::read_to_string(&path).ok().as_deref(), damage);
        }
    }

    #[test]
    fn a_damaged_server_certificate_is_made_anew() {
        let state = tempfile::tempdir().unwrap();
        let before = fingerprint(&open(&state).unwrap());
        std::fs::write(state.path().join("tls").join(SERVER), "?").unwrap();
        assert_eq!(fingerprint(&open(&state).unwrap()), before);
    }

    #[test]
    fn a_new_address_and_the_end_renew_and_nothing_else_does() {
        let state = tempfile::tempdir().unwrap();
        let certificates = open(&state).unwrap();
        let names = ["hearth.local".to_owned(), "192.168.1.9".to_owned()];
        assert!(!certificates.renew(&names[..1], NOW).unwrap());
        assert!(certificates.renew(&names, NOW).unwrap());
        assert!(!certificates.renew(&names, NOW).unwrap());
        assert!(certificates.renew(&names, Timestamp(NOW.0 + 370 * 86_400_000)).unwrap());
        assert_eq!(certificates.describe()["server"]["names"], json!(names));
    }

    #[test]
    fn the_hub_goes_by_its_name() {
        let names = host_names("Villa Müller");
        for name in ["villa-m-ller.local", "hearth.local", "localhost", "127.0.0.1"] {
            assert!(names.iter().any(|known| known == name), "{names:?}");
        }
    }
}
