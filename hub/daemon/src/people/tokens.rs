//! Tokens: what programs may do in a person's name.

use std::sync::Arc;
use std::time::Duration;

use home::admin::Secret;
use home::{Rights, Timestamp};
use serde_json::{Value, json};
use store::{Batch, Token};
use web_ui::{Answer, Caller, Refused};

use super::sessions::digest;
use super::{People, access_of, conflict, hex, invalid, is_present, key, not_found, random};

/// What every token begins with, so that one that leaked is found by those who look for such.
const PREFIX: &str = "hearth_";
/// Tokens in a house.
const LIMIT: usize = 64;
/// The longest life that can be asked for, in days; without one it has no end.
const DAYS: u32 = 3650;

impl People {
    /// Makes a token and tells its secret this once.
    pub(crate) async fn add_token(&self, person: &str, name: &str, scopes: Rights, days: Option<u32>) -> Answer {
        let _changing = self.0.changing.lock().await;
        let person = self.present(person).ok_or_else(|| not_found(format!("there is no person {person:?}")))?;
        let name = super::names::checked(name)?;
        if scopes == Rights::NONE {
            return Err(invalid("a token needs a scope: read, climate, lock.lock, lock.unlock or admin"));
        }
        if days.is_some_and(|days| !(1..=DAYS).contains(&days)) {
            return Err(invalid(format!("a token's life is 1 to {DAYS} days, or has no end")));
        }
        if self.table().tokens.len() >= LIMIT {
            return Err(conflict(format!("there are {LIMIT} tokens; remove one first")));
        }
        let now = self.now();
        let secret = Secret::new(format!("{PREFIX}{}", hex(&random::<24>()?)));
        let life = |days: u32| Duration::from_secs(u64::from(days) * 86_400);
        let token = Token {
            id: hex(&random::<4>()?),
            digest: digest(secret.expose()),
            name,
            person: person.name,
            scopes,
            created: now,
            expires: days.map(|days| Timestamp(now.0 + u64::try_from(life(days).as_millis()).unwrap_or(u64::MAX))),
        };
        let mut batch = Batch::default();
        batch.token(&token);
        self.commit(batch).await?;
        let mut view = view(&token, None);
        if let Some(view) = view.as_object_mut() {
            view.insert("token".to_owned(), secret.expose().into());
        }
        self.table().tokens.insert(token.id.clone(), token);
        Ok(view)
    }

    /// All tokens, without their secrets.
    pub(crate) fn list_tokens(&self) -> Value {
        let table = self.table();
        table.tokens.values().map(|token| view(token, table.token_used.get(&token.id).copied())).collect()
    }

    /// Makes a token worthless.
    pub(crate) async fn remove_token(&self, id: &str) -> Answer {
        let _changing = self.0.changing.lock().await;
        if !self.table().tokens.contains_key(id) {
            return Err(not_found(format!("there is no token {:?}", id.chars().take(32).collect::<String>())));
        }
        // It stops working even if the disk does not take it.
        self.table().tokens.remove(id);
        let mut batch = Batch::default();
        batch.remove_token(id);
        self.commit(batch).await?;
        Ok(json!({}))
    }

    pub(super) fn use_token(&self, secret: &str) -> Option<Caller> {
        let (digest, now) = (digest(secret), self.now());
        let mut table = self.table();
        let token = table.tokens.values().find(|token| token.digest == digest)?;
        let person = table.people.get(&key(&token.person))?;
        if token.expires.is_some_and(|end| now >= end) || !is_present(person, now) {
            return None;
        }
        let access = Arc::new(access_of(person).within(token.scopes));
        let caller = Caller { user: format!("{}/{}", person.name, token.name).into(), access };
        let id = token.id.clone();
        table.token_used.insert(id, now);
        Some(caller)
    }

    pub(super) async fn remove_tokens_of(&self, person: &str) -> Result<(), Refused> {
        let mut batch = Batch::default();
        self.table().tokens.retain(|id, token| {
            let theirs = key(&token.person) == key(person);
            if theirs {
                batch.remove_token(id);
            }
            !theirs
        });
        self.commit(batch).await
    }
}

fn view(token: &Token, used: Option<Timestamp>) -> Value {
    json!({
        "id": token.id, "name": token.name, "person": token.person, "scopes": token.scopes,
        "created": token.created.to_string(), "expires": token.expires.map(|at| at.to_string()),
        "used": used.map(|at| at.to_string()),
    })
}
