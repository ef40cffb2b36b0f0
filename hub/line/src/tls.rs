//! The files that make the connection to the broker trustworthy both ways, read into what rustls wants.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

/// Why the files can't be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file that is not there, or is no PEM file of its kind.
    #[error("{path} can't be read as {what}")]
    File {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        what: &'static str,
        /// Why not.
        #[source]
        source: pem::Error,
    },
    /// A file without what it should hold.
    #[error("{0} holds no certificate")]
    Empty(PathBuf),
    /// Certificate and key that do not fit, or are of no known kind.
    #[error("the certificates or the key can't be used")]
    Unfit(#[from] rustls::Error),
}

/// TLS 1.2 or 1.3 to a broker whose certificate `ca` vouches for, showing the certificate at `certificate`.
pub(crate) fn client(
    ca: &Path,
    certificate: &Path,
    key: &Path,
    alpn: Option<&str>,
) -> Result<Arc<ClientConfig>, TlsError> {
    let mut roots = RootCertStore::empty();
    for root in certificates(ca)? {
        roots.add(root)?;
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_client_auth_cert(certificates(certificate)?, private_key(key)?)?;
    config.alpn_protocols = alpn.map(|name| name.as_bytes().to_vec()).into_iter().collect();
    Ok(Arc::new(config))
}

/// The certificates in a PEM file; one at least.
pub fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let refused = |source| TlsError::File { path: path.to_owned(), what: "certificates", source };
    let found: Vec<_> =
        CertificateDer::pem_file_iter(path).map_err(refused)?.collect::<Result<_, _>>().map_err(refused)?;
    if found.is_empty() { Err(TlsError::Empty(path.to_owned())) } else { Ok(found) }
}

/// The private key in a PEM file.
pub fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    let refused = |source| TlsError::File { path: path.to_owned(), what: "a private key", source };
    PrivateKeyDer::from_pem_file(path).map_err(refused)
}
