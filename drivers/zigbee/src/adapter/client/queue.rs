//! Requests that wait for the line, in three lanes: the start's, frames to devices, the rest.

use std::collections::VecDeque;

use super::Owner;
use crate::adapter::retry::Class;
use crate::znp::Sreq;

/// A request and what may be done for it.
#[derive(Debug)]
pub(super) struct Item {
    /// Who sent it.
    pub(super) owner: Owner,
    /// What is asked.
    pub(super) request: Sreq,
    /// How it is treated.
    pub(super) class: Class,
    /// How often it may be sent again.
    pub(super) again: u8,
    /// Its sender knows its outcome and waits no more.
    pub(super) settled: bool,
}

/// The lanes. Their senders bound them: each has its own greatest number of requests under way.
#[derive(Debug, Default)]
pub(super) struct Queue {
    start: VecDeque<Item>,
    data: VecDeque<Item>,
    rest: VecDeque<Item>,
}

impl Queue {
    /// At the end of its lane.
    pub(super) fn push(&mut self, item: Item) {
        self.lane(item.owner).push_back(item);
    }

    /// Before its lane.
    pub(super) fn push_front(&mut self, item: Item) {
        self.lane(item.owner).push_front(item);
    }

    /// The next one; only the start's unless `open`.
    pub(super) fn pop(&mut self, open: bool) -> Option<Item> {
        let start = self.start.pop_front();
        if !open {
            return start;
        }
        start.or_else(|| self.data.pop_front()).or_else(|| self.rest.pop_front())
    }

    /// Forgets what this owner has waiting.
    pub(super) fn remove(&mut self, owner: Owner) {
        self.lane(owner).retain(|item| item.owner != owner);
    }

    /// True if this owner has a request here that was never out.
    pub(super) fn holds_unsent(&self, owner: Owner) -> bool {
        let lanes = [&self.start, &self.data, &self.rest];
        lanes.into_iter().flatten().any(|item| item.owner == owner && item.again == item.class.row().again)
    }

    fn lane(&mut self, owner: Owner) -> &mut VecDeque<Item> {
        match owner {
            Owner::Start => &mut self.start,
            Owner::Data(_) => &mut self.data,
            Owner::Ask(_) | Owner::Call(_) | Owner::Fetch => &mut self.rest,
        }
    }
}
