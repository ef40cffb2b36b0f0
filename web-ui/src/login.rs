//! Getting in and out: `/api/v1/session`.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use home::admin::Secret;
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use crate::app::{App, COOKIE, Peer, Visitor};
use crate::body::{Sent, Shape};
use crate::house::House;
use crate::problem::Problem;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    user: String,
    password: Secret,
}

impl Shape for Login {
    const EXAMPLE: &'static str = r#"{"user":"ada","password":"…"}"#;
}

/// `POST`: a session for a name and a password. A wrong name, a wrong password and an address that has to wait get
/// the same answer.
pub(crate) async fn log_in<H: House>(
    State(app): State<Arc<App<H>>>,
    Extension(Peer(peer)): Extension<Peer>,
    Sent(login): Sent<Login>,
) -> Result<Response, Problem> {
    if !knows(&app, peer, &login).await {
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "wrong name or password, or too many attempts"));
    }
    let token = app.sessions.begin(&login.user, Instant::now()).map_err(|error| {
        tracing::error!(%error, "no random numbers from the operating system");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the hub has no random numbers")
    })?;
    // It outlives the browser's end; the idle time that counts is kept here, not there.
    let cookie = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000");
    Ok(with_cookie(json!({ "user": login.user }).to_string(), &cookie))
}

/// Whether it is the right password, from somebody who may try.
async fn knows<H: House>(app: &App<H>, peer: std::net::IpAddr, login: &Login) -> bool {
    // Asked for in the queue's turn: a hundred attempts at once must count as a hundred.
    let Ok(_turn) = app.logins.acquire().await else {
        return false;
    };
    if !app.attempts.may_try(peer, Instant::now()) {
        return false;
    }
    if app.house.login(&login.user, &login.password, peer).await {
        app.attempts.succeeded(peer);
        return true;
    }
    app.attempts.failed(peer, Instant::now());
    tracing::warn!(%peer, "a login to the page failed");
    false
}

/// `DELETE`: the end of this session.
pub(crate) async fn log_out<H: House>(
    State(app): State<Arc<App<H>>>,
    Extension(visitor): Extension<Visitor>,
) -> Response {
    if let Some(session) = visitor.session {
        app.sessions.end(session);
    }
    with_cookie("{}".to_owned(), &format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"))
}

fn with_cookie(body: String, cookie: &str) -> Response {
    let mut response = ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response();
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}
