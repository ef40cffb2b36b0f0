//! The people as the web sees them.

use std::net::IpAddr;

use home::admin::Secret;
use serde_json::Value;
use web_ui::{Answer, Caller, Change, Login, PasskeyKey, Proof, Refused, SessionId};

use super::{People, key, totp};

impl web_ui::People for People {
    fn needs_setup(&self) -> bool {
        self.is_empty()
    }

    async fn set_up(&self, code: Secret, name: &str, password: Secret) -> Result<(), Refused> {
        self.make_first(&code, name, password).await
    }

    async fn log_in(&self, name: &str, password: Secret, code: Option<Secret>) -> Login {
        let person = self.present(name);
        // Too many at once counts as wrong: the web asks one at a time.
        if !self.is_password(person.as_ref(), password).await.unwrap_or(false) {
            return Login::Bad;
        }
        let Some(person) = person else { return Login::Bad };
        let Some(secret) = &person.totp else { return Login::Good(person.name) };
        let Some(code) = code else { return Login::SecondFactor };
        let mut table = self.table();
        let used = table.totp_used.get(&key(name)).copied();
        match totp::step_of(secret, code.expose(), self.now(), used) {
            Some(step) => {
                table.totp_used.insert(key(name), step);
                Login::Good(person.name)
            }
            None => Login::SecondFactor,
        }
    }

    async fn begin_session(&self, name: &str, peer: IpAddr) -> Result<Secret, Refused> {
        self.begin(name, peer).await
    }

    fn session(&self, session: SessionId) -> Option<Caller> {
        self.use_session(session)
    }

    fn end_session(&self, session: SessionId) {
        self.end(|kept| kept.digest == session);
    }

    fn end_sessions(&self, name: &str, but: Option<SessionId>) {
        self.end(|kept| key(&kept.person) == key(name) && Some(kept.digest) != but);
    }

    fn token(&self, secret: &str) -> Option<Caller> {
        self.use_token(secret)
    }

    async fn prove(&self, name: &str, pin: &Secret) -> Proof {
        self.prove_pin(name, pin).await
    }

    fn account(&self, name: &str, session: SessionId) -> Option<Value> {
        self.own_account(name, session)
    }

    async fn change_account(&self, name: &str, change: Change) -> Answer {
        self.change_own(name, change).await
    }

    fn passkey(&self, id: &[u8]) -> Option<(String, PasskeyKey)> {
        self.owner_of(id)
    }

    fn passkeys(&self, name: &str) -> Vec<Vec<u8>> {
        self.passkey_ids(name)
    }

    fn passkey_used(&self, name: &str, id: &[u8], counter: u32) {
        self.note_passkey(name, id, counter);
    }
}
