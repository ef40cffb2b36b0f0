//! What the owner asks of the door: how it is, and each change of it. A change is told as done once it is written.

use home::admin::{ErrorKind, Request, Secret};
use home::{Now, State};
use seal::PairingKey;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use web_ui::{Answer, Refused};

use super::keeper::Keeper;
use super::kept::Change;

/// What a question comes to.
pub(super) enum Reply {
    Now(Value),
    /// A change, and what is told once it is written.
    After(Change, Value),
    /// A PIN that is to be hashed first.
    Hash(Secret),
}

/// Whether a question is the keeper's to answer.
pub(crate) fn is_for_the_door(request: &Request) -> bool {
    matches!(
        request,
        Request::PolicyCheck { .. }
            | Request::PolicyShow
            | Request::PolicyPreview { .. }
            | Request::PolicyDiff { .. }
            | Request::PolicyApply { .. }
            | Request::GatewayStatus
            | Request::GatewayPause
            | Request::GatewayResume
            | Request::GatewayPair
            | Request::GatewayUnpair
            | Request::VoicePin { .. }
            | Request::AssistantDirectives { .. }
            | Request::AssistantAsk { .. }
    )
}

impl Keeper {
    /// Answers a question of the owner's.
    pub(crate) fn ask(&mut self, request: Request, reply: oneshot::Sender<Answer>, state: &State, now: Now) {
        if let Request::AssistantAsk { audience, directive } = &request {
            return self.rehearse(audience, *directive, reply, now);
        }
        match self.reply(request, state, now) {
            // The asker may have hung up.
            Err(refused) => drop(reply.send(Err(refused))),
            Ok(Reply::Now(value)) => drop(reply.send(Ok(value))),
            Ok(Reply::After(change, value)) => self.change(change, now, Some((reply, value))),
            Ok(Reply::Hash(pin)) => self.hash(pin, reply),
        }
    }

    /// A new PIN is hashed: what is left is to write it.
    pub(crate) fn hashed(&self, hash: store::PasswordHash, reply: oneshot::Sender<Answer>, now: Now) {
        self.change(Change::Pin(Some(hash)), now, Some((reply, json!({"pin": true}))));
    }

    fn reply(&mut self, request: Request, state: &State, now: Now) -> Result<Reply, Refused> {
        match request {
            Request::PolicyCheck { text } => super::apply::check(&text, state).map(Reply::Now),
            Request::PolicyShow => Ok(Reply::Now(self.show())),
            Request::PolicyPreview { audience } => self.preview(&audience, now).map(Reply::Now),
            Request::PolicyDiff { old, new } => self.diff(old.as_deref(), &new, state).map(Reply::Now),
            Request::AssistantDirectives { audience } => self.directives(&audience, now).map(Reply::Now),
            Request::GatewayStatus => Ok(Reply::Now(self.view())),
            request => {
                self.may_change()?;
                self.changing(request, state)
            }
        }
    }

    fn changing(&mut self, request: Request, state: &State) -> Result<Reply, Refused> {
        match request {
            Request::PolicyApply { text, confirm } => self.apply(&text, confirm.as_deref(), state),
            Request::GatewayPause => {
                // At once; only that it outlasts a restart has to wait.
                self.paused = true;
                self.open_or_shut();
                Ok(Reply::After(Change::Paused(true), json!({"paused": true})))
            }
            Request::GatewayResume => Ok(Reply::After(Change::Paused(false), json!({"paused": false}))),
            Request::GatewayPair => {
                let key = PairingKey::generate().map_err(|error| failed(&error))?;
                let told = json!({"key": key.to_text().as_str()});
                Ok(Reply::After(Change::Pairing(Some(key)), told))
            }
            Request::GatewayUnpair => Ok(Reply::After(Change::Pairing(None), json!({"paired": false}))),
            Request::VoicePin { pin: None } => Ok(Reply::After(Change::Pin(None), json!({"pin": false}))),
            Request::VoicePin { pin: Some(pin) } => match summary::Pin::new(pin.expose()) {
                Some(_) => Ok(Reply::Hash(pin)),
                None => Err(invalid("a PIN for assistants has 4 to 8 digits")),
            },
            _ => Err(invalid("not a question for the door")),
        }
    }

    /// Where nothing could be read, nothing is written in its place.
    fn may_change(&self) -> Result<(), Refused> {
        match &self.trouble {
            Some(trouble) if trouble.is_unreadable => Err(Refused {
                kind: ErrorKind::Failed,
                error: format!("{}; nothing can be changed until it can be read", trouble.what),
            }),
            _ => Ok(()),
        }
    }

    /// How the door is.
    fn view(&self) -> Value {
        let seen = self.status.lock().clone();
        let audiences: Vec<_> = self.engine.audiences().map(ToString::to_string).collect();
        json!({
            "state": self.state(seen.relay.map(|relay| relay.connected)),
            "configured": self.outside.socket.is_some(),
            "paired": self.pairing.is_some(),
            "paused": self.paused,
            "socket": self.outside.socket,
            "audiences": audiences,
            "pin": self.pin.is_some(),
            "relay": seen.relay.map(super::record::Relay::view),
            "counts": seen.counts.view(),
            "problem": self.trouble.as_ref().map(|trouble| trouble.what.clone()).or(seen.trouble),
        })
    }

    /// The first thing that keeps answers in, or how far it is.
    fn state(&self, broker: Option<bool>) -> &'static str {
        if self.trouble.is_some() {
            "broken"
        } else if self.engine.audiences().next().is_none() {
            "no_policy"
        } else if self.outside.socket.is_none() {
            "no_socket"
        } else if self.pairing.is_none() {
            "not_paired"
        } else if self.paused || !self.is_open() {
            "paused"
        } else if broker == Some(true) {
            "connected"
        } else {
            "waiting"
        }
    }
}

pub(super) fn invalid(error: impl Into<String>) -> Refused {
    Refused { kind: ErrorKind::Invalid, error: error.into() }
}

pub(super) fn failed(error: &dyn std::fmt::Display) -> Refused {
    Refused { kind: ErrorKind::Failed, error: error.to_string() }
}
