//! A few people with one password, one door code and no clock.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use home::admin::{ErrorKind, Secret};
use home::{Access, Ieee, Right, Rights, Role};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::answer::{Answer, Caller, Refused};
use crate::people::{Change, Login, PasskeyKey, People, Proof, SessionId};

pub(super) const PASSWORD: &str = "correct horse";
pub(super) const PIN: &str = "90210";
pub(super) const CODE: &str = "ABCDE-FGHJK";
/// Asked for a second factor, this one will do.
pub(super) const TOTP: &str = "123456";

/// ada runs the hub, rob lives there, gus may see and lock what has the address 1, and tom has a second factor.
#[derive(Clone, Default)]
pub(super) struct Few(Arc<Inner>);

#[derive(Default)]
struct Inner {
    sessions: Mutex<HashMap<SessionId, String>>,
    begun: Mutex<u64>,
    tried: Mutex<u32>,
    needs_setup: Mutex<bool>,
}

impl Few {
    /// How often a password was compared.
    pub(super) fn tried(&self) -> u32 {
        *self.0.tried.lock().unwrap()
    }

    /// Nobody lives here yet.
    pub(super) fn empty(&self) {
        *self.0.needs_setup.lock().unwrap() = true;
    }

    pub(super) fn access(name: &str) -> Option<Access> {
        let listed: Rights = [Right::Read, Right::Lock].into_iter().collect();
        match name {
            "ada" | "tom" => Some(Access::full()),
            "rob" => Some(Access::of(Role::Resident, &BTreeMap::new())),
            "gus" => Some(Access::of(Role::Guest, &BTreeMap::from([(Ieee(1), listed)]))),
            _ => None,
        }
    }
}

impl People for Few {
    fn needs_setup(&self) -> bool {
        *self.0.needs_setup.lock().unwrap()
    }

    async fn set_up(&self, code: Secret, _: &str, _: Secret) -> Result<(), Refused> {
        let refused = |kind| Err(Refused { kind, error: "no".to_owned() });
        let mut needed = self.0.needs_setup.lock().unwrap();
        match (*needed, code.expose() == CODE) {
            (false, _) => refused(ErrorKind::Conflict),
            (true, false) => refused(ErrorKind::Forbidden),
            (true, true) => {
                *needed = false;
                Ok(())
            }
        }
    }

    async fn log_in(&self, name: &str, password: Secret, code: Option<Secret>) -> Login {
        *self.0.tried.lock().unwrap() += 1;
        match (Self::access(name), password.expose() == PASSWORD, name, code) {
            (Some(_), true, "tom", Some(code)) if code.expose() == TOTP => Login::Good(name.to_owned()),
            (Some(_), true, "tom", _) => Login::SecondFactor,
            (Some(_), true, _, _) => Login::Good(name.to_owned()),
            _ => Login::Bad,
        }
    }

    async fn begin_session(&self, name: &str, _: IpAddr) -> Result<Secret, Refused> {
        let mut begun = self.0.begun.lock().unwrap();
        *begun += 1;
        let secret = format!("{:064x}", *begun);
        self.0.sessions.lock().unwrap().insert(Sha256::digest(secret.as_bytes()).into(), name.to_owned());
        Ok(Secret::new(secret))
    }

    fn session(&self, session: SessionId) -> Option<Caller> {
        let name = self.0.sessions.lock().unwrap().get(&session)?.clone();
        Some(Caller { access: Arc::new(Self::access(&name)?), user: name.into() })
    }

    fn end_session(&self, session: SessionId) {
        self.0.sessions.lock().unwrap().remove(&session);
    }

    fn end_sessions(&self, name: &str, but: Option<SessionId>) {
        self.0.sessions.lock().unwrap().retain(|session, person| person != name || Some(*session) == but);
    }

    /// A token is `hearth_` and its scopes with commas between; it is ada's.
    fn token(&self, secret: &str) -> Option<Caller> {
        let scopes = secret.strip_prefix("hearth_")?.split(',').map(Right::from_word).collect::<Option<Rights>>()?;
        Some(Caller { user: "ada/test".into(), access: Arc::new(Access::full().within(scopes)) })
    }

    async fn prove(&self, _: &str, pin: &Secret) -> Proof {
        if pin.expose() == PIN { Proof::Good } else { Proof::Wrong }
    }

    fn account(&self, name: &str, _: SessionId) -> Option<Value> {
        Some(json!({"name": name}))
    }

    async fn change_account(&self, _: &str, change: Change) -> Answer {
        let known = |password: &Secret| password.expose() == PASSWORD;
        let fits = match &change {
            Change::Password { old: password, .. }
            | Change::Pin { password, .. }
            | Change::TotpBegin { password }
            | Change::TotpEnd { password }
            | Change::Nothing { password } => known(password),
            Change::TotpConfirm { code } => code.expose() == TOTP,
            Change::PasskeyAdd { .. } | Change::PasskeyRemove { .. } => true,
        };
        if fits { Ok(json!({})) } else { Err(Refused { kind: ErrorKind::Proof, error: "no".to_owned() }) }
    }

    fn passkey(&self, _: &[u8]) -> Option<(String, PasskeyKey)> {
        None
    }

    fn passkeys(&self, _: &str) -> Vec<Vec<u8>> {
        Vec::new()
    }

    fn passkey_used(&self, _: &str, _: &[u8], _: u32) {}
}
