//! Amazon's two services for telling Alexa something unasked: a grant's code becomes a token that lasts, and with that token an event is
//! posted. Keeps no token: each event costs an exchange.

use std::time::Duration;

use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderValue, Request, Response, StatusCode};
use bytes::Bytes;
use form_urlencoded::Serializer;
use http_body_util::Full;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::time::{sleep, timeout};
use zeroize::Zeroizing;

use crate::fetch::FetchError;
use crate::remote::Remote;
use crate::secret::{NoSecret, Secret};

/// For one event, with the second attempt. Lambda ends us 8 s after it began to start us.
const PATIENCE: Duration = Duration::from_secs(6);
/// Before the second attempt, which follows an answer of 500 or more; there is no third one.
const PAUSE: Duration = Duration::from_secs(1);
/// Where the hub's event has room for the token, in the hub's own bytes.
const ROOM: &str = r#""scope":{"type":"BearerToken","token":"TOKEN"}"#;
/// What is repeated of an answer. All else of it stays unsaid.
const CODES: [&str; 14] = [
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "INVALID_REQUEST_EXCEPTION",
    "INVALID_ACCESS_TOKEN_EXCEPTION",
    "INSUFFICIENT_PERMISSION_EXCEPTION",
    "SKILL_DISABLED_EXCEPTION",
    "SKILL_NEVER_ENABLED_EXCEPTION",
    "SKILL_NOT_FOUND_EXCEPTION",
    "THROTTLING_EXCEPTION",
    "INTERNAL_SERVICE_EXCEPTION",
    "SERVICE_UNAVAILABLE_EXCEPTION",
];

/// The skill, as Amazon knows it, and where Amazon is.
#[derive(Debug)]
pub(crate) struct Amazon {
    pub(crate) client_id: String,
    pub(crate) client_secret: Secret,
    /// Login with Amazon's token service.
    pub(crate) tokens: Remote,
    /// The event gateway of the skill's region.
    pub(crate) events: Remote,
}

/// Why Amazon has not done what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("what the hub sent is no push")]
    NoPush,
    #[error("{0} {1}")]
    Unreachable(Service, #[source] FetchError),
    #[error("{0} answered {1} {2}")]
    Refused(Service, StatusCode, &'static str),
    #[error("{0} gave no token that can be used")]
    NoToken(Service),
    #[error("Amazon took longer than {} s", PATIENCE.as_secs())]
    Late,
}

/// Who was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    Tokens,
    Events,
}

impl std::fmt::Display for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Tokens => "the token service",
            Self::Events => "the event gateway",
        })
    }
}

/// What the hub has for Amazon.
#[derive(Deserialize)]
struct Push<'a> {
    token: Secret,
    #[serde(borrow)]
    event: &'a RawValue,
}

/// What the token service gives (RFC 6749, 5.1).
#[derive(Deserialize)]
struct Granted {
    #[serde(rename = "access_token")]
    access: Secret,
    #[serde(rename = "refresh_token")]
    refresh: Option<Secret>,
}

impl Amazon {
    /// The token that lasts, for the code of a grant. Asks once: a code holds once.
    pub(crate) async fn redeem(&self, code: &str) -> Result<Secret, Failure> {
        let granted = self.exchange("authorization_code", ("code", code)).await?;
        granted.refresh.ok_or(Failure::NoToken(Service::Tokens))
    }

    /// Posts the event in `push`, `{"token":…,"event":…}`, with the right that its token gives.
    pub(crate) async fn tell(&self, push: &[u8]) -> Result<(), Failure> {
        let Push { token, event } = serde_json::from_slice(push).map_err(|_| Failure::NoPush)?;
        let event = event.get();
        if event.matches(ROOM).count() != 1 {
            return Err(Failure::NoPush);
        }
        let twice = async {
            match self.attempt(&token, event).await {
                Err(Failure::Refused(_, status, _)) if status.is_server_error() => {
                    sleep(PAUSE).await;
                    self.attempt(&token, event).await
                }
                done => done,
            }
        };
        timeout(PATIENCE, twice).await.unwrap_or(Err(Failure::Late))
    }

    async fn attempt(&self, token: &Secret, event: &str) -> Result<(), Failure> {
        let access = self.exchange("refresh_token", ("refresh_token", token.expose())).await?.access;
        let scope = Zeroizing::new(ROOM.replace("TOKEN", access.expose()));
        let event = event.replace(ROOM, &scope);
        let bearer = access.bearer().map_err(|NoSecret| Failure::NoToken(Service::Tokens))?;
        self.ask(Service::Events, "application/json", Some(bearer), event.into()).await.map(drop)
    }

    async fn exchange(&self, kind: &str, (name, value): (&str, &str)) -> Result<Granted, Failure> {
        let form = Serializer::new(String::new())
            .append_pair("grant_type", kind)
            .append_pair(name, value)
            .append_pair("client_id", &self.client_id)
            .append_pair("client_secret", self.client_secret.expose())
            .finish();
        let form_type = "application/x-www-form-urlencoded;charset=UTF-8";
        let answer = self.ask(Service::Tokens, form_type, None, form.into()).await?;
        serde_json::from_slice(answer.body()).map_err(|_| Failure::NoToken(Service::Tokens))
    }

    /// The answer, if it is one of success.
    async fn ask(
        &self,
        service: Service,
        kind: &'static str,
        bearer: Option<HeaderValue>,
        body: Bytes,
    ) -> Result<Response<Bytes>, Failure> {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = axum::http::Method::POST;
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        if let Some(bearer) = bearer {
            request.headers_mut().insert(AUTHORIZATION, bearer);
        }
        let remote = match service {
            Service::Tokens => &self.tokens,
            Service::Events => &self.events,
        };
        let answer = remote.send(request).await.map_err(|error| Failure::Unreachable(service, error))?;
        let status = answer.status();
        if status.is_success() { Ok(answer) } else { Err(Failure::Refused(service, status, code(answer.body()))) }
    }
}

/// Which of the known codes an answer has: `error` of the token service (RFC 6749, 5.2), `payload.code` of the event gateway.
fn code(body: &[u8]) -> &'static str {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    let code = answer.get("error").or_else(|| answer.pointer("/payload/code")).and_then(Value::as_str);
    CODES.into_iter().find(|known| Some(*known) == code).unwrap_or("without a code that is known")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answers_code_is_repeated_only_if_it_is_known() {
        let disabled = br#"{"header":{},"payload":{"code":"SKILL_DISABLED_EXCEPTION","description":"secret"}}"#;
        assert_eq!(code(disabled), "SKILL_DISABLED_EXCEPTION");
        assert_eq!(code(br#"{"error":"invalid_grant","error_description":"secret"}"#), "invalid_grant");
        for other in [&br#"{"error":"Atza|token"}"#[..], br#"{"payload":{"code":7}}"#, b"", b"[]"] {
            assert_eq!(code(other), "without a code that is known");
        }
    }
}
