//! What an admin, or whoever is at the command line, does about people.

use std::collections::BTreeMap;

use home::admin::Secret;
use home::{Ieee, Rights, Role, Timestamp};
use serde_json::{Value, json};
use store::{Batch, Person};
use web_ui::{Answer, Refused};

use super::{People, checked_password, conflict, invalid, is_present, key, names, not_found};
use crate::users::made_up_password;

/// People in a house.
const LIMIT: usize = 64;

/// What is to change about somebody; what is `None` stays.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// What they are in the house.
    pub(crate) role: Option<Role>,
    /// When it ends.
    pub(crate) until: Option<Until>,
    /// Their rights on some devices, in place of the role's.
    pub(crate) devices: Option<BTreeMap<Ieee, Rights>>,
    /// Another password; their sessions end.
    pub(crate) password: Option<Secret>,
}

/// When somebody's time in the house is over.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Until {
    /// At this time.
    At(Timestamp),
    /// It is not.
    Never,
}

impl People {
    /// Adds somebody, and returns their password if it was made up.
    pub(crate) async fn add(&self, name: &str, changes: Changes) -> Result<Option<Secret>, Refused> {
        let _changing = self.0.changing.lock().await;
        let name = names::checked(name)?;
        if self.person(&name).is_some() {
            return Err(conflict(format!("there is a person {name:?} already")));
        }
        if self.table().people.len() >= LIMIT {
            return Err(conflict(format!("there are {LIMIT} people; remove one first")));
        }
        let made_up = if changes.password.is_none() {
            Some(made_up_password().map_err(|error| super::unavailable(error.to_string()))?)
        } else {
            None
        };
        let Some(password) = changes.password.clone().or_else(|| made_up.clone()) else {
            return Err(invalid("a person needs a password"));
        };
        checked_password(&password)?;
        let person = Person::new(name, changes.role.unwrap_or(Role::Guest), self.hash(password).await?, self.now());
        let person = changed(person, &changes);
        // A guest whose last day nobody knows stays for ever.
        if person.role == Role::Guest && person.until.is_none() {
            return Err(invalid("a guest needs an end: give until, as 2026-12-24T18:00:00Z"));
        }
        self.still_has_admin(&person)?;
        self.keep(person).await?;
        Ok(made_up)
    }

    /// Changes somebody.
    pub(crate) async fn change(&self, name: &str, changes: Changes) -> Result<(), Refused> {
        let _changing = self.0.changing.lock().await;
        let mut person = self.known(name)?;
        if let Some(password) = &changes.password {
            checked_password(password)?;
            person.password = self.hash(password.clone()).await?;
            // Whoever forgot the password has lost the phone with the codes, too.
            person.totp = None;
        }
        let person = changed(person, &changes);
        if person.role == Role::Guest && person.until.is_none() {
            return Err(invalid("a guest needs an end: give until, as 2026-12-24T18:00:00Z"));
        }
        self.still_has_admin(&person)?;
        let name = person.name.clone();
        self.keep(person).await?;
        if changes.password.is_some() {
            self.end(|session| key(&session.person) == key(&name));
        }
        Ok(())
    }

    /// Removes somebody, with their sessions and tokens.
    pub(crate) async fn remove(&self, name: &str) -> Result<(), Refused> {
        let _changing = self.0.changing.lock().await;
        let mut person = self.known(name)?;
        person.role = Role::Guest;
        self.still_has_admin(&person)?;
        self.remove_tokens_of(&person.name).await?;
        self.end(|session| key(&session.person) == key(&person.name));
        let mut batch = Batch::default();
        batch.remove_person(&person.name);
        self.commit(batch).await?;
        let mut table = self.table();
        table.people.remove(&key(&person.name));
        table.totp_begun.remove(&key(&person.name));
        table.totp_used.remove(&key(&person.name));
        Ok(())
    }

    /// Everybody, by name; `named` says what a device is called.
    pub(crate) fn list(&self, named: impl Fn(Ieee) -> String) -> Vec<Value> {
        self.table().people.values().map(|person| view(person, &named)).collect()
    }

    /// One person.
    pub(crate) fn show(&self, name: &str, named: impl Fn(Ieee) -> String) -> Answer {
        self.known(name).map(|person| view(&person, &named))
    }

    fn known(&self, name: &str) -> Result<Person, Refused> {
        let shown = || name.chars().take(64).collect::<String>();
        self.person(name)
            .ok_or_else(|| not_found(format!("there is no person {:?}; `hearth person list` lists them", shown())))
    }

    /// Whether somebody can still run the hub once `after` is what is kept of that person. A house of nobody has no admin
    /// to lose.
    fn still_has_admin(&self, after: &Person) -> Result<(), Refused> {
        let lasting = |person: &Person| person.role == Role::Admin && person.until.is_none();
        let now = self.now();
        let table = self.table();
        let others = table.people.values().filter(|person| key(&person.name) != key(&after.name));
        if lasting(after)
            || others.clone().any(lasting)
            || !table.people.values().any(|p| lasting(p) && is_present(p, now))
        {
            return Ok(());
        }
        Err(conflict("somebody must stay admin without an end; make another admin first"))
    }
}

fn changed(mut person: Person, changes: &Changes) -> Person {
    if let Some(role) = changes.role {
        person.role = role;
    }
    match changes.until {
        None => {}
        Some(Until::At(until)) => person.until = Some(until),
        Some(Until::Never) => person.until = None,
    }
    if let Some(devices) = &changes.devices {
        person.devices.clone_from(devices);
    }
    person
}

fn view(person: &Person, named: &impl Fn(Ieee) -> String) -> Value {
    let devices: BTreeMap<_, _> = person.devices.iter().map(|(device, rights)| (named(*device), rights)).collect();
    json!({
        "name": person.name, "role": person.role, "until": person.until.map(|at| at.to_string()), "devices": devices,
        "created": person.created.to_string(), "totp": person.totp.is_some(), "passkeys": person.passkeys.len(),
        "pin": person.pin.is_some(),
    })
}
