//! Errors as the API tells them: `application/problem+json` (RFC 9457).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use home::admin::ErrorKind;
use serde_json::json;

use crate::answer::Refused;

/// An answer that is not what was asked for.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    detail: String,
    kind: Option<ErrorKind>,
}

impl Problem {
    /// A problem found here, before the house was asked. `detail` must hold no secret.
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), kind: None }
    }

    /// The same, with `context` and a colon before the detail.
    pub(crate) fn within(mut self, context: &str) -> Self {
        self.detail = format!("{context}: {}", self.detail);
        self
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let status = match refused.kind {
            ErrorKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            ErrorKind::NotFound => StatusCode::NOT_FOUND,
            ErrorKind::Conflict => StatusCode::CONFLICT,
            ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            // The hub did its part and the device did not: to the client that is a gateway's error.
            ErrorKind::Failed => StatusCode::BAD_GATEWAY,
            ErrorKind::Forbidden | ErrorKind::Proof => StatusCode::FORBIDDEN,
            ErrorKind::SecondFactor => StatusCode::UNAUTHORIZED,
            ErrorKind::Changed => StatusCode::PRECONDITION_FAILED,
        };
        Self { status, detail: refused.error, kind: Some(refused.kind) }
    }
}

impl From<getrandom::Error> for Problem {
    fn from(error: getrandom::Error) -> Self {
        tracing::error!(%error, "no random numbers from the operating system");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "the hub has no random numbers")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let title = self.status.canonical_reason().unwrap_or("error");
        let mut body = json!({
            "type": "about:blank", "title": title, "status": self.status.as_u16(), "detail": self.detail,
        });
        if let (Some(kind), Some(map)) = (self.kind, body.as_object_mut()) {
            map.insert("kind".to_owned(), json!(kind));
        }
        let kind = HeaderValue::from_static("application/problem+json");
        (self.status, [(header::CONTENT_TYPE, kind)], body.to_string()).into_response()
    }
}
