//! One's own account: `/api/v1/me`.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use home::admin::{ErrorKind, Secret};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;
use utoipa::ToSchema;

use crate::answer::Refused;
use crate::app::{App, Peer, Transport, Visitor};
use crate::asked::Part;
use crate::body::{Nothing, Sent, Shape};
use crate::challenges::Purpose;
use crate::house::House;
use crate::login::{self, json_response};
use crate::passkey::{self, Created, Site};
use crate::people::{Change, People, SessionId};
use crate::problem::Problem;
use crate::schema::Credential;

type Shared<H> = State<Arc<App<H>>>;
type Who = Extension<Visitor>;
type Answer = Result<Response, Problem>;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Passwords {
    #[schema(value_type = String, format = Password, max_length = 256)]
    old: Secret,
    #[schema(value_type = String, format = Password, max_length = 256)]
    new: Secret,
}

impl Shape for Passwords {
    const EXAMPLE: &'static str = r#"{"old":"…","new":"…"}"#;
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DoorCode {
    #[schema(value_type = String, format = Password, max_length = 256)]
    password: Secret,
    #[schema(value_type = Option<String>, format = Password, max_length = 256)]
    pin: Option<Secret>,
}

impl Shape for DoorCode {
    const EXAMPLE: &'static str = r#"{"password":"…","pin":"4711"}, or null to have none"#;
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Password {
    #[schema(value_type = String, format = Password, max_length = 256)]
    password: Secret,
}

impl Shape for Password {
    const EXAMPLE: &'static str = r#"{"password":"…"}"#;
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Code {
    #[schema(value_type = String, format = Password, max_length = 256)]
    code: Secret,
}

impl Shape for Code {
    const EXAMPLE: &'static str = r#"{"code":"123456"}"#;
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPasskey {
    id: String,
    name: String,
    #[schema(value_type = Credential)]
    credential: Created,
}

impl Shape for NewPasskey {
    const EXAMPLE: &'static str = r#"{"id":"…","name":"my phone","credential":{…}} as the browser's toJSON() makes it"#;
}

pub(crate) async fn me<H: House>(State(app): Shared<H>, Extension(visitor): Who) -> Answer {
    let account = app.house.people().account(&visitor.caller.user, session_of(&visitor)?);
    account.map(|account| json_response(&account)).ok_or_else(gone)
}

/// All other sessions end; this one goes on under a new secret.
pub(crate) async fn password<H: House>(
    State(app): Shared<H>,
    Extension(visitor): Who,
    Extension(Peer(peer)): Extension<Peer>,
    transport: Transport,
    Sent(body): Sent<Passwords>,
) -> Answer {
    change(&app, &visitor, Change::Password { old: body.old, new: body.new }).await?;
    app.house.people().end_sessions(&visitor.caller.user, None);
    login::begin(&app, &visitor.caller.user, peer, transport).await
}

pub(crate) async fn pin<H: House>(
    State(app): Shared<H>,
    Extension(visitor): Who,
    Sent(body): Sent<DoorCode>,
) -> Answer {
    told(change(&app, &visitor, Change::Pin { password: body.password, pin: body.pin }).await)
}

pub(crate) async fn totp<H: House>(
    State(app): Shared<H>,
    Extension(visitor): Who,
    Sent(body): Sent<Password>,
) -> Answer {
    told(change(&app, &visitor, Change::TotpBegin { password: body.password }).await)
}

pub(crate) async fn totp_confirm<H: House>(
    State(app): Shared<H>,
    Extension(visitor): Who,
    Sent(body): Sent<Code>,
) -> Answer {
    told(change(&app, &visitor, Change::TotpConfirm { code: body.code }).await)
}

pub(crate) async fn totp_end<H: House>(
    State(app): Shared<H>,
    Extension(visitor): Who,
    Sent(body): Sent<Password>,
) -> Answer {
    told(change(&app, &visitor, Change::TotpEnd { password: body.password }).await)
}

/// A question to make a passkey, for somebody who knows the password.
pub(crate) async fn passkey_options<H: House>(
    State(app): Shared<H>,
    Extension(visitor): Who,
    site: Site,
    Sent(body): Sent<Password>,
) -> Answer {
    change(&app, &visitor, Change::Nothing { password: body.password }).await?;
    let user = &visitor.caller.user;
    let (id, challenge) = app.challenges.ask(Purpose::Add(user.to_string()), Instant::now())?;
    let known = app.house.people().passkeys(user);
    Ok(json_response(&json!({"id": id, "publicKey": passkey::creation(&site, &challenge, user, &known)})))
}

pub(crate) async fn passkey_add<H: House>(
    State(app): Shared<H>,
    Extension(visitor): Who,
    site: Site,
    Sent(body): Sent<NewPasskey>,
) -> Answer {
    let purpose = Purpose::Add(visitor.caller.user.to_string());
    let challenge = app.challenges.answer(&body.id, &purpose, Instant::now());
    let challenge = challenge.ok_or_else(|| Problem::new(StatusCode::CONFLICT, "this took too long; begin again"))?;
    let (id, key) = body
        .credential
        .verify(&site, &challenge)
        .map_err(|error| Refused { kind: ErrorKind::Invalid, error: error.to_string() })?;
    told(change(&app, &visitor, Change::PasskeyAdd { name: body.name, id, key }).await)
}

pub(crate) async fn passkey_remove<H: House>(State(app): Shared<H>, Extension(visitor): Who, Part(id): Part) -> Answer {
    let id = passkey::decode(&id).map_err(|_| Problem::new(StatusCode::NOT_FOUND, "there is no such passkey"))?;
    told(change(&app, &visitor, Change::PasskeyRemove { id }).await)
}

/// A question by which one proves at a door who one is.
pub(crate) async fn proof_options<H: House>(
    State(app): Shared<H>,
    Extension(visitor): Who,
    site: Site,
    Sent(Nothing {}): Sent<Nothing>,
) -> Answer {
    let user = &visitor.caller.user;
    let known = app.house.people().passkeys(user);
    if known.is_empty() {
        return Err(Refused { kind: ErrorKind::Proof, error: "you have no passkey yet".to_owned() }.into());
    }
    let (id, challenge) = app.challenges.ask(Purpose::Prove(user.to_string()), Instant::now())?;
    Ok(json_response(&json!({"id": id, "publicKey": passkey::request(&site, &challenge, &known)})))
}

/// Out, everywhere.
pub(crate) async fn log_out_everywhere<H: House>(
    State(app): Shared<H>,
    Extension(visitor): Who,
    transport: Transport,
) -> Response {
    app.house.people().end_sessions(&visitor.caller.user, None);
    login::with_cookie(&json!({}), "", transport, 0)
}

/// Changes the account, with passwords counted like those of logins.
async fn change<H: House>(app: &App<H>, visitor: &Visitor, change: Change) -> Result<Value, Problem> {
    let user = format!("account {}", visitor.caller.user.to_lowercase());
    if !app.proofs.may_try(&user, Instant::now()) {
        return Err(Refused { kind: ErrorKind::Proof, error: "too many attempts; wait some minutes".to_owned() }.into());
    }
    let answer = app.house.people().change_account(&visitor.caller.user, change).await;
    match &answer {
        Ok(_) => app.proofs.succeeded(&user),
        Err(refused) if matches!(refused.kind, ErrorKind::Proof | ErrorKind::SecondFactor) => {
            app.proofs.failed(user, Instant::now());
        }
        Err(_) => {}
    }
    answer.map_err(|refused| match refused.kind {
        // The session is good: only the new codes do not fit.
        ErrorKind::SecondFactor => Refused { kind: ErrorKind::Proof, ..refused }.into(),
        _ => refused.into(),
    })
}

fn told(answer: Result<Value, Problem>) -> Answer {
    answer.map(|answer| json_response(&answer))
}

fn session_of(visitor: &Visitor) -> Result<SessionId, Problem> {
    visitor.session.ok_or_else(gone)
}

fn gone() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "log in first: POST /api/v1/session")
}
