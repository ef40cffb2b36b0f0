//! `/api/v1/changes`: each change of the house as a server-sent event (HTML, 9.2).
//!
//! Each event's data is one line of the house's own watch, and its id tells where the stream can be taken up again. Who
//! comes back with an id gets `resumed` and what was missed, or `reload`: then everything must be asked for anew. So
//! it goes with a client that reads too slowly; the server never holds lines back for it.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, Sse};
use futures_util::stream::{Stream, unfold};
use serde::Deserialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::app::{App, Visitor};
use crate::asked::Asked;
use crate::house::House;
use crate::readable::readable;
use crate::stop::Stop;
use crate::tape::Change;

/// An event `alive` goes out after so long without a change: it finds dead connections on both sides. It is an event
/// and not a comment because a page can't see comments.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How long a browser waits before it connects again.
const RETRY: Duration = Duration::from_secs(2);

/// Where to take up: a page that opens a stream anew can't send the header.
#[derive(Debug, Deserialize)]
pub(crate) struct Place {
    #[serde(rename = "last-event-id")]
    last: Option<String>,
}

struct Feed<H> {
    app: Arc<App<H>>,
    visitor: Visitor,
    /// What goes out before anything new.
    first: VecDeque<Event>,
    missed: VecDeque<Change>,
    changes: Receiver<Change>,
    stopping: Stop,
}

/// The stream of changes; it ends with the session. A page that is open uses its session.
pub(crate) async fn changes<H: House>(
    State(app): State<Arc<App<H>>>,
    Extension(visitor): Extension<Visitor>,
    Asked(place): Asked<Place>,
    headers: HeaderMap,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let header = headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let id = header.or(place.last);
    let last = id.as_deref().and_then(|id| number(id, &app.boot));
    let start = app.tape.listen(last, || app.house.watch());
    let mut first = VecDeque::from([Event::default().retry(RETRY).comment("hearth")]);
    match (&start.missed, &id) {
        (Some(_), _) => first.push_back(Event::default().event("resumed").data("{}")),
        (None, Some(_)) => first.push_back(Event::default().event("reload").data("{}")),
        (None, None) => {}
    }
    let missed = start.missed.unwrap_or_default().into();
    let stopping = app.stopping.clone();
    let feed = Feed { app, visitor, first, missed, changes: start.changes, stopping };
    Sse::new(unfold(feed, |mut feed| async { feed.next().await.map(|event| (Ok(event), feed)) }))
}

/// The number in an id of this run of the daemon: numbers of another one mean nothing.
fn number(id: &str, boot: &str) -> Option<u64> {
    id.strip_prefix(boot)?.strip_prefix('-')?.parse().ok()
}

impl<H: House> Feed<H> {
    async fn next(&mut self) -> Option<Event> {
        if let Some(event) = self.first.pop_front() {
            return Some(event);
        }
        loop {
            let change = if let Some(change) = self.missed.pop_front() {
                change
            } else {
                tokio::select! {
                    change = self.changes.recv() => match change {
                        Ok(change) => change,
                        Err(RecvError::Lagged(_)) => return self.reload(),
                        Err(RecvError::Closed) => return None,
                    },
                    () = tokio::time::sleep(KEEP_ALIVE) => {
                        self.look()?;
                        return Some(Event::default().event("alive").data("{}"));
                    }
                    () = self.stopping.wait() => return None,
                }
            };
            self.look()?;
            let Some(line) = change.line else { return self.reload() };
            if readable(&self.visitor.caller.access, &line) {
                return Some(Event::default().id(format!("{}-{}", self.app.boot, change.number)).data(line));
            }
        }
    }

    fn reload(&mut self) -> Option<Event> {
        self.look()?;
        Some(Event::default().event("reload").data("{}"))
    }

    /// Looks again who listens: rights change, sessions and tokens end.
    fn look(&mut self) -> Option<()> {
        self.visitor.caller = self.app.again(&self.visitor)?;
        Some(())
    }
}
