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

/// The tag of what is answered. Keys of a JSON object have one order here.
fn tag(data: &Value) -> String {
    let digest = Sha256::digest(data.to_string().as_bytes());
    format!("\"{}\"", data_encoding::HEXLOWER.encode(digest.get(..12).unwrap_or_default()))
}

/// Asks the house and answers with a tag.
pub(crate) async fn ask_tagged<H: House>(app: &App<H>, who: &Visitor, request: Request) -> Answer {
    let data = app.house.ask(&who.caller, request).await?;
    Ok(with_tag(answer(&data, false), &tag(&stable(&data))))
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
    shown: Request,
) -> Result<MutexGuard<'a, ()>, Problem> {
    let turn = app.edits.lock().await;
    let Some(expected) = headers.get(header::IF_MATCH) else { return Ok(turn) };
    let current = tag(&stable(&app.house.ask(&who.caller, shown).await?));
    let fits = expected
        .to_str()
        .is_ok_and(|tags| tags.split(',').any(|one| matches!(one.trim(), "*") || one.trim() == current));
    if fits {
        return Ok(turn);
    }
    let error = "somebody else has changed this meanwhile; look at it again".to_owned();
    Err(Refused { kind: ErrorKind::Changed, error }.into())
}

/// What a person can change: a device's values come and go by themselves.
fn stable(data: &Value) -> Value {
    match (data.get("ieee"), data.get("name"), data.get("room")) {
        (Some(ieee), Some(name), Some(room)) => serde_json::json!([ieee, name, room]),
        _ => data.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_device_changes_its_tag_with_its_name_and_not_with_its_values() {
        let device =
            |name: &str, value: f64| tag(&stable(&json!({"ieee": "0x1", "name": name, "room": null, "state": value})));
        assert_eq!(device("a", 1.0), device("a", 2.0));
        assert_ne!(device("a", 1.0), device("b", 1.0));
        assert_ne!(tag(&json!({"text": "a"})), tag(&json!({"text": "b"})));
    }
}
