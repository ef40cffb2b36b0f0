//! What waits for a client becomes bytes in its output buffer, a bounded piece at a time.

use bytes::BytesMut;
use tokio::time::Instant;

use super::{BUFFER_KEPT, Client, Leave, OUT_HIGH};
use crate::{
    hub::NotYours,
    mailbox::Reason,
    session::{Delivery, Outgoing},
};

impl Client {
    /// Fills the output from the session's queue, until one is full or the other has nothing to send.
    pub(super) fn write_outgoing(&mut self, now: Instant) -> Result<(), Leave> {
        if self.out.is_empty() && self.out.capacity() > 4 * BUFFER_KEPT {
            self.out = BytesMut::new();
        }
        let mut outgoing = std::mem::take(&mut self.outgoing);
        loop {
            // Asked also without room: the answer tells whether this client holds others back.
            let room = OUT_HIGH.saturating_sub(self.out.len());
            let taken = self.shared.hub.take(self.session, room, now, &mut outgoing);
            self.blocking_since = taken.map_err(|NotYours| Leave::Told(Reason::SessionTakenOver))?;
            if outgoing.is_empty() {
                break;
            }
            for next in outgoing.drain(..) {
                match next {
                    Outgoing::Publish { delivery, packet_id, again } => self.deliver(&delivery, packet_id, again, now),
                    Outgoing::Release { packet_id } => self.encoder.pubrel(packet_id, &mut self.out),
                }
            }
        }
        self.outgoing = outgoing;
        Ok(())
    }

    fn deliver(&mut self, delivery: &Delivery, packet_id: u16, again: bool, now: Instant) {
        let seconds_left = delivery.message.seconds_left(now);
        let expired = seconds_left == Some(0) && !again;
        if !expired && self.encoder.publish(delivery, packet_id, again, seconds_left, &mut self.out) {
            return;
        }
        // Too old, or larger than the client takes: as if it had been delivered (MQTT 5.0, 3.1.2.11.4).
        let hub = &self.shared.hub;
        hub.counters.dropped.add(1);
        if packet_id != 0 {
            hub.with(self.session, |session| session.drop_inflight(packet_id));
        }
    }
}
