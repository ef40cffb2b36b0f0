//! Two people who change the same thing: a reader gets a tag (RFC 9110, 8.8.3), and a change that brings the tag back is
//! refused if somebody else was quicker.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use home::admin::{ErrorKind, Request};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::sync::MutexGuard;

use crate::answer::Refused;
use crate::api::{Answer, answer};
use crate::app::{App, Visitor};
use crate::house::House;
use crate::problem::Problem;

/// What a person looks at before they change it.
pub(crate) struct Shown {
    /// The question that shows it.
    pub(crate) request: Request,
    /// Those keys of the answer that a person can change; without any, all of it.
    pub(crate) keys: &'static [&'static str],
}

impl Shown {
    /// All of what is shown can be changed.
    pub(crate) fn whole(request: Request) -> Self {
        Self { request, keys: &[] }
    }
}

/// The tag of what is answered. Keys of a JSON object have one order here.
fn tag(data: &Value, keys: &[&str]) -> String {
    let text = match keys {
        [] => data.to_string(),
        keys => keys.iter().map(|key| data.get(key).cloned().unwrap_or_default()).collect::<Value>().to_string(),
    };
    let digest = Sha256::digest(text.as_bytes());
    format!("\"{}\"", data_encoding::HEXLOWER.encode(digest.get(..12).unwrap_or_default()))
}

/// Asks the house and answers with a tag.
pub(crate) async fn ask_tagged<H: House>(app: &App<H>, who: &Visitor, shown: Shown) -> Answer {
    let data = app.house.ask(&who.caller, shown.request).await?;
    Ok(with_tag(answer(&data, false), &tag(&data, shown.keys)))
}

fn with_tag(mut response: Response, tag: &str) -> Response {
    if let Ok(tag) = HeaderValue::from_str(tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// Holds off other changes while one is made, and refuses it if what `shown` answers is not what the sender saw.
/// Without `If-Match` nothing is compared.
pub(crate) async fn unchanged<'a, H: House>(
    app: &'a App<H>,
    who: &Visitor,
    headers: &HeaderMap,
    shown: Shown,
) -> Result<MutexGuard<'a, ()>, Problem> {
    let turn = app.edits.lock().await;
    let Some(expected) = headers.get(header::IF_MATCH) else { return Ok(turn) };
    let current = tag(&app.house.ask(&who.caller, shown.request).await?, shown.keys);
    let fits = expected
        .to_str()
        .is_ok_and(|tags| tags.split(',').any(|one| matches!(one.trim(), "*") || one.trim() == current));
    if fits {
        return Ok(turn);
    }
    let error = "somebody else has changed this meanwhile; look at it again".to_owned();
    Err(Refused { kind: ErrorKind::Changed, error }.into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_tag_is_of_what_a_person_can_change() {
        let device = |name: &str, value: f64| json!({"name": name, "room": null, "state": value});
        let named = |name, value| tag(&device(name, value), &["name", "room"]);
        assert_eq!(named("a", 1.0), named("a", 2.0));
        assert_ne!(named("a", 1.0), named("b", 1.0));
        assert_ne!(tag(&device("a", 1.0), &[]), tag(&device("a", 2.0), &[]));
    }
}
