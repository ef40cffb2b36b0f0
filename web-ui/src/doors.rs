//! Locking and unlocking. Whoever unlocks proves afresh who they are: a session on a telephone that lies about must not
//! open the front door.

use home::admin::{ErrorKind, Request, Secret};
use serde::Deserialize;
use tokio::time::Instant;
use utoipa::ToSchema;

use crate::answer::Refused;
use crate::api::{Answer, Shared, Who, ask};
use crate::app::{App, Visitor};
use crate::asked::Part;
use crate::body::{Sent, Shape};
use crate::challenges::Purpose;
use crate::house::House;
use crate::login::{self, Passkey};
use crate::passkey::Site;
use crate::people::{People, Proof};
use crate::problem::Problem;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pin {
    #[schema(value_type = Option<String>, format = Password, max_length = 256)]
    pin: Option<Secret>,
}

impl Shape for Pin {
    const EXAMPLE: &'static str = r#"{"pin":"4711"} or {}"#;
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Proven {
    /// The person's own door code, compared by the hub.
    #[schema(value_type = Option<String>, format = Password, max_length = 256)]
    code: Option<Secret>,
    /// Or their passkey.
    proof: Option<Passkey>,
    /// The lock's own PIN, for a lock that wants one.
    #[schema(value_type = Option<String>, format = Password, max_length = 256)]
    pin: Option<Secret>,
}

impl Shape for Proven {
    const EXAMPLE: &'static str =
        r#"{"code":"4711"} or {"proof":{"id":"…","credential":{…}}}, with "pin" where the lock wants its own"#;
}

pub(crate) async fn lock<H: House>(app: Shared<H>, who: Who, Part(name): Part, Sent(body): Sent<Pin>) -> Answer {
    ask(&app, &who, Request::Lock { name, pin: body.pin }).await
}

/// A token needs no proof: its scope is one that somebody gave it on purpose.
pub(crate) async fn unlock<H: House>(
    app: Shared<H>,
    who: Who,
    Part(name): Part,
    site: Result<Site, Problem>,
    Sent(body): Sent<Proven>,
) -> Answer {
    if who.session.is_some() {
        prove(&app, &who, site, body.proof.as_ref(), body.code.as_ref()).await?;
    }
    ask(&app, &who, Request::Unlock { name, pin: body.pin }).await
}

/// Whether it is the person themselves who asks, now: by a passkey, or by their door code.
pub(crate) async fn prove<H: House>(
    app: &App<H>,
    who: &Visitor,
    site: Result<Site, Problem>,
    passkey: Option<&Passkey>,
    code: Option<&Secret>,
) -> Result<(), Problem> {
    let person = &who.caller.user;
    let user = format!("door {}", person.to_lowercase());
    let refuse = |error: &str| Err(Refused { kind: ErrorKind::Proof, error: error.to_owned() }.into());
    if !app.proofs.may_try(&user, Instant::now()) {
        return refuse("too many wrong codes; wait some minutes, or use the key");
    }
    let proof = match (passkey, code) {
        (Some(answer), _) => {
            let by = login::verified(app, &site?, &Purpose::Prove(person.to_string()), answer);
            if by.as_deref() == Some(person) { Proof::Good } else { Proof::Wrong }
        }
        (None, Some(code)) => app.house.people().prove(person, code).await,
        (None, None) => return refuse("this takes your door code or your passkey"),
    };
    match proof {
        Proof::Good => {
            app.proofs.succeeded(&user);
            Ok(())
        }
        Proof::NoCode => refuse("you have no door code yet: set one, or add a passkey, under More, My account"),
        Proof::Wrong => {
            app.proofs.failed(user, Instant::now());
            tracing::warn!(person = %person, "a wrong door code or passkey");
            refuse("this is not your door code")
        }
    }
}
