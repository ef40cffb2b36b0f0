//! Where the broker is and as whom it is called: the table `[broker]` of a configuration, checked.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use serde::Deserialize;

use crate::backoff::Backoff;
use crate::tls::{self, TlsError};

/// A broker that can be called.
#[derive(Debug, Clone)]
pub struct Broker {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) client_id: String,
    /// Seconds, 30 to 1200.
    pub(crate) keep_alive: u16,
    pub(crate) backoff: Backoff,
    pub(crate) tls: Arc<ClientConfig>,
}

/// Why a broker can't be called as it is written.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// A broker without a name.
    #[error("broker host = {0:?} is no name of a machine")]
    Host(String),
    /// AWS takes 30 s to 1200 s; less would be traffic for nothing.
    #[error("broker keep-alive = {0} s is not within 30 to 1200")]
    KeepAlive(u16),
    /// Certificates or key.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// The table as it is written. Unknown keys are refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BrokerFile {
    host: String,
    #[serde(default = "default_port")]
    port: u16,
    ca: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
    #[serde(default)]
    alpn: Option<String>,
    #[serde(default = "default_keep_alive")]
    keep_alive: u16,
}

fn default_port() -> u16 {
    8883
}

fn default_keep_alive() -> u16 {
    60
}

impl BrokerFile {
    /// Checks the table, and the certificates and the key that it names.
    pub fn check(self, client_id: String, backoff: Backoff) -> Result<Broker, BrokerError> {
        if ServerName::try_from(self.host.as_str()).is_err() {
            return Err(BrokerError::Host(self.host));
        }
        if !(30..=1200).contains(&self.keep_alive) {
            return Err(BrokerError::KeepAlive(self.keep_alive));
        }
        let tls = tls::client(&self.ca, &self.certificate, &self.key, self.alpn.as_deref())?;
        Ok(Broker { host: self.host, port: self.port, client_id, keep_alive: self.keep_alive, backoff, tls })
    }
}

/// Whether this is a level of our topics: 1 to `longest` letters, digits, `-` and `_`.
pub fn is_level(name: &str, longest: usize) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=longest).contains(&name.len()) && name.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_more_than_one_level_of_a_topic_is_none() {
        let longest = "w".repeat(28);
        for fine in ["a", "lambda-00ff", "A_1", &longest] {
            assert!(is_level(fine, 28), "{fine}");
        }
        for wrong in ["", "a/b", "+", "#", "$x", "a b", "ä", "a\0", &format!("{longest}w")] {
            assert!(!is_level(wrong, 28), "{wrong:?}");
        }
    }
}
