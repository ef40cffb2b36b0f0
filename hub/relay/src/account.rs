//! Whether a request is the owner's: Amazon is asked whose token it bears. Knows no directive.

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderValue, Request, Response, StatusCode};
use bytes::Bytes;
use http_body_util::Full;
use serde::Deserialize;

use crate::fetch::FetchError;
use crate::remote::Remote;

/// The one account at Amazon that may ask.
#[derive(Debug)]
pub(crate) struct Account {
    user_id: String,
    profile: Remote,
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
    pub(crate) fn new(user_id: String, profile: Remote) -> Self {
        Self { user_id, profile }
    }

    /// Asks whose token this is.
    pub(crate) async fn check(&self, token: &str) -> Result<(), NotOwner> {
        let answer = self.ask(token).await?;
        match answer.status() {
            StatusCode::OK => {
                let profile: Profile = serde_json::from_slice(answer.body()).map_err(|_| NotOwner::Refused)?;
                if profile.user_id == self.user_id { Ok(()) } else { Err(NotOwner::Refused) }
            }
            status if status.is_client_error() => Err(NotOwner::Refused),
            status => Err(NotOwner::Unavailable(status)),
        }
    }

    async fn ask(&self, token: &str) -> Result<Response<Bytes>, NotOwner> {
        let mut bearer = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| NotOwner::Refused)?;
        bearer.set_sensitive(true);
        let mut request = Request::new(Full::default());
        request.headers_mut().insert(AUTHORIZATION, bearer);
        Ok(self.profile.send(request).await?)
    }
}
