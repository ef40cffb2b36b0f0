//! The owner asks what an assistant would: the same question, the same policy and the same words, and the ledger has it
//! before the owner does. Nothing leaves, so the ledger calls it rehearsed.
//!
//! It changes nothing that an assistant could see: an answer is made from what was frozen at the last beat, and only
//! questions that tell are asked, none that does something or counts PINs.

use home::Now;
use home::admin::ErrorKind;
use serde_json::{Value, json};
use store::CommitError;
use store::ledger::{Entry, Filter, Kind, Ledger};
use summary::AudienceName;
use tokio::sync::oneshot;
use web_ui::{Answer, Refused};

use super::keeper::Keeper;
use super::preview::{Questions, no_pin};
use super::requests::{failed, invalid};

/// Rehearsals among which one is looked for in the ledger: as many can have come since it was written.
const RECENT: usize = 16;

/// What was asked in an audience's place, and what it would have got.
struct Rehearsal {
    audience: AudienceName,
    question: String,
    answer: Vec<u8>,
}

impl Keeper {
    /// What can be asked of this audience now.
    pub(super) fn directives(&mut self, audience: &str, now: Now) -> Result<Value, Refused> {
        let Questions { texts, .. } = self.questions(audience, now)?;
        let entry = |(id, question): (usize, &String)| json!({"id": id, "title": title(question, id)});
        Ok(texts.iter().enumerate().map(entry).collect())
    }

    /// Asks one of them. Told once the ledger has it.
    pub(super) fn rehearse(&mut self, audience: &str, directive: u32, reply: oneshot::Sender<Answer>, now: Now) {
        let (rehearsal, entry) = match self.asked(audience, directive, now) {
            Ok(asked) => asked,
            // The asker may have hung up.
            Err(refused) => return drop(reply.send(Err(refused))),
        };
        let (done, written) = oneshot::channel();
        self.append(vec![entry], Vec::new(), now, move |result| drop(done.send(result)));
        let ledger = self.outside.ledger.clone();
        tokio::spawn(async move { drop(reply.send(told(rehearsal, written, ledger).await)) });
    }

    fn asked(&mut self, audience: &str, directive: u32, now: Now) -> Result<(Rehearsal, Entry), Refused> {
        let Questions { audience, vendor, key, texts } = self.questions(audience, now)?;
        let question = usize::try_from(directive).ok().and_then(|at| texts.into_iter().nth(at));
        let question = question.ok_or_else(|| invalid("there is no such directive; ask which there are"))?;
        match self.heard(vendor) {
            Some((heard, _)) if heard == audience => {}
            Some((heard, _)) => return Err(invalid(format!("questions of this vendor are answered as {heard}"))),
            None => {
                let error = "everything is paused, or the door is shut: nobody would be answered".to_owned();
                return Err(Refused { kind: ErrorKind::Unavailable, error });
            }
        }
        let request = voice::Request::parse(vendor, question.as_bytes());
        let (said, _, answer) = self.say(&audience, &key, &request, now, &no_pin);
        let (at, about) = (now.wall.seconds(), said.description());
        let entry = Entry::trimmed(at, Some(audience.clone()), Kind::Rehearsed, about, answer.clone());
        Ok((Rehearsal { audience, question, answer }, entry))
    }
}

async fn told(rehearsal: Rehearsal, written: oneshot::Receiver<Result<(), CommitError>>, ledger: Ledger) -> Answer {
    written.await.map_err(|_| failed(&"the ledger has stopped"))?.map_err(|error| failed(&error))?;
    let Rehearsal { audience, question, answer } = rehearsal;
    let filter = Filter { audience: Some(audience.clone()), kind: Some(Kind::Rehearsed) };
    let page = tokio::task::spawn_blocking(move || ledger.page(None, RECENT, &filter)).await;
    let page = page.map_err(|error| failed(&error))?.map_err(|error| failed(&error))?;
    // Another owner may have asked meanwhile; the bytes tell which entry is this one's.
    let own = page.entries.iter().find(|recorded| answer.starts_with(recorded.entry.body()));
    let number = own.map(|recorded| recorded.number);
    let answer = String::from_utf8_lossy(&answer);
    Ok(json!({"audience": audience.as_str(), "question": question, "answer": answer, "entry": number}))
}

/// What a question is called where it is chosen.
fn title(question: &str, at: usize) -> String {
    let question: Value = serde_json::from_str(question).unwrap_or_default();
    let name = question.pointer("/directive/header/name").or_else(|| question.pointer("/inputs/0/intent"));
    let name = name.and_then(Value::as_str).unwrap_or("question");
    if at == 0 { name.to_owned() } else { format!("{name} {at}") }
}
