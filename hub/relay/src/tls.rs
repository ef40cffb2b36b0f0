//! TLS for who calls us, and to anybody on the internet.

use std::path::Path;
use std::sync::Arc;

use line::{TlsError, certificates, private_key};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore, ServerConfig};

/// TLS for who calls us, with the certificate and the key of these files.
pub(crate) fn server(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(certificates(certificate)?, private_key(key)?)?;
    Ok(Arc::new(config))
}

/// TLS to anybody on the internet, by the system's authorities.
pub(crate) fn public() -> Result<Arc<ClientConfig>, TlsError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
