//! Where the admin socket and the page ask: users are the desk's own, everything else goes to the house.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use home::admin::{ErrorKind, NEVER, Request, Secret};
use home::{Ieee, Rights};
use serde_json::{Value, json};
use tokio::sync::{broadcast, mpsc, oneshot};
use web_ui::{Answer, Refused};

use crate::certificates::Certificates;
use crate::clock::Clock;
use crate::door;
use crate::found::Found;
use crate::journal::Journal;
use crate::people::{Changes, People, Until};
use crate::users::{UserError, Users};
use crate::wake::{Ask, Asker, Wake};

/// How long an asker waits for the house: a little longer than the house keeps one that waits for a device.
const PATIENCE: Duration = Duration::from_secs(40);

/// The desk; clones are cheap.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) house: mpsc::Sender<Wake>,
    pub(crate) watchers: broadcast::Sender<Arc<str>>,
    pub(crate) users: Users,
    pub(crate) people: People,
    pub(crate) ledger: store::ledger::Ledger,
    pub(crate) found: Found,
    /// The page's; none if it is served without TLS.
    pub(crate) certificates: Option<Certificates>,
    pub(crate) clock: Clock,
    pub(crate) name: String,
    pub(crate) state_dir: PathBuf,
    pub(crate) journal: Journal,
}

impl Desk {
    /// Answers one question.
    pub(crate) async fn ask(&self, asker: Asker, request: Request) -> Answer {
        match request {
            Request::MqttUserAdd { user, preset, password } => self.add_user(&user, &preset, password).await,
            Request::MqttUserList => Ok(self.list_users()),
            Request::MqttUserRemove { user } => {
                self.users.remove(&user).await.map(|()| json!({})).map_err(|error| user_error(&error))
            }
            Request::PersonList
            | Request::PersonShow { .. }
            | Request::PersonAdd { .. }
            | Request::PersonChange { .. }
            | Request::PersonRemove { .. } => self.ask_about_people(request).await,
            Request::System => Ok(crate::system::describe(&self.state_dir)),
            Request::LogTail { limit } => Ok(self.journal.tail(usize::try_from(limit).unwrap_or(usize::MAX))),
            Request::TokenList => Ok(self.people.list_tokens()),
            Request::TokenAdd { person, name, scopes, days } => {
                self.people.add_token(&person, &name, scopes, days).await
            }
            Request::TokenRemove { id } => self.people.remove_token(&id).await,
            Request::Authority => self.certificates.as_ref().map(Certificates::describe).ok_or_else(plain),
            Request::SetupCode => self.people.make_setup_code().map(|code| json!({"code": code.expose()})),
            Request::Adapters => {
                let configured = self.ask_house(asker, Request::Adapters).await?;
                Ok(json!({"configured": configured, "found": self.found.list().await}))
            }
            Request::LedgerList { limit, before, audience, kind } => {
                door::ledger::list(self.ledger.clone(), limit, before, audience, kind).await
            }
            Request::LedgerVerify { head } => door::ledger::verify(self.ledger.clone(), head).await,
            Request::LedgerHead => door::ledger::head(self.ledger.clone()).await,
            request => self.ask_house(asker, request).await,
        }
    }

    async fn ask_about_people(&self, request: Request) -> Answer {
        let names = Names::of(&self.ask_house(Asker::owner(), Request::Devices).await?);
        match request {
            Request::PersonShow { name } => self.people.show(&name, |device| names.name(device)),
            Request::PersonAdd { name, role, until, devices, password } => {
                let until = until_of(until.as_deref())?;
                let changes = Changes { role: Some(role), until, devices: Some(names.rights(devices)?), password };
                let made_up = self.people.add(&name, changes).await?;
                let mut answer = json!({"name": name.trim(), "role": role});
                if let (Some(password), Some(object)) = (made_up, answer.as_object_mut()) {
                    object.insert("password".to_owned(), password.expose().into());
                }
                Ok(answer)
            }
            Request::PersonChange { name, role, until, devices, password } => {
                let until = until_of(until.as_deref())?;
                let devices = devices.map(|devices| names.rights(devices)).transpose()?;
                self.people.change(&name, Changes { role, until, devices, password }).await?;
                self.people.show(&name, |device| names.name(device))
            }
            Request::PersonRemove { name } => self.people.remove(&name).await.map(|()| json!({})),
            _ => Ok(self.people.list(|device| names.name(device)).into()),
        }
    }

    async fn ask_house(&self, asker: Asker, request: Request) -> Answer {
        let stopping = || Refused { kind: ErrorKind::Unavailable, error: "the hub is stopping".to_owned() };
        let (reply, answer) = oneshot::channel();
        self.house.send(Wake::Ask(Ask { request, asker, reply })).await.map_err(|_| stopping())?;
        patient(answer).await.unwrap_or_else(|_| Err(stopping()))
    }

    async fn add_user(&self, user: &str, preset: &str, password: Option<Secret>) -> Answer {
        let at = self.clock.now().wall;
        let made_up = self.users.add(user, preset, password, at).await.map_err(|error| user_error(&error))?;
        let mut answer = json!({"user": user, "preset": preset});
        if let (Some(password), Some(object)) = (made_up, answer.as_object_mut()) {
            object.insert("password".to_owned(), password.expose().into());
        }
        Ok(answer)
    }

    fn list_users(&self) -> Value {
        let entry = |(user, preset, created): (String, String, home::Timestamp)| json!({"user": user, "preset": preset, "created": created.to_string()});
        self.users.list().into_iter().map(entry).collect()
    }
}

/// What the devices are called now.
struct Names(Vec<(String, Ieee)>);

impl Names {
    fn of(devices: &Value) -> Self {
        let entry =
            |device: &Value| Some((device["name"].as_str()?.to_owned(), device["ieee"].as_str()?.parse().ok()?));
        Self(devices.as_array().into_iter().flatten().filter_map(entry).collect())
    }

    fn name(&self, device: Ieee) -> String {
        let known = self.0.iter().find(|(_, ieee)| *ieee == device);
        known.map_or_else(|| device.to_string(), |(name, _)| name.clone())
    }

    /// Rights by address. A device that left still has one.
    fn rights(&self, devices: BTreeMap<String, Rights>) -> Result<BTreeMap<Ieee, Rights>, Refused> {
        let address = |name: &str| {
            let known = self.0.iter().find(|(known, _)| known == name).map(|(_, ieee)| *ieee);
            known.or_else(|| name.parse().ok()).ok_or_else(|| Refused {
                kind: ErrorKind::NotFound,
                error: format!("there is no device {:?}", name.chars().take(64).collect::<String>()),
            })
        };
        devices.into_iter().map(|(name, rights)| Ok((address(&name)?, rights))).collect()
    }
}

fn plain() -> Refused {
    let error = "the page is served without TLS ([http] plain = true), so there is no authority".to_owned();
    Refused { kind: ErrorKind::NotFound, error }
}

fn until_of(text: Option<&str>) -> Result<Option<Until>, Refused> {
    let invalid = |error: home::ParseTimestampError| Refused { kind: ErrorKind::Invalid, error: error.to_string() };
    match text {
        None => Ok(None),
        Some(NEVER) => Ok(Some(Until::Never)),
        Some(text) => text.parse().map(|at| Some(Until::At(at))).map_err(invalid),
    }
}

/// Waits for an answer, but not for ever: one that depends on the disk waits as long as the disk fails.
async fn patient(answer: oneshot::Receiver<Answer>) -> Result<Answer, oneshot::error::RecvError> {
    tokio::time::timeout(PATIENCE, answer).await.unwrap_or_else(|_| {
        let error =
            "there is no answer yet, it may still be carried out; `hearth status` says how the disk is".to_owned();
        Ok(Err(Refused { kind: ErrorKind::Failed, error }))
    })
}

fn user_error(error: &UserError) -> Refused {
    let kind = match error {
        UserError::Name | UserError::Preset(_) | UserError::Password => ErrorKind::Invalid,
        UserError::Unknown(_) => ErrorKind::NotFound,
        UserError::Store(_) | UserError::Hash(_) => ErrorKind::Failed,
    };
    Refused { kind, error: error.to_string() }
}

impl web_ui::House for Desk {
    type People = People;

    async fn ask(&self, caller: &web_ui::Caller, request: Request) -> Answer {
        Self::ask(self, Asker::page(caller), request).await
    }

    fn watch(&self) -> broadcast::Receiver<Arc<str>> {
        self.watchers.subscribe()
    }

    fn export(&self) -> mpsc::Receiver<Result<String, String>> {
        door::ledger::export(self.ledger.clone(), self.clock.now().wall)
    }

    fn people(&self) -> &People {
        &self.people
    }

    async fn metrics(&self) -> String {
        match self.ask_house(Asker::owner(), Request::Status).await {
            Ok(status) => crate::metrics::render(&status),
            Err(refused) => format!("# {}\n", refused.error),
        }
    }

    fn host_names(&self) -> Vec<String> {
        vec!["hearth".to_owned(), self.name.to_lowercase()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_ever_for_a_disk_that_fails() {
        let (held, answer) = oneshot::channel();
        let refused = patient(answer).await.unwrap().unwrap_err();
        assert_eq!(refused.kind, ErrorKind::Failed);
        drop(held);
        let (reply, answer) = oneshot::channel();
        reply.send(Ok(Value::Null)).unwrap();
        assert_eq!(patient(answer).await.unwrap().unwrap(), Value::Null);
        let (gone, answer) = oneshot::channel();
        drop(gone);
        patient(answer).await.unwrap_err();
    }
}
