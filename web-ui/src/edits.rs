//! What two people could change at once: a device's name and room, a person, the policy.

use axum::http::{HeaderMap, StatusCode};
use home::admin::Request;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::{Answer, Shared, Who, ask};
use crate::asked::Part;
use crate::assistants::Applied;
use crate::body::{Sent, Shape};
use crate::etag::{ask_tagged, unchanged};
use crate::house::House;
use crate::problem::Problem;
use crate::residents::ChangedPerson;

pub(crate) async fn device<H: House>(app: Shared<H>, who: Who, Part(name): Part) -> Answer {
    ask_tagged(&app, &who, Request::Device { name }).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Edit {
    name: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    room: Told,
}

/// What is to become of a text: a missing key leaves it, `null` takes it away.
#[derive(Debug, Default)]
pub(crate) enum Told {
    #[default]
    Kept,
    Now(Option<String>),
}

impl<'de> Deserialize<'de> for Told {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::Now)
    }
}

impl Shape for Edit {
    const EXAMPLE: &'static str = r#"{"name":"bath","room":"Bathroom"}"#;
}

/// The room first: if the new name is refused, the device is still found under the old one.
pub(crate) async fn edit<H: House>(
    app: Shared<H>,
    who: Who,
    Part(name): Part,
    headers: HeaderMap,
    Sent(body): Sent<Edit>,
) -> Answer {
    if let Edit { name: None, room: Told::Kept } = body {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "nothing to change: give a name, a room, or both"));
    }
    let _turn = unchanged(&app, &who, &headers, Request::Device { name: name.clone() }).await?;
    let mut shown = name.clone();
    if let Told::Now(room) = body.room {
        ask(&app, &who, Request::Place { name: name.clone(), room }).await?;
    }
    if let Some(to) = body.name {
        ask(&app, &who, Request::Rename { from: name, to: to.clone() }).await?;
        shown = to;
    }
    ask_tagged(&app, &who, Request::Device { name: shown }).await
}

pub(crate) async fn person<H: House>(app: Shared<H>, who: Who, Part(name): Part) -> Answer {
    ask_tagged(&app, &who, Request::PersonShow { name }).await
}

pub(crate) async fn change_person<H: House>(
    app: Shared<H>,
    who: Who,
    Part(name): Part,
    headers: HeaderMap,
    Sent(body): Sent<ChangedPerson>,
) -> Answer {
    let _turn = unchanged(&app, &who, &headers, Request::PersonShow { name: name.clone() }).await?;
    ask_tagged(&app, &who, body.question(name)).await
}

pub(crate) async fn policy<H: House>(app: Shared<H>, who: Who) -> Answer {
    ask_tagged(&app, &who, Request::PolicyShow).await
}

pub(crate) async fn apply_policy<H: House>(
    app: Shared<H>,
    who: Who,
    headers: HeaderMap,
    Sent(body): Sent<Applied>,
) -> Answer {
    let _turn = unchanged(&app, &who, &headers, Request::PolicyShow).await?;
    ask(&app, &who, body.question()).await
}
