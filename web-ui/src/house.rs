//! What the web needs of the house. The daemon implements it; nothing here knows how.

use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;

use home::Access;
use home::admin::{ErrorKind, Request, Secret};
use serde_json::Value;
use tokio::sync::{broadcast, mpsc};

/// The house as the web sees it.
pub trait House: Clone + Send + Sync + 'static {
    /// Asks one question for `caller`, who may not have the right to it; the answer is known after 30 s at the latest.
    fn ask(&self, caller: &Caller, request: Request) -> impl Future<Output = Answer> + Send;

    /// Every change from now on, one line of JSON each, without the line's end.
    fn watch(&self) -> broadcast::Receiver<Arc<str>>;

    /// Whether this is the user's password. Never called twice at a time, and not for an address that guesses.
    fn login(&self, user: &str, password: &Secret, peer: IpAddr) -> impl Future<Output = bool> + Send;

    /// The whole ledger, lines with their line feeds; ends early, with an error, if it can't be read to its end.
    fn export(&self) -> mpsc::Receiver<Result<String, String>>;

    /// All metrics in Prometheus's text format.
    fn metrics(&self) -> impl Future<Output = String> + Send;

    /// Host names under which the page may be asked for, beside addresses, `localhost` and `*.local`: the hub's name
    /// and that of the machine, in lower case. Any other name is refused (DNS rebinding).
    fn host_names(&self) -> Vec<String> {
        vec!["hearth".to_owned()]
    }
}

/// Somebody whose question it is.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The person's name; for a program with a token, the person's and the token's, with a slash between.
    pub user: Arc<str>,
    /// What they may do.
    pub access: Arc<Access>,
}

/// What a question is answered with: the `data` of [`home::admin`], or why there is none.
pub type Answer = Result<Value, Refused>;

/// The house did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Why, for programs.
    pub kind: ErrorKind,
    /// Why, for people: lower case, no full stop, no secret.
    pub error: String,
}
