//! What all handlers share, and how they learn who asks.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use home::admin::{ErrorKind, Secret};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::answer::{Caller, Refused};
use crate::attempts::Attempts;
use crate::challenges::Challenges;
use crate::house::House;
use crate::need::Need;
use crate::passkey::Site;
use crate::people::{People, SessionId};
use crate::problem::Problem;
use crate::stop::Stop;
use crate::tape::Tape;

/// Name of the session's cookie.
pub(crate) const COOKIE: &str = "hearth_session";

/// What all handlers share.
#[derive(Debug)]
pub(crate) struct App<H> {
    /// The house itself.
    pub(crate) house: H,
    /// Which addresses guess passwords.
    pub(crate) attempts: Attempts<IpAddr>,
    /// Who guesses door codes and second factors.
    pub(crate) proofs: Attempts<String>,
    /// What passkeys of people who are in were asked.
    pub(crate) challenges: Challenges,
    /// What passkeys were asked by those who are not: strangers can't push the others out.
    pub(crate) doorstep: Challenges,
    /// One password at a time: hashing one takes memory that a small machine does not have twice.
    pub(crate) logins: Semaphore,
    /// One change at a time of what two people could change.
    pub(crate) edits: tokio::sync::Mutex<()>,
    /// The newest changes of the house.
    pub(crate) tape: Tape,
    /// This run of the daemon, by a random name.
    pub(crate) boot: String,
    /// The server's end; streams end then.
    pub(crate) stopping: Stop,
}

impl<H: House> App<H> {
    /// With nobody logged in.
    pub(crate) fn new(house: H, stopping: Stop) -> Self {
        Self {
            house,
            attempts: Attempts::default(),
            proofs: Attempts::default(),
            challenges: Challenges::default(),
            doorstep: Challenges::default(),
            logins: Semaphore::new(1),
            edits: tokio::sync::Mutex::default(),
            tape: Tape::default(),
            boot: boot(),
            stopping,
        }
    }

    /// Whose request this is: a program's with a token, or a browser's with a session.
    pub(crate) fn visitor(&self, headers: &HeaderMap) -> Option<Visitor> {
        if let Some(token) = bearer(headers) {
            let caller = self.house.people().token(token)?;
            return Some(Visitor { caller, session: None, token: Some(Secret::new(token.to_owned())) });
        }
        let session = Sha256::digest(cookie(headers)?.as_bytes()).into();
        let caller = self.house.people().session(session)?;
        Some(Visitor { caller, session: Some(session), token: None })
    }

    /// The same visitor as they are now; nobody if their session or token is over.
    pub(crate) fn again(&self, visitor: &Visitor) -> Option<Caller> {
        match (&visitor.token, visitor.session) {
            (Some(token), _) => self.house.people().token(token.expose()),
            (None, Some(session)) => self.house.people().session(session),
            (None, None) => None,
        }
    }
}

/// A name that no other run has. Without random numbers nothing else works either.
fn boot() -> String {
    let mut bytes = [0; 4];
    let _ = getrandom::fill(&mut bytes);
    data_encoding::HEXLOWER.encode(&bytes)
}

/// The address a request comes from, without an IPv4 address's IPv6 disguise.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// How a request came here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    /// As it is: only on this machine, or where the owner insists.
    Plain,
    /// Through TLS.
    Tls,
}

impl<S: Send + Sync> FromRequestParts<S> for Transport {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or(Self::Plain))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Site {
    type Rejection = Problem;

    /// The page by the name it was asked for; the guard has seen that the name is ours. Passkeys need a name and not an
    /// address.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let scheme = match parts.extensions.get::<Transport>() {
            Some(Transport::Tls) => "https",
            Some(Transport::Plain) | None => "http",
        };
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let host = host.to_ascii_lowercase();
        let name = host.parse::<Authority>().map(|authority| authority.host().to_owned()).unwrap_or_default();
        if name.is_empty() || name.starts_with('[') || name.parse::<IpAddr>().is_ok() {
            let detail = "passkeys need the hub's name: open the page as hearth.local, not by an address";
            return Err(Problem::new(StatusCode::CONFLICT, detail));
        }
        Ok(Self { origin: format!("{scheme}://{host}"), name })
    }
}

/// Somebody who is logged in.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    /// Who, and what they may do.
    pub(crate) caller: Caller,
    /// In which session; none if with a token.
    pub(crate) session: Option<SessionId>,
    /// With which token.
    pub(crate) token: Option<Secret>,
}

/// Lets a request pass whose sender has what the route needs.
pub(crate) async fn admit<H: House>(
    State((app, need)): State<(Arc<App<H>>, Need)>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let is_local = request.extensions().get::<Peer>().is_some_and(|peer| peer.0.is_loopback());
    let visitor = app.visitor(request.headers());
    let fits = |visitor: &Visitor| match need {
        Need::Nothing => true,
        Need::Session => visitor.session.is_some(),
        Need::Device(right) => visitor.caller.access.may_somewhere(right),
        Need::Hub(right) | Need::HubOrLoopback(right) => visitor.caller.access.may_in_general(right),
    };
    match visitor {
        Some(visitor) if fits(&visitor) => {
            request.extensions_mut().insert(visitor);
        }
        _ if need == Need::Nothing || (is_local && matches!(need, Need::HubOrLoopback(_))) => {}
        Some(_) => return Err(forbidden(need)),
        None => return Err(nobody()),
    }
    Ok(next.run(request).await)
}

fn forbidden(need: Need) -> Problem {
    let detail = match need {
        Need::Nothing | Need::Session => {
            "this takes a login with a name and a password; a token will not do".to_owned()
        }
        Need::Device(right) | Need::Hub(right) | Need::HubOrLoopback(right) => {
            format!("you have no right to do this ({}); an admin of the house can give it", right.word())
        }
    };
    Refused { kind: ErrorKind::Forbidden, error: detail }.into()
}

fn nobody() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "log in first: POST /api/v1/session")
}

/// The token that a program brought (RFC 6750, section 2.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The session's secret as the browser sent it back.
fn cookie(headers: &HeaderMap) -> Option<&str> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = pairs.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}
