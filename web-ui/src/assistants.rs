//! What voice assistants hear: the same questions as `hearth policy`, `gateway` and `ledger` ask. The relay's key and the PIN
//! are not told or set here: they stay on the command line.

use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use home::admin::Request;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::{Answer, Shared, Who, ask};
use crate::app::App;
use crate::asked::{Asked, Part};
use crate::body::{Sent, Shape};
use crate::house::House;

/// Entries in one answer without a limit.
const ENTRIES: u32 = 50;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Text {
    text: String,
}

impl Shape for Text {
    const EXAMPLE: &'static str = r#"{"text":"version = 1\n"}"#;
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Two {
    old: Option<String>,
    new: String,
}

impl Shape for Two {
    const EXAMPLE: &'static str = r#"{"new":"version = 1\n"}, with "old" or against the policy in force"#;
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPolicy)]
pub(crate) struct Applied {
    text: String,
    confirm: Option<String>,
}

impl Applied {
    /// The question that it is.
    pub(crate) fn question(self) -> Request {
        Request::PolicyApply { text: self.text, confirm: self.confirm }
    }
}

impl Shape for Applied {
    const EXAMPLE: &'static str = r#"{"text":"version = 1\n"}, with "confirm" where it widens"#;
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NotedHead)]
pub(crate) struct Noted {
    head: Option<String>,
}

impl Shape for Noted {
    const EXAMPLE: &'static str = r#"{"head":"7:…"} or {}"#;
}

#[derive(Debug, Deserialize)]
pub(crate) struct Entries {
    limit: Option<u32>,
    before: Option<u64>,
    audience: Option<String>,
    kind: Option<String>,
}

pub(crate) async fn check<H: House>(app: Shared<H>, who: Who, Sent(body): Sent<Text>) -> Answer {
    ask(&app, &who, Request::PolicyCheck { text: body.text }).await
}

pub(crate) async fn diff<H: House>(app: Shared<H>, who: Who, Sent(body): Sent<Two>) -> Answer {
    ask(&app, &who, Request::PolicyDiff { old: body.old, new: body.new }).await
}

pub(crate) async fn preview<H: House>(app: Shared<H>, who: Who, Part(audience): Part) -> Answer {
    ask(&app, &who, Request::PolicyPreview { audience }).await
}

pub(crate) async fn gateway<H: House>(app: Shared<H>, who: Who) -> Answer {
    ask(&app, &who, Request::GatewayStatus).await
}

pub(crate) async fn pause<H: House>(app: Shared<H>, who: Who) -> Answer {
    ask(&app, &who, Request::GatewayPause).await
}

pub(crate) async fn resume<H: House>(app: Shared<H>, who: Who) -> Answer {
    ask(&app, &who, Request::GatewayResume).await
}

pub(crate) async fn ledger<H: House>(app: Shared<H>, who: Who, Asked(wanted): Asked<Entries>) -> Answer {
    let Entries { limit, before, audience, kind } = wanted;
    ask(&app, &who, Request::LedgerList { limit: limit.unwrap_or(ENTRIES), before, audience, kind }).await
}

pub(crate) async fn head<H: House>(app: Shared<H>, who: Who) -> Answer {
    ask(&app, &who, Request::LedgerHead).await
}

pub(crate) async fn verify<H: House>(app: Shared<H>, who: Who, Sent(body): Sent<Noted>) -> Answer {
    ask(&app, &who, Request::LedgerVerify { head: body.head }).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Directive {
    /// By its number among those that can be asked.
    directive: u32,
}

impl Shape for Directive {
    const EXAMPLE: &'static str = r#"{"directive":0}"#;
}

pub(crate) async fn directives<H: House>(app: Shared<H>, who: Who, Part(audience): Part) -> Answer {
    ask(&app, &who, Request::AssistantDirectives { audience }).await
}

/// Asks as the assistant would.
pub(crate) async fn rehearse<H: House>(
    app: Shared<H>,
    who: Who,
    Part(audience): Part,
    Sent(body): Sent<Directive>,
) -> Answer {
    ask(&app, &who, Request::AssistantAsk { audience, directive: body.directive }).await
}

/// The whole ledger, line by line as it is read. If it can't be read to its end, the connection breaks.
pub(crate) async fn export<H: House>(State(app): State<Arc<App<H>>>, _: Extension<crate::app::Visitor>) -> Response {
    let lines = unfold(app.house.export(), |mut lines| async {
        let line = lines.recv().await?;
        Some((line.map(Bytes::from).map_err(std::io::Error::other), lines))
    });
    let kind = HeaderValue::from_static("application/jsonl");
    let name = HeaderValue::from_static("attachment; filename=\"hearth-ledger.jsonl\"");
    ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], Body::from_stream(lines)).into_response()
}
