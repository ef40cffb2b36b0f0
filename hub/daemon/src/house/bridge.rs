//! MQTT messages to the hub: `set`, `get` and the bridge's requests.

use home::{Action, Device, Origin, Wish};
use serde_json::{Value, json};

use super::House;
use super::answers::Waiting;
use super::outbox::{Outgoing, Show};
use crate::mqtt::bridge::{self, BridgeRequest};
use crate::mqtt::set;

impl House {
    pub(super) fn set(&mut self, origin: &Origin, name: &str, key: Option<&str>, message: &broker::Message) {
        let Some(device) = self.state.find(name) else {
            return self.say_error(name, &no_such_device(name));
        };
        let (ieee, shown) = (device.ieee, device.name.to_string());
        let payload = &message.payload;
        match set::parse(payload, key, device) {
            Err(error) => {
                tracing::debug!(device = %shown, %error, "a set was not understood");
                if let Some(times) = self.misunderstood.note(self.now().up) {
                    tracing::info!(device = %shown, %error, times, "a set was not understood");
                }
                self.refuse_set(&shown, payload, &error.to_string());
            }
            // It may have been carried out already, minutes ago (invariant 10). Only a person knows what they want now.
            Ok(request) if message.again && request.actions.iter().any(Action::is_security) => {
                tracing::warn!(device = %shown, "a command to a lock was sent again and not carried out");
                let text = "a command to a lock is not carried out when it is sent again; look at the state, then send \
                            a new one";
                self.refuse_set(&shown, payload, text);
            }
            Ok(request) => {
                for action in request.actions {
                    let waiting = Waiting::Setter {
                        device: shown.clone(),
                        action: action.word(),
                        transaction: request.transaction.clone(),
                    };
                    self.wish(origin.clone(), Wish::Act { device: ieee, action }, Some(waiting));
                }
            }
        }
    }

    fn refuse_set(&self, device: &str, payload: &[u8], error: &str) {
        self.say_error(device, error);
        self.fail_transaction(device, payload, error);
    }

    /// A payload that is not followed may still carry a transaction whose sender waits for the end.
    fn fail_transaction(&self, device: &str, payload: &[u8], error: &str) {
        let transaction = serde_json::from_slice::<Value>(payload).ok().and_then(|v| v.get("transaction").cloned());
        if let Some(transaction) = transaction {
            let body = json!({"status": "failed", "error": error, "transaction": transaction});
            let message = Outgoing::json(self.outside.topics.set_result(device), &body);
            self.publish(Show { messages: vec![message], line: None });
        }
    }

    pub(super) fn get(&mut self, origin: Origin, name: &str) {
        match self.state.find(name).map(|device| device.ieee) {
            Some(device) => self.wish(origin, Wish::Read { device }, None),
            None => self.say_error(name, &no_such_device(name)),
        }
    }

    pub(super) fn bridge_request(&mut self, origin: Origin, verb: &str, payload: &[u8]) {
        let (request, transaction) = bridge::parse(verb, payload);
        let prepared = request.map_err(|error| error.to_string()).and_then(|request| self.prepare(request));
        match prepared {
            Err(error) => self.respond(verb, Err(error), transaction.as_ref()),
            Ok(Prepared::Answer(data)) => self.respond(verb, Ok(data), transaction.as_ref()),
            Ok(Prepared::Wish(wish, data)) => {
                let waiting = Waiting::Requester { verb: verb.to_owned(), data, transaction };
                self.wish(origin, wish, Some(waiting));
            }
            Ok(Prepared::Backup) => self.back_up(verb, transaction),
        }
    }

    fn prepare(&self, request: BridgeRequest) -> Result<Prepared, String> {
        Ok(match request {
            BridgeRequest::PermitJoin(seconds) => {
                let short = u8::try_from(seconds).map_err(|_| home::Refusal::JoinTime(seconds).to_string())?;
                Prepared::Wish(Wish::PermitJoin { adapter: None, seconds: short }, json!({"time": seconds}))
            }
            BridgeRequest::Rename { from, to } => {
                let device = self.named(&from)?.ieee;
                let name: home::Name = to.parse().map_err(|error: home::NameError| error.to_string())?;
                let data = json!({"from": from, "to": name.as_str()});
                Prepared::Wish(Wish::Rename { device, name }, data)
            }
            BridgeRequest::Remove(id) => {
                Prepared::Wish(Wish::Remove { device: self.named(&id)?.ieee }, json!({"id": id}))
            }
            BridgeRequest::Interview(id) => {
                Prepared::Wish(Wish::Interview { device: self.named(&id)?.ieee }, json!({"id": id}))
            }
            BridgeRequest::HealthCheck => Prepared::Answer(json!({"healthy": self.outside.store.health().is_good()})),
            BridgeRequest::Backup => Prepared::Backup,
        })
    }

    fn named(&self, text: &str) -> Result<&Device, String> {
        self.state.find(text).ok_or_else(|| no_such_device(text))
    }

    /// Copies the registry on the hub's own disk; the answer names the file, nothing of it goes over the network.
    fn back_up(&mut self, verb: &str, transaction: Option<Value>) {
        let store = self.outside.store.clone();
        let (local, topics) = (self.outside.local.clone(), self.outside.topics.clone());
        let (verb, at) = (verb.to_owned(), self.now().wall);
        tokio::task::spawn_blocking(move || {
            let result = store.snapshot(at).map(|file| json!({"file": file})).map_err(|error| error.to_string());
            let body = bridge::response(result, transaction.as_ref());
            let publish = broker::Publish {
                topic: topics.bridge(&format!("response/{verb}")).into(),
                payload: body.to_string().into(),
                qos: broker::Qos::AtLeastOnce,
                retain: None,
            };
            if let Err(error) = local.publish(publish) {
                tracing::error!(%error, "a topic of the hub's own is not valid");
            }
        });
    }

    pub(super) fn respond(&self, verb: &str, result: Result<Value, String>, transaction: Option<&Value>) {
        let message = self.response(verb, result, transaction);
        self.publish(Show { messages: vec![message], line: None });
    }

    pub(super) fn response(&self, verb: &str, result: Result<Value, String>, transaction: Option<&Value>) -> Outgoing {
        let topic = self.outside.topics.bridge(&format!("response/{verb}"));
        Outgoing::json(topic, &bridge::response(result, transaction))
    }
}

/// What a request comes to before it is carried out.
enum Prepared {
    Wish(Wish, Value),
    Answer(Value),
    Backup,
}

fn no_such_device(name: &str) -> String {
    format!("there is no device {:?}", name.chars().take(64).collect::<String>())
}
