//! What is logged about a port: each change once, and a port that comes and goes all the time not at all after a few lines.

use crate::port::Port;
use crate::wire::OpenError;

use super::Lost;

/// Losses shortly after opening that are logged one by one.
const FLAPS: u32 = 3;

/// Remembers what was said about one port.
#[derive(Debug)]
pub(super) struct Journal {
    port: String,
    trouble: Option<String>,
    flaps: u32,
}

impl Journal {
    pub(super) fn new(port: &Port) -> Self {
        Self { port: port.to_string(), trouble: None, flaps: 0 }
    }

    pub(super) fn opened(&mut self) {
        self.trouble = None;
        if self.flaps < FLAPS {
            tracing::info!(port = self.port, "port open");
        }
    }

    /// The port could not be opened. Whether that is news.
    pub(super) fn failed(&mut self, error: &OpenError) -> bool {
        let text = chain(error);
        let news = self.trouble.as_ref() != Some(&text);
        if news && self.flaps < FLAPS {
            tracing::warn!(port = self.port, "port closed: {text}");
        }
        self.trouble = Some(text);
        news
    }

    /// The port was open and is lost; `stable` if it had held for a while.
    pub(super) fn lost(&mut self, lost: &Lost, stable: bool) {
        self.flaps = if stable { 0 } else { self.flaps.saturating_add(1) };
        if self.flaps < FLAPS {
            tracing::warn!(port = self.port, "port lost: {lost}");
        } else if self.flaps == FLAPS {
            tracing::warn!(
                port = self.port,
                "port lost: {lost}, for the third time in a row; silent until it holds for 5 s"
            );
        }
    }
}

/// An error and its causes in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    fn refused() -> OpenError {
        OpenError::Connect { address: "h:1".to_owned(), source: io::ErrorKind::ConnectionRefused.into() }
    }

    #[test]
    fn the_same_failure_is_news_once_until_the_port_was_open() {
        let mut journal = Journal::new(&Port::Tty("/dev/x".into()));
        assert!(journal.failed(&refused()));
        assert!(!journal.failed(&refused()));
        assert!(journal.failed(&OpenError::Missing("/dev/x".into())));
        journal.opened();
        assert!(journal.failed(&OpenError::Missing("/dev/x".into())));
    }

    #[test]
    fn losses_are_counted_while_the_port_does_not_hold() {
        let mut journal = Journal::new(&Port::Tty("/dev/x".into()));
        for flaps in 1..=4 {
            journal.lost(&Lost::Closed, false);
            assert_eq!(journal.flaps, flaps);
        }
        journal.lost(&Lost::Closed, true);
        assert_eq!(journal.flaps, 0);
    }

    #[test]
    fn causes_are_in_the_line() {
        assert_eq!(chain(&refused()), "cannot connect to h:1: connection refused");
    }
}
