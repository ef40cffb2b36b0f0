//! The two seams of who may do what: `Authenticator` says who a client is, `Rights` what it may do.
//! The broker holds no passwords and no rules of its own.

use std::{fmt, future::Future, net::SocketAddr, pin::Pin, sync::Arc};

use thiserror::Error;

/// What a client presents in CONNECT.
pub struct Login {
    /// User name; never empty, there is no anonymous access.
    pub user: String,
    /// Password; may be empty.
    pub password: String,
    /// Client id, any characters but NUL. Empty when the broker is to make one.
    pub client_id: String,
    /// Where the connection comes from.
    pub peer: SocketAddr,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("user", &self.user)
            .field("client_id", &self.client_id)
            .field("peer", &self.peer)
            .finish_non_exhaustive()
    }
}

/// Who a client turned out to be.
#[derive(Clone)]
pub struct Identity {
    /// The name sessions and client ids are bound to.
    pub user: Arc<str>,
    /// What this user may do, asked again for each publish and subscribe, so it may change meanwhile.
    pub rights: Arc<dyn Rights>,
}

/// Why a login was refused.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Unknown user or wrong password: CONNACK 4, v5 0x86.
    #[error("bad user name or password")]
    BadCredentials,
    /// Known, but not allowed to connect: CONNACK 5, v5 0x87.
    #[error("not authorized")]
    NotAuthorized,
    /// Too busy to tell now: CONNACK 3, v5 0x89.
    #[error("too busy")]
    Busy,
}

/// The answer of an [`Authenticator`], in time.
pub type Verdict<'a> = Pin<Box<dyn Future<Output = Result<Identity, Refusal>> + Send + 'a>>;

/// Says who a client is. Called once per CONNECT, under the connect time-out.
pub trait Authenticator: Send + Sync + 'static {
    /// Checks one login. Slow hashing belongs off the async threads.
    fn verify(&self, login: Login) -> Verdict<'_>;
}

/// Topic rules of one user. Called on the message path: answers from memory, without blocking.
pub trait Rights: Send + Sync {
    /// Whether the user may publish to this topic name (also as will, also retained).
    fn may_publish(&self, topic: &str) -> bool;
    /// Whether the user may subscribe to all that this filter matches.
    fn may_subscribe(&self, filter: &str) -> bool;
}

/// Every topic is allowed, but for those that [`Config::reserved`](crate::Config::reserved) keeps to the hub.
#[derive(Debug, Clone, Copy)]
pub struct AllowAll;

impl Rights for AllowAll {
    fn may_publish(&self, _topic: &str) -> bool {
        true
    }

    fn may_subscribe(&self, _filter: &str) -> bool {
        true
    }
}
