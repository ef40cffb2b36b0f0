//! One fulfilment request of Google: the hub's answer to it, and what is said where there is none. Knows no more of it than its id.

use seal::Vendor;
use serde_json::{Value, json};

use crate::bridge::Bridge;

/// The answer to the request in `body`, in at most 7 s. `now` in milliseconds of Unix time.
pub(crate) async fn answer(bridge: &Bridge, body: &[u8], now: u64) -> Vec<u8> {
    match bridge.ask(Vendor::Google, body, now).await {
        Ok(answer) => answer.to_vec(),
        Err(reason) => {
            tracing::warn!(%reason, "a fulfilment request has no answer");
            let request: Value = serde_json::from_slice(body).unwrap_or_default();
            let id = request.get("requestId").filter(|id| id.is_string()).cloned().unwrap_or_default();
            json!({"requestId": id, "payload": {"errorCode": "transientError", "status": "ERROR"}}).to_string().into()
        }
    }
}
