//! `/etc/hearth/gateway.toml`: read, checked whole, and turned into values that need no further checking. Unknown keys are refused.

use std::path::{Path, PathBuf};
use std::time::Duration;

use line::{Backoff, Broker, BrokerError, BrokerFile, is_level};
use serde::Deserialize;

/// Between attempts. Not soon: after a broker's restart all homes come back.
const WAITS: [Duration; 7] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(16),
    Duration::from_secs(32),
    Duration::from_secs(60),
];

/// Everything the gateway goes by.
#[derive(Debug, Clone)]
pub struct Config {
    pub(crate) topics: Topics,
    pub(crate) daemon_socket: PathBuf,
    pub(crate) broker: Broker,
}

/// The topics of one home.
#[derive(Debug, Clone)]
pub(crate) struct Topics {
    /// The only one that is subscribed to.
    pub(crate) requests: String,
    /// With a word after it, the ones for answers. Ends in a slash.
    pub(crate) replies: String,
    /// The one for what nobody asked.
    pub(crate) pushes: String,
}

/// Why the configuration can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file can't be read.
    #[error("{path} can't be read")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// Not TOML, an unknown key, or a value of the wrong kind.
    #[error("{path} has a mistake")]
    Parse {
        /// The file.
        path: PathBuf,
        /// Where and which.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// An id or prefix that is no level of a topic.
    #[error("{key} = {value:?} is not 1 to 64 letters, digits, '-' and '_'")]
    Name {
        /// `id` or `topic-prefix`.
        key: &'static str,
        /// What stands there.
        value: String,
    },
    /// What stands under `[broker]`.
    #[error(transparent)]
    Broker(#[from] BrokerError),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    id: String,
    #[serde(default = "default_prefix")]
    topic_prefix: String,
    #[serde(default = "default_socket")]
    daemon_socket: PathBuf,
    broker: BrokerFile,
}

fn default_prefix() -> String {
    "hub".to_owned()
}

fn default_socket() -> PathBuf {
    PathBuf::from("/run/hearth/gateway.sock")
}

impl Config {
    /// Reads and checks the file at `path`, and the certificates and the key that it names.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text =
            std::fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
        let file: File = toml::from_str(&text)
            .map_err(|source| ConfigError::Parse { path: path.to_owned(), source: Box::new(source) })?;
        Self::check(file)
    }

    fn check(file: File) -> Result<Self, ConfigError> {
        let File { id, topic_prefix, daemon_socket, broker } = file;
        for (key, value) in [("id", &id), ("topic-prefix", &topic_prefix)] {
            if !is_level(value, 64) {
                return Err(ConfigError::Name { key, value: value.clone() });
            }
        }
        Ok(Self {
            topics: Topics {
                requests: format!("{topic_prefix}/{id}/req"),
                replies: format!("{topic_prefix}/{id}/rsp/"),
                pushes: format!("{topic_prefix}/{id}/push"),
            },
            daemon_socket,
            broker: broker.check(id, Backoff::new(&WAITS))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FINE: &str =
        "id = \"home\"\n[broker]\nhost = \"localhost\"\nca = \"ca.pem\"\ncertificate = \"c.pem\"\nkey = \"k.pem\"\n";

    fn refusal(text: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gateway.toml");
        std::fs::write(&path, text).unwrap();
        let error = Config::load(&path).unwrap_err();
        let source = std::error::Error::source(&error).map(ToString::to_string);
        format!("{error}: {}", source.unwrap_or_default())
    }

    #[test]
    fn each_mistake_is_named() {
        for (from, to, expected) in [
            ("home", "a/b", "id = \"a/b\" is not"),
            ("home", "", "id = \"\" is not"),
            ("id", "topic-prefix = \"#\"\nid", "topic-prefix = \"#\" is not"),
            ("localhost", "a b", "host = \"a b\" is no name"),
            ("ca =", "keep-alive = 10\nca =", "keep-alive = 10 s"),
            ("ca =", "user = \"me\"\nca =", "unknown field `user`"),
            ("id =", "will = 1\nid =", "unknown field `will`"),
            ("", "", "ca.pem can't be read as certificates"),
        ] {
            let told = refusal(&FINE.replacen(from, to, 1));
            assert!(told.contains(expected), "{told} lacks {expected}");
        }
    }
}
