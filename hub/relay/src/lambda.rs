//! The relay as a function of AWS Lambda: its runtime API asked for one invocation after the other. Knows of each whether it is Alexa's
//! directive or, from a rule at the broker, what the hub says unasked: `{"push":"<the frame in base64>"}`.

use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::{HeaderName, Method, Request, Response, StatusCode};
use bytes::Bytes;
use http_body_util::Full;
use serde::Deserialize;
use tokio::net::TcpStream;

use crate::alexa::Skill;
use crate::base64::decode;
use crate::bridge::Bridge;
use crate::fetch::{FetchError, fetch};
use crate::push::Pushes;
use crate::{alexa, clock};

/// The environment variable with the runtime API's host and port.
pub const RUNTIME_API: &str = "AWS_LAMBDA_RUNTIME_API";

/// Longest event; Lambda's own bound is 6 MiB, and no directive comes near this one.
const EVENT: usize = 256 * 1024;
const REQUEST_ID: HeaderName = HeaderName::from_static("lambda-runtime-aws-request-id");

/// Why the function ends. Lambda starts it again.
#[derive(Debug, thiserror::Error)]
pub enum LambdaError {
    /// `[alexa]` is missing, so nobody's directives could be carried.
    #[error("[alexa] is not configured: there is nobody to work for")]
    NoAccount,
    /// The runtime API.
    #[error("the runtime API")]
    Api(#[from] FetchError),
    /// The runtime API, with another answer than success.
    #[error("the runtime API answered {0}")]
    Refused(StatusCode),
    /// An invocation without a name can't be answered.
    #[error("the runtime API names no request")]
    Nameless,
}

/// What the rule makes of a message on the hub's push topic. No directive has this shape.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pushed<'a> {
    push: &'a str,
}

/// Answers invocations until the runtime API ends it.
pub(crate) async fn run(api: &str, bridge: &Bridge, skill: &Skill, pushes: Option<&Pushes>) -> Result<(), LambdaError> {
    loop {
        let event = call(api, Method::GET, "next", Bytes::new()).await?;
        let id = event.headers().get(&REQUEST_ID).and_then(|id| id.to_str().ok()).ok_or(LambdaError::Nameless)?;
        let answer = match serde_json::from_slice::<Pushed<'_>>(event.body()) {
            Ok(Pushed { push }) => {
                carry(push, pushes).await;
                // Always a success: Lambda would call us again with what has failed, and by then it is too old.
                b"null".to_vec()
            }
            Err(_) => alexa::answer(bridge, skill, event.body(), clock::now()).await,
        };
        call(api, Method::POST, &format!("{id}/response"), answer.into()).await?;
    }
}

async fn carry(push: &str, pushes: Option<&Pushes>) {
    match (pushes, decode(push)) {
        (Some(pushes), Some(frame)) => pushes.carry(&frame, clock::now()).await,
        (None, _) => tracing::warn!("a push came, but [alexa.push] is not configured"),
        (_, None) => tracing::warn!("a push came that is no base64"),
    }
}

async fn call(api: &str, method: Method, path: &str, body: Bytes) -> Result<Response<Bytes>, LambdaError> {
    let request = Request::builder()
        .method(method)
        .uri(format!("/2018-06-01/runtime/invocation/{path}"))
        .header(HOST, api)
        .header(CONTENT_TYPE, "application/json")
        .body(Full::new(body))
        .map_err(|_| LambdaError::Nameless)?;
    let stream = TcpStream::connect(api).await.map_err(FetchError::from)?;
    let answer = fetch(stream, request, EVENT).await?;
    if answer.status().is_success() { Ok(answer) } else { Err(LambdaError::Refused(answer.status())) }
}
