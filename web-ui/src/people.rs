//! Who may come in, as the web sees them: the daemon keeps them and checks what they know; nothing here knows how.

use std::future::Future;
use std::net::IpAddr;

use home::admin::Secret;
use serde_json::Value;

use crate::answer::{Answer, Caller, Refused};

/// What a session is known by: the SHA-256 of the secret in its cookie. Whoever reads it can't log in with it, and
/// looking it up tells nothing by its time.
pub type SessionId = [u8; 32];

/// The people of the house.
pub trait People: Clone + Send + Sync + 'static {
    /// Whether nobody lives here yet, so that whoever has the set-up code may become the first admin.
    fn needs_setup(&self) -> bool;

    /// Makes the first admin, if this is the set-up code.
    fn set_up(&self, code: Secret, name: &str, password: Secret) -> impl Future<Output = Result<(), Refused>> + Send;

    /// Whether somebody of this name has this password and this one-time password; with the name as it is kept.
    /// Never called twice at a time, and not for an address that guesses.
    fn log_in(&self, name: &str, password: Secret, code: Option<Secret>) -> impl Future<Output = Login> + Send;

    /// Begins a session and returns the secret for its cookie, 64 hex digits. Only for somebody who proved who they are.
    fn begin_session(&self, name: &str, peer: IpAddr) -> impl Future<Output = Result<Secret, Refused>> + Send;

    /// Whose session this is, if it is one; using it keeps it alive.
    fn session(&self, session: SessionId) -> Option<Caller>;

    /// Ends a session.
    fn end_session(&self, session: SessionId);

    /// Ends all sessions of somebody but one.
    fn end_sessions(&self, name: &str, but: Option<SessionId>);

    /// Who speaks through this token, if it is one.
    fn token(&self, secret: &str) -> Option<Caller>;

    /// Whether this is somebody's door code.
    fn prove(&self, name: &str, pin: &Secret) -> impl Future<Output = Proof> + Send;

    /// Somebody's own account, for themselves; `session` is the one that asks.
    fn account(&self, name: &str, session: SessionId) -> Option<Value>;

    /// Changes somebody's own account.
    fn change_account(&self, name: &str, change: Change) -> impl Future<Output = Answer> + Send;

    /// Whose passkey this is.
    fn passkey(&self, id: &[u8]) -> Option<(String, PasskeyKey)>;

    /// The ids of somebody's passkeys.
    fn passkeys(&self, name: &str) -> Vec<Vec<u8>>;

    /// Notes that a passkey was used, and how often its authenticator says it was.
    fn passkey_used(&self, name: &str, id: &[u8], counter: u32);
}

/// What became of a try to log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    /// It is them, and this is how their name is written.
    Good(String),
    /// Wrong name or wrong password; nobody is told which.
    Bad,
    /// The password is right, and a one-time password is missing or wrong.
    SecondFactor,
}

/// Whether somebody proved at a door who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// They did.
    Good,
    /// It is another code.
    Wrong,
    /// They have no code that it could be compared with.
    NoCode,
}

/// A change of one's own account. What weakens it takes the password once more.
#[derive(Debug)]
pub enum Change {
    /// Another password; ends all sessions.
    Password {
        /// The one until now.
        old: Secret,
        /// The new one.
        new: Secret,
    },
    /// Another door code, or none.
    Pin {
        /// The password.
        password: Secret,
        /// 4 to 8 digits.
        pin: Option<Secret>,
    },
    /// Makes a secret for one-time passwords; it counts once [`Change::TotpConfirm`] came with a code made from it.
    TotpBegin {
        /// The password.
        password: Secret,
    },
    /// One-time passwords are asked for from now on.
    TotpConfirm {
        /// The code that is shown now.
        code: Secret,
    },
    /// They are no more.
    TotpEnd {
        /// The password.
        password: Secret,
    },
    /// Nothing is changed: only the password is compared.
    Nothing {
        /// The password.
        password: Secret,
    },
    /// Adds a passkey, whose making was verified.
    PasskeyAdd {
        /// What its person calls it.
        name: String,
        /// The credential's id.
        id: Vec<u8>,
        /// Its public half.
        key: PasskeyKey,
    },
    /// Removes a passkey.
    PasskeyRemove {
        /// The credential's id.
        id: Vec<u8>,
    },
}

/// The public half of a passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyKey {
    /// The P-256 point, uncompressed: 65 bytes (SEC 1, 2.3.3).
    pub point: Vec<u8>,
    /// How often it was used, as its authenticator counts; 0 if it does not.
    pub counter: u32,
}
