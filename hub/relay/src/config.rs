//! The relay's one file: read, checked whole, and turned into values that need no further checking. Unknown keys are refused.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use line::{Backoff, Broker, BrokerError, BrokerFile, TlsError, is_level};
use rustls::ServerConfig;
use seal::{KeyTextError, PairingKey};
use serde::Deserialize;

use crate::account::Account;
use crate::alexa::Skill;
use crate::amazon::Amazon;
use crate::bridge::{Bridge, Topics};
use crate::hex::hex;
use crate::oauth::OAuth;
use crate::password::{Password, PasswordError};
use crate::remote::{AddressError, Remote};
use crate::secret::Secret;
use crate::tls;
use crate::token::Tokens;

/// Between attempts to reach the broker. The first is soon: a Lambda function that was asleep finds its connection gone, and somebody waits.
const WAITS: [Duration; 5] = [
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(10),
    Duration::from_secs(60),
];

/// Everything the relay goes by.
#[derive(Debug)]
pub struct Config {
    pub(crate) key: PairingKey,
    /// Where the hub says what nobody asked.
    pub(crate) push_topic: String,
    pub(crate) bridge: Bridge,
    pub(crate) broker: Broker,
    pub(crate) alexa: Option<Skill>,
    pub(crate) google: Option<OAuth>,
    pub(crate) listen: Listen,
}

/// Where requests come in.
#[derive(Debug)]
pub(crate) struct Listen {
    pub(crate) address: SocketAddr,
    /// Without it, plain HTTP: for this machine or behind a proxy.
    pub(crate) tls: Option<Arc<ServerConfig>>,
}

/// Why the configuration can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file can't be read.
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
    /// A name that is no level of a topic.
    #[error("{key} = {value:?} is not 1 to {longest} letters, digits, '-' and '_'")]
    Name {
        /// Which.
        key: &'static str,
        /// What stands there.
        value: String,
        /// How long it may be.
        longest: usize,
    },
    /// What stands under `[broker]`.
    #[error(transparent)]
    Broker(#[from] BrokerError),
    /// The pairing key is mistyped.
    #[error("the pairing key can't be used")]
    Key(#[from] KeyTextError),
    /// Too little to guess.
    #[error("{0} holds fewer than 32 characters: too easy to guess")]
    ShortSecret(PathBuf),
    /// Not what Amazon gives as a secret.
    #[error("{0} holds no secret of a client at Amazon: one line of printable characters")]
    NoSecret(PathBuf),
    /// Google sends people back to addresses that begin so; anything but HTTPS would give a code away.
    #[error("google redirect-prefix = {0:?} does not begin with https:// and name a path")]
    Redirect(String),
    /// Certificate without key, or the other way around.
    #[error("listen wants both certificate and key, or neither")]
    HalfTls,
    /// Plain HTTP to the whole world.
    #[error("listen address = {0} without a certificate: only an address of this machine may go without")]
    Plain(SocketAddr),
    /// The password's hash.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// Where Amazon is asked.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// Certificates or keys.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// No name for this process.
    #[error("the system gives no randomness")]
    NoRandomness,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    home: String,
    #[serde(default = "default_prefix")]
    topic_prefix: String,
    #[serde(default = "default_name")]
    name: String,
    pairing_key: PathBuf,
    broker: BrokerFile,
    #[serde(default)]
    listen: ListenFile,
    alexa: Option<AlexaFile>,
    google: Option<GoogleFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct ListenFile {
    address: SocketAddr,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
}

impl Default for ListenFile {
    fn default() -> Self {
        Self { address: SocketAddr::from(([127, 0, 0, 1], 8443)), certificate: None, key: None }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct AlexaFile {
    user_id: String,
    #[serde(default = "default_profile")]
    profile_url: String,
    push: Option<PushFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct PushFile {
    client_id: String,
    client_secret: PathBuf,
    region: Region,
    #[serde(default = "default_token")]
    token_url: String,
    events_url: Option<String>,
}

/// Where the skill's event gateway is.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Region {
    /// Europe and India.
    Eu,
    /// The Americas.
    Na,
    /// Japan and Australia.
    Fe,
}

impl Region {
    fn events(self) -> &'static str {
        match self {
            Self::Eu => "https://api.eu.amazonalexa.com/v3/events",
            Self::Na => "https://api.amazonalexa.com/v3/events",
            Self::Fe => "https://api.fe.amazonalexa.com/v3/events",
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct GoogleFile {
    client_id: String,
    client_secret: PathBuf,
    redirect_prefix: String,
    user: String,
    password_hash: String,
    token_secret: PathBuf,
}

fn default_prefix() -> String {
    "hub".to_owned()
}

fn default_name() -> String {
    "relay".to_owned()
}

fn default_profile() -> String {
    "https://api.amazon.com/user/profile".to_owned()
}

fn default_token() -> String {
    "https://api.amazon.com/auth/o2/token".to_owned()
}

impl Config {
    /// Reads and checks the file at `path`, and all that it names.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let file: File = toml::from_str(&read(path)?)
            .map_err(|source| ConfigError::Parse { path: path.to_owned(), source: Box::new(source) })?;
        for (key, value, longest) in
            [("home", &file.home, 64), ("topic-prefix", &file.topic_prefix, 64), ("name", &file.name, 15)]
        {
            if !is_level(value, longest) {
                return Err(ConfigError::Name { key, value: value.clone(), longest });
            }
        }
        // Lambda runs as many of us as it likes, and each has to be somebody else to the broker.
        let name = format!("{}-{}", file.name, suffix()?);
        let topics = Topics {
            requests: format!("{}/{}/req", file.topic_prefix, file.home),
            replies: format!("{}/{}/rsp/{name}", file.topic_prefix, file.home),
        };
        let key = PairingKey::from_text(&read(&file.pairing_key)?)?;
        Ok(Self {
            bridge: Bridge::new(&key, topics),
            key,
            push_topic: format!("{}/{}/push", file.topic_prefix, file.home),
            broker: file.broker.check(name, Backoff::new(&WAITS))?,
            alexa: file.alexa.map(AlexaFile::check).transpose()?,
            google: file.google.map(GoogleFile::check).transpose()?,
            listen: file.listen.check()?,
        })
    }
}

impl ListenFile {
    fn check(self) -> Result<Listen, ConfigError> {
        let tls = match (&self.certificate, &self.key) {
            (Some(certificate), Some(key)) => Some(tls::server(certificate, key)?),
            (None, None) if self.address.ip().is_loopback() => None,
            (None, None) => return Err(ConfigError::Plain(self.address)),
            _ => return Err(ConfigError::HalfTls),
        };
        Ok(Listen { address: self.address, tls })
    }
}

impl AlexaFile {
    fn check(self) -> Result<Skill, ConfigError> {
        let tls = tls::public()?;
        let amazon = match self.push {
            Some(push) => {
                let client_secret = secret(&push.client_secret)?;
                let events = push.events_url.as_deref().unwrap_or(push.region.events());
                Some(Arc::new(Amazon {
                    client_id: push.client_id,
                    client_secret: Secret::try_from(client_secret)
                        .map_err(|_| ConfigError::NoSecret(push.client_secret))?,
                    tokens: Remote::new("alexa.push token-url", &push.token_url, &tls)?,
                    events: Remote::new("alexa.push events-url", events, &tls)?,
                }))
            }
            None => None,
        };
        let profile = Remote::new("alexa profile-url", &self.profile_url, &tls)?;
        Ok(Skill { account: Account::new(self.user_id, profile), amazon })
    }
}

impl GoogleFile {
    fn check(self) -> Result<OAuth, ConfigError> {
        let path = self.redirect_prefix.strip_prefix("https://").and_then(|rest| rest.split_once('/'));
        if path.is_none_or(|(host, _)| host.is_empty()) {
            return Err(ConfigError::Redirect(self.redirect_prefix));
        }
        Ok(OAuth::new(
            self.client_id,
            &secret(&self.client_secret)?,
            self.redirect_prefix,
            self.user,
            Password::new(&self.password_hash)?,
            Tokens::new(secret(&self.token_secret)?.as_bytes()),
        ))
    }
}

fn secret(path: &Path) -> Result<String, ConfigError> {
    let text = read(path)?.trim().to_owned();
    if text.len() < 32 { Err(ConfigError::ShortSecret(path.to_owned())) } else { Ok(text) }
}

fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.to_owned(), source })
}

fn suffix() -> Result<String, ConfigError> {
    let mut bytes = [0; 6];
    getrandom::fill(&mut bytes).map_err(|_| ConfigError::NoRandomness)?;
    Ok(hex(&bytes))
}
