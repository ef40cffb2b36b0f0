//! One directive of Alexa: whose it is, the hub's answer to it, and what is said where there is none. Knows no more of a directive than
//! where its token, its correlation token and its endpoint are, and of a grant its code: the hub gets what Amazon gives for that.

use std::sync::Arc;
use std::time::Duration;

use seal::Vendor;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::time::timeout;
use zeroize::{Zeroize, Zeroizing};

use crate::account::{Account, NotOwner};
use crate::amazon::Amazon;
use crate::bridge::Bridge;
use crate::hex::hex;

/// Alexa gives up after 8 s; this leaves time for the way back.
const PATIENCE: Duration = Duration::from_secs(7);
/// Where directives bear their token: `Discover`, `AcceptGrant`, all others.
const TOKENS: [&str; 3] =
    ["/directive/payload/scope/token", "/directive/payload/grantee/token", "/directive/endpoint/scope/token"];

/// Alexa's word for a grant that is not taken.
const NO_GRANT: &str = "ACCEPT_GRANT_FAILED";
/// Where a grant has its code.
const CODE: &str = "/directive/payload/grant/code";

/// The skill whose directives come here.
#[derive(Debug)]
pub(crate) struct Skill {
    pub(crate) account: Account,
    /// Without it no grant is taken, and nothing is told unasked.
    pub(crate) amazon: Option<Arc<Amazon>>,
}

#[derive(Serialize)]
struct Event<'a> {
    header: Header<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<Value>,
    payload: Value,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Header<'a> {
    namespace: &'static str,
    name: &'static str,
    payload_version: &'static str,
    /// Alexa wants each message to have another one; nothing depends on it being hard to guess.
    message_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_token: Option<&'a str>,
}

/// The answer to the directive in `body`, in at most 7 s. `now` in milliseconds of Unix time.
pub(crate) async fn answer(bridge: &Bridge, skill: &Skill, body: &[u8], now: u64) -> Vec<u8> {
    let directive: Value = serde_json::from_slice(body).unwrap_or_default();
    let Some(token) = TOKENS.iter().find_map(|place| text(&directive, place)) else {
        return error(&directive, "INVALID_DIRECTIVE");
    };
    let asked = async {
        skill.account.check(token).await.map_err(|refusal| {
            tracing::warn!(reason = %refusal, "a directive is not carried");
            match refusal {
                NotOwner::Refused => "INVALID_AUTHORIZATION_CREDENTIAL",
                NotOwner::Unreachable(_) | NotOwner::Unavailable(_) => "INTERNAL_ERROR",
            }
        })?;
        let redeemed = if is_grant(&directive) { Some(redeemed(skill, &directive).await?) } else { None };
        let body = redeemed.as_deref().map_or(body, Vec::as_slice);
        bridge.ask(Vendor::Alexa, body, now).await.map_err(|reason| {
            tracing::warn!(%reason, "a directive has no answer");
            "BRIDGE_UNREACHABLE"
        })
    };
    match timeout(PATIENCE, asked).await {
        Ok(Ok(answer)) => answer.to_vec(),
        Ok(Err(kind)) => error(&directive, kind),
        Err(_) => error(&directive, "BRIDGE_UNREACHABLE"),
    }
}

fn text<'a>(directive: &'a Value, place: &str) -> Option<&'a str> {
    directive.pointer(place).and_then(Value::as_str)
}

fn is_grant(directive: &Value) -> bool {
    let named = [text(directive, "/directive/header/namespace"), text(directive, "/directive/header/name")];
    named == [Some("Alexa.Authorization"), Some("AcceptGrant")]
}

/// The grant with the token that lasts in place of its code: to be forgotten here as soon as the hub has it, or does not want it.
async fn redeemed(skill: &Skill, grant: &Value) -> Result<Zeroizing<Vec<u8>>, &'static str> {
    let (Some(amazon), Some(code)) = (&skill.amazon, text(grant, CODE)) else {
        tracing::warn!("a grant came, but [alexa.push] is not configured, or it has no code");
        return Err(NO_GRANT);
    };
    let token = amazon.redeem(code).await.map_err(|reason| {
        tracing::warn!(%reason, "a grant's code is not redeemed");
        NO_GRANT
    })?;
    let mut grant = grant.clone();
    let Some(Value::String(place)) = grant.pointer_mut(CODE) else { return Err(NO_GRANT) };
    token.expose().clone_into(place);
    let body = Zeroizing::new(grant.to_string().into_bytes());
    if let Some(Value::String(place)) = grant.pointer_mut(CODE) {
        place.zeroize();
    }
    Ok(body)
}

/// Says what went wrong. Of a grant all that can be said is that it failed.
fn error(directive: &Value, kind: &str) -> Vec<u8> {
    let told = |place| text(directive, place);
    let (namespace, kind) = if is_grant(directive) { ("Alexa.Authorization", NO_GRANT) } else { ("Alexa", kind) };
    let mut message_id = [0; 16];
    let _ = getrandom::fill(&mut message_id);
    let header = Header {
        namespace,
        name: "ErrorResponse",
        payload_version: "3",
        message_id: hex(&message_id),
        correlation_token: told("/directive/header/correlationToken"),
    };
    let payload = json!({"type": kind, "message": "no answer"});
    let endpoint = told("/directive/endpoint/endpointId").map(|id| json!({ "endpointId": id }));
    let event = Event { header, endpoint, payload };
    json!({ "event": event }).to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_answers_the_directive_that_it_is_for() {
        let directive = json!({"directive": {
            "header": {"correlationToken": "C", "messageId": "M"}, "endpoint": {"endpointId": "e", "scope": {}},
        }});
        let said: Value = serde_json::from_slice(&error(&directive, "BRIDGE_UNREACHABLE")).unwrap();
        assert_eq!(said.pointer("/event/header/correlationToken"), Some(&json!("C")));
        assert_eq!(said.pointer("/event/endpoint"), Some(&json!({"endpointId": "e"})));
        assert_eq!(said.pointer("/event/payload/type"), Some(&json!("BRIDGE_UNREACHABLE")));
        assert_ne!(said.pointer("/event/header/messageId"), Some(&json!("M")));
        let said: Value = serde_json::from_slice(&error(&Value::Null, "INVALID_DIRECTIVE")).unwrap();
        assert_eq!(said.pointer("/event/endpoint"), None);
    }

    #[test]
    fn of_a_grant_it_is_said_that_it_failed() {
        let grant = json!({"directive": {"header": {"namespace": "Alexa.Authorization", "name": "AcceptGrant"}}});
        let said: Value = serde_json::from_slice(&error(&grant, "BRIDGE_UNREACHABLE")).unwrap();
        assert_eq!(said.pointer("/event/header/namespace"), Some(&json!("Alexa.Authorization")));
        assert_eq!(said.pointer("/event/header/name"), Some(&json!("ErrorResponse")));
        assert_eq!(said.pointer("/event/payload/type"), Some(&json!("ACCEPT_GRANT_FAILED")));
    }
}
