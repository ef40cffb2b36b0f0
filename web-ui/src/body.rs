//! Bodies of requests: JSON of a known shape, small and soon there.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use crate::problem::Problem;

/// The largest body, in bytes.
pub(crate) const LIMIT: usize = 64 * 1024;
/// A body must have come after so long.
const PATIENCE: Duration = Duration::from_secs(10);

/// A type that can be a body.
pub(crate) trait Shape: DeserializeOwned {
    /// How it looks, for the one who got it wrong. The parser's own message could quote a PIN.
    const EXAMPLE: &'static str;
}

/// A body that has nothing to say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Empty)]
pub(crate) struct Nothing {}

impl Shape for Nothing {
    const EXAMPLE: &'static str = "{}";
}

/// What is to become of a text: a missing key leaves it, `null` takes it away.
#[derive(Debug, Default)]
pub(crate) enum Told {
    #[default]
    Kept,
    Now(Option<String>),
}

impl<'de> Deserialize<'de> for Told {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::Now)
    }
}

/// A body, read and parsed. An empty one counts as `{}`.
#[derive(Debug)]
pub(crate) struct Sent<T>(pub(crate) T);

impl<T: Shape, S: Send + Sync> FromRequest<S> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let read = tokio::time::timeout(PATIENCE, Bytes::from_request(request, state)).await;
        let bytes = read
            .map_err(|_| Problem::new(StatusCode::REQUEST_TIMEOUT, "the body did not come in time"))?
            .map_err(|rejection| Problem::new(rejection.status(), "the body is larger than 64 KiB or was cut off"))?;
        parse(if bytes.is_empty() { b"{}" } else { &bytes }).map(Self)
    }
}

fn parse<T: Shape>(text: &[u8]) -> Result<T, Problem> {
    // The parser would take an array for a struct.
    let is_object = text.trim_ascii_start().starts_with(b"{");
    let parsed = if is_object { serde_json::from_slice(text).ok() } else { None };
    parsed.ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, format!("the body must look like {}", T::EXAMPLE)))
}
