//! Questions of the command line and the page (`home::admin`): answered from the house, or turned into wishes.

use std::collections::BTreeMap;

use home::admin::{ErrorKind, Request, Secret};
use home::lock::Pin;
use home::{Access, Action, AdapterName, Availability, Device, Key, Name, Origin, Right, Timestamp, Wish};
use serde_json::{Value, json};
use web_ui::{Answer, Refused};

use super::House;
use super::answers::Waiting;
use crate::door;
use crate::mqtt::set;
use crate::views;
use crate::wake::{Ask, Asker};

/// What a question comes to.
pub(super) enum Reply {
    Now(Value),
    After(Wish),
    /// It is answered elsewhere: from the disk, by the caller's own thread.
    Later(Later),
}

/// A question that needs the disk.
pub(super) enum Later {
    Events { limit: usize, device: Option<home::Ieee>, access: Access },
    History { device: home::Ieee, key: Key, from: Timestamp, to: Timestamp },
}

impl House {
    pub(super) fn answer(&mut self, ask: Ask) {
        let Ask { request, asker: Asker { origin, access }, reply } = ask;
        if door::is_for_the_door(&request) {
            let now = self.now();
            return self.outside.keeper.ask(request, reply, &self.state, now);
        }
        match self.reply(&access, &origin, request) {
            // The asker may have hung up.
            Err(refused) => drop(reply.send(Err(refused))),
            Ok(Reply::Now(value)) => drop(reply.send(Ok(value))),
            Ok(Reply::After(wish)) => {
                // Permit join answers with its time, everything else with its outcome.
                if let Wish::PermitJoin { seconds, .. } = wish {
                    self.wish(origin, wish, Some(Waiting::Joiner { reply, seconds }));
                } else {
                    self.wish(origin, wish, Some(Waiting::Asker(reply)));
                }
            }
            Ok(Reply::Later(later)) => self.read(&later, reply),
        }
    }

    fn reply(&self, access: &Access, origin: &Origin, request: Request) -> Result<Reply, Refused> {
        let reply = match request {
            Request::Status => Reply::Now(self.status()),
            Request::Devices => {
                let readable = self.state.devices().filter(|device| access.may(Right::Read, device.ieee));
                Reply::Now(readable.map(|device| self.shown_view(device)).collect())
            }
            Request::Device { name } => Reply::Now(self.shown_view(self.asked(access, Right::Read, &name)?)),
            Request::Adapters => Reply::Now(self.state.adapters().map(|a| self.adapter_view(a)).collect()),
            Request::PermitJoin { seconds, adapter } => {
                let short = u8::try_from(seconds).ok().filter(|seconds| *seconds <= 254);
                let seconds = short.ok_or_else(|| invalid(home::Refusal::JoinTime(seconds)))?;
                Reply::After(Wish::PermitJoin { adapter: adapter.map(AdapterName::new), seconds })
            }
            Request::Set { name, key, value } => {
                let action = set::parse_text(&key, &value).map_err(invalid)?;
                // A door has verbs of its own, which take a proof of who asks.
                if *origin != Origin::Cli && action.is_security() {
                    return Err(invalid(
                        "a door is locked, unlocked and given codes by requests of their own, not by set",
                    ));
                }
                Reply::After(Wish::Act { device: self.asked(access, Right::Climate, &name)?.ieee, action })
            }
            Request::Lock { name, pin } => Reply::After(Wish::Act {
                device: self.asked(access, Right::Lock, &name)?.ieee,
                action: Action::Lock(pin_of(pin)?),
            }),
            Request::Unlock { name, pin } => Reply::After(Wish::Act {
                device: self.asked(access, Right::Unlock, &name)?.ieee,
                action: Action::Unlock(pin_of(pin)?),
            }),
            Request::Rename { from, to } => Reply::After(Wish::Rename {
                device: self.asked(access, Right::Admin, &from)?.ieee,
                name: to.parse().map_err(invalid)?,
            }),
            Request::Place { name, room } => {
                let room: Option<Name> = room.map(|room| room.parse()).transpose().map_err(invalid)?;
                Reply::After(Wish::Place { device: self.asked(access, Right::Admin, &name)?.ieee, room })
            }
            Request::Remove { name } => {
                Reply::After(Wish::Remove { device: self.asked(access, Right::Admin, &name)?.ieee })
            }
            Request::Interview { name } => {
                Reply::After(Wish::Interview { device: self.asked(access, Right::Admin, &name)?.ieee })
            }
            Request::Refresh { name } => {
                Reply::After(Wish::Read { device: self.asked(access, Right::Read, &name)?.ieee })
            }
            Request::Events { limit, name } => {
                let device =
                    name.map(|name| self.asked(access, Right::Read, &name).map(|device| device.ieee)).transpose()?;
                Reply::Later(Later::Events {
                    limit: usize::try_from(limit).unwrap_or(1000).min(1000),
                    device,
                    access: access.clone(),
                })
            }
            Request::History { name, key, since_seconds } => self.history(access, &name, &key, since_seconds)?,
            Request::CodeList { .. }
            | Request::CodePut { .. }
            | Request::CodeName { .. }
            | Request::CodeEnable { .. }
            | Request::CodeDisable { .. }
            | Request::CodeRemove { .. }
            | Request::CodeCheck { .. } => self.code(access, request)?,
            // The door was asked already; users and the ledger are the desk's, watchers have a line of their own.
            _ => return Err(Refused { kind: ErrorKind::Invalid, error: "not a question for the house".to_owned() }),
        };
        Ok(reply)
    }

    fn history(&self, access: &Access, name: &str, key: &str, since_seconds: u64) -> Result<Reply, Refused> {
        let device = self.asked(access, Right::Read, name)?.ieee;
        let key = Key::from_word(key).ok_or_else(|| {
            let known: Vec<_> = Key::all().map(Key::word).collect();
            Refused { kind: ErrorKind::Invalid, error: format!("there is no key {key:?}; known: {}", known.join(", ")) }
        })?;
        let to = self.now().wall;
        let from = Timestamp(to.0.saturating_sub(since_seconds.saturating_mul(1000)));
        Ok(Reply::Later(Later::History { device, key, from, to }))
    }

    /// The device that is asked for. One that the asker may not see is not there.
    pub(super) fn asked(&self, access: &Access, right: Right, name: &str) -> Result<&Device, Refused> {
        let device = self.state.find(name).filter(|device| access.may(Right::Read, device.ieee));
        let device = device.ok_or_else(|| Refused {
            kind: ErrorKind::NotFound,
            error: format!(
                "there is no device {:?}; `hearth devices` lists them",
                name.chars().take(64).collect::<String>()
            ),
        })?;
        if access.may(right, device.ieee) {
            return Ok(device);
        }
        let error = format!("you have no right to do this with {} ({})", device.name, right.word());
        Err(Refused { kind: ErrorKind::Forbidden, error })
    }

    /// Reads from the disk on a thread of its own.
    fn read(&self, later: &Later, reply: tokio::sync::oneshot::Sender<Answer>) {
        let store = self.outside.store.clone();
        let failed = |error: &dyn std::fmt::Display| Refused { kind: ErrorKind::Failed, error: error.to_string() };
        match *later {
            Later::Events { limit, device, ref access } => {
                let access = access.clone();
                let names: BTreeMap<_, _> = self.state.devices().map(|d| (d.ieee, d.name.to_string())).collect();
                tokio::task::spawn_blocking(move || {
                    let readable = |ieee: Option<home::Ieee>| match ieee {
                        Some(ieee) => access.may(Right::Read, ieee),
                        None => access.may_in_general(Right::Read),
                    };
                    let answer = store.events(limit, device).map_err(|error| failed(&error)).map(|entries| {
                        entries
                            .iter()
                            .filter(|entry| readable(entry.device))
                            .map(|entry| views::event(entry, |ieee| names.get(&ieee).cloned()))
                            .collect()
                    });
                    drop(reply.send(answer));
                });
            }
            Later::History { device, key, from, to } => {
                tokio::task::spawn_blocking(move || {
                    let answer = store.history(device, key, from, to).map_err(|error| failed(&error)).map(|samples| {
                        let samples: Vec<_> = samples
                            .into_iter()
                            .map(|(seconds, value)| views::sample(seconds, home::Reading::from_stored(key, value)))
                            .collect();
                        json!({"key": key.word(), "samples": samples})
                    });
                    drop(reply.send(answer));
                });
            }
        }
    }

    fn status(&self) -> Value {
        let devices: Vec<_> = self.state.devices().collect();
        let stats = (self.outside.broker_stats)();
        let health = self.outside.store.health();
        json!({
            "name": self.outside.name,
            "version": env!("CARGO_PKG_VERSION"),
            "uptime_seconds": self.now().up.as_secs(),
            "adapters": self.state.adapters().map(|a| self.adapter_view(a)).collect::<Vec<_>>(),
            "devices": {
                "total": devices.len(),
                "available": devices.iter().filter(|d| d.availability == Availability::Online).count(),
            },
            "mqtt": {
                "connections": stats.connected,
                "published": stats.published,
                "delivered": stats.delivered,
                "refused": stats.refused_connections + stats.refused_logins + stats.refused_publishes + stats.refused_subscriptions,
            },
            "store": {
                "bytes_written": health.core.bytes_written + health.history.bytes_written,
                "commits": health.core.commits + health.history.commits,
                "problem": storage_problem(&health),
            },
        })
    }
}

/// What is wrong with the disk, in words, if anything is.
pub(super) fn storage_problem(health: &store::Health) -> Option<String> {
    if let Some(trouble) = &health.core.trouble {
        return Some(format!(
            "the registry can't be written, and news of locks is not published until it can: {trouble}"
        ));
    }
    if let Some(trouble) = &health.history.trouble {
        return Some(format!("the history can't be written and waits in memory: {trouble}"));
    }
    if let Some(path) = &health.history_put_aside {
        return Some(format!("the history file was damaged and is kept as {}", path.display()));
    }
    let lost = health.samples_lost + health.entries_lost;
    if lost > 0 {
        return Some(format!("{lost} samples and log entries were lost while the disk failed"));
    }
    (health.rows_damaged > 0)
        .then(|| format!("{} stored rows could not be read and were left out", health.rows_damaged))
}

pub(super) fn invalid(error: impl std::fmt::Display) -> Refused {
    Refused { kind: ErrorKind::Invalid, error: error.to_string() }
}

fn pin_of(pin: Option<Secret>) -> Result<Option<Pin>, Refused> {
    pin.map(|pin| Pin::new(pin.expose()).map_err(invalid)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_the_disk_names_what_can_not_be_written() {
        let dir = tempfile::tempdir().unwrap();
        let (store, _) = store::Store::open(dir.path(), &store::Options::default()).unwrap();
        let good = store.health();
        assert_eq!(storage_problem(&good), None);
        let problem = |change: fn(&mut store::Health)| {
            let mut health = good.clone();
            change(&mut health);
            storage_problem(&health).unwrap_or_default()
        };
        assert!(problem(|health| health.core.trouble = Some("full".to_owned())).contains("registry"));
        assert!(problem(|health| health.history.trouble = Some("full".to_owned())).contains("history"));
        assert!(problem(|health| health.rows_damaged = 3).starts_with("3 stored rows"));
    }
}
