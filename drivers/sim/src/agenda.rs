//! What is to happen when: a queue in order of time, and of entry where times are equal.

use std::collections::BTreeMap;
use std::time::Duration;

/// Things to come. Times count from the start of the simulation.
#[derive(Debug)]
pub(crate) struct Agenda<T> {
    items: BTreeMap<(Duration, u64), T>,
    entered: u64,
}

impl<T> Default for Agenda<T> {
    fn default() -> Self {
        Self { items: BTreeMap::new(), entered: 0 }
    }
}

impl<T> Agenda<T> {
    /// Enters something.
    pub(crate) fn push(&mut self, at: Duration, item: T) {
        self.entered += 1;
        self.items.insert((at, self.entered), item);
    }

    /// Takes the earliest thing that is due.
    pub(crate) fn pop(&mut self, now: Duration) -> Option<T> {
        let first = self.items.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }

    /// When the next thing is due.
    pub(crate) fn next(&self) -> Option<Duration> {
        self.items.first_key_value().map(|((at, _), _)| *at)
    }

    /// Strikes everything.
    pub(crate) fn clear(&mut self) {
        self.items.clear();
    }

    /// Strikes what does not pass the test.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        self.items.retain(|_, item| keep(item));
    }
}

/// The earlier of two deadlines.
pub(crate) fn earlier(a: Option<Duration>, b: Option<Duration>) -> Option<Duration> {
    [a, b].into_iter().flatten().min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_time_then_entry() {
        let at = Duration::from_millis;
        let mut agenda = Agenda::default();
        agenda.push(at(2), 'b');
        agenda.push(at(1), 'a');
        agenda.push(at(2), 'c');
        assert_eq!(agenda.next(), Some(at(1)));
        assert_eq!(agenda.pop(at(0)), None);
        assert_eq!(std::iter::from_fn(|| agenda.pop(at(2))).collect::<String>(), "abc");
    }
}
