//! Linking an account with Google: RFC 6749's authorization-code flow with one user, one client and no table. Knows no HTTP.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use tokio::time::sleep;

use crate::password::Password;
use crate::token::{Tokens, Use};

/// How long a code holds: Google exchanges it at once.
const CODE_MS: u64 = 60_000;
/// How long an access token holds: an hour.
const ACCESS_MS: u64 = 3_600_000;
/// How long a link holds. Google wants for ever; a new token secret ends all links.
const REFRESH_MS: u64 = 10 * 365 * 24 * 3_600_000;
/// Logins that may wait for their turn; more are refused.
const WAITING: usize = 8;
/// What a wrong password costs.
const PENALTY: Duration = Duration::from_secs(1);
/// Codes that were used and have not expired. More are refused: forgetting one would let it be used again.
const USED: usize = 64;

/// The one link that can be made.
#[derive(Debug)]
pub(crate) struct OAuth {
    client_id: String,
    client_secret: [u8; 32],
    redirect_prefix: String,
    user: String,
    password: Arc<Password>,
    tokens: Tokens,
    turn: Semaphore,
    waiting: Semaphore,
    used: Mutex<BTreeMap<[u8; 32], u64>>,
}

/// What Google's app opens the linking page with (RFC 6749, 4.1.1), and the page sends back.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Authorize {
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    #[serde(default)]
    pub(crate) state: String,
    pub(crate) response_type: String,
}

/// What is typed into the linking page.
#[derive(Deserialize)]
pub(crate) struct Login {
    #[serde(default)]
    pub(crate) user: String,
    #[serde(default)]
    pub(crate) password: String,
}

/// What Google asks the token endpoint with (RFC 6749, 4.1.3 and 6).
#[derive(Deserialize)]
pub(crate) struct Exchange {
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    client_secret: String,
    #[serde(default)]
    grant_type: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    redirect_uri: String,
    #[serde(default)]
    refresh_token: String,
}

/// What Google gets (RFC 6749, 5.1).
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Granted {
    token_type: &'static str,
    #[serde(rename = "access_token")]
    access: String,
    /// Seconds.
    expires_in: u64,
    /// With the first exchange.
    #[serde(rename = "refresh_token", skip_serializing_if = "Option::is_none")]
    refresh: Option<String>,
}

/// Why a login ends without a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LoginError {
    #[error("the name or the password is wrong")]
    Wrong,
    #[error("too many logins at a time")]
    Busy,
}

impl OAuth {
    pub(crate) fn new(
        client_id: String,
        client_secret: &str,
        redirect_prefix: String,
        user: String,
        password: Password,
        tokens: Tokens,
    ) -> Self {
        Self {
            client_id,
            client_secret: Sha256::digest(client_secret).into(),
            redirect_prefix,
            user,
            password: Arc::new(password),
            tokens,
            turn: Semaphore::new(1),
            waiting: Semaphore::new(WAITING),
            used: Mutex::default(),
        }
    }

    /// Whether the linking page may be shown for this, and its visitor sent to that address.
    pub(crate) fn knows(&self, asked: &Authorize) -> bool {
        asked.response_type == "code"
            && asked.client_id == self.client_id
            && asked.redirect_uri.starts_with(&self.redirect_prefix)
    }

    /// The address to send the visitor to, with a code. One login is checked at a time, and a wrong one takes a second.
    pub(crate) async fn log_in(&self, asked: &Authorize, login: Login, now: u64) -> Result<String, LoginError> {
        let _place = self.waiting.try_acquire().map_err(|_| LoginError::Busy)?;
        let _turn = self.turn.acquire().await.map_err(|_| LoginError::Busy)?;
        let (password, user) = (Arc::clone(&self.password), login.user == self.user);
        let fits = tokio::task::spawn_blocking(move || password.fits(&login.password)).await.unwrap_or(false);
        if !(fits && user && self.knows(asked)) {
            sleep(PENALTY).await;
            return Err(LoginError::Wrong);
        }
        let code = self.tokens.make(Use::Code, now + CODE_MS, &asked.redirect_uri).ok_or(LoginError::Busy)?;
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("code", &code)
            .append_pair("state", &asked.state)
            .finish();
        let joint = if asked.redirect_uri.contains('?') { '&' } else { '?' };
        Ok(format!("{}{joint}{query}", asked.redirect_uri))
    }

    /// Tokens for a code or a refresh token; `None` for anything else, at which RFC 6749, 5.2 wants `invalid_grant`.
    pub(crate) fn exchange(&self, asked: &Exchange, now: u64) -> Option<Granted> {
        // Hashes are compared, so how long it takes tells nothing of the secret.
        let secret: [u8; 32] = Sha256::digest(&asked.client_secret).into();
        if asked.client_id != self.client_id || secret != self.client_secret {
            return None;
        }
        let granted = |refresh| {
            let access = self.tokens.make(Use::Access, now + ACCESS_MS, "")?;
            Some(Granted { token_type: "Bearer", access, expires_in: ACCESS_MS / 1000, refresh })
        };
        match asked.grant_type.as_str() {
            "authorization_code" if self.tokens.holds(&asked.code, Use::Code, &asked.redirect_uri, now) => {
                self.use_up(&asked.code, now)?;
                let refresh = self.tokens.make(Use::Refresh, now + REFRESH_MS, "")?;
                granted(Some(refresh))
            }
            "refresh_token" if self.tokens.holds(&asked.refresh_token, Use::Refresh, "", now) => granted(None),
            _ => None,
        }
    }

    /// Whether a fulfilment request bears one of our access tokens.
    pub(crate) fn admits(&self, token: &str, now: u64) -> bool {
        self.tokens.holds(token, Use::Access, "", now)
    }

    /// `None` the second time.
    fn use_up(&self, code: &str, now: u64) -> Option<()> {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.retain(|_, until| now < *until);
        let digest = Sha256::digest(code.to_ascii_lowercase()).into();
        (used.len() < USED && used.insert(digest, now + CODE_MS).is_none()).then_some(())
    }
}

#[cfg(test)]
mod tests;
