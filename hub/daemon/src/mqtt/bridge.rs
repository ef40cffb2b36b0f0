//! Requests to the bridge, `<base>/bridge/request/<verb>`, and their answers.

use serde_json::{Value, json};

/// What can be asked of the bridge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BridgeRequest {
    /// Let devices join for so many seconds.
    PermitJoin(u64),
    /// Give a device another name.
    Rename {
        /// Its name or address.
        from: String,
        /// Its new name.
        to: String,
    },
    /// Send a device away.
    Remove(String),
    /// Interview a device anew.
    Interview(String),
    /// Ask whether the hub is well.
    HealthCheck,
    /// Copy the registry to a file on the hub.
    Backup,
}

/// Why a request can't be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BridgeError {
    /// No such verb.
    #[error(
        "there is no request {0:?}; known: permit_join, device/rename, device/remove, device/interview, health_check, \
         backup"
    )]
    Verb(String),
    /// The payload is not what the verb takes.
    #[error("{verb} takes {takes}")]
    Payload {
        /// The verb.
        verb: &'static str,
        /// What it takes.
        takes: &'static str,
    },
}

/// Reads a request. The second value is the sender's `transaction`, also when the request makes no sense.
pub(crate) fn parse(verb: &str, payload: &[u8]) -> (Result<BridgeRequest, BridgeError>, Option<Value>) {
    let text = String::from_utf8_lossy(payload);
    let value = serde_json::from_str(text.trim()).unwrap_or_else(|_| Value::String(text.trim().to_owned()));
    let transaction = value.get("transaction").cloned();
    (request(verb, &value), transaction)
}

fn request(verb: &str, value: &Value) -> Result<BridgeRequest, BridgeError> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    // One device may be named by its `id` or by a bare value, as elsewhere in the field.
    let device = || text("id").or_else(|| value.as_str().filter(|t| !t.is_empty()).map(str::to_owned));
    match verb {
        "permit_join" => permit_time(value)
            .map(BridgeRequest::PermitJoin)
            .ok_or(BridgeError::Payload { verb: "permit_join", takes: "{\"time\": 0 to 254}" }),
        "device/rename" => match (text("from"), text("to")) {
            (Some(from), Some(to)) => Ok(BridgeRequest::Rename { from, to }),
            _ => Err(BridgeError::Payload { verb: "device/rename", takes: "{\"from\": name, \"to\": new name}" }),
        },
        "device/remove" => device()
            .map(BridgeRequest::Remove)
            .ok_or(BridgeError::Payload { verb: "device/remove", takes: "{\"id\": name or address}" }),
        "device/interview" => device()
            .map(BridgeRequest::Interview)
            .ok_or(BridgeError::Payload { verb: "device/interview", takes: "{\"id\": name or address}" }),
        "health_check" => Ok(BridgeRequest::HealthCheck),
        "backup" => Ok(BridgeRequest::Backup),
        _ => Err(BridgeError::Verb(verb.chars().take(40).collect())),
    }
}

/// `{"time": 120}`; a bare number too, and `{"value": false}` closes.
fn permit_time(value: &Value) -> Option<u64> {
    if value.get("value").and_then(Value::as_bool) == Some(false) {
        return Some(0);
    }
    value.get("time").unwrap_or(value).as_u64()
}

/// The answer `{"data":…,"status":"ok"}` or `{"data":{},"status":"error","error":…}`.
pub(crate) fn response(result: Result<Value, String>, transaction: Option<&Value>) -> Value {
    let mut body = match result {
        Ok(data) => json!({"data": data, "status": "ok"}),
        Err(error) => json!({"data": {}, "status": "error", "error": error}),
    };
    if let (Some(object), Some(transaction)) = (body.as_object_mut(), transaction) {
        object.insert("transaction".to_owned(), transaction.clone());
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(verb: &str, payload: &str) -> Result<BridgeRequest, BridgeError> {
        parse(verb, payload.as_bytes()).0
    }

    #[test]
    fn requests_read_as_the_field_writes_them() {
        assert_eq!(read("permit_join", r#"{"time":120}"#), Ok(BridgeRequest::PermitJoin(120)));
        assert_eq!(read("permit_join", "0"), Ok(BridgeRequest::PermitJoin(0)));
        let rename = BridgeRequest::Rename { from: "a".into(), to: "b".into() };
        assert_eq!(read("device/rename", r#"{"from":"a","to":"b"}"#), Ok(rename));
        assert_eq!(read("device/remove", r#"{"id":"a"}"#), Ok(BridgeRequest::Remove("a".into())));
        assert_eq!(read("device/remove", "a"), Ok(BridgeRequest::Remove("a".into())));
        assert_eq!(read("health_check", ""), Ok(BridgeRequest::HealthCheck));
    }

    #[test]
    fn mistakes_keep_their_transaction() {
        let (result, transaction) = parse("permit_join", br#"{"time":"soon","transaction":7}"#);
        assert!(result.is_err());
        let answer = response(Err(result.unwrap_err().to_string()), transaction.as_ref());
        assert_eq!(answer["status"], "error");
        assert_eq!(answer["transaction"], 7);
        assert!(read("device/explode", "").is_err());
        assert!(read("device/remove", "").is_err());
    }
}
