//! Messages that wait at the parent until a sleeping device polls (indirect transmission, IEEE 802.15.4).

use std::collections::VecDeque;
use std::time::Duration;

use super::{Due, World};
use crate::air::{Body, Delivery, Ticket};

/// Messages that wait for one device.
const MAX: usize = 6;

#[derive(Debug)]
struct Letter {
    expires: Duration,
    body: Body,
    broadcast: bool,
    ticket: Option<Ticket>,
}

/// What waits for one device.
#[derive(Debug, Default)]
pub(super) struct Mailbox {
    letters: VecDeque<Letter>,
    /// A poll that is planned.
    poll: Option<Duration>,
}

impl World {
    /// Keeps a message until the device polls.
    pub(super) fn post(&mut self, now: Duration, index: usize, body: Body, broadcast: bool, ticket: Option<Ticket>) {
        let Some(seat) = self.seats.get_mut(index) else { return };
        if seat.mail.letters.len() >= MAX {
            if let Some(ticket) = ticket {
                self.stack.handle_delivery(now, ticket, Delivery::Overflow);
            }
            return;
        }
        let expires = now + self.timing.indirect;
        seat.mail.letters.push_back(Letter { expires, body, broadcast, ticket });
        self.agenda.push(expires, Due::Expire(index));
        self.plan_poll(now, index);
    }

    /// Plans the device's next poll if something waits for it.
    pub(super) fn plan_poll(&mut self, now: Duration, index: usize) {
        let Some(seat) = self.seats.get_mut(index).filter(|seat| !seat.mail.letters.is_empty()) else { return };
        let at = seat.device.sleep().next_poll(now);
        if seat.mail.poll.is_none_or(|planned| at < planned || planned < now) {
            seat.mail.poll = Some(at);
            self.agenda.push(at, Due::Poll(index));
        }
    }

    /// The device polls and gets everything, for each message says that there is more.
    pub(super) fn fetch_mail(&mut self, now: Duration, index: usize) {
        let Some(seat) = self.seats.get_mut(index) else { return };
        seat.mail.poll = None;
        if seat.device.dead {
            self.plan_poll(now, index);
            return;
        }
        for letter in std::mem::take(&mut seat.mail.letters) {
            let Letter { body, broadcast, ticket, .. } = letter;
            self.agenda.push(now + self.timing.hop, Due::Deliver { seat: index, body, broadcast, ticket });
        }
    }

    /// Gives up on what has waited too long.
    pub(super) fn expire_mail(&mut self, now: Duration, index: usize) {
        let Some(seat) = self.seats.get_mut(index) else { return };
        let mut expired = Vec::new();
        while seat.mail.letters.front().is_some_and(|letter| letter.expires <= now) {
            expired.extend(seat.mail.letters.pop_front().and_then(|letter| letter.ticket));
        }
        for ticket in expired {
            self.stack.handle_delivery(now, ticket, Delivery::Expired);
        }
    }
}
