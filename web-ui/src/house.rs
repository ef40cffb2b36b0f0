//! What the web needs of the house. The daemon implements it; nothing here knows how.

use std::future::Future;
use std::sync::Arc;

use home::admin::Request;
use tokio::sync::{broadcast, mpsc};

use crate::answer::{Answer, Caller};
use crate::people::People;

/// The house as the web sees it.
pub trait House: Clone + Send + Sync + 'static {
    /// Where its people are kept.
    type People: People;

    /// Asks one question for `caller`, who may not have the right to it; the answer is known after 30 s at the latest.
    fn ask(&self, caller: &Caller, request: Request) -> impl Future<Output = Answer> + Send;

    /// Every change from now on, one line of JSON each, without the line's end.
    fn watch(&self) -> broadcast::Receiver<Arc<str>>;

    /// Who may come in.
    fn people(&self) -> &Self::People;

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
