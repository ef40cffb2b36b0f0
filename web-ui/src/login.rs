//! Getting in and out: the first set-up and `/api/v1/session`.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use home::admin::{ErrorKind, Secret};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;
use utoipa::ToSchema;

use crate::answer::Refused;
use crate::app::{App, COOKIE, Peer, Transport, Visitor};
use crate::attempts::counted;
use crate::body::{Nothing, Sent, Shape};
use crate::challenges::Purpose;
use crate::house::House;
use crate::passkey::{self, Asserted, Site};
use crate::people::{Login, People};
use crate::problem::Problem;
use crate::schema::Credential;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetUp {
    #[schema(value_type = String, format = Password, max_length = 256)]
    code: Secret,
    user: String,
    #[schema(value_type = String, format = Password, max_length = 256)]
    password: Secret,
}

impl Shape for SetUp {
    const EXAMPLE: &'static str = r#"{"code":"ABCDE-FGHJK","user":"ada","password":"…"}"#;
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    user: String,
    #[schema(value_type = String, format = Password, max_length = 256)]
    password: Secret,
    #[schema(value_type = Option<String>, format = Password, max_length = 256)]
    code: Option<Secret>,
}

impl Shape for Credentials {
    const EXAMPLE: &'static str =
        r#"{"user":"ada","password":"…"}, with "code" where a one-time password is asked for"#;
}

/// A passkey's answer to the question `id`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PasskeyAnswer)]
pub(crate) struct Passkey {
    pub(crate) id: String,
    #[schema(value_type = Credential)]
    pub(crate) credential: Asserted,
}

impl Shape for Passkey {
    const EXAMPLE: &'static str = r#"{"id":"…","credential":{…}} as the browser's toJSON() makes it"#;
}

/// `GET /setup`: whether the hub waits for its first admin.
pub(crate) async fn setup_state<H: House>(State(app): State<Arc<App<H>>>) -> Response {
    json_response(&json!({"needed": app.house.people().needs_setup()}))
}

/// `POST /setup`: makes the first admin and logs them in.
pub(crate) async fn set_up<H: House>(
    State(app): State<Arc<App<H>>>,
    Extension(Peer(peer)): Extension<Peer>,
    transport: Transport,
    Sent(body): Sent<SetUp>,
) -> Result<Response, Problem> {
    let _turn = turn(&app, peer).await?;
    app.house.people().set_up(body.code, &body.user, body.password).await.inspect_err(|refused| {
        if refused.kind == ErrorKind::Forbidden {
            app.attempts.failed(counted(peer), Instant::now());
        }
    })?;
    tracing::info!(%peer, "the hub has its first admin");
    begin(&app, &body.user, peer, transport).await
}

/// `POST /session`: a session for a name and a password. A wrong name, a wrong password and an address that has to wait
/// get the same answer.
pub(crate) async fn log_in<H: House>(
    State(app): State<Arc<App<H>>>,
    Extension(Peer(peer)): Extension<Peer>,
    transport: Transport,
    Sent(body): Sent<Credentials>,
) -> Result<Response, Problem> {
    let _turn = turn(&app, peer).await?;
    let with_code = body.code.is_some();
    // One-time passwords are short: who knows the password must not try them all, from however many addresses.
    let second = format!("totp {}", body.user.to_lowercase());
    if with_code && !app.proofs.may_try(&second, Instant::now()) {
        return Err(Refused { kind: ErrorKind::SecondFactor, error: TOO_MANY_CODES.to_owned() }.into());
    }
    match app.house.people().log_in(&body.user, body.password, body.code).await {
        Login::Good(name) => {
            app.attempts.succeeded(&counted(peer));
            app.proofs.succeeded(&second);
            begin(&app, &name, peer, transport).await
        }
        Login::Bad => {
            app.attempts.failed(counted(peer), Instant::now());
            tracing::warn!(%peer, "a login to the page failed");
            Err(stranger())
        }
        Login::SecondFactor => {
            if with_code {
                app.attempts.failed(counted(peer), Instant::now());
                app.proofs.failed(second, Instant::now());
                tracing::warn!(%peer, "a one-time password was wrong");
            }
            let error = "the code from your authenticator app is needed, and it changes every 30 s".to_owned();
            Err(Refused { kind: ErrorKind::SecondFactor, error }.into())
        }
    }
}

const TOO_MANY_CODES: &str = "too many wrong codes; wait some minutes and try again";

/// `POST /session/passkey/options`: a question to any passkey of this site.
pub(crate) async fn passkey_options<H: House>(
    State(app): State<Arc<App<H>>>,
    site: Site,
    Sent(Nothing {}): Sent<Nothing>,
) -> Result<Response, Problem> {
    let (id, challenge) = app.doorstep.ask(Purpose::LogIn, Instant::now())?;
    Ok(json_response(&json!({"id": id, "publicKey": passkey::request(&site, &challenge, &[])})))
}

/// `POST /session/passkey`: a session for a passkey's answer. It stands for both factors: the device knew who it is.
pub(crate) async fn passkey_log_in<H: House>(
    State(app): State<Arc<App<H>>>,
    Extension(Peer(peer)): Extension<Peer>,
    site: Site,
    transport: Transport,
    Sent(body): Sent<Passkey>,
) -> Result<Response, Problem> {
    let _turn = turn(&app, peer).await?;
    let Some(name) = verified(&app, &site, &Purpose::LogIn, &body) else {
        app.attempts.failed(counted(peer), Instant::now());
        tracing::warn!(%peer, "a login with a passkey failed");
        return Err(stranger());
    };
    app.attempts.succeeded(&counted(peer));
    begin(&app, &name, peer, transport).await
}

/// Whose passkey answered the question, if it is one of somebody here and all is as it was asked.
pub(crate) fn verified<H: House>(app: &App<H>, site: &Site, purpose: &Purpose, answer: &Passkey) -> Option<String> {
    let asked = if *purpose == Purpose::LogIn { &app.doorstep } else { &app.challenges };
    let challenge = asked.answer(&answer.id, purpose, Instant::now())?;
    let id = answer.credential.id().ok()?;
    let (name, key) = app.house.people().passkey(&id)?;
    let verified = answer.credential.verify(site, &challenge, &key);
    let counter = verified.inspect_err(|error| tracing::warn!(%error, "a passkey was refused")).ok()?;
    app.house.people().passkey_used(&name, &id, counter);
    Some(name)
}

/// `DELETE /session`: the end of this session.
pub(crate) async fn log_out<H: House>(
    State(app): State<Arc<App<H>>>,
    Extension(visitor): Extension<Visitor>,
    transport: Transport,
) -> Response {
    if let Some(session) = visitor.session {
        app.house.people().end_session(session);
    }
    with_cookie(&json!({}), "", transport, 0)
}

/// One who proves who they are at a time: a hundred attempts at once must count as a hundred.
async fn turn<H>(app: &App<H>, peer: IpAddr) -> Result<tokio::sync::SemaphorePermit<'_>, Problem> {
    let turn = app.logins.acquire().await.map_err(|_| stranger())?;
    if app.attempts.may_try(&counted(peer), Instant::now()) { Ok(turn) } else { Err(stranger()) }
}

fn stranger() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "wrong name or password, or too many attempts")
}

/// Begins a session, always a new one: what a browser brought along counts for nothing (session fixation).
pub(crate) async fn begin<H: House>(
    app: &App<H>,
    name: &str,
    peer: IpAddr,
    transport: Transport,
) -> Result<Response, Problem> {
    let secret = app.house.people().begin_session(name, peer).await?;
    // It outlives the browser's end; the idle time that counts is kept by the hub, not there.
    Ok(with_cookie(&json!({ "user": name }), secret.expose(), transport, 30 * 86_400))
}

pub(crate) fn with_cookie(body: &Value, secret: &str, transport: Transport, age: u32) -> Response {
    let secure = if transport == Transport::Tls { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{secure}");
    let mut response = json_response(body);
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

pub(crate) fn json_response(body: &Value) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], body.to_string()).into_response()
}
