//! What all handlers share, and how they learn who asks.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use home::admin::ErrorKind;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::attempts::Attempts;
use crate::house::{Caller, House, Refused};
use crate::problem::Problem;
use crate::routes::Need;
use crate::session::{SessionId, Sessions};
use crate::stop::Stop;

/// Name of the session's cookie.
pub(crate) const COOKIE: &str = "hearth_session";

/// What all handlers share.
#[derive(Debug)]
pub(crate) struct App<H> {
    /// The house itself.
    pub(crate) house: H,
    /// Who is logged in.
    pub(crate) sessions: Sessions,
    /// Who guesses.
    pub(crate) attempts: Attempts,
    /// One password at a time: hashing one takes memory that a small machine does not have twice.
    pub(crate) logins: Semaphore,
    /// The server's end; streams end then.
    pub(crate) stopping: Stop,
}

impl<H: House> App<H> {
    /// With nobody logged in.
    pub(crate) fn new(house: H, stopping: Stop) -> Self {
        Self {
            house,
            sessions: Sessions::default(),
            attempts: Attempts::default(),
            logins: Semaphore::new(1),
            stopping,
        }
    }

    /// Whose request this is.
    pub(crate) fn visitor(&self, headers: &HeaderMap) -> Option<Visitor> {
        let session = SessionId::of(cookie(headers)?);
        let user = self.sessions.use_at(session, Instant::now())?;
        Some(Visitor { caller: Caller { user, access: Arc::new(home::Access::full()) }, session: Some(session) })
    }
}

/// The address a request comes from, without an IPv4 address's IPv6 disguise.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Somebody who is logged in.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    /// Who, and what they may do.
    pub(crate) caller: Caller,
    /// In which session; none if with a token.
    pub(crate) session: Option<SessionId>,
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

/// The session's secret as the browser sent it back.
fn cookie(headers: &HeaderMap) -> Option<&str> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = pairs.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}
