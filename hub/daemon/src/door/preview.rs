//! What an audience would get now, byte for byte: by the same engine and the same words as the answer that leaves.

use home::Now;
use home::admin::ErrorKind;
use serde_json::{Value, json};
use summary::{Answer, Ask, AudienceName, EndpointId, Face, Vendor};
use web_ui::Refused;

use super::keeper::Keeper;
use super::requests::invalid;

/// What an audience's cloud would ask now, in the vendor's words.
pub(super) struct Questions {
    pub(super) audience: AudienceName,
    pub(super) vendor: Vendor,
    /// For the numbers of what is said to it.
    pub(super) key: voice::MessageKey,
    pub(super) texts: Vec<String>,
}

impl Keeper {
    /// The answers to "what is there?" and "how is it?", with the questions as the vendor would write them.
    pub(super) fn preview(&mut self, audience: &str, now: Now) -> Result<Value, Refused> {
        let Questions { audience, vendor, key, texts } = self.questions(audience, now)?;
        let messages = texts.into_iter().map(|question| {
            let request = voice::Request::parse(vendor, question.as_bytes());
            let (_, _, answer) = self.say(&audience, &key, &request, now, &no_pin);
            json!({"question": question, "answer": String::from_utf8_lossy(&answer)})
        });
        let messages: Vec<_> = messages.collect();
        Ok(json!({"audience": audience.as_str(), "vendor": vendor.word(), "messages": messages}))
    }

    /// What the cloud of this audience would ask now.
    pub(super) fn questions(&mut self, audience: &str, now: Now) -> Result<Questions, Refused> {
        let name = audience.parse::<AudienceName>().map_err(|error| invalid(error.to_string()))?;
        let terms = self.bound.as_ref().and_then(|bound| bound.policy().terms(&name));
        let (Some((vendor, _)), Some(names)) = (terms, &self.names) else { return Err(nobody(audience)) };
        let key = names.messages(&name);
        let (there, _) = self.engine.answer(&name, &Ask::Discover, now, &no_pin);
        let asked: Vec<_> = match there.answer() {
            Answer::Endpoints(endpoints) => endpoints.iter().filter(|e| tells(&e.face)).map(|e| e.id).collect(),
            _ => Vec::new(),
        };
        Ok(Questions { audience: name, vendor, key, texts: questions(vendor, &asked) })
    }
}

/// Questions that only ask bring no PIN.
pub(super) fn no_pin(_: &summary::Pin) -> bool {
    false
}

fn nobody(audience: &str) -> Refused {
    let error = format!("no audience {audience:?} is granted anything; `hearth policy show` lists them");
    Refused { kind: ErrorKind::NotFound, error }
}

/// Whether asking how it is makes sense.
fn tells(face: &Face) -> bool {
    match face {
        Face::Contact(_) | Face::Switch(_) | Face::Mode(_) => true,
        Face::Lock(lock) => lock.locked.is_some(),
        Face::Thermostat(thermostat) => thermostat.setpoint.is_some(),
        Face::Scene => false,
    }
}

/// What the vendor's cloud asks first, and then about these.
fn questions(vendor: Vendor, asked: &[EndpointId]) -> Vec<String> {
    let scope = json!({"type": "BearerToken", "token": "preview"});
    match vendor {
        Vendor::Alexa => {
            let header = |namespace: &str, name: &str| json!({"namespace": namespace, "name": name, "payloadVersion": "3", "messageId": "preview", "correlationToken": "preview"});
            let discover =
                json!({"directive": {"header": header("Alexa.Discovery", "Discover"), "payload": {"scope": scope}}});
            let report = |id: &EndpointId| {
                let endpoint = json!({"scope": scope, "endpointId": id.to_string(), "cookie": {}});
                json!({"directive": {"header": header("Alexa", "ReportState"), "endpoint": endpoint, "payload": {}}})
            };
            std::iter::once(discover).chain(asked.iter().map(report)).map(|question| question.to_string()).collect()
        }
        Vendor::Google => {
            let asks = |input: Value| json!({"requestId": "preview", "inputs": [input]}).to_string();
            let devices: Vec<_> = asked.iter().map(|id| json!({"id": id.to_string()})).collect();
            let sync = asks(json!({"intent": "action.devices.SYNC"}));
            let query = asks(json!({"intent": "action.devices.QUERY", "payload": {"devices": devices}}));
            if devices.is_empty() { vec![sync] } else { vec![sync, query] }
        }
    }
}
