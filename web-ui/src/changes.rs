//! `/api/v1/changes`: each change of the house as a server-sent event (HTML, 9.2).
//!
//! Each event's data is one line of the house's own watch. A client that reads too slowly misses lines; it gets an
//! event `reload` and asks for everything again. The server never holds lines back for it.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::response::sse::{Event, Sse};
use futures_util::stream::{Stream, unfold};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::app::{App, Visitor};
use crate::house::House;
use crate::people::People;
use crate::readable::readable;
use crate::stop::Stop;

/// An event `alive` goes out after so long without a change: it finds dead connections on both sides. It is an event
/// and not a comment because a page can't see comments.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How long a browser waits before it connects again.
const RETRY: Duration = Duration::from_secs(2);

struct Feed<H> {
    app: Arc<App<H>>,
    visitor: Visitor,
    lines: Receiver<Arc<str>>,
    stopping: Stop,
    is_new: bool,
}

/// The stream of changes; it ends with the session. A page that is open uses its session.
pub(crate) async fn changes<H: House>(
    State(app): State<Arc<App<H>>>,
    Extension(visitor): Extension<Visitor>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let (lines, stopping) = (app.house.watch(), app.stopping.clone());
    let feed = Feed { app, visitor, lines, stopping, is_new: true };
    Sse::new(unfold(feed, |mut feed| async { feed.next().await.map(|event| (Ok(event), feed)) }))
}

impl<H: House> Feed<H> {
    async fn next(&mut self) -> Option<Event> {
        if std::mem::take(&mut self.is_new) {
            return Some(Event::default().retry(RETRY).comment("hearth"));
        }
        let event = loop {
            break tokio::select! {
                line = self.lines.recv() => match line {
                    Ok(line) if !readable(&self.visitor.caller.access, &line) => continue,
                    Ok(line) => Event::default().data(line),
                    Err(RecvError::Lagged(_)) => Event::default().event("reload").data("{}"),
                    Err(RecvError::Closed) => return None,
                },
                () = tokio::time::sleep(KEEP_ALIVE) => Event::default().event("alive").data("{}"),
                () = self.stopping.wait() => return None,
            };
        };
        if let Some(session) = self.visitor.session {
            self.app.house.people().session(session)?;
        }
        Some(event)
    }
}
