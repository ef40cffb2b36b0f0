//! What all handlers share, and how they learn who asks.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::attempts::Attempts;
use crate::house::House;
use crate::problem::Problem;
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
        Some(Visitor { user, session })
    }
}

/// The address a request comes from, without an IPv4 address's IPv6 disguise.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Somebody who is logged in.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    /// Who.
    pub(crate) user: Arc<str>,
    /// In which session.
    pub(crate) session: SessionId,
}

/// Lets requests with a session pass.
pub(crate) async fn need_session<H: House>(
    State(app): State<Arc<App<H>>>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let visitor = app.visitor(request.headers()).ok_or_else(nobody)?;
    request.extensions_mut().insert(visitor);
    Ok(next.run(request).await)
}

/// Lets requests with a session pass, and those of programs on this machine.
pub(crate) async fn need_session_or_loopback<H: House>(
    State(app): State<Arc<App<H>>>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let is_local = request.extensions().get::<Peer>().is_some_and(|peer| peer.0.is_loopback());
    if !is_local && app.visitor(request.headers()).is_none() {
        return Err(nobody());
    }
    Ok(next.run(request).await)
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
