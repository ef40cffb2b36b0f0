//! Whether a request is the owner's: Amazon is asked whose token it bears. Knows no directive.

use std::sync::Arc;

use axum::http::header::{ACCEPT, AUTHORIZATION, CONNECTION, HOST};
use axum::http::uri::Scheme;
use axum::http::{HeaderValue, Request, StatusCode, Uri};
use bytes::Bytes;
use http_body_util::Full;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::fetch::{FetchError, fetch};
use crate::tls;

/// Longest profile that is read.
const PROFILE: usize = 16 * 1024;

/// The one account at Amazon that may ask.
#[derive(Debug)]
pub(crate) struct Account {
    user_id: String,
    profile: Uri,
    tls: Arc<ClientConfig>,
}

/// Why Amazon can't be asked there.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// No HTTPS address; plain HTTP is for this machine alone.
    #[error("alexa profile-url = {0:?} is no https:// address")]
    NotHttps(String),
    /// No certificates to trust.
    #[error(transparent)]
    Tls(#[from] tls::TlsError),
}

/// Why a request is not carried.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotOwner {
    #[error("the token is not the owner's")]
    Refused,
    #[error("the profile service {0}")]
    Unreachable(#[from] FetchError),
    #[error("the profile service answered {0}")]
    Unavailable(StatusCode),
}

#[derive(Deserialize)]
struct Profile {
    user_id: String,
}

impl Account {
    pub(crate) fn new(user_id: String, profile: &str) -> Result<Self, AddressError> {
        let uri = profile.parse::<Uri>().ok().filter(|uri| {
            let local = uri.host().is_some_and(|host| host == "127.0.0.1" || host == "localhost");
            uri.host().is_some()
                && (uri.scheme() == Some(&Scheme::HTTPS) || uri.scheme() == Some(&Scheme::HTTP) && local)
        });
        let profile = uri.ok_or_else(|| AddressError::NotHttps(profile.to_owned()))?;
        Ok(Self { user_id, profile, tls: tls::public()? })
    }

    /// Asks whose token this is.
    pub(crate) async fn check(&self, token: &str) -> Result<(), NotOwner> {
        let answer = self.ask(token).await?;
        match answer.0 {
            StatusCode::OK => {
                let profile: Profile = serde_json::from_slice(&answer.1).map_err(|_| NotOwner::Refused)?;
                if profile.user_id == self.user_id { Ok(()) } else { Err(NotOwner::Refused) }
            }
            status if status.is_client_error() => Err(NotOwner::Refused),
            status => Err(NotOwner::Unavailable(status)),
        }
    }

    async fn ask(&self, token: &str) -> Result<(StatusCode, Bytes), NotOwner> {
        let mut bearer = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| NotOwner::Refused)?;
        bearer.set_sensitive(true);
        let host = self.profile.host().unwrap_or_default();
        let path = self.profile.path_and_query().map_or("/", |path| path.as_str());
        let request = Request::get(path)
            .header(HOST, self.profile.authority().map_or(host, |authority| authority.as_str()))
            .header(AUTHORIZATION, bearer)
            .header(ACCEPT, "application/json")
            .header(CONNECTION, "close")
            .body(Full::default())
            .map_err(|_| NotOwner::Refused)?;
        let https = self.profile.scheme() == Some(&Scheme::HTTPS);
        let port = self.profile.port_u16().unwrap_or(if https { 443 } else { 80 });
        let stream = TcpStream::connect((host, port)).await.map_err(FetchError::from)?;
        let answer = if https {
            let name =
                ServerName::try_from(host.to_owned()).map_err(std::io::Error::other).map_err(FetchError::from)?;
            let connector = TlsConnector::from(Arc::clone(&self.tls));
            fetch(connector.connect(name, stream).await.map_err(FetchError::from)?, request, PROFILE).await?
        } else {
            fetch(stream, request, PROFILE).await?
        };
        Ok((answer.status(), answer.into_body()))
    }
}
