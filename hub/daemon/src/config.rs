//! `/etc/hearth/hearth.toml`: read, checked whole, and turned into values that need no further checking.
//!
//! Unknown keys are refused with their line: a misspelt `listen` must not open a port that its owner thinks closed.

mod check;
mod duration;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

/// The whole configuration.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct Config {
    pub(crate) hub: Hub,
    pub(crate) http: Http,
    pub(crate) mqtt: Mqtt,
    #[serde(rename = "adapter")]
    pub(crate) adapters: Vec<Adapter>,
    pub(crate) history: History,
    pub(crate) gateway: Gateway,
}

/// `[hub]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct Hub {
    /// What the house is called on the network.
    pub(crate) name: String,
    /// Where all state is.
    pub(crate) state_dir: PathBuf,
    /// Where `hearth` finds the daemon.
    pub(crate) admin_socket: PathBuf,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            name: "Hearth".to_owned(),
            state_dir: PathBuf::from("/var/lib/hearth"),
            admin_socket: PathBuf::from("/run/hearth/admin.sock"),
        }
    }
}

/// `[http]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct Http {
    /// Where the page is.
    pub(crate) listen: SocketAddr,
    /// Whether the page is served without TLS, readable and changeable for everybody in the network.
    pub(crate) plain: bool,
}

impl Default for Http {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([0, 0, 0, 0], 8080)), plain: false }
    }
}

/// `[mqtt]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct Mqtt {
    /// Where the broker is.
    pub(crate) listen: SocketAddr,
    /// Where the broker is with TLS. Known, and refused by [`Config::check`] until it is served.
    tls_listen: Option<SocketAddr>,
    /// First topic level of everything the hub says.
    pub(crate) base_topic: String,
    /// What messages cross: `rumqttd` or `direct`.
    pub(crate) switch: Switch,
}

impl Default for Mqtt {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([0, 0, 0, 0], 1883)),
            tls_listen: None,
            base_topic: "hearth".to_owned(),
            switch: Switch::default(),
        }
    }
}

/// `[mqtt] switch`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Switch {
    /// rumqttd's router carries every message.
    #[default]
    Rumqttd,
    /// Messages go straight to the sessions.
    Direct,
}

/// One `[[adapter]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Adapter {
    /// What the owner calls it.
    pub(crate) name: String,
    /// `/dev/serial/by-id/…` or `tcp://host:6638`.
    pub(crate) port: String,
    /// What it speaks.
    #[serde(default)]
    pub(crate) protocol: Protocol,
    /// Bits per second; 115200 without one.
    #[serde(default = "default_baud")]
    pub(crate) baud: u32,
    /// Who may say "wait" on the serial line.
    #[serde(default)]
    pub(crate) flow_control: FlowControl,
    /// Radio channel for a new network, 11 to 26.
    #[serde(default)]
    pub(crate) channel: Option<u8>,
}

fn default_baud() -> u32 {
    115_200
}

/// `protocol` of an adapter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Protocol {
    /// Found out by asking.
    #[default]
    Auto,
    /// Texas Instruments Z-Stack.
    Znp,
    /// Silicon Labs. Known, and refused by [`Config::check`] until it is driven.
    Ezsp,
}

/// `flow-control` of an adapter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FlowControl {
    /// Nobody.
    #[default]
    None,
    /// RTS and CTS lines.
    Hardware,
    /// XON and XOFF bytes.
    Software,
}

impl From<FlowControl> for serial::FlowControl {
    fn from(flow_control: FlowControl) -> Self {
        match flow_control {
            FlowControl::None => Self::None,
            FlowControl::Hardware => Self::Hardware,
            FlowControl::Software => Self::Software,
        }
    }
}

/// `[history]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct History {
    /// Telemetry is written in one batch this often: what a power cut can lose.
    #[serde(deserialize_with = "duration::deserialize")]
    pub(crate) flush: Duration,
    /// How long samples are kept.
    #[serde(deserialize_with = "duration::deserialize")]
    pub(crate) retention: Duration,
}

impl Default for History {
    fn default() -> Self {
        Self { flush: Duration::from_secs(30), retention: Duration::from_secs(400 * 24 * 3600) }
    }
}

/// `[gateway]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct Gateway {
    /// Where the gateway connects. Without it nothing leaves the house, whatever the policy says.
    pub(crate) socket: Option<PathBuf>,
}

/// Why the configuration can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// The file can't be read.
    #[error("can't read {path}")]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It is no TOML, or has a key or value that is not known.
    #[error("{path}: {message}")]
    Form {
        /// Which file.
        path: PathBuf,
        /// Line, column and what is wrong.
        message: String,
    },
    /// A value makes no sense.
    #[error("{path}: {key}: {message}")]
    Value {
        /// Which file.
        path: PathBuf,
        /// The key, with its section.
        key: String,
        /// What is wrong and what would be right.
        message: String,
    },
}

/// Reads and checks the file at `path`.
pub(crate) fn load(path: &Path) -> Result<Config, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
    parse(path, &text)
}

fn parse(path: &Path, text: &str) -> Result<Config, ConfigError> {
    let config: Config = toml::from_str(text)
        .map_err(|error| ConfigError::Form { path: path.to_owned(), message: error.to_string().trim().to_owned() })?;
    config.check().map_err(|(key, message)| ConfigError::Value { path: path.to_owned(), key, message })?;
    Ok(config)
}
