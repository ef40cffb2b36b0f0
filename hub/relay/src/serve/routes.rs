//! Which path leads where, and who may go there.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Form, Query, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use seal::MAX_BODY;
use serde_json::json;

use crate::alexa::Skill;
use crate::oauth::{Authorize, Exchange, Login, LoginError, OAuth};
use crate::{Shared, alexa, clock, google};

/// The linking page: no script, nothing from elsewhere. The form goes to the address that it came from, query and all.
const PAGE: &str = "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>\
<title>Link your home</title><h1>Link your home</h1><form method=post>\
<p><label>Name <input name=user autocomplete=username required></label>\
<p><label>Password <input name=password type=password autocomplete=current-password required></label>\
<p><button>Link</button></form></html>";
/// Forms may lead on to another host: the redirection after a login does.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";

type Google = (Shared, Arc<OAuth>);

/// Paths for those assistants alone that are configured.
pub(super) fn router(bridge: Shared, alexa: Option<Skill>, google: Option<OAuth>) -> Router {
    let mut router = Router::new();
    if let Some(skill) = alexa {
        let state = (Arc::clone(&bridge), Arc::new(skill));
        router = router.merge(Router::new().route("/alexa", post(directive)).with_state(state));
    }
    if let Some(oauth) = google {
        let linking = Router::new()
            .route("/google", post(fulfil))
            .route("/oauth/authorize", get(page).post(log_in))
            .route("/oauth/token", post(token))
            .with_state((bridge, Arc::new(oauth)));
        router = router.merge(linking);
    }
    router.layer(DefaultBodyLimit::max(MAX_BODY))
}

async fn directive(State((bridge, skill)): State<(Shared, Arc<Skill>)>, body: Bytes) -> Response {
    answer(alexa::answer(&bridge, &skill, &body, clock::now()).await)
}

async fn fulfil(State((bridge, oauth)): State<Google>, headers: HeaderMap, body: Bytes) -> Response {
    let now = clock::now();
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = bearer.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    if !oauth.admits(token, now) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    answer(google::answer(&bridge, &body, now).await)
}

async fn page(State((_, oauth)): State<Google>, Query(asked): Query<Authorize>) -> Response {
    if oauth.knows(&asked) { show(StatusCode::OK, PAGE) } else { StatusCode::BAD_REQUEST.into_response() }
}

async fn log_in(
    State((_, oauth)): State<Google>,
    Query(asked): Query<Authorize>,
    Form(login): Form<Login>,
) -> Response {
    if !oauth.knows(&asked) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    match oauth.log_in(&asked, login, clock::now()).await {
        Ok(address) => match HeaderValue::from_str(&address) {
            Ok(address) => (StatusCode::SEE_OTHER, [(LOCATION, address)]).into_response(),
            Err(_) => StatusCode::BAD_REQUEST.into_response(),
        },
        Err(error) => {
            tracing::warn!(%error, "a login at the linking page");
            let status = match error {
                LoginError::Wrong => StatusCode::FORBIDDEN,
                LoginError::Busy => StatusCode::SERVICE_UNAVAILABLE,
            };
            show(status, PAGE)
        }
    }
}

async fn token(State((_, oauth)): State<Google>, Form(asked): Form<Exchange>) -> Response {
    let no_store = [(CACHE_CONTROL, "no-store")];
    match oauth.exchange(&asked, clock::now()) {
        Some(granted) => (no_store, Json(granted)).into_response(),
        None => (StatusCode::BAD_REQUEST, no_store, Json(json!({"error": "invalid_grant"}))).into_response(),
    }
}

fn show(status: StatusCode, page: &'static str) -> Response {
    (status, [(CONTENT_SECURITY_POLICY, POLICY), (CACHE_CONTROL, "no-store")], Html(page)).into_response()
}

fn answer(body: Vec<u8>) -> Response {
    ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")], body).into_response()
}
