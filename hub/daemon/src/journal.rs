//! The newest lines of the log, kept in memory for the page: the whole log is the system's.

use std::collections::VecDeque;
use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use home::Timestamp;
use serde_json::{Value, json};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

/// Lines that are kept.
const LINES: usize = 500;
/// Bytes of one line; what is longer is cut.
const LINE: usize = 512;

/// The lines; clones share them.
#[derive(Clone, Default)]
pub(crate) struct Journal(Arc<Mutex<VecDeque<Line>>>);

struct Line {
    at: Timestamp,
    level: Level,
    text: String,
}

impl Journal {
    /// The newest `limit` lines, the newest last.
    pub(crate) fn tail(&self, limit: usize) -> Value {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let from = lines.len().saturating_sub(limit);
        let shown = |line: &Line| json!({"at": line.at.to_string(), "level": line.level.as_str().to_lowercase(), "message": line.text});
        lines.iter().skip(from).map(shown).collect()
    }
}

impl<S: Subscriber> Layer<S> for Journal {
    #[expect(clippy::disallowed_methods, reason = "as the log itself does, it notes when something was said")]
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut words = Words(String::new());
        event.record(&mut words);
        let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let at = Timestamp(u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX));
        let line = Line { at, level: *event.metadata().level(), text: words.0 };
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() >= LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }
}

/// An event's message and fields as one text.
struct Words(String);

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let before = self.0.len();
        // A String takes all that is written.
        let _ = match field.name() {
            "message" => write!(self.0, "{value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
        if self.0.len() > LINE {
            let cut = (before.min(LINE)..=LINE).rev().find(|at| self.0.is_char_boundary(*at)).unwrap_or(before);
            self.0.truncate(cut);
        }
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[test]
    fn the_newest_lines_are_kept_and_long_ones_cut() {
        let journal = Journal::default();
        let subscriber = tracing_subscriber::registry().with(journal.clone());
        tracing::subscriber::with_default(subscriber, || {
            for number in 0..LINES + 10 {
                tracing::warn!(number, "said");
            }
            tracing::error!("{}", "ä".repeat(LINE));
        });
        let tail = journal.tail(2);
        assert_eq!(tail[0]["message"], "said number=509");
        assert_eq!(tail[0]["level"], "warn");
        assert!(tail[1]["message"].as_str().unwrap().len() <= LINE);
        assert_eq!(journal.tail(usize::MAX).as_array().unwrap().len(), LINES);
    }
}
