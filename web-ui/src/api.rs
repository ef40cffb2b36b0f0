//! Questions to the house over HTTP: each handler turns a request into one [`Request`] and passes the answer on.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use home::admin::Request;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::app::{App, Visitor};
use crate::asked::{Asked, Part};
use crate::body::{Sent, Shape};
use crate::house::House;
use crate::problem::Problem;

pub(crate) type Shared<H> = State<Arc<App<H>>>;
pub(crate) type Who = Extension<Visitor>;
pub(crate) type Answer = Result<Response, Problem>;

/// So many keys in one `set`; each waits for its device.
const KEYS: usize = 8;
/// Events in one answer: without a limit, and at most.
const EVENTS: (u32, u32) = (100, 1000);

pub(crate) async fn status<H: House>(app: Shared<H>, who: Who) -> Answer {
    ask(&app, &who, Request::Status).await
}

pub(crate) async fn devices<H: House>(app: Shared<H>, who: Who) -> Answer {
    ask(&app, &who, Request::Devices).await
}

pub(crate) async fn adapters<H: House>(app: Shared<H>, who: Who) -> Answer {
    ask(&app, &who, Request::Adapters).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PermitJoin {
    seconds: u64,
    adapter: Option<String>,
}

impl Shape for PermitJoin {
    const EXAMPLE: &'static str = r#"{"seconds":120}"#;
}

pub(crate) async fn permit_join<H: House>(app: Shared<H>, who: Who, Sent(body): Sent<PermitJoin>) -> Answer {
    ask(&app, &who, Request::PermitJoin { seconds: body.seconds, adapter: body.adapter }).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(transparent)]
pub(crate) struct Values(Map<String, Value>);

impl Shape for Values {
    const EXAMPLE: &'static str = r#"{"occupied_heating_setpoint":21.5}"#;
}

/// Sets one key after the other and answers `{key: outcome}`; the first that fails ends it.
pub(crate) async fn set<H: House>(
    app: Shared<H>,
    who: Who,
    Part(name): Part,
    Sent(Values(values)): Sent<Values>,
) -> Answer {
    if values.is_empty() || values.len() > KEYS {
        let detail = format!("one to {KEYS} keys can be set at once, not {}", values.len());
        return Err(Problem::new(StatusCode::BAD_REQUEST, detail));
    }
    let mut outcomes = Map::new();
    for (key, value) in values {
        let value = as_text(&key, value)?;
        let request = Request::Set { name: name.clone(), key: key.clone(), value };
        let outcome =
            app.house.ask(&who.caller, request).await.map_err(|refused| Problem::from(refused).within(&key))?;
        outcomes.insert(key, outcome);
    }
    let is_pending = outcomes.values().any(is_pending);
    Ok(answer(&Value::Object(outcomes), is_pending))
}

fn as_text(key: &str, value: Value) -> Result<String, Problem> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(_) | Value::Bool(_) => Ok(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            Err(Problem::new(StatusCode::BAD_REQUEST, format!("{key}: a value is a number, a text, true or false")))
        }
    }
}

pub(crate) async fn remove<H: House>(app: Shared<H>, who: Who, Part(name): Part) -> Answer {
    ask(&app, &who, Request::Remove { name }).await
}

pub(crate) async fn interview<H: House>(app: Shared<H>, who: Who, Part(name): Part) -> Answer {
    ask(&app, &who, Request::Interview { name }).await
}

pub(crate) async fn refresh<H: House>(app: Shared<H>, who: Who, Part(name): Part) -> Answer {
    ask(&app, &who, Request::Refresh { name }).await
}

#[derive(Debug, Deserialize)]
pub(crate) struct EventFilter {
    limit: Option<u32>,
    device: Option<String>,
}

pub(crate) async fn events<H: House>(app: Shared<H>, who: Who, Asked(filter): Asked<EventFilter>) -> Answer {
    let limit = filter.limit.unwrap_or(EVENTS.0).min(EVENTS.1);
    ask(&app, &who, Request::Events { limit, name: filter.device }).await
}

#[derive(Debug, Deserialize)]
pub(crate) struct Span {
    pub(crate) key: String,
    since: String,
}

impl Span {
    /// How far back, in seconds.
    pub(crate) fn seconds(&self) -> Result<u64, Problem> {
        home::admin::seconds(&self.since)
            .map_err(|error| Problem::new(StatusCode::BAD_REQUEST, format!("since: {error}")))
    }
}

pub(crate) async fn history<H: House>(app: Shared<H>, who: Who, Part(name): Part, Asked(span): Asked<Span>) -> Answer {
    let since_seconds = span.seconds()?;
    ask(&app, &who, Request::History { name, key: span.key, since_seconds }).await
}

pub(crate) async fn metrics<H: House>(State(app): Shared<H>) -> Response {
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], app.house.metrics().await).into_response()
}

pub(crate) async fn ask<H: House>(app: &App<H>, who: &Visitor, request: Request) -> Answer {
    let data = app.house.ask(&who.caller, request).await?;
    Ok(answer(&data, is_pending(&data)))
}

/// `{"outcome":"pending"}`: it waits for a device that sleeps.
fn is_pending(data: &Value) -> bool {
    data.get("outcome").is_some_and(|outcome| outcome == "pending")
}

pub(crate) fn answer(data: &Value, is_pending: bool) -> Response {
    let status = if is_pending { StatusCode::ACCEPTED } else { StatusCode::OK };
    let kind = HeaderValue::from_static("application/json");
    (status, [(header::CONTENT_TYPE, kind)], data.to_string()).into_response()
}
