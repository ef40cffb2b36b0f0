//! What is to be done at a certain time. Setting it again moves it.

use std::time::Duration;

/// Things to do, each at most once.
#[derive(Debug)]
pub(super) struct Agenda<T> {
    entries: Vec<(Duration, T)>,
}

impl<T> Default for Agenda<T> {
    fn default() -> Self {
        Self { entries: Vec::new() }
    }
}

impl<T: PartialEq> Agenda<T> {
    /// Has `what` done at `at` on the steady clock, and not when it was to be done before.
    pub(super) fn set(&mut self, at: Duration, what: T) {
        self.drop_all(|other| *other == what);
        self.entries.push((at, what));
    }

    /// Drops what fits.
    pub(super) fn drop_all(&mut self, fits: impl Fn(&T) -> bool) {
        self.entries.retain(|(_, what)| !fits(what));
    }

    /// Takes what was due first, if its time has come.
    pub(super) fn due(&mut self, up: Duration) -> Option<T> {
        let (place, (at, _)) = self.entries.iter().enumerate().min_by_key(|(_, (at, _))| *at)?;
        (*at <= up).then(|| self.entries.swap_remove(place).1)
    }

    /// When something is due next.
    pub(super) fn next(&self) -> Option<Duration> {
        self.entries.iter().map(|(at, _)| *at).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_again_moves() {
        let mut agenda = Agenda::default();
        let at = Duration::from_secs;
        agenda.set(at(1), "a");
        agenda.set(at(2), "b");
        agenda.set(at(3), "a");
        assert_eq!(agenda.next(), Some(at(2)));
        assert_eq!(agenda.due(at(1)), None);
        assert_eq!((agenda.due(at(9)), agenda.due(at(9))), (Some("b"), Some("a")));
        assert_eq!(agenda.next(), None);
    }
}
