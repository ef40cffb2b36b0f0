//! Who waits to hear what became of a command.

use std::collections::BTreeMap;
use std::time::Duration;

use home::admin::ErrorKind;
use home::{CommandId, Outcome, Refusal};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use web_ui::{Answer, Refused};

use super::outbox::Reply;

/// How long the command line and the page wait before they are told that the end is not known yet.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long an entry may stay when the driver never says what became of an order.
const FORGET: Duration = Duration::from_secs(26 * 3600);

/// Somebody who waits.
#[derive(Debug)]
pub(super) enum Waiting {
    /// The command line or the page.
    Asker(oneshot::Sender<Answer>),
    /// Somebody who opens the network and is told for how long.
    Joiner {
        /// The way back.
        reply: oneshot::Sender<Answer>,
        /// For how many seconds it was asked.
        seconds: u8,
    },
    /// The sender of an MQTT `set`, told on the device's `set/result`.
    Setter {
        /// The device's name at the time.
        device: String,
        /// The action's word.
        action: &'static str,
        /// The sender's own number for it.
        transaction: Option<Value>,
    },
    /// The sender of a bridge request.
    Requester {
        /// The verb.
        verb: String,
        /// What the answer says on success.
        data: Value,
        /// The sender's own number for it.
        transaction: Option<Value>,
    },
}

/// Everybody who waits, by command.
#[derive(Default)]
pub(super) struct Answers {
    waiting: BTreeMap<CommandId, (Duration, Waiting)>,
}

/// What is to be told to somebody.
#[derive(Debug)]
pub(super) enum Telling {
    /// To the one who asked on the page or the command line.
    Reply(Reply),
    /// On MQTT.
    Say(Said),
}

/// What is to be published for somebody on MQTT.
#[derive(Debug)]
pub(super) enum Said {
    /// On the device's `set/result`.
    SetResult {
        /// The device's name at the time.
        device: String,
        /// The whole payload.
        body: Value,
    },
    /// On the verb's response topic.
    Response {
        /// The verb.
        verb: String,
        /// Data, or the error.
        result: Result<Value, String>,
        /// The sender's own number for it.
        transaction: Option<Value>,
    },
}

impl Answers {
    /// Notes who waits for `command`; `up` is now on the steady clock.
    pub(super) fn expect(&mut self, command: CommandId, up: Duration, waiting: Waiting) {
        let patience = if matches!(waiting, Waiting::Asker(_) | Waiting::Joiner { .. }) { PATIENCE } else { FORGET };
        self.waiting.insert(command, (up + patience, waiting));
    }

    /// What is to be told of what became of a command.
    pub(super) fn resolve(&mut self, command: CommandId, outcome: &Outcome) -> Option<Telling> {
        let ends = match self.waiting.get(&command)?.1 {
            Waiting::Setter { .. } | Waiting::Requester { .. } => outcome.is_final(),
            Waiting::Asker(_) | Waiting::Joiner { .. } => !matches!(outcome, Outcome::Accepted),
        };
        if ends {
            let (_, waiting) = self.waiting.remove(&command)?;
            return Some(end(waiting, outcome));
        }
        match &self.waiting.get(&command)?.1 {
            Waiting::Setter { device, action, transaction } => Some(Telling::Say(Said::SetResult {
                device: device.clone(),
                body: set_body(action, outcome, transaction.as_ref()),
            })),
            Waiting::Asker(_) | Waiting::Joiner { .. } | Waiting::Requester { .. } => None,
        }
    }

    /// Ends the wait of those whose patience is over.
    pub(super) fn expire(&mut self, up: Duration) {
        let over: Vec<_> =
            self.waiting.iter().filter(|(_, (until, _))| *until <= up).map(|(command, _)| *command).collect();
        for command in over {
            if let Some((_, Waiting::Asker(reply) | Waiting::Joiner { reply, .. })) = self.waiting.remove(&command) {
                // The asker may have hung up.
                let _ = reply.send(Ok(json!({"outcome": "pending"})));
            }
        }
    }
}

fn end(waiting: Waiting, outcome: &Outcome) -> Telling {
    match waiting {
        Waiting::Asker(to) => Telling::Reply(Reply { to, answer: answer(outcome) }),
        Waiting::Joiner { reply: to, seconds } => {
            Telling::Reply(Reply { to, answer: answer(outcome).map(|_| json!({"seconds": seconds})) })
        }
        Waiting::Setter { device, action, transaction } => {
            Telling::Say(Said::SetResult { body: set_body(action, outcome, transaction.as_ref()), device })
        }
        Waiting::Requester { verb, data, transaction } => {
            let result = match outcome {
                Outcome::Refused(refusal) => Err(refusal.to_string()),
                Outcome::Failed(failure) => Err(failure.to_string()),
                Outcome::Accepted | Outcome::Pending(_) | Outcome::Done => Ok(data),
            };
            Telling::Say(Said::Response { verb, result, transaction })
        }
    }
}

fn answer(outcome: &Outcome) -> Answer {
    match outcome {
        Outcome::Accepted | Outcome::Done => Ok(json!({"outcome": "done"})),
        Outcome::Pending(left) => Ok(json!({"outcome": "pending", "within_seconds": left.as_secs()})),
        Outcome::Refused(refusal) => {
            let kind = match refusal {
                Refusal::UnknownDevice(_) | Refusal::UnknownAdapter(_) => ErrorKind::NotFound,
                Refusal::NameTaken(_) | Refusal::FreeSlot(_) => ErrorKind::Conflict,
                Refusal::NoAdapter | Refusal::AdapterOffline(_) | Refusal::DiskBehind => ErrorKind::Unavailable,
                Refusal::NotCapable { .. }
                | Refusal::OutOfRange { .. }
                | Refusal::NoSlot { .. }
                | Refusal::PinLength { .. }
                | Refusal::JoinTime(_) => ErrorKind::Invalid,
            };
            Err(Refused { kind, error: refusal.to_string() })
        }
        Outcome::Failed(failure) => Err(Refused { kind: ErrorKind::Failed, error: failure.to_string() }),
    }
}

fn set_body(action: &str, outcome: &Outcome, transaction: Option<&Value>) -> Value {
    let (status, error) = match outcome {
        Outcome::Accepted => ("accepted", None),
        Outcome::Pending(_) => ("pending", None),
        Outcome::Done => ("done", None),
        Outcome::Refused(refusal) => ("failed", Some(refusal.to_string())),
        Outcome::Failed(failure) => ("failed", Some(failure.to_string())),
    };
    let mut body = json!({"key": action, "status": status});
    if let Some(object) = body.as_object_mut() {
        if let Some(transaction) = transaction {
            object.insert("transaction".to_owned(), transaction.clone());
        }
        if let Some(error) = error {
            object.insert("error".to_owned(), error.into());
        }
        if let Outcome::Pending(left) = outcome {
            object.insert("within_seconds".to_owned(), left.as_secs().into());
        }
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setter() -> Waiting {
        Waiting::Setter { device: "bath".to_owned(), action: "lock", transaction: Some(json!(1)) }
    }

    #[test]
    fn a_setter_hears_of_every_step() {
        let mut answers = Answers::default();
        answers.expect(CommandId(1), Duration::ZERO, setter());
        let mut status = |outcome| match answers.resolve(CommandId(1), &outcome) {
            Some(Telling::Say(Said::SetResult { body, .. })) => body["status"].as_str().map(str::to_owned),
            _ => None,
        };
        assert_eq!(status(Outcome::Accepted).as_deref(), Some("accepted"));
        assert_eq!(status(Outcome::Pending(Duration::from_secs(5))).as_deref(), Some("pending"));
        assert_eq!(status(Outcome::Done).as_deref(), Some("done"));
        assert_eq!(status(Outcome::Done), None, "an end is told once");
    }

    #[tokio::test]
    async fn an_asker_is_told_of_a_wait_instead_of_being_kept() {
        let mut answers = Answers::default();
        let (reply, asked) = oneshot::channel();
        answers.expect(CommandId(1), Duration::ZERO, Waiting::Asker(reply));
        assert!(answers.resolve(CommandId(1), &Outcome::Accepted).is_none());
        answers.expire(Duration::from_secs(29));
        answers.expire(Duration::from_secs(30));
        assert_eq!(asked.await.unwrap().unwrap()["outcome"], "pending");
    }
}
