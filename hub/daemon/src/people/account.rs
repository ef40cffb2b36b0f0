//! What people change about themselves. Whatever weakens an account takes its password once more: an unlocked phone on
//! the table must not be enough.

use home::admin::{ErrorKind, Secret};
use serde_json::{Value, json};
use store::{Passkey, Person, TotpSecret};
use web_ui::{Answer, Change, PasskeyKey, Proof, Refused, SessionId};

use super::{People, access_of, checked_password, conflict, invalid, key, not_found, random, totp};

/// Passkeys of one person.
const PASSKEYS: usize = 16;
/// Length of a passkey's name, in characters.
const PASSKEY_NAME: usize = 40;

impl People {
    /// Somebody's account as they see it. `names` are the devices' by their addresses.
    pub(super) fn own_account(&self, name: &str, session: SessionId) -> Option<Value> {
        let person = self.present(name)?;
        let mut sessions: Vec<_> =
            self.table().sessions.values().filter(|s| key(&s.person) == key(name)).cloned().collect();
        sessions.sort_by_key(|session| std::cmp::Reverse(session.used));
        let sessions: Vec<_> = sessions
            .iter()
            .map(|s| {
                json!({
                    "id": super::hex(s.digest.get(..8).unwrap_or_default()),
                    "began": s.began.to_string(), "used": s.used.to_string(),
                    "address": s.address, "current": s.digest == session,
                })
            })
            .collect();
        let devices: std::collections::BTreeMap<_, _> =
            person.devices.iter().map(|(device, rights)| (device.to_string(), rights)).collect();
        let passkeys: Vec<_> = person.passkeys.iter().map(passkey_view).collect();
        Some(json!({
            "name": person.name, "role": person.role, "until": person.until.map(|at| at.to_string()),
            "rights": access_of(&person).somewhere(), "devices": devices,
            "totp": person.totp.is_some(), "pin": person.pin.is_some(), "passkeys": passkeys, "sessions": sessions,
        }))
    }

    pub(super) async fn change_own(&self, name: &str, change: Change) -> Answer {
        let _changing = self.0.changing.lock().await;
        let mut person = self.present(name).ok_or_else(|| not_found("you do not live here any more"))?;
        let mut answer = json!({});
        match change {
            Change::Nothing { password } => return self.same_password(&person, password).await.map(|()| answer),
            Change::Password { old, new } => {
                checked_password(&new)?;
                self.same_password(&person, old).await?;
                person.password = self.hash(new).await?;
            }
            Change::Pin { password, pin } => {
                self.same_password(&person, password).await?;
                person.pin = match pin {
                    Some(pin) => Some(self.hash(checked_pin(pin)?).await?),
                    None => None,
                };
            }
            Change::TotpBegin { password } => {
                self.same_password(&person, password).await?;
                let secret = TotpSecret::new(random::<{ totp::SECRET }>()?.to_vec());
                answer = json!({"secret": totp::shown(&secret), "uri": totp::uri(&secret, "Hearth", &person.name)});
                self.table().totp_begun.insert(key(name), secret);
                return Ok(answer);
            }
            Change::TotpConfirm { code } => {
                let begun = self.table().totp_begun.get(&key(name)).cloned();
                let secret =
                    begun.ok_or_else(|| conflict("ask for a secret first: it is lost when the hub restarts"))?;
                let step = totp::step_of(&secret, code.expose(), self.now(), None);
                let step =
                    step.ok_or_else(|| refused(ErrorKind::SecondFactor, "this is not the code that is shown now"))?;
                person.totp = Some(secret);
                let mut table = self.table();
                table.totp_begun.remove(&key(name));
                table.totp_used.insert(key(name), step);
            }
            Change::TotpEnd { password } => {
                self.same_password(&person, password).await?;
                person.totp = None;
            }
            Change::PasskeyAdd { name, id, key } => self.add_passkey(&mut person, &name, id, key)?,
            Change::PasskeyRemove { id } => {
                let before = person.passkeys.len();
                person.passkeys.retain(|passkey| passkey.id != id);
                if person.passkeys.len() == before {
                    return Err(not_found("there is no such passkey"));
                }
            }
        }
        self.keep(person).await?;
        Ok(answer)
    }

    fn add_passkey(&self, person: &mut Person, name: &str, id: Vec<u8>, key: PasskeyKey) -> Result<(), Refused> {
        let name = name.trim();
        if !(1..=PASSKEY_NAME).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            return Err(invalid("a passkey's name has 1 to 40 characters"));
        }
        if person.passkeys.len() >= PASSKEYS || self.owner_of(&id).is_some() {
            return Err(conflict("this passkey is known already, or there are 16: remove one first"));
        }
        let PasskeyKey { point, counter } = key;
        person.passkeys.push(Passkey {
            id,
            name: name.to_owned(),
            key: point,
            counter,
            created: self.now(),
            used: None,
        });
        Ok(())
    }

    async fn same_password(&self, person: &Person, password: Secret) -> Result<(), Refused> {
        if self.is_password(Some(person), password).await? {
            return Ok(());
        }
        Err(refused(ErrorKind::Proof, "this is not your password"))
    }

    pub(super) async fn prove_pin(&self, name: &str, pin: &Secret) -> Proof {
        let Some(expected) = self.present(name).and_then(|person| person.pin) else { return Proof::NoCode };
        let fits = self.0.hashing.fits(pin.clone(), expected).await;
        if fits == Some(true) { Proof::Good } else { Proof::Wrong }
    }
}

fn passkey_view(passkey: &Passkey) -> Value {
    json!({
        "id": data_encoding::BASE64URL_NOPAD.encode(&passkey.id), "name": passkey.name,
        "created": passkey.created.to_string(), "used": passkey.used.map(|at| at.to_string()),
    })
}

fn checked_pin(pin: Secret) -> Result<Secret, Refused> {
    let digits = pin.expose();
    let fits = (4..=8).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !fits {
        return Err(invalid("a door code has 4 to 8 digits"));
    }
    // The guesses that everybody tries first.
    let steps: Vec<_> =
        digits.as_bytes().windows(2).filter_map(|w| Some(i16::from(*w.get(1)?) - i16::from(*w.first()?))).collect();
    if steps.iter().all(|step| *step == 0) || steps.iter().all(|step| *step == 1) {
        return Err(invalid("this door code is the first that anybody would try; take another"));
    }
    Ok(pin)
}

fn refused(kind: ErrorKind, error: &str) -> Refused {
    Refused { kind, error: error.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_door_code_is_no_first_guess() {
        let fits = |pin: &str| checked_pin(Secret::new(pin.to_owned())).is_ok();
        assert!(fits("4711") && fits("90210") && fits("12345679"));
        for pin in ["", "123", "123456789", "12a4", "0000", "1111", "1234", "456789", "１２３５"] {
            assert!(!fits(pin), "{pin}");
        }
    }
}
