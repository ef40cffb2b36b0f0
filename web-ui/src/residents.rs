//! What an admin does about people and tokens: `/api/v1/people` and `/api/v1/tokens`.

use std::collections::BTreeMap;

use home::admin::{ErrorKind, NEVER, Request, Secret};
use home::{Rights, Role};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::Refused;
use crate::api::{Answer, Shared, Who, ask};
use crate::asked::Part;
use crate::body::{Sent, Shape, Told};
use crate::house::House;
use crate::schema::{PersonRole, Scope};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPerson {
    name: String,
    #[schema(value_type = PersonRole)]
    role: Role,
    until: Option<String>,
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, Vec<Scope>>)]
    devices: BTreeMap<String, Rights>,
    #[schema(value_type = Option<String>, format = Password, max_length = 256)]
    password: Option<Secret>,
}

impl Shape for NewPerson {
    const EXAMPLE: &'static str = r#"{"name":"ada","role":"resident"}, a guest with "until":"2026-12-24T18:00:00Z" and "devices":{"front-door":["read","lock.lock"]}"#;
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedPerson {
    #[schema(value_type = Option<PersonRole>)]
    role: Option<Role>,
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Told,
    #[schema(value_type = Option<BTreeMap<String, Vec<Scope>>>)]
    devices: Option<BTreeMap<String, Rights>>,
    #[schema(value_type = Option<String>, format = Password, max_length = 256)]
    password: Option<Secret>,
}

impl ChangedPerson {
    /// The question that it is, about `name`.
    pub(crate) fn question(self, name: String) -> Request {
        let Self { role, until, devices, password } = self;
        let until = match until {
            Told::Kept => None,
            Told::Now(until) => Some(until.unwrap_or_else(|| NEVER.to_owned())),
        };
        Request::PersonChange { name, role, until, devices, password }
    }
}

impl Shape for ChangedPerson {
    const EXAMPLE: &'static str = r#"{"role":"resident","until":null,"devices":{"front-door":["read"]}}"#;
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewToken {
    name: String,
    #[schema(value_type = Vec<Scope>)]
    scopes: Rights,
    days: Option<u32>,
}

impl Shape for NewToken {
    const EXAMPLE: &'static str = r#"{"name":"garage","scopes":["read","lock.lock"],"days":365}"#;
}

pub(crate) async fn people<H: House>(app: Shared<H>, who: Who) -> Answer {
    ask(&app, &who, Request::PersonList).await
}

pub(crate) async fn add<H: House>(app: Shared<H>, who: Who, Sent(body): Sent<NewPerson>) -> Answer {
    let NewPerson { name, role, until, devices, password } = body;
    ask(&app, &who, Request::PersonAdd { name, role, until, devices, password }).await
}

pub(crate) async fn remove<H: House>(app: Shared<H>, who: Who, Part(name): Part) -> Answer {
    ask(&app, &who, Request::PersonRemove { name }).await
}

pub(crate) async fn tokens<H: House>(app: Shared<H>, who: Who) -> Answer {
    ask(&app, &who, Request::TokenList).await
}

/// A token for the one who asks. One token can't make another: it would outlive its own end.
pub(crate) async fn add_token<H: House>(app: Shared<H>, who: Who, Sent(body): Sent<NewToken>) -> Answer {
    if who.session.is_none() {
        let error = "a token can't make another one; log in for that".to_owned();
        return Err(Refused { kind: ErrorKind::Forbidden, error }.into());
    }
    let NewToken { name, scopes, days } = body;
    ask(&app, &who, Request::TokenAdd { person: who.caller.user.to_string(), name, scopes, days }).await
}

pub(crate) async fn remove_token<H: House>(app: Shared<H>, who: Who, Part(id): Part) -> Answer {
    ask(&app, &who, Request::TokenRemove { id }).await
}
