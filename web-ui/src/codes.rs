//! The PIN codes of a lock. A PIN goes in and never comes out; whoever makes one open proves afresh who they are, as for
//! unlocking.

use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;
use home::admin::{Request, Secret};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::{Answer, Shared, Who, ask};
use crate::asked::Part;
use crate::body::{Sent, Shape, Told};
use crate::doors::prove;
use crate::house::House;
use crate::login::Passkey;
use crate::passkey::Site;
use crate::problem::Problem;

/// A lock and the number of a slot.
#[derive(Debug)]
pub(crate) struct Place {
    name: String,
    slot: u16,
}

impl<S: Send + Sync> FromRequestParts<S> for Place {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Path((name, slot)) =
            read.map_err(|rejection| Problem::new(StatusCode::BAD_REQUEST, rejection.body_text()))?;
        let slot = slot.parse().map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "a slot is a number"))?;
        Ok(Self { name, slot })
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCode {
    /// 4 to 8 digits, as many as the lock takes.
    #[schema(value_type = String, format = Password, max_length = 256)]
    pin: Secret,
    /// Whose it is.
    name: Option<String>,
    /// The person's own door code, compared by the hub.
    #[schema(value_type = Option<String>, format = Password, max_length = 256)]
    code: Option<Secret>,
    /// Or their passkey.
    proof: Option<Passkey>,
}

impl Shape for NewCode {
    const EXAMPLE: &'static str = r#"{"pin":"481516","name":"Anna","code":"4711"}"#;
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedCode {
    /// Whose it is.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    name: Told,
    /// Whether it opens. To let it open again takes a proof.
    enabled: Option<bool>,
    /// The person's own door code, compared by the hub.
    #[schema(value_type = Option<String>, format = Password, max_length = 256)]
    code: Option<Secret>,
    /// Or their passkey.
    proof: Option<Passkey>,
}

impl Shape for ChangedCode {
    const EXAMPLE: &'static str = r#"{"name":"Anna"} or {"enabled":false} or {"enabled":true,"code":"4711"}"#;
}

pub(crate) async fn list<H: House>(app: Shared<H>, who: Who, Part(name): Part) -> Answer {
    ask(&app, &who, Request::CodeList { name }).await
}

pub(crate) async fn put<H: House>(
    app: Shared<H>,
    who: Who,
    Place { name, slot }: Place,
    site: Result<Site, Problem>,
    Sent(body): Sent<NewCode>,
) -> Answer {
    if who.session.is_some() {
        prove(&app, &who, site, body.proof.as_ref(), body.code.as_ref()).await?;
    }
    ask(&app, &who, Request::CodePut { name, slot, pin: body.pin, whose: body.name }).await
}

/// The name first: it needs no lock that answers.
pub(crate) async fn change<H: House>(
    app: Shared<H>,
    who: Who,
    Place { name, slot }: Place,
    site: Result<Site, Problem>,
    Sent(body): Sent<ChangedCode>,
) -> Answer {
    if body.enabled == Some(true) && who.session.is_some() {
        prove(&app, &who, site, body.proof.as_ref(), body.code.as_ref()).await?;
    }
    let named = match body.name {
        Told::Now(whose) => Some(ask(&app, &who, Request::CodeName { name: name.clone(), slot, whose }).await?),
        Told::Kept => None,
    };
    match (body.enabled, named) {
        (Some(true), _) => ask(&app, &who, Request::CodeEnable { name, slot }).await,
        (Some(false), _) => ask(&app, &who, Request::CodeDisable { name, slot }).await,
        (None, Some(named)) => Ok(named),
        (None, None) => Err(Problem::new(StatusCode::BAD_REQUEST, "nothing to change: give a name, enabled, or both")),
    }
}

pub(crate) async fn remove<H: House>(app: Shared<H>, who: Who, Place { name, slot }: Place) -> Answer {
    ask(&app, &who, Request::CodeRemove { name, slot }).await
}

pub(crate) async fn check<H: House>(app: Shared<H>, who: Who, Part(name): Part) -> Answer {
    ask(&app, &who, Request::CodeCheck { name }).await
}
