//! Frames to devices: from the request over the adapter's answer to the device's acknowledgement.
//!
//! A frame's transaction number ties its confirm to it. The confirm may come before the answer, twice, or never.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Io;
use super::client::Owner;
use super::retry::Class;
use crate::ncp::{Indication, Resend, SendError, Tag, Unicast};
use crate::wire::Bytes;
use crate::znp::af::{DataConfirm, DataRequest, TxOptions};
use crate::znp::{Sreq, Srsp, Status};

/// Most frames under way; the coordinator keeps to fewer.
const LIMIT: usize = 64;
/// How long a device that always listens may take to acknowledge.
const AWAKE: Duration = Duration::from_millis(1200);
/// How long one may that fetches: its parent holds a frame for 7.68 s (Zigbee PRO, `macTransactionPersistenceTime`).
const ASLEEP: Duration = Duration::from_secs(9);
/// A number is not used again for so long, if others are free: its confirm may still come.
const QUARANTINE: Duration = Duration::from_secs(10);
/// Pause after the adapter had no room or the air was busy.
const PAUSE: Duration = Duration::from_millis(1500);
/// How often a frame is handed to the adapter when there was no room.
const TRIES: u8 = 3;
/// Most hops.
const RADIUS: u8 = 30;

#[derive(Debug)]
struct Delivery {
    tag: Tag,
    frame: Unicast,
    tries: u8,
}

/// Where a transaction stands.
#[derive(Debug)]
enum Slot {
    /// With the client.
    Sending(Delivery),
    /// Taken by the adapter, or perhaps; the confirm is awaited until then.
    Confirming(Delivery, Duration),
    /// To be sent again then.
    Resting(Delivery, Duration),
}

/// All frames under way.
#[derive(Debug, Default)]
pub(super) struct Deliveries {
    slots: BTreeMap<u8, Slot>,
    /// Numbers whose outcome is told, and when each is as good as new.
    spent: BTreeMap<u8, Duration>,
    next: u8,
}

impl Deliveries {
    /// Takes a frame; an indication will tell what became of it.
    pub(super) fn submit(&mut self, io: &mut Io<'_>, tag: Tag, frame: Unicast) {
        let delivery = Delivery { tag, frame, tries: 0 };
        match self.number(io.now) {
            Some(number) => self.send(io, number, delivery),
            None => io.out.push_back(Indication::Sent { tag, result: Err(SendError::Busy) }),
        }
    }

    /// The adapter answered.
    pub(super) fn handle_answer(&mut self, io: &mut Io<'_>, number: u8, answer: &Srsp) {
        let Some(Slot::Sending(delivery)) = self.take(number, |slot| matches!(slot, Slot::Sending(_))) else { return };
        match answer {
            Srsp::AfDataRequest(Status::Success) => self.confirming(io.now, number, delivery),
            Srsp::AfDataRequest(status) if status.is_transient() => self.rest(io, number, delivery),
            Srsp::AfDataRequest(status) => {
                self.conclude(io, number, &delivery, Err(SendError::Refused((*status).into())));
            }
            _ => self.conclude(io, number, &delivery, Err(SendError::Refused(Status::Failure.into()))),
        }
    }

    /// The adapter never answered. It may have taken the frame all the same; its confirm would tell.
    pub(super) fn handle_lost(&mut self, now: Duration, number: u8) {
        if let Some(Slot::Sending(delivery)) = self.take(number, |slot| matches!(slot, Slot::Sending(_))) {
            self.confirming(now, number, delivery);
        }
    }

    /// The device acknowledged, or did not. False if no frame has waited for this.
    pub(super) fn handle_confirm(&mut self, io: &mut Io<'_>, confirm: &DataConfirm) -> bool {
        let number = confirm.transaction;
        let unsent = io.client.is_unsent(Owner::Data(number));
        let awaited = |slot: &Slot| match slot {
            Slot::Sending(delivery) => delivery.frame.source == confirm.endpoint && !unsent,
            Slot::Confirming(delivery, _) => delivery.frame.source == confirm.endpoint,
            Slot::Resting(..) => false,
        };
        let Some(Slot::Sending(delivery) | Slot::Confirming(delivery, _)) = self.take(number, awaited) else {
            return false;
        };
        match confirm.status {
            Status::Success => self.conclude(io, number, &delivery, Ok(())),
            Status::MacTransactionExpired => self.conclude(io, number, &delivery, Err(SendError::Asleep)),
            // It is the word on the last of the radio's own tries: an earlier one may have been heard (invariant 10).
            status if status.is_transient() && delivery.frame.resend == Resend::Never => {
                self.conclude(io, number, &delivery, Err(SendError::Unclear));
            }
            status if status.is_transient() => self.rest(io, number, delivery),
            status => self.conclude(io, number, &delivery, Err(SendError::NotDelivered(status.into()))),
        }
        true
    }

    /// Time passed.
    pub(super) fn handle_timeout(&mut self, io: &mut Io<'_>) {
        let due = |(number, slot): (&u8, &Slot)| slot.due().is_some_and(|due| io.now >= due).then_some(*number);
        let due: Vec<u8> = self.slots.iter().filter_map(due).collect();
        for number in due {
            match self.slots.remove(&number) {
                Some(Slot::Confirming(delivery, _)) => self.conclude(io, number, &delivery, Err(SendError::Unclear)),
                Some(Slot::Resting(delivery, _)) => self.send(io, number, delivery),
                Some(Slot::Sending(_)) | None => {}
            }
        }
    }

    /// When [`Deliveries::handle_timeout`] is due.
    pub(super) fn poll_timeout(&self) -> Option<Duration> {
        self.slots.values().filter_map(Slot::due).min()
    }

    /// The adapter is gone or started over: nothing more will be heard of any frame.
    pub(super) fn fail_all(&mut self, io: &mut Io<'_>) {
        for (number, slot) in std::mem::take(&mut self.slots) {
            let (delivery, error) = match slot {
                Slot::Sending(delivery) if io.client.is_unsent(Owner::Data(number)) => (delivery, SendError::LinkDown),
                Slot::Resting(delivery, _) => (delivery, SendError::LinkDown),
                Slot::Sending(delivery) | Slot::Confirming(delivery, _) => (delivery, SendError::Unclear),
            };
            io.out.push_back(Indication::Sent { tag: delivery.tag, result: Err(error) });
        }
    }

    /// A number that nothing under way has, and if possible nothing had lately.
    fn number(&mut self, now: Duration) -> Option<u8> {
        if self.slots.len() >= LIMIT {
            return None;
        }
        let is_free = |number: &u8| !self.slots.contains_key(number);
        let is_rested = |number: &u8| self.spent.get(number).is_none_or(|until| now >= *until);
        let number = (0..=u8::MAX)
            .map(|step| self.next.wrapping_add(step))
            .find(|number| is_free(number) && is_rested(number))
            .or_else(|| {
                let free = self.spent.iter().filter(|(number, _)| is_free(number));
                free.min_by_key(|(_, until)| **until).map(|(number, _)| *number)
            })?;
        self.next = number.wrapping_add(1);
        Some(number)
    }

    fn take(&mut self, number: u8, wanted: impl FnOnce(&Slot) -> bool) -> Option<Slot> {
        if wanted(self.slots.get(&number)?) { self.slots.remove(&number) } else { None }
    }

    fn send(&mut self, io: &mut Io<'_>, number: u8, mut delivery: Delivery) {
        let frame = &delivery.frame;
        let Ok(data) = Bytes::new(frame.payload.as_slice()) else {
            return self.conclude(io, number, &delivery, Err(SendError::Refused(Status::InvalidParameter.into())));
        };
        let request = DataRequest {
            destination: frame.nwk,
            destination_endpoint: frame.endpoint,
            source_endpoint: frame.source,
            cluster: frame.cluster,
            transaction: number,
            options: TxOptions::ACK,
            radius: RADIUS,
            data,
        };
        let class = match frame.resend {
            Resend::Safe => Class::Data,
            Resend::Never => Class::DataOnce,
        };
        delivery.tries += 1;
        self.slots.insert(number, Slot::Sending(delivery));
        io.client.submit(io.now, Owner::Data(number), class, Sreq::AfDataRequest(request));
    }

    fn confirming(&mut self, now: Duration, number: u8, delivery: Delivery) {
        let patience = if delivery.frame.sleepy { ASLEEP } else { AWAKE };
        self.slots.insert(number, Slot::Confirming(delivery, now + patience));
    }

    /// There was no room: again later, or told so.
    fn rest(&mut self, io: &mut Io<'_>, number: u8, delivery: Delivery) {
        if delivery.frame.resend == Resend::Safe && delivery.tries < TRIES {
            io.client.settle(io.now, Owner::Data(number));
            self.slots.insert(number, Slot::Resting(delivery, io.now + PAUSE));
        } else {
            self.conclude(io, number, &delivery, Err(SendError::Busy));
        }
    }

    fn conclude(&mut self, io: &mut Io<'_>, number: u8, delivery: &Delivery, result: Result<(), SendError>) {
        io.client.settle(io.now, Owner::Data(number));
        self.slots.remove(&number);
        self.spent.insert(number, io.now + QUARANTINE);
        io.out.push_back(Indication::Sent { tag: delivery.tag, result });
    }
}

impl Slot {
    fn due(&self) -> Option<Duration> {
        match self {
            Self::Confirming(_, due) | Self::Resting(_, due) => Some(*due),
            Self::Sending(_) => None,
        }
    }
}
