//! What the server shows in a TLS handshake. The certificate can be renewed while it serves.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::authority::{Authority, CertificateError, ServerCertificate};

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The certificate can't be used.
    #[error("can't use the server's certificate")]
    Certificate(#[from] CertificateError),
    /// Certificate and key do not go together, or the cryptography lacks something.
    #[error("can't set up TLS")]
    Rustls(#[from] rustls::Error),
}

/// How the server does TLS; clones are the same.
#[derive(Debug, Clone)]
pub struct Tls {
    provider: Arc<CryptoProvider>,
    current: Arc<Current>,
    config: Arc<ServerConfig>,
    authority: Arc<Public>,
}

/// What everybody may know of the authority.
#[derive(Debug)]
pub(crate) struct Public {
    /// The certificate's bytes.
    pub(crate) der: Vec<u8>,
    /// Its SHA-256.
    pub(crate) fingerprint: String,
}

impl Tls {
    /// With the certificate that `authority` gave; TLS 1.2 and 1.3.
    pub fn new(authority: &Authority, certificate: &ServerCertificate) -> Result<Self, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let current = Arc::new(Current(Mutex::new(Arc::new(certified(&provider, certificate)?))));
        let mut config = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&current) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let authority = Arc::new(Public { der: authority.der()?, fingerprint: authority.fingerprint()? });
        Ok(Self { provider, current, config: Arc::new(config), authority })
    }

    /// Shows this certificate from the next handshake on.
    pub fn renew(&self, certificate: &ServerCertificate) -> Result<(), TlsError> {
        let key = Arc::new(certified(&self.provider, certificate)?);
        *self.current.0.lock().unwrap_or_else(PoisonError::into_inner) = key;
        Ok(())
    }

    pub(crate) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config)
    }

    pub(crate) fn authority(&self) -> Arc<Public> {
        Arc::clone(&self.authority)
    }
}

fn certified(provider: &CryptoProvider, certificate: &ServerCertificate) -> Result<CertifiedKey, TlsError> {
    let (certificate, key) = certificate.pair()?;
    Ok(CertifiedKey::from_der(vec![certificate], key, provider)?)
}

/// The one certificate, whatever name is asked for: the guard sees to foreign names, where it can say why.
#[derive(Debug)]
struct Current(Mutex<Arc<CertifiedKey>>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}
