//! The owner's policy: looked at, compared, and put into force. What widens needs a code that only who saw the changes has.

use blake2::{Blake2s256, Digest};
use home::State;
use home::admin::ErrorKind;
use policy::{Bound, Difference, Engine, Policy};
use serde_json::{Value, json};
use summary::{Answer, Ask, AudienceName, Vendor};
use web_ui::Refused;

use super::keeper::Keeper;
use super::kept::{Change, NewPolicy};
use super::names::Names;
use super::requests::{Reply, failed, invalid};

/// What a policy would grant, if it could be put into force.
pub(super) fn check(text: &str, state: &State) -> Result<Value, Refused> {
    let bound = bind(text, state)?;
    Ok(json!({"grants": bound.policy().describe()}))
}

impl Keeper {
    /// The policy in force.
    pub(super) fn show(&self) -> Value {
        let Some(bound) = &self.bound else {
            return json!({"applied": false, "text": "", "grants": [], "audiences": []});
        };
        let policy = bound.policy();
        let audience = |name: &AudienceName| {
            let (vendor, paused) = policy.terms(name)?;
            Some(json!({"name": name.as_str(), "vendor": vendor.word(), "paused": paused}))
        };
        json!({
            "applied": true,
            "text": policy.text(),
            "grants": policy.describe(),
            "audiences": policy.audiences().filter_map(audience).collect::<Vec<_>>(),
        })
    }

    /// What `new` changes, against `old` or the policy in force.
    pub(super) fn diff(&self, old: Option<&str>, new: &str, state: &State) -> Result<Value, Refused> {
        let changes = match old {
            Some(old) => policy::diff(&parse(old)?, &parse(new)?),
            None => self.changes(&bind(new, state)?),
        };
        Ok(json!({"changes": view(&changes), "widens": policy::widens(&changes)}))
    }

    /// Puts a policy into force, or tells with which code it could be.
    pub(super) fn apply(&mut self, text: &str, confirm: Option<&str>, state: &State) -> Result<Reply, Refused> {
        let bound = bind(text, state)?;
        let changes = self.changes(&bound);
        let (widens, code) = (policy::widens(&changes), self.code(&bound));
        let told = |applied: bool| {
            json!({
                "applied": applied,
                "changes": view(&changes),
                "widens": widens,
                "confirm": (!applied).then_some(&code),
                "grants": bound.policy().describe(),
            })
        };
        let fresh = if self.names.is_some() { None } else { Some(Names::generate().map_err(|e| failed(&e))?) };
        let Some(names) = fresh.as_ref().or(self.names.as_ref()) else { return Err(failed(&"no names")) };
        let engine = Engine::new(&bound, &names.endpoints());
        fits(engine, bound.policy())?;
        match confirm {
            Some(given) if given != code => {
                let error = "this code is not that of these changes; look at them again, then give the code shown";
                return Err(Refused { kind: ErrorKind::Conflict, error: error.to_owned() });
            }
            None if widens => return Ok(Reply::Now(told(false))),
            _ => {}
        }
        let engine = Engine::new(&bound, &names.endpoints());
        let tokens = self.tokens().filter(|audience| !engine.may_push(audience)).cloned().collect();
        let sentences: Vec<_> = changes.iter().map(Difference::to_string).collect();
        let told = told(true);
        let policy = NewPolicy { bound, names: fresh, changes: sentences.join("\n"), tokens };
        Ok(Reply::After(Change::Policy(Box::new(policy)), told))
    }

    fn changes(&self, new: &Bound) -> Vec<Difference> {
        match &self.bound {
            Some(old) => policy::diff_bound(old, new),
            None => policy::diff(&Policy::nothing(), new.policy()),
        }
    }

    /// Six digits that only fit these changes: from this policy with these devices to that one.
    fn code(&self, new: &Bound) -> String {
        let mut digest = Blake2s256::new();
        digest.update(self.bound.as_ref().map_or([0; 32], Bound::digest));
        digest.update(new.digest());
        super::hex(&digest.finalize(), 3)
    }
}

fn parse(text: &str) -> Result<Policy, Refused> {
    Policy::parse(text).map_err(|errors| invalid(errors.to_string()))
}

/// Reads a policy and finds its devices. A vendor's cloud does not say for which account it asks, so each vendor has one
/// audience at most.
fn bind(text: &str, state: &State) -> Result<Bound, Refused> {
    let policy = parse(text)?;
    let bound = policy.bind(state).map_err(|errors| invalid(errors.to_string()))?;
    for vendor in [Vendor::Alexa, Vendor::Google] {
        let of = |name: &&AudienceName| policy.terms(name).is_some_and(|(of, _)| of == vendor);
        let names: Vec<_> = policy.audiences().filter(of).map(AudienceName::as_str).collect();
        if names.len() > 1 {
            let word = vendor.word();
            return Err(invalid(format!(
                "{} are all of kind {word:?}; one hub serves one {word} account, so keep one of them",
                names.join(" and ")
            )));
        }
    }
    Ok(bound)
}

/// Whether each audience can be told what there is, in one message.
fn fits(mut engine: Engine, policy: &Policy) -> Result<(), Refused> {
    let now = home::Now { wall: home::Timestamp(0), up: std::time::Duration::ZERO };
    for audience in policy.audiences() {
        let Some((vendor, _)) = policy.terms(audience) else { continue };
        let (disclosure, _) = engine.answer(audience, &Ask::Discover, now, &|_: &summary::Pin| false);
        let Answer::Endpoints(endpoints) = disclosure.answer() else { continue };
        let (size, most) = (voice::discovery_size(vendor, endpoints), voice::LARGEST_BODY);
        if size > most {
            return Err(invalid(format!(
                "{audience} has {} endpoints, which take {size} bytes to tell, and {most} fit into one message; grant fewer",
                endpoints.len()
            )));
        }
    }
    Ok(())
}

fn view(changes: &[Difference]) -> Vec<Value> {
    let word = |change: &Difference| match change.direction {
        policy::Direction::Widens => "widens",
        policy::Direction::Narrows => "narrows",
        policy::Direction::Same => "same",
    };
    changes.iter().map(|change| json!({"direction": word(change), "what": change.what})).collect()
}
