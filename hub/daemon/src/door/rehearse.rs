//! The owner asks what an assistant would: the same question on the same way, through the policy and into the ledger, but
//! for the socket. The answer goes to the owner alone.
//!
//! It changes nothing that an assistant could see: an answer is made from what was frozen at the last beat, and only
//! questions that tell are asked, none that does something or counts PINs.

use home::Now;
use home::admin::ErrorKind;
use serde_json::{Value, json};
use store::ledger::{Filter, Ledger};
use summary::AudienceName;
use tokio::sync::oneshot;
use web_ui::{Answer, Refused};

use super::keeper::Keeper;
use super::requests::{failed, invalid};
use super::{By, Question, Reply};

impl Keeper {
    /// What can be asked of this audience now.
    pub(super) fn directives(&mut self, audience: &str, now: Now) -> Result<Value, Refused> {
        let (_, _, questions) = self.questions(audience, now)?;
        let entry = |(id, question): (usize, &String)| json!({"id": id, "title": title(question, id)});
        Ok(questions.iter().enumerate().map(entry).collect())
    }

    /// Asks one of them. Told once the ledger has it.
    pub(super) fn rehearse(&mut self, audience: &str, directive: u32, reply: oneshot::Sender<Answer>, now: Now) {
        match self.asked(audience, directive, now) {
            Ok((name, text, question, answer)) => {
                self.question(question, now);
                let ledger = self.outside.ledger.clone();
                tokio::spawn(async move { drop(reply.send(told(name, text, answer, ledger).await)) });
            }
            // The asker may have hung up.
            Err(refused) => drop(reply.send(Err(refused))),
        }
    }

    fn asked(
        &mut self,
        audience: &str,
        directive: u32,
        now: Now,
    ) -> Result<(AudienceName, String, Question, oneshot::Receiver<Reply>), Refused> {
        let (name, vendor, questions) = self.questions(audience, now)?;
        let text = usize::try_from(directive).ok().and_then(|at| questions.into_iter().nth(at));
        let text = text.ok_or_else(|| invalid("there is no such directive; ask which there are"))?;
        match self.heard(vendor) {
            Some((heard, _)) if heard == name => {}
            Some((heard, _)) => return Err(invalid(format!("questions of this vendor are answered as {heard}"))),
            None => {
                let error = "everything is paused, or the door is shut: nobody would be answered".to_owned();
                return Err(Refused { kind: ErrorKind::Unavailable, error });
            }
        }
        let request = voice::Request::parse(vendor, text.as_bytes());
        let (reply, answer) = oneshot::channel();
        Ok((name, text, Question { request, received: now, compared: None, by: By::Owner, reply }, answer))
    }
}

async fn told(name: AudienceName, question: String, answer: oneshot::Receiver<Reply>, ledger: Ledger) -> Answer {
    let Reply { body, .. } = answer.await.map_err(|_| failed(&"it was not answered, as an assistant would not be"))?;
    let filter = Filter { audience: Some(name.clone()), kind: None };
    let page = tokio::task::spawn_blocking(move || ledger.page(None, 1, &filter)).await;
    let page = page.map_err(|error| failed(&error))?.map_err(|error| failed(&error))?;
    let number = page.entries.first().map(|recorded| recorded.number);
    let answer = String::from_utf8_lossy(&body);
    Ok(json!({"audience": name.as_str(), "question": question, "answer": answer, "entry": number}))
}

/// What a question is called where it is chosen.
fn title(question: &str, at: usize) -> String {
    let question: Value = serde_json::from_str(question).unwrap_or_default();
    let name = question.pointer("/directive/header/name").or_else(|| question.pointer("/inputs/0/intent"));
    let name = name.and_then(Value::as_str).unwrap_or("question");
    if at == 0 { name.to_owned() } else { format!("{name} {at}") }
}
